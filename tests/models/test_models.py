from __future__ import annotations

import socket
import subprocess
import sys
from typing import Any

import pytest

import assent.models as models
from assent.models import Message, Prompt
from assent.models.catalog import EMBEDDED


def test_the_public_names_are_sorted_and_all_there() -> None:
    names = [name for name in models.__all__ if name.isupper()] + [n for n in models.__all__ if not n.isupper()]
    assert names == models.__all__
    assert sorted(models.__all__, key=lambda n: (not n.isupper(), n.islower(), n)) == models.__all__
    assert all(hasattr(models, name) for name in models.__all__)


def test_importing_the_room_loads_no_torch() -> None:
    code = (
        "import sys, assent.models; sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'openai')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not (EMBEDDED / "model.safetensors").exists(), reason="the weights are not in this tree")
def test_the_embedded_model_loads_and_writes_with_every_socket_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    """S1, S9: nothing leaves the machine."""

    def denied(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, denied)
    engine = models.load()
    assert engine.info.revision == "embedded"
    prompt = Prompt(
        (Message("system", "action"), Message("user", "Ana: I will send the draft by Friday.")), max_new_tokens=30
    )
    completion = engine.complete([prompt])[0]
    assert completion.completion_tokens > 0

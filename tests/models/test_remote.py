"""A real `transformers serve` on loopback, running a small random model: no fake server could prove this."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from assent.errors import ContextOverflow, GenerationError, MissingExtra, ModelError
from assent.models import Message, Prompt, load
from assent.models.remote import RemoteEngine

Save = Callable[..., Path]
START = 120.0
"""Seconds a server may take to load on a busy machine."""


def ask(text: str, **settings: object) -> Prompt:
    return Prompt((Message("system", "Answer."), Message("user", text)), **{"max_new_tokens": 12, **settings})  # type: ignore[arg-type]


PROMPTS = [ask("Who owns the launch?"), ask("thanks"), ask("We decided to move the demo.", max_new_tokens=5)]


@pytest.fixture(scope="module")
def served(save: Save, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    pytest.importorskip("uvicorn")
    folder, place = save("llama", "chatml"), tmp_path_factory.mktemp("serve")
    (place / "hub").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(folder)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(place), "OMP_NUM_THREADS": "1"}
    with (place / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", server, place / "log")
        yield f"http://127.0.0.1:{port}/v1#{folder}", folder
    finally:
        server.terminate()
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text()[-2000:])


@pytest.mark.slow
def test_a_served_model_answers_as_the_same_model_here(served: tuple[str, Path]) -> None:
    url, folder = served
    there, here = load(url).complete(PROMPTS), load(str(folder)).complete(PROMPTS)
    # The server keeps back the first bytes of a character whose rest did not come.
    assert [completion.text for completion in there] == [completion.text.rstrip("\ufffd") for completion in here]
    assert [completion.stop_reason for completion in there] == [completion.stop_reason for completion in here]
    assert [completion.prompt_tokens for completion in there] == [completion.prompt_tokens for completion in here]
    assert "length" in {completion.stop_reason for completion in there}


@pytest.mark.slow
def test_a_served_model_streams(served: tuple[str, Path]) -> None:
    pieces: list[list[str]] = [[] for _ in PROMPTS]
    completions = load(served[0]).complete(PROMPTS, on_text=lambda index, piece: pieces[index].append(piece))
    assert ["".join(piece) for piece in pieces] == [completion.text for completion in completions]
    assert max(len(piece) for piece in pieces) > 2


@pytest.mark.slow
def test_a_stop_string_ends_a_served_answer_before_it(served: tuple[str, Path]) -> None:
    engine = load(served[0])
    whole = engine.complete([PROMPTS[0]])[0].text
    stop = whole[4:7]
    cut = engine.complete([replace(PROMPTS[0], stop=(stop,))])[0]
    assert (cut.text, cut.stop_reason) == (whole[: whole.index(stop)], "stop")


@pytest.mark.slow
def test_cancel_hangs_up_on_the_server(served: tuple[str, Path]) -> None:
    cancel = Event()
    prompt = replace(PROMPTS[0], max_new_tokens=200)
    completion = load(served[0]).complete([prompt], on_text=lambda *_: cancel.set(), cancel=cancel)[0]
    assert completion.stop_reason == "cancelled"
    assert completion.completion_tokens < 150


@pytest.mark.slow
def test_a_server_that_serves_no_listed_model_wants_a_name(served: tuple[str, Path]) -> None:
    with pytest.raises(ModelError, match="name one"):
        load(served[0].partition("#")[0])


@pytest.fixture
def nobody() -> str:
    """An address on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


def test_a_server_that_is_not_there_is_one_error_without_content(nobody: str) -> None:
    engine = RemoteEngine(nobody, "m")
    with pytest.raises(GenerationError) as caught:
        engine.complete([ask("sentinel")])
    assert "sentinel" not in str(caught.value) and nobody in str(caught.value)
    with pytest.raises(ModelError, match="does not list"):
        RemoteEngine(nobody)


def test_an_estimate_that_does_not_fit_is_refused_before_any_call(nobody: str) -> None:
    with pytest.raises(ContextOverflow):
        RemoteEngine(nobody, "m", context=100).complete([ask("word " * 80)])


def test_the_estimate_errs_to_the_high_side(save: Save, nobody: str) -> None:
    here = load(str(save("llama", "chatml")))
    for text in (
        "Ana: I will send the draft to Bo by Friday.",
        "thanks",
        "We decided to move the demo to Thursday. " * 5,
    ):
        assert RemoteEngine(nobody, "m").count_tokens(ask(text)) >= here.count_tokens(ask(text))


def test_without_the_client_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(MissingExtra, match=r"assent\[remote\]"):
        load("http://127.0.0.1:9/v1#m")

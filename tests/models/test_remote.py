"""A real `transformers serve` on loopback, with a small random model and the embedded one: no fake could prove this."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from assent.errors import ContextOverflow, GenerationError, MissingExtra, ModelError
from assent.models import Message, Prompt, load
from assent.models.catalog import EMBEDDED
from assent.models.local import TransformersEngine
from assent.models.remote import RemoteEngine
from assent.models.slots import SlotEngine

Save = Callable[..., Path]
START = 120.0
"""Seconds a server may take to load on a busy machine."""


def ask(text: str, **settings: object) -> Prompt:
    return Prompt((Message("system", "Answer."), Message("user", text)), **{"max_new_tokens": 12, **settings})  # type: ignore[arg-type]


PROMPTS = [ask("Who owns the launch?"), ask("thanks"), ask("We decided to move the demo.", max_new_tokens=5)]


@contextmanager
def serving(folder: Path, place: Path) -> Iterator[str]:
    """The address of a server that runs a model folder, with the model's name."""
    (place / "hub").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(folder)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32"]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(place), "OMP_NUM_THREADS": "1"}
    with (place / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", server, place / "log")
        yield f"http://127.0.0.1:{port}/v1#{folder}"
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def served(save: Save, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    pytest.importorskip("uvicorn")
    folder = save("llama", "chatml")
    with serving(folder, tmp_path_factory.mktemp("serve")) as url:
        yield url, folder


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


@pytest.mark.slow
@pytest.mark.skipif(not (EMBEDDED / "model.safetensors").exists(), reason="the weights are not in this tree")
def test_the_embedded_model_behind_a_server_streams_what_it_says_here(tmp_path: Path) -> None:
    """A server knows no slot mask, so the model here is asked without one; all else is the same, answers are greedy."""
    pytest.importorskip("uvicorn")
    prompts = [
        Prompt((Message("system", task), Message("user", text)), max_new_tokens=40)
        for task, text in (
            ("action", "Priya Shah: I will send the permit form to Bo by Friday."),
            ("decision", "Ana: so we move the demo to Thursday, 3 pm.\nBo: Agreed."),
            ("compose friendly short", "instruction: tell Priya the demo moves to Thursday"),
        )
    ]
    pieces = ["", "", ""]

    def on_text(index: int, piece: str) -> None:
        pieces[index] += piece

    with serving(EMBEDDED, tmp_path) as url:
        engine = load(url)
        there = engine.complete(prompts, on_text=on_text)
    assert (engine.info.dialect, engine.info.context) == ("slots", 512)
    here = unmasked().complete(prompts)
    assert [(done.text, done.stop_reason) for done in there] == [(done.text, done.stop_reason) for done in here]
    assert [done.prompt_tokens for done in there] == [done.prompt_tokens for done in here]
    assert pieces == [done.text for done in there] and all(pieces)


def unmasked() -> SlotEngine:
    """The embedded model here, free to emit any slot."""
    inside = TransformersEngine.open(EMBEDDED, name="assent-mini", revision="embedded", device="cpu")
    inside._model.config.assent_slot_tokens = None
    return SlotEngine(inside)


@pytest.mark.parametrize(
    ("model", "dialect"),
    [
        ("assent-mini", "slots"),
        ("/srv/models/assent_mini/", "slots"),
        ("someone/Assent-Mini@v2", "slots"),
        ("assent-mini-chat", "instruct"),
        ("assent-mini/qwen", "instruct"),
    ],
)
def test_a_served_model_is_known_by_its_name(nobody: str, model: str, dialect: str) -> None:
    engine = load(f"{nobody}#{model}")
    assert engine.info.dialect == dialect
    assert isinstance(engine, SlotEngine) == (dialect == "slots")
    assert engine.info.context == {"slots": 512, "instruct": 4096}[dialect]


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

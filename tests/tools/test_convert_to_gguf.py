"""The shipped folder loads untouched in transformers and peft, and as GGUF in llama.cpp: same tokens, same text.

llama.cpp is the real one, in xllamacpp's wheel. A random model beside the shipped one has what that lacks: fewer key
heads than heads, a head width of its own, an output of its own, another rope base.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

from assent.data.transcripts import read
from assent.features.prompts import tagged
from assent.models.catalog import EMBEDDED
from assent.models.slots import SlotCodec, SlotTable
from assent.training.pretrain.vocabulary import build_tokenizer

ROOT = Path(__file__).parents[2]
MEETINGS = sorted((ROOT / "tests" / "data" / "meetings").glob("*.vtt"))
TASKS = ("action", "decision", "answer", "recap")
CONTEXT = 512
NEW_TOKENS = 32
PROMPTS = 24
Chat = list[dict[str, str]]


@pytest.fixture(scope="module")
def program() -> Any:
    pytest.importorskip("gguf", reason="gguf writes the file: pip install assent[dev]")
    spec = spec_from_file_location("convert_to_gguf", ROOT / "tools" / "convert_to_gguf.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_model(folder: Path) -> Path:
    """Weights large enough that every part of the model changes the text."""
    words = {word for path in MEETINGS for turn in read(path).turns for word in turn.text.split() if word.isalpha()}
    tokenizer = build_tokenizer([*TASKS, *sorted(word for word in words if word.islower())], CONTEXT)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=32,
        max_position_embeddings=CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": 500.0},
        initializer_range=0.2,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(0)
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


class Both:
    """One folder in transformers and, converted, in llama.cpp, on one thread each.

    An f32 file is computed in float32 throughout; an f16 file as llama.cpp does by itself: its flash attention and its
    cache round to f16, after which about one text in five of the random model differs.
    """

    def __init__(self, folder: Path, file: Path, kind: str, llama_cpp: Any) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        self._codec = SlotCodec.load(folder)
        parameters = llama_cpp.CommonParams()
        parameters.model.path, parameters.n_ctx, parameters.n_parallel = str(file), CONTEXT, 1
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
        parameters.verbosity = 0
        if kind == "f32":
            parameters.cache_type_k = parameters.cache_type_v = llama_cpp.ggml_type.GGML_TYPE_F32
            parameters.flash_attn_type = llama_cpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        self._server = llama_cpp.Server(parameters)

    def chats(self) -> list[Chat]:
        """Real turns in slot text; not those for which the folder's vocabulary lacks a slot of the codec."""
        known = set(self.tokenizer.get_vocab())
        return list(islice((chat for chat in self._slot_text() if set(self.shown(chat).split()) <= known), PROMPTS))

    def _slot_text(self) -> Iterator[Chat]:
        for at, path in enumerate(MEETINGS * 3):
            lines = [(turn.speaker or "", turn.text) for turn in read(path).turns]
            for start in range(at, len(lines) - 3, 12):
                messages = tagged(TASKS[start % len(TASKS)], lines[start : start + 1 + start % 3])
                encode = partial(self._codec.encode_lines, table=SlotTable())
                yield [{"role": message.role, "content": encode(message.content)} for message in messages]

    def shown(self, chat: Chat) -> str:
        return str(self.tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True))

    def expected(self, chat: Chat) -> str:
        ids = torch.tensor([self.tokenizer(self.shown(chat)).input_ids])
        with torch.no_grad():
            answer = self._model.generate(ids, do_sample=False, max_new_tokens=NEW_TOKENS)[0, ids.shape[1] :]
        return str(self.tokenizer.decode(answer, skip_special_tokens=True))

    def tokens(self, text: str) -> list[int]:
        """What the server makes of a text before it completes it."""
        return list(self.post("/tokenize", content=text, add_special=True, parse_special=True)["tokens"])

    def completed(self, text: str) -> str:
        answer = self._server.handle_completions({"prompt": text, "temperature": 0, "max_tokens": NEW_TOKENS})
        return str(answer["choices"][0]["text"]).strip()

    def answered(self, chat: Chat) -> str:
        asked = {"messages": chat, "temperature": 0, "max_tokens": NEW_TOKENS}
        return str(self._server.handle_chat_completions(asked)["choices"][0]["message"]["content"]).strip()

    def post(self, path: str, **asked: Any) -> Any:
        return httpx.post(self._server.listening_address + path, json=asked).raise_for_status().json()


@pytest.fixture(scope="module", params=["shipped f32", "shipped f16", "random f32"])
def both(request: pytest.FixtureRequest, program: Any, tmp_path_factory: pytest.TempPathFactory) -> Both:
    llama_cpp = pytest.importorskip("xllamacpp", reason="llama.cpp comes with xllamacpp: pip install assent[dev]")
    made, kind = request.param.split()
    folder = EMBEDDED if made == "shipped" else random_model(tmp_path_factory.mktemp("random"))
    file = tmp_path_factory.mktemp("gguf") / "model.gguf"
    program.convert(folder, file, kind)
    return Both(folder, file, kind, llama_cpp)


def test_llama_cpp_writes_the_same_greedy_text(both: Both) -> None:
    chats = both.chats()
    expected = [both.expected(chat) for chat in chats]
    assert len(chats) == PROMPTS
    assert len(set(expected)) > PROMPTS / 2, "too few texts that differ to tell"
    assert [both.completed(both.shown(chat)) for chat in chats] == expected
    assert [both.answered(chat) for chat in chats] == expected


def test_llama_cpp_reads_the_same_tokens(both: Both) -> None:
    special = ["<task> answer </s> <ctx> <unk> <unk> : we <pad>", "<out> we </s>", " we  do ", "</s>", "we ΩΩ <nl>"]
    texts = [*map(both.shown, both.chats()), *special]
    assert [both.tokens(text) for text in texts] == [both.tokenizer(text).input_ids for text in texts]


def test_every_word_of_the_vocabulary_is_one_token(both: Both) -> None:
    places = both.tokenizer.get_vocab()
    assert both.tokens(" ".join(places)) == list(places.values())


def test_llama_cpp_takes_the_chat_template_from_the_file(both: Both) -> None:
    chat = both.chats()[0]
    answered = [*chat, {"role": "assistant", "content": "we do ."}, *chat]
    assert both.post("/apply-template", messages=answered)["prompt"] == both.shown(answered)


def changed(folder: Path, **fields: Any) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | fields), encoding="utf-8")


def without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def cased(folder: Path) -> None:
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["normalizer"] = {"type": "Lowercase"}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")


REFUSED: dict[str, Callable[[Path], None]] = {
    "no model.safetensors": without_weights,
    "'hidden_act': 'gelu'": partial(changed, hidden_act="gelu"),
    "'attention_bias': True": partial(changed, attention_bias=True),
    "'rope_type': 'linear'": partial(
        changed, rope_parameters={"rope_type": "linear", "rope_theta": 1e4, "factor": 2.0}
    ),
    "embeddings, its tokenizer": partial(changed, vocab_size=5000),
    "Lowercase": cased,
}


@pytest.mark.parametrize("said", REFUSED)
def test_a_folder_that_would_be_another_model_is_refused(
    said: str, program: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = tmp_path / "folder", tmp_path / "model.gguf"
    shutil.copytree(EMBEDDED, folder)
    REFUSED[said](folder)
    with patch.object(sys, "argv", ["convert_to_gguf.py", str(folder), str(file)]):
        assert program.main() == 2
    assert said in capsys.readouterr().err
    assert not file.exists()


def test_an_f16_file_is_half_as_large(program: Any, tmp_path: Path) -> None:
    whole, half = tmp_path / "f32.gguf", tmp_path / "f16.gguf"
    with patch.object(sys, "argv", ["convert_to_gguf.py", str(EMBEDDED), str(whole)]):
        assert program.main() == 0
    program.convert(EMBEDDED, half, "f16")
    assert half.stat().st_size == pytest.approx(whole.stat().st_size / 2, rel=0.05)


def test_transformers_and_peft_load_the_folder_untouched() -> None:
    """No weight is missing, left over or made anew, and every matrix of the layers takes an adapter."""
    before = {path.name: sha256(path.read_bytes()).digest() for path in EMBEDDED.iterdir()}
    base, loading = AutoModelForCausalLM.from_pretrained(EMBEDDED, output_loading_info=True)
    assert not any(loading.values()), loading
    model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear"))
    ids = AutoTokenizer.from_pretrained(EMBEDDED)("<task> action <ctx> <p0> : we do . <out>", return_tensors="pt")
    assert model(**ids).logits.isfinite().all()
    matrices = 7 * base.config.num_hidden_layers
    assert len([name for name, _ in model.named_parameters() if "lora_A" in name]) == matrices
    assert {path.name: sha256(path.read_bytes()).digest() for path in EMBEDDED.iterdir()} == before

"""Model folders from outside are hostile: what may be loaded or saved is decided by content, not by name.

It knows files and no model. Weights are safetensors; anything that unpickles, points outside its folder or asks for
code of its own is refused with UnsafeModel, which names the file and what to do.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assent.errors import ModelError, UnsafeModel

if TYPE_CHECKING:
    import torch

MAX_FILES = 1000
MAX_JSON = 128 * 2**20
"""Bytes. The largest tokenizer.json in use is a third of this."""
MAX_CONFIG = 2**20
MAX_HEADER = 32 * 2**20
"""Bytes of a safetensors header; a model of 10,000 tensors needs about one million."""
MAX_WEIGHTS = 64 * 2**30
PICKLED_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".distcp", ".joblib", ".npy", ".h5"})
PICKLED_NAMES = frozenset({".metadata"})
"""The index of a distributed checkpoint, a pickle that transformers would open unasked."""
PICKLE_STARTS = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
ZIP_START = b"PK\x03\x04"
CONVERT = "convert the weights to safetensors on a machine you can lose, or delete the file"


def check_folder(folder: Path) -> None:
    """Refuse a model folder that is not safe to load. Raises UnsafeModel, or ModelError where it is no model folder."""
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder} holds no config.json: give a folder that save_pretrained wrote")
    weights = 0
    for path in _files(folder):
        _check_place(path, folder)
        _check_content(path)
        weights += path.stat().st_size if path.suffix == ".safetensors" else 0
    if not weights:
        raise UnsafeModel(f"{folder} holds no .safetensors weights: {CONVERT}")
    if weights > MAX_WEIGHTS:
        raise UnsafeModel(f"{folder}: {weights} bytes of weights are above the bound of {MAX_WEIGHTS}")
    _check_configs(folder)
    _check_index(folder)


def check_safetensors(path: Path) -> None:
    """Refuse a file that is not a well-formed safetensors file, whatever its name says."""
    from safetensors import SafetensorError, safe_open

    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(9)
    header = int.from_bytes(start[:8], "little")
    if len(start) < 9 or start[8:] != b"{" or header > min(MAX_HEADER, size - 8):
        raise UnsafeModel(f"{path} is not a safetensors file ({_looks_like(start)}): {CONVERT}")
    try:
        with safe_open(path, framework="np") as file:
            file.keys()
    except SafetensorError as error:
        raise UnsafeModel(f"{path} has a broken safetensors header: fetch or write it again") from error


def save(tensors: Mapping[str, torch.Tensor], path: Path) -> None:
    """Write weights as safetensors, in one step; any other format or value is refused."""
    import torch
    from safetensors.torch import save_file

    if path.suffix != ".safetensors":
        raise UnsafeModel(f"{path}: weights are saved as .safetensors only, a pickle could run code when opened")
    wrong = [name for name, value in tensors.items() if not isinstance(value, torch.Tensor)]
    if wrong:
        raise UnsafeModel(f"{path}: {wrong[0]!r} is no tensor and would need a pickle")
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        draft = Path(scratch) / path.name
        save_file({name: value.contiguous() for name, value in tensors.items()}, draft)
        check_safetensors(draft)
        draft.replace(path)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for count, path in enumerate(folder.rglob("*"), 1):
        if count > MAX_FILES:
            raise UnsafeModel(f"{folder} holds more than {MAX_FILES} entries: give the model a folder of its own")
        if path.is_symlink() or not path.is_dir():
            yield path


def _check_place(path: Path, folder: Path) -> None:
    """A file must be a plain one inside its folder. The hub's cache links into its blobs: allowed."""
    target = path.resolve()
    if not any(target.is_relative_to(root) for root in _roots(folder)):
        raise UnsafeModel(f"{path} points outside its folder: put the file itself there")
    if not target.is_file():
        raise UnsafeModel(f"{path} is no plain file: delete it")


def _roots(folder: Path) -> Iterator[Path]:
    from huggingface_hub import constants

    root = folder.resolve()
    yield root
    if root.parent.name == "snapshots" and root.parents[1].name.startswith("models--"):
        yield root.parents[1] / "blobs"
        if root.parents[2] == Path(constants.HF_HUB_CACHE).resolve():
            yield root.parents[2] / "blobs"


def _check_content(path: Path) -> None:
    if path.suffix == ".safetensors":
        return check_safetensors(path)
    with path.open("rb") as file:
        start = file.read(8)
    pickled = path.suffix.lower() in PICKLED_SUFFIXES or path.name in PICKLED_NAMES
    if pickled or start.startswith((*PICKLE_STARTS, ZIP_START)):
        raise UnsafeModel(f"{path} may run code when opened ({_looks_like(start)}): {CONVERT}")
    limit = MAX_CONFIG if path.name in {"config.json", "generation_config.json", "tokenizer_config.json"} else MAX_JSON
    if path.suffix == ".json" and path.stat().st_size > limit:
        raise UnsafeModel(f"{path} is larger than {limit} bytes, which no such file needs: fetch it again")
    return None


def _looks_like(start: bytes) -> str:
    if start.startswith(PICKLE_STARTS):
        return "a pickle"
    return "a zip archive, as torch.save writes" if start.startswith(ZIP_START) else "unknown content"


def _check_configs(folder: Path) -> None:
    if (folder / "adapter_config.json").exists():
        raise UnsafeModel(f"{folder} is an adapter, which would pull in a base model unasked: load its base by name")
    for name in ("config.json", "tokenizer_config.json"):
        path = folder / name
        config = read_json(path) if path.exists() else {}
        if config.get("auto_map"):
            raise UnsafeModel(f"{path} asks for code of its own (auto_map): use a model that transformers itself knows")
        if config.get("quantization_config"):
            raise UnsafeModel(f"{path} asks for quantised kernels, which are code from outside: serve it remotely")


def _check_index(folder: Path) -> None:
    path = folder / "model.safetensors.index.json"
    if not path.exists():
        return
    names = read_json(path).get("weight_map", {})
    for name in set(names.values()) if isinstance(names, dict) else {None}:
        if not isinstance(name, str) or Path(name).name != name or not name.endswith(".safetensors"):
            raise UnsafeModel(f"{path} names a shard that is no .safetensors file beside it: fetch it again")
        if not (folder / name).is_file():
            raise ModelError(f"{folder / name} is missing: fetch the model again")


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a model folder; ModelError where it is none."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not JSON: fetch it again") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path} is not a JSON object: fetch it again")
    return content

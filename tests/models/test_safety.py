"""S8 and S9: what a model folder may hold is decided by content."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.errors import ModelError, UnsafeModel
from assent.models import load, safety

Save = Callable[..., Path]


class Bomb:
    """Unpickling it leaves a mark; nothing may."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("exploded"),)


@pytest.fixture
def folder(save: Save, tmp_path: Path) -> Path:
    copy = tmp_path / "model"
    shutil.copytree(save(), copy)
    return copy


def refused(folder: Path, names: str) -> None:
    with pytest.raises(UnsafeModel) as caught:
        load(str(folder))
    assert names in str(caught.value)
    assert not Path("exploded").exists()


def test_a_clean_folder_loads(folder: Path) -> None:
    assert load(str(folder)).info.revision == "local"


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_named_safetensors_is_refused(folder: Path, protocol: int) -> None:
    (folder / "model.safetensors").write_bytes(pickle.dumps({"w": Bomb()}, protocol) + b" " * 100)
    refused(folder, "model.safetensors")


def test_what_torch_save_writes_is_refused_under_any_name(folder: Path) -> None:
    torch.save({"w": torch.zeros(2)}, folder / "notes.txt")
    refused(folder, "notes.txt")


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.pkl", ".metadata", "training_args.bin"])
def test_pickle_files_are_refused_even_beside_safetensors(folder: Path, name: str) -> None:
    (folder / name).write_bytes(pickle.dumps(Bomb(), 0))
    refused(folder, name)


def test_a_folder_of_pickled_weights_alone_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    refused(folder, "no .safetensors weights")


@pytest.mark.parametrize("cut", [0, 4, 9, 200])
def test_a_cut_weights_file_is_refused(folder: Path, cut: int) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ModelError):
        load(str(folder))


def test_a_header_that_claims_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes((2**40).to_bytes(8, "little") + b"{}")
    with pytest.raises(UnsafeModel, match="not a safetensors file"):
        safety.check_safetensors(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(content=st.binary(max_size=300))
def test_random_bytes_are_never_taken_for_weights(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(UnsafeModel):
        safety.check_safetensors(path)


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.json"
    outside.write_text("{}")
    (folder / "extra.json").symlink_to(outside)
    refused(folder, "extra.json")


def test_the_hub_caches_links_into_its_own_blobs_are_followed(folder: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "models--a--b" / "snapshots" / ("0" * 40)
    blobs = tmp_path / "models--a--b" / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    for path in folder.iterdir():
        shutil.copy(path, blobs / f"blob-{path.name}")
        (snapshot / path.name).symlink_to(Path("../../blobs") / f"blob-{path.name}")
    assert load(str(snapshot)).info.context == 256


@pytest.mark.parametrize("shard", ["../model.safetensors", "/etc/passwd", "x/y.safetensors", "model.bin", 3])
def test_an_index_that_points_elsewhere_is_refused(folder: Path, shard: object) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"w": shard}}))
    refused(folder, "index.json")


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_a_folder_that_asks_for_code_of_its_own_is_refused(folder: Path, name: str) -> None:
    """S9: no remote code runs."""
    config = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(config | {"auto_map": {"AutoModelForCausalLM": "evil.Model"}}))
    (folder / "evil.py").write_text("import pathlib; pathlib.Path('exploded').touch()")
    refused(folder, name)


def test_an_adapter_folder_does_not_pull_in_its_base(folder: Path) -> None:
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "someone/else"}))
    refused(folder, "adapter")


def test_a_config_of_megabytes_is_refused(folder: Path) -> None:
    (folder / "generation_config.json").write_text(" " * (safety.MAX_CONFIG + 1))
    refused(folder, "generation_config.json")


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000])
def test_a_broken_config_is_a_model_error(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    with pytest.raises(ModelError):
        load(str(folder))


def test_weights_of_the_wrong_shape_are_a_model_error(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"intermediate_size": 48}))
    with pytest.raises(ModelError):
        load(str(folder))


def test_weights_are_saved_as_safetensors_only(tmp_path: Path) -> None:
    for name in ("w.bin", "w.pt", "w"):
        with pytest.raises(UnsafeModel):
            safety.save({"w": torch.zeros(2)}, tmp_path / name)
    with pytest.raises(UnsafeModel):
        safety.save({"w": Bomb()}, tmp_path / "w.safetensors")  # type: ignore[dict-item]
    assert list(tmp_path.iterdir()) == []
    safety.save({"w": torch.ones(2, 3).T}, tmp_path / "w.safetensors")
    safety.check_safetensors(tmp_path / "w.safetensors")


def test_the_hash_of_the_chat_template_changes_with_the_template(folder: Path) -> None:
    before = load(str(folder)).info.template_hash
    template = folder / "chat_template.jinja"
    template.write_text(template.read_text() + " ")
    after = load(str(folder)).info.template_hash
    assert before and after and before != after

"""An adapter that is not whole, not signed, of another base, or of rows that may not train any more is not loaded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.errors import ConsentError, ModelError, UnsafeModel
from assent.models import Message, Prompt, load
from assent.models.adapters import verify
from assent.models.adapters.folder import BINDING, CONFIG, CONSENT, LARGEST, MANIFEST, WEIGHTS
from assent.training.finetune import resolve, run
from assent.training.finetune.job import begin
from tests.training.finetune.conftest import TINY, talk
from tests.training.snapshot.conftest import Office


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Path, Path]]:
    """A store, and two adapters of what two people of an account said."""
    place = tmp_path_factory.mktemp("adapters")
    office = Office(place / "home")
    office.join("acme", "dana", "tom")
    talk(office, "acme", "dana", range(12))
    talk(office, "acme", "tom", range(12, 24))
    folders = []
    for seed in (0, 1):
        recipe, out = resolve(None, [*TINY, f"seed={seed}"]).recipe, place / f"run{seed}"
        folders.append(run(office.store, begin(office.store, recipe, out, resume=False), recipe, out))
    yield office, folders[0], folders[1]
    office.store.close()


@pytest.fixture
def copy(made: Any, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made[1], tmp_path / "adapter"))


def test_a_sealed_adapter_holds_and_changes_what_its_base_says(made: Any) -> None:
    office, folder, other = made
    key = office.store.ledger.signer.public_key
    found = verify(folder, public_key=key, store=office.store)
    assert found.manifest["counts"]["train"] > 0
    prompt = Prompt((Message("user", "<point> Dana : we open the bridge next week"),), max_new_tokens=12)
    engines = [load(), load(adapter=found), load(adapter=verify(other, public_key=key))]
    assert [engine.info.adapter for engine in engines[:2]] == [None, found.name]
    confidence = [engine.complete([prompt])[0].confidence for engine in engines]
    assert len(set(confidence)) == 3


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(LARGEST)), place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_refused(made: Any, copy: Path, name: str, place: float, bit: int) -> None:
    """L4: weights, settings, manifest, consent record, card, and both signatures."""
    content = bytearray((copy / name).read_bytes())
    sound = bytes(content)
    content[int(place * len(content))] ^= 1 << bit
    (copy / name).write_bytes(content)
    try:
        with pytest.raises(UnsafeModel):
            verify(copy, public_key=made[0].store.ledger.signer.public_key)
    finally:
        (copy / name).write_bytes(sound)


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG, CONSENT, MANIFEST, BINDING])
def test_a_file_of_another_adapter_is_refused(made: Any, copy: Path, name: str) -> None:
    """L4."""
    if (made[2] / name).read_bytes() == (copy / name).read_bytes():
        return
    shutil.copy(made[2] / name, copy / name)
    with pytest.raises(UnsafeModel, match="fetch the adapter again"):
        verify(copy, public_key=made[0].store.ledger.signer.public_key)


def test_another_adapters_manifest_with_its_signature_is_refused(made: Any, copy: Path) -> None:
    """L4."""
    for name in ("manifest.json", "manifest.sig"):
        shutil.copy(made[2] / name, copy / name)
    with pytest.raises(UnsafeModel, match=r"manifest\.json: is not the one that was sealed"):
        verify(copy, public_key=made[0].store.ledger.signer.public_key)


def test_a_pickle_by_the_name_of_safetensors_is_refused_even_if_the_operator_sealed_it(made: Any, copy: Path) -> None:
    """S8: what a file is decides, not what it is called."""
    import hashlib
    import pickle

    from assent.data.ledger import canonical

    (copy / WEIGHTS).write_bytes(pickle.dumps({"a": 1}))
    binding = json.loads((copy / BINDING).read_bytes())
    binding["adapter_sha256"] = hashlib.sha256((copy / WEIGHTS).read_bytes()).hexdigest()
    (copy / BINDING).write_bytes(canonical(binding))
    signer = made[0].store.ledger.signer
    (copy / "binding.sig").write_text(signer.sign(canonical(binding)))
    with pytest.raises(UnsafeModel, match="no safetensors file"):
        verify(copy, public_key=signer.public_key)


def test_a_file_that_belongs_to_no_adapter_is_refused(made: Any, copy: Path) -> None:
    (copy / "adapter_model.bin").write_bytes(b"")
    with pytest.raises(UnsafeModel, match="is no file of an adapter"):
        verify(copy, public_key=made[0].store.ledger.signer.public_key)


def test_an_adapter_is_loaded_with_its_own_base_only(made: Any) -> None:
    found = verify(made[1], public_key=made[0].store.ledger.signer.public_key)
    with pytest.raises(ModelError, match="of assent-mini, not of"):
        load("smollm2-135m", adapter=found)
    with pytest.raises(ModelError, match="a server has its own"):
        load("http://localhost:1/v1#m", adapter=found)


def test_a_withdrawal_after_the_run_refuses_the_adapter_and_names_row_and_event(made: Any) -> None:
    """W2, W5. The last test here: nothing may train afterwards."""
    office, folder, _ = made
    withdrawn = office.store.consent.withdraw(person="tom", purposes=["train_content"])
    with pytest.raises(ConsentError, match=rf"row \d+ may not train any more: .*\(event {withdrawn.position}\)"):
        verify(folder, public_key=office.store.ledger.signer.public_key, store=office.store)

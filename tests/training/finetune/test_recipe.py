"""Recipes: one file, all faults at once, and where each setting came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.errors import ConfigError, InputError
from assent.training.finetune import resolve


def test_without_a_file_every_setting_is_the_default() -> None:
    resolved = resolve()
    assert set(resolved.origins.values()) == {"default"}
    assert set(resolved.origins) == set(type(resolved.recipe).model_fields)


def test_each_setting_is_shown_with_where_it_came_from(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("rank: 4\nseed: 3\n")
    lines = {line.split()[0]: line.split()[1:] for line in str(resolve(path, ["seed=7"])).splitlines()}
    assert lines["rank"] == ["4", "mine.yaml"]
    assert lines["seed"] == ["7", "command", "line"]
    assert lines["base"] == ["assent-mini", "default"]


def test_all_faults_are_told_at_once_with_file_and_setting(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("rank: 0\nepochs: 9\nrnak: 4\ntargets: 7\nseed: high\n")
    with pytest.raises(ConfigError) as raised:
        resolve(path, ["rate=2", "nonsense", "patience=[", "cilp=1"])
    told = raised.value.faults
    for part in ("mine.yaml: rank is '0'", "mine.yaml: epochs", "mine.yaml: targets", "mine.yaml: seed"):
        assert any(part in fault for fault in told), part
    assert any("did you mean rank?" in fault for fault in told)
    assert any("command line: rate" in fault for fault in told)
    assert any("'nonsense' is no setting; write NAME=VALUE" in fault for fault in told)
    assert any("'patience=['" in fault for fault in told)
    assert any("did you mean clip?" in fault for fault in told)


@pytest.mark.parametrize(
    ("content", "expected"), [(b"a: [", "line 1"), (b"- rank", "name: value"), (b"\xff\xfe\xff", "UTF-8")]
)
def test_what_is_no_recipe_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "bad.yaml").write_bytes(content)
    with pytest.raises(InputError, match=expected):
        resolve(tmp_path / "bad.yaml")


def test_a_missing_or_endless_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the recipe"):
        resolve(tmp_path / "none.yaml")
    (tmp_path / "long.yaml").write_text("#" * 100_000)
    with pytest.raises(InputError, match="longer than"):
        resolve(tmp_path / "long.yaml")


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("# nothing yet\n")
    assert resolve(tmp_path / "empty.yaml").recipe == resolve().recipe


def test_settings_are_json_that_a_manifest_can_hold() -> None:
    settings = resolve(None, ["reviewed=[b, a]"]).recipe.settings()
    assert settings["reviewed"] == ["a", "b"]
    assert settings["targets"] == "all-linear"

"""Meeting templates, shipped and of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.errors import TemplateError
from assent.features.layouts import NAMES, heading, load_layout, parse


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_template_shows_tasks_or_questions(name: str) -> None:
    """F9"""
    assert {"action_items", "open_questions"} & {section.show for section in load_layout(name).sections}


def test_the_names_are_the_files() -> None:
    folder = Path(__file__).parents[2] / "assent" / "features" / "templates" / "layouts"
    assert tuple(sorted(path.stem for path in folder.glob("*.toml"))) == NAMES


def test_an_own_file_is_read(tmp_path: Path) -> None:
    """F9"""
    path = tmp_path / "mine.toml"
    path.write_text('heading = "Board: {title}"\n[[sections]]\nshow = "decisions"\nheading = "Resolved"\n')
    layout = load_layout(path)
    assert layout.name == "mine"
    assert heading(layout.heading, {"title": "May"}) == "Board: May"
    assert [section.show for section in layout.sections] == ["decisions"]


def test_all_faults_are_named_at_once() -> None:
    """F9"""
    raw = b'heading = "{agenda}"\nsections = [{show = "gossip", heading = "{title.__class__}"}]\ncolour = "red"\n'
    with pytest.raises(TemplateError) as caught:
        parse(raw, "mine.toml")
    for part in ("mine.toml", "agenda", "sections.0.show", "title.__class__", "colour"):
        assert part in str(caught.value)


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"sections = [", b'heading = "{"\nsections = []', b"sections = []"])
def test_a_broken_file_is_one_template_error(raw: bytes) -> None:
    with pytest.raises(TemplateError, match=r"mine\.toml"):
        parse(raw, "mine.toml")


def test_an_unknown_name_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="retrospective"):
        load_layout("standup")
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * 70_000)
    with pytest.raises(TemplateError, match="larger"):
        load_layout(big)

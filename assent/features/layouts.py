"""Meeting templates: which sections the minutes show, in which order, under which headings.

Seven ship with Assent; a user's own is a TOML file of the same form. A layout knows no model: what is found in a
meeting does not depend on it. The consent line is no section, so that no template can leave it out.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from assent.errors import TemplateError

NAMES = ("general", "interview", "lecture", "one-to-one", "retrospective", "sales-call", "stand-up")
VARIABLES = ("language", "participants", "template", "title")
"""What a heading may name in braces."""
FILE_LIMIT = 64_000
"""Bytes: a larger file is no meeting template."""


def _checked(text: str) -> str:
    """The text itself; ValueError where it names an unknown variable."""
    fields = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None]
    unknown = sorted({name for name, spec, conversion in fields if name not in VARIABLES or spec or conversion})
    if unknown:
        raise ValueError(f"unknown variable {', '.join(unknown)!r}; known: {', '.join(VARIABLES)}")
    return text


Heading = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_checked)]
Part = Literal["recap", "topics", "decisions", "action_items", "open_questions", "participants"]


class Section(BaseModel):
    """One part of the minutes. `when_empty` stands there when there is nothing to show; without it nothing does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    show: Part
    heading: Heading
    when_empty: str | None = Field(default=None, max_length=200)


class Layout(BaseModel):
    """A meeting template."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="", max_length=80)
    """What the minutes call the template; without one, the file's name."""
    heading: Heading = "{title}"
    sections: tuple[Section, ...] = Field(min_length=1, max_length=20)


def heading(text: str, values: dict[str, str]) -> str:
    """A heading with its variables filled in."""
    return text.format_map(values)


def load_layout(template: str | Path) -> Layout:
    """The layout of that name, or of the TOML file at that path; TemplateError names every fault of a file at once."""
    if str(template) in NAMES:
        return _shipped(str(template))
    path = Path(template)
    if not path.is_file():
        raise TemplateError(
            f"no template {str(template)!r}; expected one of {', '.join(NAMES)}, or a TOML file of your own"
        )
    with path.open("rb") as file:
        raw = file.read(FILE_LIMIT + 1)
    if len(raw) > FILE_LIMIT:
        raise TemplateError(f"{path.name}: larger than {FILE_LIMIT} bytes; expected a short TOML file")
    return parse(raw, path.name, path.stem)


@cache
def _shipped(name: str) -> Layout:
    return parse((files("assent.features") / "templates" / "layouts" / f"{name}.toml").read_bytes(), name, name)


def parse(raw: bytes, file: str, name: str = "own") -> Layout:
    """The layout in a TOML file; errors call it `file`, and it is called `name` where it does not name itself."""
    try:
        layout = Layout.model_validate({"name": name, **tomllib.loads(raw.decode("utf-8-sig"))})
    except UnicodeDecodeError as error:
        raise TemplateError(f"{file}: no UTF-8 text; expected a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{file}: not TOML: {error}") from error
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False)]
        raise TemplateError(f"{file}: " + "; ".join(faults)) from error
    return layout

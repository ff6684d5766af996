"""The registry as one Markdown page, with the bits of every field and their sum. It knows no event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from assent.data.telemetry.aggregates import LEAST_ACCOUNTS, PERIOD_DAYS
from assent.data.telemetry.registry import MOST_BITS, Cell, Field, Registry

INTRODUCTION = """# Telemetry

Made by `python -m assent.data.telemetry > docs/telemetry.md`; a test compares it with the registry,
`assent/data/telemetry/registry.toml`.

What Assent records about its own service is a closed list of signals without content. A signal is a yes or no, one
word of a fixed list, or a number of which only the bucket is kept. There is no type for text, so none can be
registered: not a string, not a map, not a list. Keystrokes, mouse, gaze, who knows whom and the text of an edit are
refused by name as well. An event with one unknown key or value is dropped whole, and only the drop is counted, under
one of these reasons: expired, failed, opted_out, store, unknown_account, unknown_interaction, unknown_key,
unknown_value."""

ENVELOPE = """## What is stored of an event

| column | what it is |
|---|---|
| id | random, made by Assent |
| account | the account's random id in the ledger, made by Assent |
| interaction | the id of a logged interaction, only where its content is consented to; otherwise empty |
| period | the day, in whole days since 1970-01-01 |
| registry | the version of this registry |
| payload | the bits below, as one signed 64-bit integer |

An account must be known, and an interaction must be one of that account's logged ones; any other event is dropped.
Recording never raises into a feature. When a field or the last review has expired, nothing is recorded until someone
has looked at it again and given it a new date."""

PAYLOAD = """## The payload: {bits} bits of at most {most}

Registry version {version}. Every field may be unset, which is code 0 and costs its code like any other; the codes
1, 2, ... follow the order given. Bit 0 is the lowest. The sum bounds what the payload of one event can tell."""

USE = """## What training may see

From the first whole day under the terms on service-generated data, and of no earlier day:

- of rows whose content is consented to, the signals of that very interaction, each asked of the gate;
- of every other account, released aggregates only. A release counts accounts in the cells below over {days} days that
  are over. Every account has one vote, in the cell most of its events fell into (of equals, the lowest number). A cell
  with fewer than {least} accounts is left out, and no total is told. A period is released once; what was released is
  stored and never computed again.

An event falls into the first cell whose conditions all hold; one that falls into none is no vote."""

SETTINGS = """## Opting out

An operator may offer an opt-out, account by account: what is recorded about the account is deleted and nothing more is
recorded until the account opts in again (`assent telemetry off --account NAME`, and `on`). The decision stands in the
ledger, so a restored backup brings no record of the account back. Nothing waits in memory: an event is stored or
dropped when it is emitted.
Releases that were made before stay, since they name no account.

## OpenTelemetry

Assent emits none: it imports no OpenTelemetry package, opens no span and sets no attribute, so no setting or
environment variable (`OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` among them) makes it export prompts,
completions, system instructions, tool calls or stop sequences. A test holds that no module of Assent imports such a
package. Instrumentation that a host adds around its own program, its web framework or its model server is the host's;
this page says nothing about it."""

REVIEWS = """## Reviews

A change of fields or cells is refused at load unless it has a new version, and a review that names the new layout."""


def page(registry: Registry) -> str:
    parts = (
        INTRODUCTION,
        ENVELOPE,
        PAYLOAD.format(bits=registry.bits, most=MOST_BITS, version=registry.version),
        _table(("field", "type", "codes 1, 2, ...", "bits", "at", "why", "owner", "expires"), _fields(registry.fields)),
        USE.format(days=PERIOD_DAYS, least=LEAST_ACCOUNTS),
        _table(("cell", "name", "where"), ((cell.number, cell.name, _conditions(cell)) for cell in registry.cells)),
        SETTINGS,
        REVIEWS,
        _table(("version", "reviewed", "owner", "expires", "why", "layout"), _reviews(registry)),
    )
    return "\n\n".join(parts) + "\n"


def _fields(fields: Sequence[Field]) -> Iterator[tuple[object, ...]]:
    at = 0
    for field in fields:
        place = f"{at}-{at + field.bits - 1}"
        yield field.name, field.kind, _choices(field), field.bits, place, field.why, field.owner, field.expires
        at += field.bits
    yield "**sum**", "", "", f"**{at}**", "", "", "", ""


def _choices(field: Field) -> str:
    if not field.bucketed:
        return ", ".join(str(choice).lower() for choice in field.choices)
    lows = [int(choice) for choice in field.choices]
    return f"{', '.join(_span(*pair) for pair in pairwise(lows))}, {lows[-1]} and more ({field.unit})"


def _span(low: int, after: int) -> str:
    return str(low) if after == low + 1 else f"{low} to {after - 1}"


def _conditions(cell: Cell) -> str:
    return "; ".join(f"{name}: {', '.join(str(choice).lower() for choice in choices)}" for name, choices in cell.where)


def _reviews(registry: Registry) -> Iterator[tuple[object, ...]]:
    for review in registry.reviews:
        yield review.version, review.reviewed, review.owner, review.expires, review.why, f"`{review.layout}`"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)

"""The card of an exported dataset: what it holds, for what, and the ledger events it rests on. It reads no row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HEAD = """---
configs:
{configs}
pretty_name: Assent interactions
tags:
- consent
- meetings
- summarization
---

# Interactions that consent lets through

{what}

| | |
|---|---|
| purpose | `{purpose}` |
| calls asked about | {calls} |
| rows | {rows} |
| accounts | {accounts} |
| asked at ledger position | {position} |
| ledger head | {head}, `{hash}` |
"""
CIPHERTEXT = """\
Every row is ciphertext under the keys of all its contributors. It opens with `assent.data.open(DIR, store)` beside the
store that holds the keys, and only while everyone in it still allows it: a withdrawal ends the row here too."""
PLAIN = """\
These rows are in the clear: everyone in them agreed to publication. The ledger holds the event of this export. Who
withdraws later is taken out of every copy that can be reached; of other copies they are told."""


def card(summary: Mapping[str, Any]) -> str:
    """Markdown with the header that dataset hubs read. `summary` is what stands beside the tables."""
    tables = ("rows",) if summary["plain"] else ("calls", "speech")
    configs = "\n".join(f"- config_name: {table}\n  data_files: {table}.parquet" for table in tables)
    numbers = {name: summary[name] for name in ("purpose", "calls", "rows", "accounts", "position")}
    ledger = {"head": summary["ledger"]["position"], "hash": summary["ledger"]["hash"]}
    top = HEAD.format(configs=configs, what=PLAIN if summary["plain"] else CIPHERTEXT, **numbers, **ledger)
    counts = [
        *_counts("Rows by what they rest on", summary["bases"]),
        *_counts("Calls left out, by reason", summary["refused"]),
    ]
    return "\n".join([top, *counts, _events(summary["events"])])


def _counts(title: str, counts: Mapping[str, int]) -> list[str]:
    if not counts:
        return []
    return [f"## {title}", "", *(f"- {name}: {count}" for name, count in sorted(counts.items())), ""]


def _events(events: list[int]) -> str:
    listed = ", ".join(map(str, events))
    return f"## Ledger events that the rows rest on\n\n{listed or 'none'}\n"

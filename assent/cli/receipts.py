"""What is said of a decision once it stands, and where an account keeps its key. A part of `assent consent`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.store import show

if TYPE_CHECKING:
    from assent.data.consent import Receipt
    from assent.data.erasure import Erasure
    from assent.data.facade import Store
    from assent.models.adapters import Tainted


def key_of(account: str) -> Path:
    from assent.data.transcripts.clean import safe_name

    return Path(f"{safe_name(account)}.key")


def acknowledge(receipt: Receipt, form: str) -> None:
    record = receipt.json()
    purposes, erased = ", ".join(record["processing"]["purposes"]), record["erasure"]
    lines = [f"{record['event']['event_state']}, position {receipt.position}: {purposes}"]
    if erased and erased["keys"]:
        replaced = erased["epoch_key_replaced"] or erased["epoch_key_replaced_by"]
        lines.append(f"{erased['keys']} keys destroyed; copies of the key store made before are dead from {replaced}")
    lines.append(f"Keep the receipt: assent consent receipt {receipt.position} > receipt.json")
    show(form, record, lambda: "\n".join(lines))


def tell_adapters(store: Store) -> None:
    """On standard error: the adapters that may not be used any more."""
    from assent.cli.adapter import told
    from assent.models.adapters import Registry

    for one in Registry(store).tainted():
        click.echo(f"adapter {one.adapter} in {one.folder}: {told(one)}", err=True)


def swept(one: Erasure) -> str:
    end = f"{one.type}, position {one.event}: {one.pieces} pieces deleted, {one.keys} keys destroyed"
    return f"{end}; not finished: {one.pending}; run it again" if one.pending else end


def gone(one: Tainted) -> str:
    return f"adapter {one.adapter} in {one.folder} deleted: {one}"

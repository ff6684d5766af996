"""The tables, as the newest migration leaves them. They hold no plain content and know no rule of consent.

`ledger_*` is the chain of decisions; `subjects` and `texts` say what its ids and hashes stand for; `pieces` is the
encrypted content with its `contributors`; `telemetry*` is content-free. Positions are indexes in the ledger.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, SmallInteger, String, Table, Text
from sqlalchemy.types import JSON

metadata = MetaData()

ledger_events = Table(
    "ledger_events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("body", Text, nullable=False),  # RFC 8785 JSON: position, previous, time, type and the event's own fields
)
ledger_head = Table(  # the one row that is locked while an event is appended
    "ledger_head",
    metadata,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("time", BigInteger, nullable=False),
)
ledger_checkpoints = Table(
    "ledger_checkpoints",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("published", Boolean, nullable=False),
)
subjects = Table(  # the ledger's random ids; the only place that says whose they are
    "subjects",
    metadata,
    Column("subject", String(40), primary_key=True),
    Column("kind", String(16), nullable=False),  # account | person
    Column("name", Text, nullable=False),
    Index("subjects_by_name", "kind", "name", unique=True),
)
texts = Table(  # forms, notices and terms: the exact bytes shown
    "texts",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
jobs = Table(  # an erasure that an event asked for, until its 'erased' event stands
    "jobs",
    metadata,
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    Column("done", BigInteger),  # position of the 'erased' event
    Column("report", JSON),
)
interactions = Table(  # one use of a feature
    "interactions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account", String(40), nullable=False, index=True),  # the host account
    Column("feature", String(16), nullable=False),
    Column("meeting", String(40), nullable=False),  # a keyed hash; calls of one meeting share their speech
    Column("captured", BigInteger, nullable=False),
    Column(
        "about", JSON, nullable=False
    ),  # content-free: model, adapter, template, tone, length, calls made and logged
)
pieces = Table(  # one ciphertext: a contributor's speech in a meeting, a call's joint text, or an edit of it
    "pieces",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(8), nullable=False),  # speech | call | edit
    Column("account", String(40), nullable=False, index=True),
    Column("meeting", String(40), nullable=False, index=True),
    Column("interaction", String(40), nullable=False, index=True),
    Column("captured", BigInteger, nullable=False),
    Column(
        "about", JSON, nullable=False
    ),  # content-free: task, written_by, which turns of which speech, the call edited
    Column("ciphertext", LargeBinary, nullable=False),
)
contributors = Table(  # whose keys open a piece
    "contributors",
    metadata,
    Column("piece", String(40), primary_key=True),
    Column("person", String(40), primary_key=True),
    Column("account", String(40), nullable=False, index=True),  # the person's own account
    Column("host", String(40), nullable=False, index=True),
    Column("attribution", String(8), nullable=False),
    Column("generation", BigInteger, nullable=False),  # position of the event that made the key
    Index("contributors_by_person", "person", "host"),
)
feedback = Table(  # what the user did with a result; the text of an edit is a piece
    "feedback",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("interaction", String(40), nullable=False, index=True),
    Column("account", String(40), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # accept | edit | discard | regenerate | thumb_up | thumb_down
    Column("captured", BigInteger, nullable=False),
)
exports = Table(  # plain copies that left the store, so that a withdrawal can follow them
    "exports",
    metadata,
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
telemetry = Table(  # one event: its payload is the 64 bits, nothing else
    "telemetry",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account", String(40), nullable=False, index=True),
    Column("interaction", String(40)),  # only where the account may be joined to its rows
    Column("period", BigInteger, nullable=False),  # whole days since the epoch
    Column("registry", SmallInteger, nullable=False),
    Column("payload", BigInteger, nullable=False),
)
releases = Table(  # aggregates, each released once
    "releases",
    metadata,
    Column("period", BigInteger, primary_key=True, autoincrement=False),
    Column("cell", BigInteger, primary_key=True, autoincrement=False),
    Column("accounts", BigInteger, nullable=False),
)

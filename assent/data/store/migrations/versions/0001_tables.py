"""The first tables: the ledger, what its ids stand for, erasure jobs, encrypted content, telemetry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _ledger()
    _record()
    _content()
    _telemetry()


def _ledger() -> None:
    op.create_table(
        "ledger_events",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    head = op.create_table(
        "ledger_head",
        sa.Column("one", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(head, [{"one": 1, "position": -1, "hash": "0" * 64, "time": 0}])
    op.create_table(
        "ledger_checkpoints",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("published", sa.Boolean, nullable=False),
    )


def _record() -> None:
    op.create_table(
        "subjects",
        sa.Column("subject", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_index("subjects_by_name", "subjects", ["kind", "name"], unique=True)
    op.create_table(
        "texts",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "jobs",
        sa.Column("event", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("done", sa.BigInteger),
        sa.Column("report", sa.JSON),
    )
    op.create_table(
        "exports",
        sa.Column("event", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def _content() -> None:
    op.create_table(
        "interactions",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("account", sa.String(40), nullable=False, index=True),
        sa.Column("feature", sa.String(16), nullable=False),
        sa.Column("meeting", sa.String(40), nullable=False),
        sa.Column("captured", sa.BigInteger, nullable=False),
        sa.Column("about", sa.JSON, nullable=False),
    )
    op.create_table(
        "pieces",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("account", sa.String(40), nullable=False, index=True),
        sa.Column("meeting", sa.String(40), nullable=False, index=True),
        sa.Column("interaction", sa.String(40), nullable=False, index=True),
        sa.Column("captured", sa.BigInteger, nullable=False),
        sa.Column("about", sa.JSON, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "contributors",
        sa.Column("piece", sa.String(40), primary_key=True),
        sa.Column("person", sa.String(40), primary_key=True),
        sa.Column("account", sa.String(40), nullable=False, index=True),
        sa.Column("host", sa.String(40), nullable=False, index=True),
        sa.Column("attribution", sa.String(8), nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
    )
    op.create_index("contributors_by_person", "contributors", ["person", "host"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("interaction", sa.String(40), nullable=False, index=True),
        sa.Column("account", sa.String(40), nullable=False, index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("captured", sa.BigInteger, nullable=False),
    )


def _telemetry() -> None:
    op.create_table(
        "telemetry",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("account", sa.String(40), nullable=False, index=True),
        sa.Column("interaction", sa.String(40)),
        sa.Column("period", sa.BigInteger, nullable=False),
        sa.Column("registry", sa.SmallInteger, nullable=False),
        sa.Column("payload", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "releases",
        sa.Column("period", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("cell", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("accounts", sa.BigInteger, nullable=False),
    )

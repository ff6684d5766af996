"""The ledger takes additions in order and refuses every other change (C13).

An owner of the tables can drop these triggers; `verify` finds what was changed then.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

NEXT = "(SELECT COALESCE(MAX(position), -1) + 1 FROM ledger_events)"
AHEAD = f"""new.one = old.one AND new.position > old.position AND new.time >= old.time
    AND new.position + 1 = {NEXT}
    AND EXISTS (SELECT 1 FROM ledger_events WHERE position = new.position AND hash = new.hash)"""
KEPT = "new.position = old.position AND new.body = old.body AND (new.published OR NOT old.published)"
FRESH = "NOT EXISTS (SELECT 1 FROM ledger_checkpoints WHERE position = new.position)"
RULES = (  # table, what is tried, the only case in which it is let through
    ("ledger_events", "INSERT", f"new.position = {NEXT}"),
    ("ledger_events", "UPDATE", None),
    ("ledger_events", "DELETE", None),
    ("ledger_head", "INSERT", None),
    ("ledger_head", "UPDATE", AHEAD),
    ("ledger_head", "DELETE", None),
    ("ledger_checkpoints", "INSERT", FRESH),
    ("ledger_checkpoints", "UPDATE", KEPT),
    ("ledger_checkpoints", "DELETE", None),
)
TABLES = ("ledger_events", "ledger_head", "ledger_checkpoints")


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in _sqlite() if dialect == "sqlite" else _postgres():
        op.get_bind().exec_driver_sql(statement)


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table} "
        + (f"WHEN NOT ({allowed}) " if allowed else "")
        + f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table, action, allowed in RULES
    ]


def _postgres() -> list[str]:
    """One function for each rule; its search path is fixed, so that no table of another schema answers in its place."""
    schema: str = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    statements = []
    for table, action, allowed in RULES:
        name = f"{table}_{action.lower()}"
        statements += [_function(name, schema, allowed), _trigger(name, table, f"BEFORE {action}", "ROW")]
    for table in TABLES:
        name = f"{table}_truncate"
        statements += [_function(name, schema, None), _trigger(name, table, "BEFORE TRUNCATE", "STATEMENT")]
    return statements


def _function(name: str, schema: str, allowed: str | None) -> str:
    refusal = "RAISE restrict_violation USING MESSAGE = TG_TABLE_NAME || ' is append-only';"
    body = f"IF {allowed} THEN RETURN new; END IF; {refusal}" if allowed else refusal
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp "
        f"AS $body$ BEGIN {body} END $body$"
    )


def _trigger(name: str, table: str, when: str, each: str) -> str:
    return f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()"

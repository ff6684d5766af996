"""The commands of a store, called as a newcomer would: what they print, how they end, and a store with its texts."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from assent.cli import main

PLACES = {
    "operator": "Example Ltd",
    "operator_type": "company",
    "address": "1 High Street",
    "contact": "privacy@example.org",
    "jurisdiction": "Ireland",
    "storage": "Dublin",
}
SET = [word for place, value in PLACES.items() for word in ("--set", f"{place}={value}")]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def found(*words: str) -> Any:
    """The JSON that a command prints."""
    done = run(*words, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(code: int, *words: str) -> str:
    """The one line on standard error of a command that ends with `code`."""
    done = run(*words)
    assert (done.exit_code, done.stdout) == (code, ""), done.output
    [line] = done.stderr.splitlines()
    return line


def form_read() -> list[str]:
    """The option that says which form was read."""
    [form] = found("consent", "form", "list")["published"]
    return ["--yes-i-have-read", form["sha256"]]


def sign(*purposes: str, account: str = "acme", admin: str = "dana") -> Any:
    wanted = [word for purpose in purposes for word in ("--purpose", purpose)]
    who = ["--account", account, "--admin", admin, "--key", f"{account}.key"]
    return found("consent", "sign", *who, *wanted, *form_read())


def serve(*people: str, account: str = "acme") -> None:
    for person in people:
        found("consent", "notice", "serve", "--person", person, "--account", account)

"""M1: whatever is in the record, no word of anyone who refuses reaches the model: read back from its token ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from torch.nn.modules.module import register_module_forward_pre_hook

from assent.data.interactions import Call, Interaction
from assent.data.transcripts.turns import Transcript, Turn
from assent.training.finetune import run
from assent.training.finetune.job import begin
from tests.training.finetune.conftest import instruct_model, recipe
from tests.training.snapshot.conftest import WORDS, Office

ACCOUNTS = ("acme", "globex", "initech")
MEETINGS, TURNS = 24, 6


@dataclass
class World:
    """People of three accounts in each other's meetings; some refuse from the start, one account refuses whole."""

    office: Office
    rng: Random
    home: dict[str, str] = field(default_factory=dict)
    refusing: set[str] = field(default_factory=set)
    unserved: set[tuple[str, str]] = field(default_factory=set)
    """Guests whom nobody told, by (person, host)."""

    def people(self) -> None:
        closed = self.rng.choice(ACCOUNTS[1:])
        for account in ACCOUNTS:
            members = [f"zq{account}{letter}" for letter in "abcd"]
            purposes = ["log_content"] + ["train_content"] * (account != closed)
            self.office.join(account, *members, purposes=purposes)
            self.home |= dict.fromkeys(members, account)
            self.refusing |= set(members) if account == closed else set()
            for member in members[1:]:
                if self.rng.random() < 0.3:
                    self.office.store.consent.object(member, purposes=["train_content"])
                    self.refusing.add(member)
        for person, account in self.home.items():
            for host in ACCOUNTS:
                if host != account and self.rng.random() < 0.7:
                    self.office.store.consent.serve(person, account, host)
                elif host != account:
                    self.unserved.add((person, host))

    def word(self, person: str, host: str) -> str:
        """The sentinel of a person in a host's meetings."""
        return f"xv{person}at{host}"

    def meet(self, number: int) -> None:
        host = ACCOUNTS[number % len(ACCOUNTS)]
        user = next(person for person, account in self.home.items() if account == host)
        there = [user, *self.rng.sample([one for one in self.home if one != user], 4)]
        speakers = [self.rng.choice(there) for _ in range(TURNS)]
        turns = []
        for at, who in enumerate(speakers):
            named = self.rng.choice([self.rng.choice(speakers).title(), "everyone"])
            text = f"{self.word(who, host)} will meet {named} on day {number * TURNS + at} about {self.subject()}."
            turns.append(Turn(who.title(), text, attribution="channel", person=who, account=self.home[who]))
        calls = []
        for _ in range(TURNS):
            shown = tuple(sorted(self.rng.sample(range(TURNS), self.rng.choice([1, 1, 2]))))
            calls.append(Call("point", shown, f"{turns[shown[-1]].text} Good.", "model"))
        use = Interaction(
            host, user, "summarize", Transcript(tuple(turns)), tuple(calls), f"m{number}", f"r{number}", {}
        )
        logged = self.office.store.log.capture(use)
        if logged.interaction:
            self.office.store.log.feedback(logged.interaction, "accept", account=host, user=user)

    def subject(self) -> str:
        return " ".join(self.rng.sample(WORDS, 5))

    def forbidden(self) -> set[str]:
        closed = {self.home[person] for person in self.refusing} - {
            self.home[person] for person in self.home if person not in self.refusing
        }
        words = {self.word(person, host) for person in self.refusing for host in ACCOUNTS}
        words |= {self.word(person, host) for person, host in self.unserved}
        words |= {self.word(person, host) for person in self.home for host in closed}
        return words

    def every_word(self) -> set[str]:
        return {self.word(person, host) for person in self.home for host in ACCOUNTS}


@contextmanager
def reaching(model: list[list[int]]) -> Iterator[None]:
    """Keeps the token ids of every forward pass: what any embedding of ids is given."""

    def seen(module: Any, given: tuple[Any, ...]) -> None:
        if isinstance(module, torch.nn.Embedding):
            model.extend(given[0].tolist())

    hook = register_module_forward_pre_hook(seen)
    try:
        yield
    finally:
        hook.remove()


@pytest.mark.parametrize("seed", range(3))
def test_no_word_of_a_refuser_or_an_untold_guest_reaches_the_model(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """M1: refusers, accounts that refuse, guests inside meetings; and again after a withdrawal."""
    from tokenizers import Tokenizer

    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASSENT_DATABASE", database_url)
    folder = instruct_model(tmp_path / "model")
    world = World(Office(tmp_path / "home"), Random(seed))
    try:
        world.people()
        for number in range(MEETINGS):
            world.meet(number)
        text = trained(world, folder, tmp_path / "first", Tokenizer.from_file(str(folder / "tokenizer.json")))
        reached = {word for word in world.every_word() if word in text}
        assert reached, "nothing reached the model: the test shows nothing"
        assert not reached & world.forbidden()
        assert not {person for person in world.refusing if person in text.lower()}
        leaver = sorted(reached)[0].removeprefix("xv").split("at")[0]
        world.office.store.consent.withdraw(person=leaver, purposes=["train_content"])
        text = trained(world, folder, tmp_path / "then", Tokenizer.from_file(str(folder / "tokenizer.json")))
        assert leaver not in text.lower()
    finally:
        world.office.store.close()


def trained(world: World, folder: Path, out: Path, tokenizer: Any) -> str:
    """All that one run showed the model, as text."""
    chosen = recipe(f"base={folder}", "held_out=0.2", "rank=2", "save_every=50", "batch=16")
    ids: list[list[int]] = []
    with reaching(ids):
        run(world.office.store, begin(world.office.store, chosen, out, resume=False), chosen, out)
    return "\n".join(tokenizer.decode(row, skip_special_tokens=False) for row in ids)

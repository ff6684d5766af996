"""Any order of what users do, on both databases: what opens is exactly what the reference model says may open.

The short profile runs with the other tests; `python benchmarks/soak.py` runs the same for thousands of examples.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.consent.reference import HOUR, PATIENCE, PURPOSES
from tests.consent.world import ACCOUNTS, CAST, DAY, MEETINGS, MEMBERS, World, file_of

STEPS = 16  # actions in one example, after the ones that set the scene
SHORT = 25  # examples on each database in the common run
KEPT = ("use_feature", "log_content")
CHOICES = (
    PURPOSES,
    ("use_feature", "log_content", "train_content"),
    ("log_content",),
    ("train_content",),
    ("log_content", "publish_dataset", "telemetry"),
)
some_purposes = st.sampled_from(CHOICES)
people = st.sampled_from(sorted(CAST))
members = st.sampled_from(MEMBERS)
accounts = st.sampled_from(sorted(ACCOUNTS))
meetings = st.sampled_from(sorted(MEETINGS))
families = st.sampled_from(["separate", "separate", "bundled"])


class Databases(Protocol):
    """Empty stores of one kind."""

    def fresh(self) -> str: ...

    def give_back(self, url: str) -> None: ...


class Files:
    """SQLite files, each a copy of an empty store."""

    def __init__(self, template: Path) -> None:
        self.template, self.numbers = template, itertools.count()
        self.folder = Path(tempfile.mkdtemp(prefix="assent-files-", dir=memory()))

    def fresh(self) -> str:
        return f"sqlite:///{shutil.copy(self.template, self.folder / f'{next(self.numbers)}.db')}"

    def give_back(self, url: str) -> None:
        for path in self.folder.glob(f"{Path(file_of(url)).name}*"):
            path.unlink()


class Life(RuleBasedStateMachine):
    """A random life of two accounts, four members, a guest without an account, and a caller nobody knows."""

    databases: Databases
    world: World

    @initialize(everyone=st.booleans(), signed=st.sets(accounts), told=st.sets(members), own=st.sets(members))
    def begin(self, everyone: bool, signed: set[str], told: set[str], own: set[str]) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="assent-life-", dir=memory()))
        self.urls: list[str] = []
        self.world = World(self.home, self.fresh, everyone)
        for account in sorted(signed):
            self.world.sign(account, "separate", PURPOSES)
        for person in sorted(told):
            for host in ACCOUNTS:
                self.world.serve(person, host)
        for person in sorted(own):
            self.world.own(person, PURPOSES)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()
            for url in self.urls:
                self.databases.give_back(url)
            shutil.rmtree(self.home, ignore_errors=True)

    def fresh(self) -> str:
        self.urls.append(self.databases.fresh())
        return self.urls[-1]

    @rule(account=accounts, family=families, purposes=some_purposes)
    def sign(self, account: str, family: str, purposes: tuple[str, ...]) -> None:
        self.world.sign(account, family, purposes)

    @rule(person=members, host=accounts)
    def serve(self, person: str, host: str) -> None:
        self.world.serve(person, host)

    @rule(person=members, meeting=meetings)
    def join(self, person: str, meeting: str) -> None:
        """Told, and speaking at once."""
        self.world.serve(person, MEETINGS[meeting])
        self.world.speak(meeting, person)

    @rule(
        meeting=meetings,
        said=st.lists(st.tuples(people | st.none(), people | st.none(), st.booleans()), min_size=2, max_size=5),
        size=st.integers(1, 3),
    )
    def meet(self, meeting: str, said: list[tuple[str | None, str | None, bool]], size: int) -> None:
        for who, mentioned, channel in said:
            self.world.speak(meeting, who, mentioned, channel)
        self.world.summarize(meeting, size)

    @rule(meeting=meetings, who=people | st.none(), mentioned=people | st.none())
    def speak(self, meeting: str, who: str | None, mentioned: str | None) -> None:
        self.world.speak(meeting, who, mentioned)

    @precondition(lambda self: any(meeting.turns for meeting in self.world.meetings.values()))
    @rule(data=st.data(), size=st.integers(1, 3))
    def summarize(self, data: Any, size: int) -> None:
        spoken = sorted(name for name, meeting in self.world.meetings.items() if meeting.turns)
        self.world.summarize(data.draw(st.sampled_from(spoken)), size)

    @rule(
        meeting=meetings,
        person=members,
        purposes=some_purposes,
        act=st.sampled_from(["object", "sign", "serve"]),
    )
    def decide_while_it_is_logged(self, meeting: str, person: str, purposes: tuple[str, ...], act: str) -> None:
        """Told and speaking at once, somebody decides, or their host does, between the gate's yes and the writing."""
        host = MEETINGS[meeting]
        acts = {
            "object": lambda: self.world.object(person, host, purposes),
            "sign": lambda: self.world.sign(host, "separate", purposes),
            "serve": lambda: self.world.serve(person, host),
        }
        self.join(person, meeting)
        self.world.summarize(meeting, 1, meanwhile=acts[act])

    @precondition(lambda self: any(use.id for use in self.world.uses))
    @rule(data=st.data(), editor=members, foreign=st.booleans())
    def edit(self, data: Any, editor: str, foreign: bool) -> None:
        logged = [(use, label) for use in self.world.uses for label, id_ in use.calls.items() if id_]
        use, label = data.draw(st.sampled_from(logged))
        self.world.edit(use, label, editor, foreign)

    @rule(person=people, host=accounts | st.none(), purposes=some_purposes)
    def object(self, person: str, host: str | None, purposes: tuple[str, ...]) -> None:
        self.world.object(person, host, purposes)

    @rule(person=people, purposes=some_purposes)
    def withdraw_as_a_person(self, person: str, purposes: tuple[str, ...]) -> None:
        self.world.withdraw_person(person, purposes)

    @rule(account=accounts, purposes=some_purposes)
    def withdraw_as_an_account(self, account: str, purposes: tuple[str, ...]) -> None:
        self.world.withdraw_account(account, purposes)

    @rule(person=members, family=families, purposes=some_purposes)
    def agree(self, person: str, family: str, purposes: tuple[str, ...]) -> None:
        self.world.own(person, purposes, family)

    @rule(account=accounts, family=families, purposes=some_purposes)
    def sign_the_first_form(self, account: str, family: str, purposes: tuple[str, ...]) -> None:
        self.world.sign_the_first_form(account, family, purposes)

    @rule(account=accounts, family=families)
    def stop_training_and_sign_again(self, account: str, family: str) -> None:
        """What was logged stays, and stays out of training whatever is signed next."""
        self.world.withdraw_account(account, ("train_content",))
        self.world.sign(account, family, PURPOSES)

    @rule(person=members, host=accounts | st.none())
    def refuse_training_and_agree_again(self, person: str, host: str | None) -> None:
        self.world.object(person, host, ("train_content",))
        self.world.own(person, PURPOSES)

    @rule(person=members)
    def leave(self, person: str) -> None:
        self.world.leave(person)

    @rule(account=accounts)
    def close(self, account: str) -> None:
        self.world.close_account(account)

    @rule(family=families, material=st.booleans())
    def reword_form(self, family: str, material: bool) -> None:
        self.world.publish_form(family, material)

    @rule(material=st.booleans())
    def reword_notice(self, material: bool) -> None:
        self.world.publish_notice(material)

    @rule(accepts=st.booleans())
    def policy(self, accepts: bool) -> None:
        self.world.policy(accepts)

    @rule(time=st.sampled_from([HOUR, DAY, 40 * DAY, -HOUR]))
    def wait(self, time: int) -> None:
        """Or find the clock set back, but not so far that nothing can be decided any more."""
        self.world.clock = max(self.world.clock + time, self.world.reference.now(0) - PATIENCE)

    @precondition(lambda self: self.world.deadlines())
    @rule(data=st.data(), off=st.sampled_from([-1, 0, 1]))
    def wait_until_a_grant_ends(self, data: Any, off: int) -> None:
        self.world.clock = data.draw(st.sampled_from(self.world.deadlines())) + off

    @rule(meeting=meetings, person=members, off=st.sampled_from([-1, 0, 1]))
    def keep_something_until_the_grant_ends(self, meeting: str, person: str, off: int) -> None:
        """What hangs on a grant that has just been signed, at the microsecond at which it runs out."""
        self.world.sign(MEETINGS[meeting], "separate", PURPOSES)
        self.join(person, meeting)
        self.world.summarize(meeting, 1)
        self.world.clock = max(self.world.deadlines()) + off

    @rule()
    def find_the_clock_far_behind(self) -> None:
        self.world.far_behind()

    @rule()
    def sweep(self) -> None:
        self.world.sweep()

    @rule()
    def reopen(self) -> None:
        self.world.reopen()

    @rule()
    def restore(self) -> None:
        self.world.restore()

    @rule(purpose=st.sampled_from(PURPOSES))
    def export(self, purpose: str) -> None:
        self.world.check_dataset(purpose)

    @invariant()
    def what_opens_is_what_may(self) -> None:
        if hasattr(self, "world"):
            self.world.check()


def memory() -> str | None:
    """A folder in memory, where there is one: what is tested is what is written, not how fast a disk is."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def profile(examples: int, **more: Any) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    if request.param == "postgresql":
        server: Databases = request.getfixturevalue("postgres_server")
        return server
    return Files(request.getfixturevalue("sqlite_template"))


def live(databases: Databases, profile: settings) -> None:
    """Runs that many lives; Difference, with the shortest life that shows one, where store and reference differ."""
    run_state_machine_as_test(type("Life", (Life,), {"databases": databases}), settings=profile)


def test_what_opens_is_exactly_what_may_open_in_any_order_of_events(databases: Databases) -> None:
    live(databases, profile(SHORT))

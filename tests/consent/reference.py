"""What must open, by brute force: all that users did, in order, is replayed from the start for every question.

It imports nothing of assent and knows no ledger, key, piece or position: only who did what, and when. One contribution
is followed through its life: what stood when it was captured, and whether anything ended it since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

PURPOSES = ("use_feature", "log_content", "train_content", "telemetry", "publish_dataset")
HOUR = 3_600_000_000
PATIENCE = 2 * HOUR  # a clock further behind what is recorded is not to be trusted


@dataclass(frozen=True)
class Voice:
    """Who a turn is said to be from."""

    person: str | None
    account: str | None
    attribution: str = "roster"


@dataclass(frozen=True)
class Act:
    what: str
    time: int
    about: dict[str, Any]


@dataclass(frozen=True)
class Made:
    """A call, or an edit of one, as it was made: after `after` acts, at `time`."""

    label: str
    host: str
    voices: frozenset[Voice]
    after: int
    time: int
    needs: tuple[str, ...] = ()  # labels of what it quotes: it opens only where they do


@dataclass
class Life:
    """What stands for one contribution and one purpose, as the acts go by."""

    voice: Voice
    host: str
    purpose: str
    captured: bool = False
    ended: bool = False
    signed: dict[str, Act] = field(default_factory=dict)
    told: list[Act] = field(default_factory=list)
    replaced: set[str] = field(default_factory=set)  # notices that a material change has put out of use
    shown: dict[str, str] = field(default_factory=dict)  # every notice there was, and its family
    outdated: set[str] = field(default_factory=set)  # forms that a material change has put out of use
    offered: dict[str, str] = field(default_factory=dict)  # every form there was, and its family
    own: Act | None = None
    refused: bool = False
    everyone: bool = False
    accepts_bundled: bool = False

    @property
    def accounts(self) -> set[str]:
        return {str(self.voice.account), self.host}

    def see(self, act: Act) -> None:
        """What begins counts only before the capture, what ends counts always; an end after it is for good."""
        if act.what == "policy":
            self.everyone, self.accepts_bundled = act.about["everyone"], act.about["accepts_bundled"]
        elif not self.captured:
            self.begin(act)
        if self.ends(act):
            self.ended = self.ended or self.captured
            self.end(act)

    def begin(self, act: Act) -> None:
        about = act.about
        if act.what == "sign" and self.purpose in about["purposes"]:
            self.signed.pop(about["account"], None)
            if about["form"]["label"] not in self.outdated:
                self.signed[about["account"]] = act
        elif act.what == "serve" and self.purpose in about["notice"]["purposes"]:
            whom = (about["person"], about["account"], about["host"])
            if whom == (self.voice.person, self.voice.account, self.host):
                self.told.append(act)
        elif act.what == "own" and self.purpose in about["purposes"]:
            if (about["person"], about["account"]) == (self.voice.person, self.voice.account):
                self.own, self.refused = (None if about["form"]["label"] in self.outdated else act), False
        elif act.what == "form":
            self.reword(about, self.offered, self.outdated)
            self.signed = {who: sign for who, sign in self.signed.items() if not self.over(sign)}
            self.own = None if self.own and self.over(self.own) else self.own
        elif act.what == "notice":
            self.reword(about, self.shown, self.replaced)

    def reword(self, text: dict[str, Any], known: dict[str, str], out: set[str]) -> None:
        """A text is published: if it says something new, what there was of its family is out of use."""
        if text["material"]:
            out |= {label for label, family in known.items() if family == text["family"]}
        known[text["label"]] = text["family"]

    def over(self, grant: Act) -> bool:
        return grant.about["form"]["label"] in self.outdated

    def ends(self, act: Act) -> bool:
        about = act.about
        if act.what == "withdraw_account":
            return about["account"] in self.accounts and self.purpose in about["purposes"]
        if act.what == "close":
            return about["account"] in self.accounts
        if act.what == "object":
            here = about["host"] in (None, self.host)
            return here and about["person"] == self.voice.person and self.purpose in about["purposes"]
        if act.what == "leave":
            return (about["person"], about["account"]) == (self.voice.person, self.voice.account)
        return False

    def end(self, act: Act) -> None:
        if act.what in ("withdraw_account", "close"):
            self.signed.pop(act.about["account"], None)
        elif act.what == "object":
            self.refused = True
        elif act.what == "leave":
            self.told.clear()

    def stands(self, now: int) -> bool:
        """Whether every condition holds; after the capture the acts of then are kept, so only time can change it."""
        deciding = [self.signed.get(account) for account in self.accounts]
        told = [serve for serve in self.told if serve.about["notice"]["label"] not in self.replaced]
        if self.ended or self.refused or not told or not all(deciding):
            return False
        grants = [grant for grant in deciding if grant] + ([self.own] if self.everyone and self.own else [])
        if any(_over(grant, now) for grant in grants) or (self.everyone and not self.own):
            return False
        free = [self.own] if self.everyone else deciding
        bundled = any(grant.about["form"]["bundled"] for grant in free if grant)
        return not (self.purpose == "train_content" and bundled and not self.accepts_bundled)


def _over(grant: Act, now: int) -> bool:
    validity = grant.about["form"]["validity"]
    return validity is not None and now >= grant.time + validity


class Reference:
    """All that was done, and all that was made, by the labels of the test."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.made: dict[str, Made] = {}
        self.swept: set[str] = set()  # calls that a retention limit took

    def act(self, what: str, clock: int, **about: Any) -> Act:
        """Something is done and recorded. A clock that was set back does not turn time back."""
        done = Act(what, self.now(clock), about)
        self.acts.append(done)
        return done

    def now(self, clock: int, after: int | None = None) -> int:
        return max([clock, *(act.time for act in self.acts[:after])])

    def make(
        self,
        label: str,
        host: str,
        voices: Iterable[Voice],
        clock: int,
        parents: Iterable[str] = (),
        needs: tuple[str, ...] = (),
    ) -> Made:
        """A call is made, of these turns and of what other calls gave; it inherits all of theirs."""
        everyone = frozenset(voices).union(*(self.made[parent].voices for parent in parents))
        made = self.made[label] = Made(label, host, everyone, len(self.acts), clock, needs)
        return made

    def may(self, voice: Voice, made: Made, purpose: str, clock: int | None, upto: int | None = None) -> bool:
        """Whether `voice` in `made` is open to `purpose`, after the first `upto` acts (None: all of them).

        With a `clock` of None nothing runs out by itself.
        """
        if voice.attribution not in ("channel", "roster") or not voice.person or not voice.account:
            return False
        now = -1 if clock is None else self.now(clock, upto)
        if (clock is not None and now - clock > PATIENCE) or (made.label in self.swept and upto is None):
            return False
        life = Life(voice, made.host, purpose)
        for at, act in enumerate(self.acts[:upto]):
            life.captured = at >= made.after
            life.see(act)
        return life.stands(now)

    def logged(self, label: str) -> bool:
        """Whether it was kept at all: everyone in it allowed it then, and what it quotes was open."""
        made = self.made[label]
        return bool(made.voices) and self.allowed(label, "log_content", made.time, made.after)

    def opens(self, purpose: str, clock: int) -> set[str]:
        """The labels of what must open for `purpose` now, and nothing else may."""
        return {label for label in self.made if self.logged(label) and self.allowed(label, purpose, clock)}

    def allowed(self, label: str, purpose: str, clock: int, upto: int | None = None) -> bool:
        made = self.made[label]
        return all(self.allowed(quoted, purpose, clock, upto) for quoted in made.needs) and all(
            self.may(voice, made, needed, clock, upto) for voice in made.voices for needed in {"log_content", purpose}
        )

    def deadlines(self) -> list[int]:
        """When each grant there was runs out."""
        forms = ((act.time, act.about["form"]["validity"]) for act in self.acts if act.what in ("sign", "own"))
        return sorted({time + validity for time, validity in forms if validity is not None})

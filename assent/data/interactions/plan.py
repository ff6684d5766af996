"""Which calls of an interaction may be logged, and why the others not. It asks gate and keys, and stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from assent.data.consent.book import PURPOSES
from assent.data.consent.gate import Contribution, Contributor, View
from assent.data.interactions.calls import Interaction
from assent.data.interactions.pieces import Share
from assent.data.keystore import Keystore
from assent.data.transcripts.turns import Turn

NO_KEY = "no_key"
UNATTRIBUTED = "unattributed"
EMPTY = "empty"
ADDED = "added"
GONE = "gone"
_WORDS = {
    "unknown": "without a grant",
    "withdrawn": "withdrew",
    "closed": "of a closed account",
    "superseded": "not asked since the text changed",
    "expired": "whose grant has expired",
    "not_served": "not shown the notice",
    "left": "left the account",
    "objected": "objected",
    NO_KEY: "without a key",
}
"""What follows "1 speaker"; any other reason follows as it is."""

_OF_CALLS = {
    EMPTY: "without anyone's words",
    ADDED: "edited with words from beyond its prompt",
    GONE: "not in the log",
}

Subject = Callable[[Literal["account", "person"], str], str | None]
"""(kind, name of the host) -> subject id."""


class Speaker(NamedTuple):
    """Somebody whose words a call read. `label` tells apart only those who are nobody."""

    contributor: Contributor | None
    label: str | None = None


class Standing(NamedTuple):
    """May a contributor's words be logged now: `reason` is None, and the key is there, if so."""

    attribution: str
    reason: str | None
    generation: int = -1
    key: bytes = b""


@dataclass(frozen=True)
class Logged:
    """What of an interaction was logged. `calls` has the id of each call, None where it was not.

    `reasons` counts the speakers (of the `speakers` that the calls read) who are in the way, by the gate's reason.
    """

    interaction: str | None
    calls: tuple[str | None, ...]
    made: int
    logged: int
    reasons: Counter[str] = field(default_factory=Counter)
    speakers: int = 0

    def __str__(self) -> str:
        done = f"logged {self.logged} of {_count(self.made, 'call')}"
        why = [self._why(reason, count) for reason, count in sorted(self.reasons.items(), key=lambda one: -one[1])]
        return f"{done}; not logged: {', '.join(why)}" if why and self.logged < self.made else done

    @classmethod
    def again(cls, interaction: str, calls: Iterable[str | None], about: Mapping[str, Any]) -> Logged:
        """What was said when the interaction was captured first, as its row has it."""
        counts = (about.get("made", 0), about.get("logged", 0), Counter(about.get("reasons", {})))
        return cls(interaction, tuple(calls), *counts, about.get("speakers", 0))

    @classmethod
    def nothing(cls, made: int, reason: str) -> Logged:
        """None of `made` was logged, for one reason."""
        return cls(None, (None,) * made, made, 0, Counter({reason: 1} if made else {}))

    def _why(self, reason: str, count: int) -> str:
        if reason == UNATTRIBUTED:
            return f"{count} of {_count(self.speakers, 'speaker')} unknown"
        if reason in _OF_CALLS:
            return f"{_count(count, 'call')} {_OF_CALLS[reason]}"
        return f"{_count(count, 'speaker')} {_WORDS.get(reason, reason)}"


class Plan:
    """One interaction under one view."""

    def __init__(self, interaction: Interaction, subject: Subject, view: View, keys: Keystore) -> None:
        self.interaction, self.view, self.index = interaction, view, view.index
        self.host = subject("account", interaction.account)
        self._subject, self._keys = subject, keys
        self._attributions: dict[Contributor, str] = {}
        self._standings: dict[Contributor, Standing] = {}
        self.speakers = [self._speaker(turn) for turn in interaction.material.turns]
        self.of_call: list[frozenset[Speaker]] = []
        for call in interaction.calls:
            spoke = {self.speakers[turn] for turn in call.turns}
            self.of_call.append(frozenset(spoke.union(*(self.of_call[parent] for parent in call.parents))))  # M2
        self.calls = [at for at, speakers in enumerate(self.of_call) if speakers and not any(map(self.why, speakers))]

    def why(self, speaker: Speaker) -> str | None:
        """Why this speaker's words may not be logged; None if they may."""
        return self.standing(speaker.contributor).reason if speaker.contributor else UNATTRIBUTED

    def standing(self, contributor: Contributor) -> Standing:
        if contributor not in self._standings:
            attribution = self._attributions.get(contributor, "roster")
            self._standings[contributor] = standing(self.view, self._keys, contributor, attribution)
        return self._standings[contributor]

    def as_now(self, share: Share, captured: int) -> bool:
        """For every purpose the gate answers for what was captured then as for what is captured now.

        A grant of another purpose changes no key, but covers only what comes after it.
        """
        then = Contribution(share.contributor, share.attribution, captured)
        now = then._replace(captured=self.index)
        return all(self.view.may(then, one).allowed == self.view.may(now, one).allowed for one in PURPOSES)

    def contributor(self, person: str | None, account: str | None) -> Contributor | None:
        """By the host's names; None for anyone the record does not know."""
        if not (person and account and self.host):
            return None
        found = self._subject("person", person), self._subject("account", account)
        return Contributor(found[0], found[1], self.host) if found[0] and found[1] else None

    def everyone(self) -> list[list[str]] | None:
        """Everyone in the material as [person, account, attribution]; None if one of them may not be logged."""
        speakers = set(self.speakers)
        if any(map(self.why, speakers)):
            return None
        known = {speaker.contributor for speaker in speakers if speaker.contributor}
        return sorted([one.person, one.account, self.standing(one).attribution] for one in known)

    def report(self, interaction: str | None, calls: Iterable[str | None]) -> Logged:
        read = frozenset[Speaker]().union(*self.of_call)
        reasons = Counter(reason for speaker in read if (reason := self.why(speaker)))
        if empty := sum(not speakers for speakers in self.of_call):
            reasons[EMPTY] = empty
        return Logged(interaction, tuple(calls), len(self.of_call), len(self.calls), reasons, len(read))

    def _speaker(self, turn: Turn) -> Speaker:
        if turn.attribution not in ("channel", "roster"):
            return Speaker(None, turn.speaker)
        contributor = self.contributor(turn.person, turn.account)
        if contributor is None:
            return Speaker(None, turn.speaker)
        # Known in two ways, somebody counts as known in the weaker one.
        weaker = "roster" in (turn.attribution, self._attributions.get(contributor))
        self._attributions[contributor] = "roster" if weaker else "channel"
        return Speaker(contributor)


def standing(view: View, keys: Keystore, contributor: Contributor, attribution: str) -> Standing:
    """The gate's answer for words captured now, and the key that the answer's event has made."""
    decision = view.may(Contribution(contributor, attribution, view.index), "log_content")
    if not decision.allowed:
        return Standing(attribution, str(decision.reason))
    generation, found = view.generation(contributor), keys.newest(*contributor)
    if generation is None or found is None or found[0] != generation:
        return Standing(attribution, NO_KEY)
    return Standing(attribution, None, generation, found[1])


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

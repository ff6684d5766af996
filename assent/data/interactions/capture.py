"""One capture as rows: speech once per meeting and contributor, calls that point into it. It decides nothing.

A speech piece holds turns as [number, label, text] and the spellings of its speaker's name; a call piece the text that
came of the call. Names in both are tokens. What may be written, and under which keys, the plan says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assent.data.consent.gate import Contributor
from assent.data.interactions.ids import Ids
from assent.data.interactions.names import Names, Owner, Spellings, mentioned
from assent.data.interactions.opening import opened, sealed
from assent.data.interactions.pieces import Piece, Pieces, Share, Use
from assent.data.interactions.plan import Plan

REFERENCE_LENGTH = 8  # hex digits: apart from each other within one person's spellings in one meeting

Line = tuple[int, str | None, str]
"""Number, label and text of a turn."""


class Capture:
    def __init__(self, pieces: Pieces, ids: Ids, plan: Plan, use: str, meeting: str) -> None:
        self._pieces, self._ids, self._plan, self._use, self._meeting = pieces, ids, plan, use, meeting
        self._bearers: dict[str, Contributor] = {}
        self._names = Names(self._labels())
        self._spellings = Spellings(self._reference)
        self._said_in: dict[tuple[Contributor, Line], str] = {}
        self._spelt_in: dict[tuple[str, str], str] = {}

    def write(self) -> list[str | None]:
        """The id of each call; None where the plan has it not logged."""
        plan = self._plan
        used = sorted({turn for at in plan.calls for turn in plan.interaction.calls[at].turns})
        self._recall()
        lines = {turn: self._line(turn) for turn in used}
        texts = {at: self._names.hide(plan.interaction.calls[at].text, self._spellings) for at in plan.calls}
        ids = [self._ids.of("call", self._use, at) if at in texts else None for at in range(len(plan.of_call))]
        self._pieces.add(self._speech(lines))
        self._pieces.add([self._call(at, text, lines, ids) for at, text in texts.items()])
        return ids

    def use(self) -> Use:
        """The row of the interaction. It holds counts and, where all of them may be logged, who spoke."""
        interaction, report = self._plan.interaction, self._plan.report(None, ())
        about = {
            "about": interaction.about,
            "made": report.made,
            "logged": report.logged,
            "reasons": dict(report.reasons),
            "speakers": report.speakers,
            "everyone": self._plan.everyone(),
        }
        return Use(self._use, interaction.feature, self._meeting, self._plan.index, about)

    def _labels(self) -> dict[str, set[Owner]]:
        """Every label and name of the host, and who bears it: None for whoever may not be logged."""
        labels: dict[str, set[Owner]] = {}
        material, roster = self._plan.interaction.material, self._plan.interaction.roster
        for turn, speaker in zip(material.turns, self._plan.speakers, strict=True):
            for label in filter(None, (turn.speaker, turn.participant_id, turn.person)):
                labels.setdefault(label, set()).add(self._owner(speaker.contributor))
        for entry in roster.entries if roster else ():
            owner = self._owner(self._plan.contributor(entry.person, entry.account))
            for label in (*entry.labels, *entry.participant_ids, entry.person):
                labels.setdefault(label, set()).add(owner)
        return labels

    def _owner(self, contributor: Contributor | None) -> Owner:
        if contributor is None or self._plan.standing(contributor).reason:
            return None
        self._bearers.setdefault(contributor.person, contributor)
        return contributor.person

    def _reference(self, owner: str, _: str) -> str:
        return self._ids.of("spelling", self._use, owner, len(self._spellings.of[owner]))[:REFERENCE_LENGTH]

    def _recall(self) -> None:
        """What earlier captures of this meeting have stored under today's keys."""
        for piece in self._pieces.of_meeting(self._meeting, "speech"):
            [share] = piece.shares
            standing = self._plan.standing(share.contributor)
            if (
                standing.reason
                or standing.generation != share.generation
                or not self._plan.as_now(share, piece.captured)
            ):
                continue
            content = opened([standing.key], piece)
            self._spellings.known(share.contributor.person, content["names"])
            self._place(share.contributor, piece.id, content)

    def _place(self, contributor: Contributor, piece: str, content: dict[str, Any]) -> None:
        for reference in content["names"]:
            self._spelt_in.setdefault((contributor.person, reference), piece)
        for number, label, text in content["turns"]:
            self._said_in.setdefault((contributor, (number, label, text)), piece)

    def _line(self, number: int) -> Line:
        turn = self._plan.interaction.material.turns[number]
        return number, turn.speaker, self._names.hide(turn.text, self._spellings)

    def _speech(self, lines: dict[int, Line]) -> list[Piece]:
        """What is not stored yet, one piece for each contributor."""
        new: dict[Contributor, dict[str, Any]] = {}
        for number, line in lines.items():
            contributor = self._contributor(number)
            if (contributor, line) not in self._said_in:
                new.setdefault(contributor, {"names": {}, "turns": []})["turns"].append(line)
        for owner, spellings in self._spellings.of.items():
            for spelling, reference in spellings.items():
                if (owner, reference) not in self._spelt_in:
                    content = new.setdefault(self._bearers[owner], {"names": {}, "turns": []})
                    content["names"][reference] = spelling
        return [self._spoken(contributor, content) for contributor, content in new.items()]

    def _spoken(self, contributor: Contributor, content: dict[str, Any]) -> Piece:
        generation = self._plan.standing(contributor).generation
        id_ = self._ids.of("speech", self._meeting, *contributor, generation, self._use)
        self._place(contributor, id_, content)
        return self._piece(id_, "speech", {"turns": [line[0] for line in content["turns"]]}, content, [contributor])

    def _call(self, at: int, text: str, lines: dict[int, Line], ids: list[str | None]) -> Piece:
        call = self._plan.interaction.calls[at]
        turns: dict[str, list[int]] = {}
        for number in sorted(set(call.turns)):
            turns.setdefault(self._said_in[self._contributor(number), lines[number]], []).append(number)
        shown = (text, *(lines[number][2] for number in call.turns))
        about = {
            "n": at,
            "task": call.task,
            "written_by": call.written_by,
            "turns": turns,
            "names": sorted({self._spelt_in[one] for part in shown for one in mentioned(part)}),
            "parents": [ids[parent] for parent in call.parents],
            "about": call.about,
        }
        contributors = [speaker.contributor for speaker in self._plan.of_call[at] if speaker.contributor]
        return self._piece(str(ids[at]), "call", about, {"text": text}, contributors)

    def _contributor(self, turn: int) -> Contributor:
        contributor = self._plan.speakers[turn].contributor
        assert contributor is not None  # the plan logs no call that read an unknown speaker
        return contributor

    def _piece(
        self, id_: str, kind: str, about: dict[str, Any], content: dict[str, Any], of: Iterable[Contributor]
    ) -> Piece:
        standings = {contributor: self._plan.standing(contributor) for contributor in of}
        shares = (Share(one, standing.attribution, standing.generation) for one, standing in standings.items())
        place = (self._pieces.account, self._meeting, self._use, self._plan.index)
        piece = Piece(id_, kind, *place, about, b"", tuple(sorted(shares)))
        return sealed([standing.key for standing in standings.values()], piece, content)

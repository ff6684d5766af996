"""A human edit, kept with the calls it belongs to. Whose words it holds decides who must be allowed.

What an edit adds may come from anywhere in the meeting. Only if the row's own prompt holds it does the edit stay with
the row's contributors; else it inherits everyone who spoke, and one who may not be logged is enough to leave it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from assent.data.consent.gate import Contribution, Contributor, View
from assent.data.interactions.edits import Shown, added, became
from assent.data.interactions.ids import Ids
from assent.data.interactions.names import SOMEONE, Names, Owner, Spellings, mentioned
from assent.data.interactions.opening import Opening, sealed
from assent.data.interactions.pieces import Piece, Pieces, Share, Use
from assent.data.interactions.plan import ADDED, GONE, Logged, Standing, standing
from assent.data.interactions.reading import Spelt, assemble, edits_by_call
from assent.data.keystore import Keystore

LOG = "log_content"
Bearers = Mapping[str, Collection[Contributor | None]]
"""Who bears a name that is to be hidden; None: nobody the record knows."""


class _Refused(Exception):
    """This edit may not be stored; the argument is the reason."""


class Editing:
    """Edits of the texts of one interaction, `use`, by `editor`."""

    def __init__(
        self, pieces: Pieces, ids: Ids, keys: Keystore, view: View, editor: Contributor, bearers: Bearers, use: Use
    ) -> None:
        pieces.alone_with(use.meeting)
        self._pieces, self._ids, self._keys, self._view, self._editor, self._use = pieces, ids, keys, view, editor, use
        self._opening = Opening(view, keys, LOG)
        self._standings: dict[tuple[Contributor, str], Standing] = {}
        self._speech = {piece.id: piece for piece in pieces.of_meeting(use.meeting, "speech")}
        self._edits = edits_by_call(pieces.of_uses([use.id], "edit"))
        self._spelt_in: dict[tuple[str, str], str] = {}
        self._bearers: dict[str, Contributor] = {}
        self._spellings = Spellings(self._reference)
        self._names = Names(self._labels(bearers))
        self.reasons: Counter[str] = Counter()

    def write(self, shown: Shown, after: str) -> Logged:
        calls = {one.id: one for one in self._pieces.by_id([id_ for id_, _ in shown if id_])}
        kept: list[str | None] = []
        for (id_, before), text in zip(shown, became([text for _, text in shown], after), strict=True):
            if id_ and text != before.strip():
                kept.append(self._try(calls.get(id_), text))
        return Logged(self._use.id, tuple(kept), len(kept), sum(one is not None for one in kept), self.reasons)

    def _try(self, call: Piece | None, text: str) -> str | None:
        """The id of the edit; None, and the reason counted, where it may not be stored."""
        try:
            if call is None or call.kind != "call" or call.interaction != self._use.id:
                raise _Refused(GONE)
            return self._keep(call, text)
        except _Refused as refused:
            self.reasons[refused.args[0]] += 1
            return None

    def _keep(self, call: Piece, text: str) -> str | None:
        edits = self._edits.setdefault(call.id, [])
        content = assemble(call, self._speech, edits, self._opening)
        if content is None:
            raise _Refused(GONE)
        hidden = self._names.hide(text, self._spellings)
        readable = Spelt(self._opening, self._speech.values())(hidden)
        if readable == (content.text if content.kept is None else content.kept):
            return edits[-1].id if edits else None
        prompt = [f"{turn.speaker or ''} {turn.text}" for turn in content.turns]
        new = added(readable.replace(SOMEONE, " "), *prompt, *self._parents(call), content.text)
        return self._store(call, edits, hidden, self._still(self._everyone() if new else call.shares))

    def _parents(self, call: Piece) -> list[str]:
        """The texts that the prompt held beside its turns."""
        parents = self._pieces.by_id(list(call.about["parents"]))
        contents = (assemble(parent, self._speech, (), self._opening) for parent in parents)
        return [content.text for content in contents if content]

    def _everyone(self) -> list[Share]:
        """All who spoke. Whether the words an edit adds were theirs cannot be told, so they all count."""
        everyone = self._use.about["everyone"]
        if everyone is None:
            raise _Refused(ADDED)
        host = self._editor.host
        return [Share(Contributor(person, account, host), attribution, -1) for person, account, attribution in everyone]

    def _still(self, shares: Iterable[Share]) -> list[Share]:
        """The contributors and the editor under today's keys: allowed for what was captured then, and for now."""
        known = {self._editor: "channel"} | {share.contributor: share.attribution for share in shares}
        for contributor, attribution in known.items():
            decision = self._view.may(Contribution(contributor, attribution, self._use.captured), LOG)
            if not decision.allowed:
                raise _Refused(str(decision.reason))
        return sorted(self._today(contributor, attribution) for contributor, attribution in known.items())

    def _today(self, contributor: Contributor, attribution: str) -> Share:
        now = self._standing(contributor, attribution)
        if now.reason:
            raise _Refused(now.reason)
        return Share(contributor, attribution, now.generation)

    def _store(self, call: Piece, edits: list[Piece], hidden: str, shares: list[Share]) -> str:
        n = max((edit.about["n"] for edit in edits), default=-1) + 1
        self._pieces.add(self._new_spellings())
        names = sorted({self._spelt_in[one] for one in mentioned(hidden)})
        about = {"call": call.id, "n": n, "names": names}
        edit = self._piece(self._ids.of("edit", call.id, n), "edit", about, {"text": hidden}, shares)
        self._pieces.add([edit])
        edits.append(edit)
        return edit.id

    def _labels(self, bearers: Bearers) -> dict[str, set[Owner]]:
        """The names of `bearers`, and every spelling that the meeting's speech holds."""
        labels: dict[str, set[Owner]] = {}
        for label, found in bearers.items():
            labels[label] = {self._owner(one) for one in found}
        for piece in self._speech.values():
            content, contributor = self._opening.open(piece), piece.shares[0].contributor
            for reference, spelling in content["names"].items() if content else ():
                self._spellings.known(contributor.person, {reference: spelling})
                self._spelt_in[contributor.person, reference] = piece.id
                labels.setdefault(spelling, set()).add(self._owner(contributor))
        return labels

    def _owner(self, contributor: Contributor | None) -> Owner:
        if contributor is None or self._standing(contributor, "roster").reason:
            return None
        self._bearers.setdefault(contributor.person, contributor)
        return contributor.person

    def _reference(self, owner: str, _: str) -> str:
        """The first of a row that this person has no spelling under yet."""
        taken = set(self._spellings.of[owner].values())
        tries = (self._ids.of("spelling", self._use.id, "edit", owner, n)[:8] for n in range(len(taken) + 1))
        return next(one for one in tries if one not in taken)

    def _new_spellings(self) -> list[Piece]:
        found: dict[str, dict[str, str]] = {}
        for owner, spellings in self._spellings.of.items():
            for spelling, reference in spellings.items():
                if (owner, reference) not in self._spelt_in:
                    found.setdefault(owner, {})[reference] = spelling
        return [self._spelt(owner, names) for owner, names in found.items()]

    def _spelt(self, owner: str, names: dict[str, str]) -> Piece:
        contributor = self._bearers[owner]
        share = Share(contributor, "roster", self._standing(contributor, "roster").generation)
        id_ = self._ids.of("speech", self._use.meeting, *contributor, share.generation, *sorted(names))
        piece = self._piece(id_, "speech", {"turns": []}, {"names": names, "turns": []}, [share])
        self._speech[id_] = piece
        self._spelt_in |= {(owner, reference): id_ for reference in names}
        return piece

    def _piece(
        self, id_: str, kind: str, about: dict[str, Any], content: dict[str, Any], shares: Iterable[Share]
    ) -> Piece:
        """It counts as captured with the interaction: its words are of then, whatever was granted since."""
        keys = [self._standing(share.contributor, share.attribution).key for share in shares]
        place = (self._pieces.account, self._use.meeting, self._use.id, self._use.captured)
        return sealed(keys, Piece(id_, kind, *place, about, b"", tuple(shares)), content)

    def _standing(self, contributor: Contributor, attribution: str) -> Standing:
        known = (contributor, attribution)
        if known not in self._standings:
            self._standings[known] = standing(self._view, self._keys, contributor, attribution)
        return self._standings[known]

"""The gate's rule once more, slow and plain: a scan over a flat list of events. It shares no code with the gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assent.data.ledger.event import Event

Who = tuple[str, str, str]


class Restated:
    """The events up to an index, and what they say about one contributor and purpose."""

    def __init__(self, events: Sequence[Event], who: Who, captured: int, purpose: str) -> None:
        self.events, self.captured, self.purpose = events, captured, purpose
        self.person, self.account, self.host = who

    def allowed(self, time: int) -> tuple[bool, str | None]:
        """Is it allowed at `time`, and on which basis?"""
        accounts = {self.account, self.host}
        if not all(self.account_stands(account, time) for account in accounts) or self.retained_away():
            return False, None
        if not any(True for _ in self.valid_notices()) or self.vetoed():
            return False, None
        if self.everyone():
            own = self.own()
            return self.based([own], "own_consent") if own and self.still_agreed(own, time) else (False, None)
        return self.based([self.grant(account) for account in accounts], "account_grant")

    def based(self, grants: list[Event | None], free: str) -> tuple[bool, str | None]:
        bundled = any("train_content" in self.form(grant)["requires"] for grant in grants)
        if bundled and self.purpose == "train_content" and not self.accepts_bundled():
            return False, None
        return True, "bundled_grant" if bundled else free

    def newest(self, type_: str, **fields: object) -> Event | None:
        """The newest event of this kind before the capture that covers the purpose."""
        found = None
        for event in self.events[: self.captured + 1]:
            same = event.type == type_ and all(event.fields[name] == value for name, value in fields.items())
            if same and self.purpose in event.fields.get("purposes", [self.purpose]):
                found = event
        return found

    def grant(self, account: str) -> Event | None:
        return self.newest("grant", account=account, person=None)

    def own(self) -> Event | None:
        return self.newest("grant", account=self.account, person=self.person)

    def form(self, grant: Event | None) -> dict[str, object]:
        assert grant is not None
        return self.publication("form", grant).fields

    def publication(self, kind: str, of: Event) -> Event:
        before = self.events[: of.position]
        return [e for e in before if e.type == kind and e.fields["sha256"] == of.fields["sha256"]][-1]

    def between(self, after: int, upto: int) -> Iterator[Event]:
        yield from (event for event in self.events if after < event.position <= upto)

    def account_stands(self, account: str, time: int) -> bool:
        grant = self.grant(account)
        if grant is None or not self.still_agreed(grant, time):
            return False
        for event in self.between(grant.position, len(self.events)):
            if event.type == "closed" and event.fields["account"] == account:
                return False
            withdrawn = event.type == "withdrawal" and event.fields["account"] == account
            if withdrawn and self.purpose in event.fields["purposes"]:
                return False
        return True

    def still_agreed(self, grant: Event, time: int) -> bool:
        form = self.form(grant)
        for event in self.between(self.publication("form", grant).position, self.captured):
            if event.type == "form" and event.fields["family"] == form["family"] and event.fields["material"]:
                return False
        if any(event.type == "expired" and event.fields["grant"] == grant.position for event in self.events):
            return False
        validity = form["validity"]
        return not isinstance(validity, int) or time < grant.time + validity

    def retained_away(self) -> bool:
        limits = [e.fields["before"] for e in self.events if e.type == "retention" and e.fields["host"] == self.host]
        return any(limit >= self.captured for limit in limits)

    def valid_notices(self) -> Iterator[Event]:
        who = {"person": self.person, "account": self.account, "host": self.host}
        for served in self.events[: self.captured + 1]:
            if served.type != "served" or any(served.fields[name] != value for name, value in who.items()):
                continue
            notice = self.publication("notice", served)
            newer = [
                event
                for event in self.between(notice.position, self.captured)
                if event.type == "notice" and event.fields["family"] == notice.fields["family"]
                if event.fields["material"]
            ]
            left = [
                event
                for event in self.between(served.position, len(self.events))
                if event.type == "left" and event.fields == {"person": self.person, "account": self.account}
            ]
            if self.purpose in notice.fields["purposes"] and not newer and not left:
                yield served

    def vetoed(self) -> bool:
        own = self.own()
        for event in self.between(own.position if own else -1, len(self.events)):
            if event.type == "objection" and event.fields["host"] not in (None, self.host):
                continue
            refusing = event.type in ("objection", "withdrawal") and event.fields["person"] == self.person
            if refusing and self.purpose in event.fields["purposes"]:
                return True
        return False

    def everyone(self) -> bool:
        """Now, or at any time since the capture."""
        before = [event for event in self.events[: self.captured + 1] if event.type == "policy"][-1:]
        since = [event for event in self.events[self.captured + 1 :] if event.type == "policy"]
        return any(event.fields["contributors"] == "everyone" for event in before + since)

    def accepts_bundled(self) -> bool:
        policies = [event for event in self.events if event.type == "policy"]
        return bool(policies) and policies[-1].fields["accept_bundled"]


def generation(events: Sequence[Event], who: Who, index: int) -> int | None:
    """The generation of what is captured at `index`, at the time of that event."""
    said = Restated(events[: index + 1], who, index, "log_content")
    if not said.allowed(events[index].time)[0]:
        return None
    marks = [said.grant(said.account), said.grant(said.host), said.own()]
    marks.append(said.newest("retention", host=said.host))
    served = [event for event in events[: index + 1] if event.type == "served"]
    for event in served:
        theirs = tuple(event.fields[name] for name in ("person", "account", "host")) == who
        if theirs and "log_content" in said.publication("notice", event).fields["purposes"]:
            marks.append(event)
    switch = "account"
    for event in events[: index + 1]:
        if event.type == "policy":
            if event.fields["contributors"] != switch:
                marks.append(event)
            switch = event.fields["contributors"]
    return max(mark.position for mark in marks if mark is not None)


def living(events: Sequence[Event], contributors: Sequence[Who]) -> set[tuple[Who, int]]:
    """Every key that something captured under it still needs: by events alone, as if no time passed since."""
    found = set()
    for who in contributors:
        for captured in range(len(events)):
            made = generation(events, who, captured)
            said = Restated(events, who, captured, "log_content")
            if made is not None and said.allowed(events[captured].time)[0]:
                found.add((who, made))
    return found

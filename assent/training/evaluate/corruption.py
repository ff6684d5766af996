"""Statements made false by one small change: name, number, day, negation, owner, asker, a suggestion told as decided.

Each change is checked against the evidence so that the result is truly false: what is swapped in is nowhere in it, who
is swapped in did not say or take it. It is written apart from every verifier and knows none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assent.training.evaluate.claims import AnnotatedMeeting, Claim, NearMiss, stable
from assent.training.evaluate.negation import negated
from assent.training.evaluate.words import content_stems, listed, tokens

CLASSES = ("name", "number", "day", "negation", "owner", "asker", "suggestion")


@dataclass(frozen=True, slots=True)
class Corruption:
    """A false `claim` made of `source` by one change of class `made_by`."""

    claim: Claim
    source: str
    made_by: str


Maker = Callable[[Claim, AnnotatedMeeting, Sequence[str]], Claim | None]


def corruptions(meetings: Sequence[AnnotatedMeeting]) -> Iterator[Corruption]:
    """Every corruption of every class that can be made of these meetings, in a stable order."""
    strangers = sorted({name for meeting in meetings for claim in meeting.claims for name in claim.participants})
    for meeting in meetings:
        for claim in meeting.claims:
            for name, make in MAKERS.items():
                made = make(claim, meeting, strangers)
                if made and made.text != claim.text:
                    yield Corruption(made, claim.text, name)
        yield from _suggestions(meeting)


def _pick(options: Sequence[str], claim: Claim, salt: str) -> str | None:
    return options[stable(salt, claim.meeting, claim.text) % len(options)] if options else None


# names ---------------------------------------------------------------------------------------------------------------


def _swap_name(claim: Claim, meeting: AnnotatedMeeting, strangers: Sequence[str]) -> Claim | None:
    """A person of the statement (a task's owner aside) becomes one whom the evidence neither hears nor names."""
    present = [name for name in _people(meeting) if _mentioned(name, claim.text) and name != claim.owner]
    target = _pick(present, claim, "name from")
    if target is None:
        return None
    absent = [name for name in claim.participants if _unheard(name, claim)]
    other = _pick(absent or [name for name in strangers if _unheard(name, claim)], claim, "name to")
    return replace(claim, text=_rename(claim.text, target, other)) if other else None


def _people(meeting: AnnotatedMeeting) -> list[str]:
    """Everyone who speaks in or owns a task of the meeting."""
    speak = [name for claim in meeting.claims for name in claim.participants]
    return list(dict.fromkeys([*speak, *(claim.owner for claim in meeting.claims if claim.owner)]))


def _mentioned(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name.split()[0])}\b", text) is not None


def _unheard(name: str, claim: Claim) -> bool:
    heard = set(tokens(f"{claim.heard} {claim.text}"))
    return not heard & set(tokens(name))


def _rename(text: str, old: str, new: str) -> str:
    """The new name wherever the old one stands, in full or as a first name alone."""
    text = re.sub(rf"\b{re.escape(old)}\b", "\x00", text)
    text = re.sub(rf"\b{re.escape(old.split()[0])}\b", "\x01", text)
    return text.replace("\x00", new).replace("\x01", new.split()[0])


def _exchange(text: str, one: str, other: str) -> str:
    """Both names changed for each other."""
    held = _rename(text, one, "\x02 \x03")
    held = _rename(held, other, one)
    return held.replace("\x02 \x03", other).replace("\x02", other.split()[0])


# numbers -------------------------------------------------------------------------------------------------------------

_UNITS = listed("two three four five six seven eight nine")
_TEENS = listed("eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
_NUMBER_WORDS = {word: row for row in (_UNITS, _TEENS, _TENS) for word in row}
_NUMBERS = re.compile(r"[A-Za-z]+(?!-\w*(?:st|nd|rd|th)\b)\b|\d+(?:[.,:]\d+)*\b")
_DIGITS = {word: str(value) for value, word in enumerate(_UNITS, 2)}
_DIGITS |= {word: str(value) for value, word in enumerate(_TEENS, 11)}
_DIGITS |= {word: str(value * 10) for value, word in enumerate(_TENS, 2)}


def _swap_number(claim: Claim, meeting: AnnotatedMeeting, strangers: Sequence[str]) -> Claim | None:
    """One number word, or one digit, becomes another of its size that the evidence does not hold in either writing."""
    found = [m for m in _NUMBERS.finditer(claim.text) if _is_number(m.group())]
    if not found:
        return None
    match = found[stable("number", claim.meeting, claim.text) % len(found)]
    old = match.group()
    new = _pick(_other_numbers(old, claim), claim, "number to")
    return _put(claim, match.start(), old, new) if new else None


def _is_number(token: str) -> bool:
    return token[0].isdigit() or token.lower() in _NUMBER_WORDS


def _other_numbers(old: str, claim: Claim) -> list[str]:
    heard = set(re.findall(r"[a-z]+|\d+", f"{claim.heard} {claim.text}".lower()))
    if old[0].isdigit():
        options = [digit + old[1:] for digit in "23456789" if digit != old[0]]
        return [new for new in options if not set(re.findall(r"\d+", new)) - set(re.findall(r"\d+", old)) & heard]
    return [new for new in _NUMBER_WORDS[old.lower()] if new not in heard and _DIGITS[new] not in heard]


def _put(claim: Claim, start: int, old: str, new: str) -> Claim:
    """The claim with `old` at `start` replaced, and so in its due date."""
    new = new.capitalize() if old[0].isupper() else new
    text = claim.text[:start] + new + claim.text[start + len(old) :]
    due = re.sub(rf"\b{re.escape(old)}\b", new, claim.due, flags=re.I) if claim.due else None
    return replace(claim, text=text, due=due)


# days ----------------------------------------------------------------------------------------------------------------

_DAYS = listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_MONTHS = listed("January February March April June July August September October November December")
_ORDINALS = listed(
    "fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth "
    "twenty-sixth twenty-seventh twenty-eighth twenty-ninth"
)
_RELATIVE = {
    "today": ("next week", "next month"),
    "tonight": ("next week", "next month"),
    "tomorrow": ("next week", "next month"),
    "this week": ("next month",),
    "next week": ("next month",),
    "this afternoon": ("next week",),
    "this morning": ("last week",),
}
_DAY = re.compile(
    rf"\b({'|'.join(_DAYS)})(?=s?\b)|\b({'|'.join(_MONTHS)})\b|\b({'|'.join(reversed(_ORDINALS))})\b|"
    rf"\b({'|'.join(_RELATIVE)})\b(?! (?:morning|noon|afternoon|evening|night))"
)


def _swap_day(claim: Claim, meeting: AnnotatedMeeting, strangers: Sequence[str]) -> Claim | None:
    """A day said in the evidence becomes another, which is not."""
    heard = f"{claim.heard} {claim.text}".lower()
    found = [match for match in _DAY.finditer(claim.text) if match.group().lower() in claim.heard.lower()]
    if not found:
        return None
    match = found[stable("day", claim.meeting, claim.text) % len(found)]
    new = _pick([day for day in _other_days(match.group()) if day.lower() not in heard], claim, "day to")
    return _put(claim, match.start(), match.group(), new) if new else None


def _other_days(old: str) -> Sequence[str]:
    return next((row for row in (_DAYS, _MONTHS, _ORDINALS) if old in row), _RELATIVE.get(old, ()))


# negation, owner, asker ----------------------------------------------------------------------------------------------


def _negate(claim: Claim, meeting: AnnotatedMeeting, strangers: Sequence[str]) -> Claim | None:
    text = negated(claim.text)
    return replace(claim, text=text) if text else None


def _swap_owner(claim: Claim, meeting: AnnotatedMeeting, strangers: Sequence[str]) -> Claim | None:
    """The task goes to another who speaks or is named in the evidence and shares no part of it."""
    if claim.kind != "action" or not claim.owner or not claim.text.startswith(claim.owner):
        return None
    near = [name for name in claim.participants if name != claim.owner and _mentioned(name, claim.heard)]
    free = [name for name in near if not _shares(name, claim, meeting) and not _mentioned(name, claim.text)]
    other = _pick(free, claim, "owner to")
    return replace(claim, text=_rename(claim.text, claim.owner, other), owner=other) if other else None


def _shares(name: str, claim: Claim, meeting: AnnotatedMeeting) -> bool:
    """Whether the other does it too: said with "and" or "with", or owning a task much like it."""
    if re.search(rf"\b(and|with|or|both|help)\s+{re.escape(name.split()[0])}\b", claim.text):
        return True
    own = content_stems(claim.text)
    theirs = [content_stems(other.text) for other in meeting.claims if other.owner == name]
    return any(len(own & stems) > len(own) / 3 for stems in theirs)


_SPEECH = re.compile(
    r" (asked|told|offered|proposed|suggested|reported|said|explained|warned|wondered|argued|objected|complained|"
    r"mentioned|refused|wants|wanted|favours|favoured|thinks|thought|feared|pointed out|would like|prefers|preferred|"
    r"raised|admitted|promised|described|called|doubts|doubted|insisted|questioned|rejected|opposed|opposes|"
    r"will not accept|is against|was against|disliked|dislikes|rates|rated|sees|counted|listed|found|blames|suspects|"
    r"expects|hopes|worries|worried|noted|says|insists|criticised|declined|agreed|turned down|floated|imagined|"
    r"distrusts|refuses|noticed|presented|remembered)\b"
)


def _swap_asker(claim: Claim, meeting: AnnotatedMeeting, strangers: Sequence[str]) -> Claim | None:
    """Who asked, said or does it for whom is turned round, or given to one whose own words tell clearly less of it."""
    who = next((name for name in claim.speakers if _speaks_first(name, claim)), None)
    if who is None:
        return None
    named = [name for name in claim.participants if name != who and _mentioned(name, claim.text)]
    if claim.kind == "action":
        return _turn_round(claim, who, [name for name in named if not _shares(name, claim, meeting)])
    if named:
        return _turn_round(claim, who, [name for name in named if name in claim.speakers and _apart(who, name, claim)])
    own = _told_by(who, claim)
    others = [name for name in claim.speakers if name != who and 2 * _told_by(name, claim) < own]
    other = _pick(others, claim, "asker to")
    return replace(claim, text=_rename(claim.text, who, other)) if other else None


def _turn_round(claim: Claim, who: str, named: Sequence[str]) -> Claim | None:
    if len(named) != 1:
        return None
    owner = named[0] if claim.owner else None
    return replace(claim, text=_exchange(claim.text, who, named[0]), owner=owner)


def _apart(who: str, other: str, claim: Claim) -> bool:
    """Not "A and B wants", which says the same when turned round."""
    pair = rf"{re.escape(who.split()[0])}\b[\w' -]{{0,24}} and {re.escape(other.split()[0])}\b[^,]*$"
    return not claim.text.startswith(f"{who} and ") and not re.search(rf"^{pair}", claim.text)


def _speaks_first(name: str, claim: Claim) -> bool:
    """Whether the statement opens with this person asking or saying something, or with the task's owner."""
    text, short = claim.text, name.split()[0]
    start = name if text.startswith(name) else short if text.startswith(f"{short} ") else None
    if start is None:
        return False
    return name == claim.owner if claim.kind == "action" else _SPEECH.match(text, len(start)) is not None


def _told_by(name: str, claim: Claim) -> int:
    said = " ".join(turn.text for turn in claim.evidence if turn.speaker == name)
    return len(content_stems(claim.text) & content_stems(said))


# suggestions ---------------------------------------------------------------------------------------------------------

_UNDONE = frozenset({"rejected", "dropped", "hypothetical", "joke"})
_OPEN = re.compile(r"^Whether (?:or not )?to (.+?) (?:is|was|remains|has|stays|are)\b.*$")
_PAIRED = re.compile(r"\b(or|either|neither)\b")


def _suggestions(meeting: AnnotatedMeeting) -> Iterator[Corruption]:
    people = {part for name in _people(meeting) for part in (name, name.split()[0])}
    for miss in meeting.near_misses:
        text = _decided(miss, people) if miss.why in _UNDONE else None
        if text:
            yield Corruption(replace(miss.claim, text=text, kind="decision"), miss.text, "suggestion")
    for claim in meeting.claims:
        match = _OPEN.match(claim.text) if claim.kind == "question" else None
        if match and not _PAIRED.search(match.group(1)):
            told = replace(claim, text=f"It was decided to {match.group(1)}.", kind="decision")
            yield Corruption(told, claim.text, "suggestion")


def _decided(miss: NearMiss, people: set[str]) -> str | None:
    """ "Walter to mend the roof", "Walter mends the roof" and "Mend the roof", each told as a decision."""
    text = miss.text.rstrip(".")
    who = max((name for name in people if text.startswith(f"{name} ")), key=len, default=None)
    if who is None:
        imperative = not re.match(r"\S+ to \S", text) and not text.split()[0].endswith("s")
        return f"It was decided to {text[0].lower()}{text[1:]}." if imperative else None
    rest = text[len(who) + 1 :]
    if rest.startswith("to "):
        return f"It was decided that {who} will {rest[3:]}."
    verb, _, tail = rest.partition(" ")
    return f"It was decided that {who} will {_base(verb)} {tail}." if verb.endswith("s") and tail else None


def _base(verb: str) -> str:
    """The base of a verb in the third person: "carries" carry, "finishes" finish, "does" do, "gives" give."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if re.search(r"(ss|sh|ch|x|zz|o)es$", verb):
        return verb[:-2]
    return "have" if verb == "has" else verb[:-1]


MAKERS: dict[str, Maker] = {
    "name": _swap_name,
    "number": _swap_number,
    "day": _swap_day,
    "negation": _negate,
    "owner": _swap_owner,
    "asker": _swap_asker,
}

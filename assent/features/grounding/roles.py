"""Who does what: is the person a statement begins with the one who said it, asked it, or took it on?

Each person in the evidence is weighed for the part the statement gives its subject; the subject must not fall far
behind the best of the others. It knows no numbers and no days.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assent.features.grounding import lexicon
from assent.features.grounding.passage import Claim, Passage, claim_stems, share, stems_of
from assent.features.grounding.weights import OWNER, OWNER_SLACK, SPEAKER, SPEAKER_SLACK, weigh
from assent.features.grounding.words import words

_FIRST_CLAUSE_END = re.compile(
    r",? (?:and|while|but|which|because|though|although|so|after|unless|who)\b|, ",
)
_VERB = re.compile(r" (?:(?:has|had|have|is|was|will|already|also|still) )*([a-z]+)")
_NEGATIVE = re.compile(r"\b(?:not|no|cannot|refus\w+|declin\w+|lacks?|never)\b")
_FEWEST = 2
"""Content words below which the first clause says too little and the whole sentence is taken."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a statement says of its subject: the stems of the deed, its verb, and whether it is denied."""

    subject: str
    verb: str
    stems: frozenset[str]
    negative: bool


def part(claim: Claim, participants: Sequence[str]) -> Part | None:
    """The subject and its deed, where the statement begins with one participant."""
    for person in participants:
        first = words(person)[:1]
        label = rf"(?:{re.escape(person)}|{re.escape(first[0])})" if first else re.escape(person or "\0")
        found = re.match(label + r"(?= (?!and\b)[a-z])", claim.text, re.IGNORECASE)
        if found:
            return _deed(person, claim.text[found.end() :], claim)
    return None


def _deed(person: str, rest: str, claim: Claim) -> Part:
    head = rest if claim.kind == "action" else _FIRST_CLAUSE_END.split(rest)[0]
    stems = claim_stems(head, claim.labels)
    verb = _VERB.match(head)
    return Part(
        person,
        verb[1] if verb else "",
        stems if len(stems) >= _FEWEST else claim_stems(rest, claim.labels),
        bool(_NEGATIVE.search(head)),
    )


def holds(claim: Claim, passage: Passage) -> bool:
    """The subject fits the evidence about as well as anybody else in it."""
    found = part(claim, passage.participants)
    if found is None:
        return True
    people = [person for person in passage.participants if _present(person, passage)]
    if found.subject not in people or len(people) < 2:
        return True
    weights, slack = (OWNER, OWNER_SLACK) if claim.kind == "action" else (SPEAKER, SPEAKER_SLACK)
    scores = {person: weigh(features(person, found, passage), weights) for person in people}
    best = max(score for person, score in scores.items() if person != found.subject)
    return scores[found.subject] > best - slack


def _present(person: str, passage: Passage) -> bool:
    return person in passage.speakers or any(word in passage.names for word in words(person)[:1])


def features(person: str, deed: Part, passage: Passage) -> dict[str, float]:
    """Signs that `person` is the one the deed belongs to."""
    stems = deed.stems & passage.stems
    turns = [at for at, speaker in enumerate(passage.speakers) if speaker == person]
    return {
        **_own_words(person, deed, stems, passage),
        **_place(turns, passage, stems),
        **_named(person, stems, passage),
        **_verb(person, deed, turns, passage, stems),
    }


def _own_words(person: str, deed: Part, stems: frozenset[str], passage: Passage) -> dict[str, float]:
    own = [clause for clause in passage.clauses if clause.speaker == person]
    others = stems_of(clause for clause in passage.clauses if clause.speaker != person)
    told = [clause for clause in own if not clause.asked]
    commits = [clause for clause in told if lexicon.COMMIT.search(clause.text)]
    said = stems_of(own)
    return {
        "speaks": bool(own),
        "says it": share(said, stems),
        "alone says it": share(said - others, stems),
        "asks it": share(stems_of(clause for clause in own if clause.asked), stems),
        "best clause": max((share(clause.stems, stems) for clause in own), default=0.0),
        "takes on": bool(commits),
        "takes it on": max((share(clause.stems, stems) for clause in commits), default=0.0),
        "takes on in its turn": max((share(passage.turn_stems[c.turn], stems) for c in commits), default=0.0),
        "first person": max((share(c.stems, stems) for c in told if lexicon.FIRST_PERSON.search(c.text)), default=0.0),
        "requests it": max(
            (share(passage.turn_stems[c.turn], stems) for c in own if lexicon.REQUEST.search(c.text)), default=0.0
        ),
    }


def _place(turns: list[int], passage: Passage, stems: frozenset[str]) -> dict[str, float]:
    replies = [at for at in turns if at > 0 and passage.speakers[at - 1] != passage.speakers[at]]
    addressed = [at - 1 for at in replies if lexicon.SECOND_PERSON.search(passage.texts[at - 1])]
    with_you = [at for at in turns if lexicon.SECOND_PERSON.search(passage.texts[at])]
    return {
        "accepts": any(lexicon.ACCEPT.search(passage.texts[at]) for at in replies),
        "replies to you": max((share(passage.turn_stems[at], stems) for at in addressed), default=0.0),
        "replies to question": max(
            (share(passage.turn_stems[at - 1], stems) for at in replies if "?" in passage.texts[at - 1]), default=0.0
        ),
        "says you": max((share(passage.turn_stems[at], stems) for at in with_you), default=0.0),
        "last": bool(turns) and turns[-1] == len(passage.texts) - 1,
        "first": bool(turns) and turns[0] == 0,
        "share of turns": len(turns) / max(1, len(passage.texts)),
    }


def _named(person: str, stems: frozenset[str], passage: Passage) -> dict[str, float]:
    """How the others name the person: as the one who does it, or as the one it is done for."""
    names = set(words(person))
    naming = [c for c in passage.clauses if c.speaker != person and any(w.split("'")[0] in names for w in c.tokens)]
    any_name = "|".join(map(re.escape, sorted(names))) or r"\0"
    does = re.compile(
        rf"\b(?:{any_name})(?:'ll|'s| will| can| could| is| to| has|,? you|, (?:could|can|would|will)| \w+s\b)", re.I
    )
    for_whom = re.compile(
        rf"\b(?:ask|tell|give|send|ring|call|to|with|for|from|see|let|show|get|at|by|owe|behind|of) (?:{any_name})\b",
        re.I,
    )
    called = re.compile(rf"(?:^|[.?!,] )(?:{any_name})[,?.]|, (?:{any_name})\b", re.I)
    others = [text for at, text in enumerate(passage.texts) if passage.speakers[at] != person]
    return {
        "named": bool(naming),
        "named with it": max((share(clause.stems, stems) for clause in naming), default=0.0),
        "named in its turn": max((share(passage.turn_stems[clause.turn], stems) for clause in naming), default=0.0),
        "named as doing": any(does.search(text) for text in others),
        "named as receiving": any(for_whom.search(text) for text in passage.texts),
        "called": any(called.search(text) for text in others),
    }


def _verb(person: str, deed: Part, turns: list[int], passage: Passage, stems: frozenset[str]) -> dict[str, float]:
    own = [clause for clause in passage.clauses if clause.speaker == person]
    asked = [clause for clause in own if clause.asked]
    said = " ".join(passage.texts[at] for at in turns)
    refuses = deed.verb in lexicon.REFUSING or deed.negative
    return {
        "asking, asks it": (deed.verb in lexicon.ASKING) * share(stems_of(asked), stems),
        "asking, asks": deed.verb in lexicon.ASKING and bool(asked),
        "refusing, negates": refuses and any(clause.negated for clause in own),
        "wishing, wishes": deed.verb in lexicon.WISHING and bool(lexicon.WISH.search(said)),
    }

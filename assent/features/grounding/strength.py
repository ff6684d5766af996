"""Is a suggestion, an option or a question reported as settled? It knows no names and no numbers."""

from __future__ import annotations

import re
from collections import defaultdict

from assent.features.grounding import lexicon
from assent.features.grounding.passage import Claim, Passage, share, stems_of
from assent.features.grounding.weights import ACTION_FLOOR, DECISION_FLOOR, STRENGTH, weigh
from assent.features.grounding.words import Clause

_WILL = re.compile(r"(?:\b(?:will|shall|going to|goes|gets)|'ll)\b", re.IGNORECASE)
# Minutes that report a suggestion as one, or a matter as open, claim nothing settled.
_REPORTED = re.compile(
    r"\b(?:suggest\w*|propos\w*|wonder\w*|ask(?:s|ed)?|consider\w*|discuss\w*|may|might|could|whether|offer\w*|if"
    r"|want(?:s|ed)?|prefer\w*|open|undecided)\b",
    re.IGNORECASE,
)
_DECIDED = re.compile(r"\b(?:decided|agreed (?:to|that|on)|resolved to|approved|it was settled)\b", re.IGNORECASE)


def holds(claim: Claim, passage: Passage) -> bool:
    """A decision or a task was settled in the evidence, not only thought of."""
    if claim.kind in ("question", "point") and not _DECIDED.search(claim.text):
        return True
    floor = ACTION_FLOOR if claim.kind == "action" else DECISION_FLOOR
    return weigh(_features(claim, passage), STRENGTH) > floor


def _features(claim: Claim, passage: Passage) -> dict[str, float]:
    stems = claim.stems & passage.stems
    overlaps = [share(turn, stems) for turn in passage.turn_stems] or [0.0]
    top = overlaps.index(max(overlaps))
    turned_down = bool(lexicon.TURNED_DOWN.search(claim.text))
    plain = [c for c in passage.clauses if not c.asked and not lexicon.HEDGE.search(c.text)]
    return {
        "firmly said": share(stems_of(clause for clause in plain if not clause.negated), stems),
        "hedged": share(stems_of(c for c in passage.clauses if lexicon.HEDGE.search(c.text)), stems),
        "known words": share(passage.stems, claim.stems),
        "own refusal": turned_down,
        "either or": bool(re.search(r"\bor\b", claim.text)),
        "will": any(_WILL.search(clause.text) and clause.stems & stems for clause in plain),
        **_taken_on(stems, passage),
        **_course(passage, top),
        **_echo(stems, passage),
        **({} if turned_down else _resistance(stems, passage, top)),
    }


def _taken_on(stems: frozenset[str], passage: Passage) -> dict[str, float]:
    commits = [clause for clause in passage.clauses if not clause.asked and lexicon.COMMIT.search(clause.text)]
    return {
        "taken on": bool(commits),
        "taken on, same turn": any(passage.turn_stems[clause.turn] & stems for clause in commits),
        "summed up": any(
            lexicon.RECAP.search(text) and passage.turn_stems[at] & stems for at, text in enumerate(passage.texts)
        ),
    }


def _course(passage: Passage, top: int) -> dict[str, float]:
    """How the talk went on from `top`, the turn that says most of the statement."""
    texts, speakers = passage.texts or ("",), passage.speakers or ("",)
    last = texts[-1]
    return {
        "top hedged": bool(lexicon.HEDGE.search(texts[top])),
        "top is last": top == len(texts) - 1,
        "accepted": any(
            lexicon.ACCEPT.search(text) and speaker != speakers[top]
            for speaker, text in list(zip(speakers, texts, strict=True))[top + 1 :]
        ),
        "assent": any(lexicon.SETTLED.search(text) for text in texts[top:]),
        "told to": any(_orders(clause) for clause in passage.clauses if clause.turn >= top),
        "deferred last": bool(lexicon.DEFER.search(last)),
        "hedged last": bool(lexicon.HEDGE.search(last)),
        "pending last": bool(lexicon.PENDING.search(last)),
        "pending": any(lexicon.PENDING.search(text) for text in texts),
        "summed up last": bool(lexicon.RECAP.search(last)),
        "alone": len(texts) == 1,
    }


def _orders(clause: Clause) -> bool:
    return not clause.asked and not clause.negated and bool(lexicon.IMPERATIVE.search(clause.text))


def _echo(stems: frozenset[str], passage: Passage) -> dict[str, float]:
    voices: dict[str, set[str]] = defaultdict(set)
    for clause in passage.clauses:
        if not clause.asked and not clause.negated:
            for stem in clause.stems & stems:
                voices[stem].add(clause.speaker)
    return {"echoed": any(len(speakers) > 1 for speakers in voices.values())}


def _resistance(stems: frozenset[str], passage: Passage, top: int) -> dict[str, float]:
    refused = [at for at, text in enumerate(passage.texts) if lexicon.REFUSE.search(text)]
    return {
        "refused after": any(at > top for at in refused),
        "refused last": len(passage.texts) - 1 in refused,
        "refused at top": top in refused,
        "negated": share(stems_of(clause for clause in passage.clauses if clause.negated), stems),
    }

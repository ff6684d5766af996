"""The drafter by rules: a plan said in a tone and a length. It adds courtesy and no fact.

Where an instruction's wording cannot be turned, it is restated as it stands: a stiff sentence that says what was asked
for is worth more than a smooth one that does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assent.features.drafting import tones
from assent.features.drafting.answers import answer_points, reference
from assent.features.drafting.grammar import PAST, ask_directly, complete, terse
from assent.features.drafting.patterns import request_verbs
from assent.features.drafting.plan import Plan, Point
from assent.features.drafting.tones import BANDS, long_forms, words_in
from assent.features.words import content_words

Line = tuple[str, str]
_FACT = re.compile(r"\d|(?<=\s)[A-Z][a-z]|[\"“]")


def draft_by_rules(
    plan: Plan, tone: str, length: str, *, thread: Sequence[Line] = (), me: str | None = None, variant: int = 0
) -> str:
    """One message of the plan; a `variant` differs in its courtesies."""
    low, high = BANDS[length]
    points = answer_points(plan.points, thread, me) if thread else plan.points
    greeting = _greeting(plan.to, tone)
    room = high - words_in(greeting) - words_in(" ".join(point.text for point in points)) - 3
    lead = reference(points, thread, me, room) if thread else ""
    sentences = _sentences(points, tone, lead) or [plan.text]
    if words_in(" ".join(sentences)) <= high < words_in(greeting) + words_in(" ".join(sentences)):
        greeting = ""
    sentences = _shortened(greeting, sentences, high)
    body = _padded(sentences, tone, low - words_in(greeting), high - words_in(greeting), variant)
    text = _joined(greeting, body)
    if words_in(text) > high:
        text = _joined("", body)
    return _finished(text, tone, me, length)


def _sentences(points: Sequence[Point], tone: str, lead: str) -> list[str]:
    asked = [index for index, point in enumerate(points) if point.kind == "do"][:1]
    return [
        said(point, tone, first=index == 0, again=index not in asked, lead=lead) for index, point in enumerate(points)
    ]


def said(point: Point, tone: str, *, first: bool, again: bool = False, lead: str = "") -> str:
    """The point as a sentence, its first letter as it stands inside a sentence."""
    sentence = _core(point, tone, first and not lead, again)
    if first and lead:
        return f"{lead}{_lower(sentence)}"
    return sentence


def _core(point: Point, tone: str, opening: bool, again: bool) -> str:
    text = point.text.strip(" ,;")
    if point.kind == "do":
        return tones.REQUEST[tone][again].replace("%", _lower_verb(text.rstrip(".!?")))
    if point.kind == "dont":
        return tones.REFUSAL.get(tone, tones.REFUSAL[""]).replace("%", text.rstrip(".!?"))
    if point.kind == "thank":
        return tones.THANKS[tone].replace("%", text.rstrip(".!?"))
    if point.kind == "sorry":
        return _sorry(text.rstrip(".!?"), tone)
    if point.kind == "ask":
        return _asked(text.rstrip(".!?"), tone, opening)
    if point.kind == "wish":
        return f"{text}{'!' if tone in {'friendly', 'enthusiastic'} else '.'}"
    return _stated(text, tone, opening)


def _stated(text: str, tone: str, opening: bool) -> str:
    clause = complete(text.rstrip(".!?"))
    before = (
        tones.ASIDE[tone][0] if opening and tone in {"apologetic", "formal", "friendly"} and _is_clause(clause) else ""
    )
    if tone == "apologetic" and re.search(r"(?i)sorry|apolog", clause):
        before = ""
    end = "!" if tone == "enthusiastic" else "."
    return f"{before}{_lower(clause) if before else clause}{end}"


def _asked(text: str, tone: str, opening: bool) -> str:
    question = ask_directly(text)
    if tone == "apologetic" and opening:
        return f"sorry to bother you, but {_lower(question)}"
    return question


def _sorry(text: str, tone: str) -> str:
    if re.match(r"(?i)(?:late|early|slow|out of)\b", text):
        text = f"being {text}"
    elif re.match(rf"(?i)(?:{PAST})\b", text):
        text = f"I {text}"
    if re.match(
        (
            r"(?i)(?:I (?:\w+)\b|I|we|it|the|my|our|this|that|you)\b.*\b(?:am|is|are|was|were|can't|cannot|"
            r"won't|will|have|has|had|did|didn't|don't|missed|forgot|overslept|misread|deleted)\b"
        ),
        text,
    ):
        return tones.SORRY_CLAUSE.get(tone, tones.SORRY_CLAUSE[""]).replace("%", re.sub(r"(?i)^that ", "", text))
    return tones.APOLOGY[tone].replace("%", text)


def _is_clause(text: str) -> bool:
    return (
        not re.match(
            (
                r"(?i)(?:yes|no|welcome|congrat|a reminder|I would|I'd|I have to|I wanted|I can|thank|hi|hello|"
                r"please|sorry|if you|great|good|happy|let's)\b"
            ),
            text,
        )
        and words_in(text) > 2
    )


def _greeting(to: str | None, tone: str) -> str:
    if not to:
        return tones.UNNAMED[tone]
    return tones.GREETING[tone].replace("%", to)


def _shortened(greeting: str, sentences: list[str], high: int) -> list[str]:
    """As many sentences as fit; the ones that hold least by their length go first."""
    kept = list(sentences)
    while len(kept) > 1 and words_in(" ".join(kept)) > high - words_in(greeting):
        kept.pop(min(range(len(kept)), key=lambda index: (density(kept[index]), -index)))
    return kept


def density(text: str) -> float:
    """Names, numbers and content words by length."""
    return (3 * len(_FACT.findall(text)) + len(content_words(text))) / max(1, words_in(text))


def _padded(sentences: list[str], tone: str, low: int, high: int, variant: int) -> list[str]:
    """The sentences with the courtesies that the length asks for."""
    body = list(sentences)
    turn = variant % len(tones.FILLERS[tone])
    fillers = [*tones.FILLERS[tone][turn:], *tones.FILLERS[tone][:turn]]
    if turn and words_in(" ".join([*body, fillers[0]])) <= high:
        body.append(fillers[0])
    if (
        tone in {"friendly", "apologetic", "enthusiastic"}
        and words_in(" ".join(body)) + 2 <= high
        and not _sounds(body, tone)
    ):
        body.append(fillers[0])
    for filler in fillers:
        if words_in(" ".join(body)) >= low:
            break
        if filler not in body and words_in(" ".join([*body, filler])) <= high:
            body.append(filler)
    return body


def _sounds(body: list[str], tone: str) -> bool:
    text = " ".join(body)
    if tone == "apologetic":
        return bool(re.search(r"(?i)sorry|apolog", text))
    return "!" in text


def _joined(greeting: str, body: list[str]) -> str:
    continued = greeting.endswith(", ")
    first = _lower(body[0]) if continued else _upper(body[0])
    return _upper(greeting + " ".join([first, *map(_upper, body[1:])]))


def _lower(text: str) -> str:
    """Without the capital of a sentence start; names, weekdays and "I" keep theirs."""
    first = text.split(" ", 1)[0].strip(",.:;!?")
    common = {
        "the",
        "a",
        "an",
        "please",
        "could",
        "can",
        "thank",
        "thanks",
        "sorry",
        "we",
        "you",
        "it",
        "this",
        "that",
        "there",
        "no",
        "yes",
        "if",
        "is",
        "are",
        "what",
        "when",
        "where",
        "who",
        "why",
        "how",
        "which",
        "my",
        "our",
        "your",
        "has",
        "have",
        "do",
        "does",
        "will",
        "would",
        "congratulations",
        "welcome",
        "not",
        "huge",
        "they",
        "he",
        "she",
        "to",
        "in",
        "on",
    }
    return text[0].lower() + text[1:] if first.lower() in common and first != "I" else text


def _lower_verb(text: str) -> str:
    """The request without the capital that its verb had at the start of a sentence."""
    first = text.split(" ", 1)[0]
    return text[0].lower() + text[1:] if first.lower() in request_verbs() and first.istitle() else _lower(text)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _finished(text: str, tone: str, me: str | None, length: str) -> str:
    if tone == "direct":
        text = terse(text)
    if tone == "formal":
        text = re.sub(r"(?i)\b(?:ok|okay)\b", "fine", long_forms(text).replace("!", "."))
        text = re.sub(r"(?<!many )\b([Tt])hanks\b(?! to)", r"\1hank you", text)
    if tone == "formal" and length == "long" and me:
        text = f"{text}\nKind regards, {me}"
    return re.sub(r"([.!?])\.", r"\1", re.sub(r" +", " ", text)).strip()

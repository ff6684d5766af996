"""A sentence told the other way round: a negation put in or taken out. It knows no evidence.

Only changes that reverse the truth are made: nothing inside "whether ..." (asking whether not asks the same), nothing
after "may" (what may be may also not be), nothing inside a subordinate clause.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assent.training.evaluate.words import listed

_OPEN = (
    (r"\bunknown\b", "known"),
    (r"\bundecided\b", "decided"),
    (r"\bunsettled\b", "settled"),
    (r"\bunresolved\b", "resolved"),
    (r"\bunanswered\b", "answered"),
    (r"\bunclear\b", "clear"),
    (r"\b(is|was|remains|stays|are) (still |left )?(open|disputed)\b", r"\1 settled"),
    (r"\bdepends on\b", "does not depend on"),
)
_TAKEN_OUT = (
    (r"\b(will|is|are|was|were|has|have|had|should|must|would|did|does|do) not (yet )?", r"\1 "),
    (r"\bcannot\b", "can"),
    (r"\bno longer\b", "still"),
    (r"\bnever\b", "always"),
    (r"^No ?(?:body|-one| one)\b", "Everybody"),
    (r"\bnobody\b", "everybody"),
    (r"\bno (?=\w+s\b)", "some "),
    (r"\bno (?=[aeiou]\w+\b)", "an "),
    (r"\bno (?=\w+\b)", "a "),
    (r"^No (?=\w+s\b)", "Some "),
    (r"^No (?=[aeiou]\w+\b)", "An "),
    (r"^No (?=\w+\b)", "A "),
)
_STANDING = re.compile(r"\bno(?:t only| matter| doubt| more| less| later)\b|\bcannot help\b", re.I)
"""Words that look like a negation and are none."""

_SUBORDINATE = re.compile(
    r"\b(whether|if|once|until|unless|who|whom|whose|which|that|when|where|because|although|though|while|what|how|why|after|"
    r"before|than|since|so|as|unlike)\b",
    re.I,
)
_PLAIN = re.compile(r"\b(will|is|are|was|were|should|must|would|could|can)\b")
_PERFECT = re.compile(
    r"\b(has|have|had)(?= (?:already |now |just )?(?:been|\w+ed|\w+en|come|made|done|found|kept|left|lost|gone|"
    r"said|told|paid|sent|bought|brought|sold|had|put|set|cut|read|run|met|got|heard|held|built|spent|drawn|won|become|begun)\b)"
)
_OWNS = re.compile(r"\b(has|have|had)(?= (?:a|an|the|his|her|its|their|two|three|four|five|six|ten|\w+s)\b)")
_DO = {"has": "does not have", "have": "do not have", "had": "did not have"}

_PAST = {
    verb: base
    for base, verb in (
        pair.split(":")
        for pair in listed(
            "accept:accepted agree:agreed argue:argued ask:asked bring:brought call:called choose:chose come:came "
            "complain:complained confirm:confirmed count:counted drop:dropped explain:explained favour:favoured "
            "find:found give:gave go:went keep:kept know:knew lapse:lapsed leave:left like:liked list:listed "
            "lose:lost make:made mention:mentioned object:objected offer:offered oppose:opposed pass:passed "
            "pay:paid propose:proposed put:put raise:raised refuse:refused reject:rejected report:reported "
            "run:ran say:said sell:sold send:sent show:showed sign:signed start:started stop:stopped "
            "suggest:suggested take:took tell:told think:thought turn:turned want:wanted warn:warned work:worked "
            "write:wrote wonder:wondered"
        )
    )
    if base != verb
}
_PRESENT = {
    f"{base}{'es' if base.endswith(('ss', 'go')) else 's'}": base
    for base in listed(
        "accept agree argue ask believe bring call come cost count cover cut depend drop expect favour fear "
        "find follow get give go hold keep know lead leave like list make mean need object offer owe own pay "
        "prefer propose refuse reject report run say see sell show sit stand start stay stop suggest suit "
        "take think turn use wait want warn weigh work write"
    )
}

Change = Callable[[str], str | None]


def negated(text: str) -> str | None:
    """The sentence reversed, None where no change surely reverses it."""
    if _STANDING.search(text):
        return None
    for change in (_antonym, _without, _with_not, _with_do, _with_verb):
        made = change(text)
        if made:
            return made
    return None


def _antonym(text: str) -> str | None:
    return _first(_OPEN, text)


def _without(text: str) -> str | None:
    return _first(_TAKEN_OUT, text)


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    """The one change of the table that comes first in the sentence."""
    hits = [(match.start(), pattern, new) for pattern, new in table if (match := re.search(pattern, text))]
    if not hits:
        return None
    _, pattern, new = min(hits)
    return re.sub(pattern, new, text, count=1)


def _with_not(text: str) -> str | None:
    matches = [match for pattern in (_PLAIN, _PERFECT) if (match := pattern.search(text))]
    return _insert(text, min(matches, key=lambda match: match.start())) if matches else None


def _insert(text: str, match: re.Match[str]) -> str | None:
    if _SUBORDINATE.search(text[: match.start()]):
        return None
    word = "cannot" if match.group() == "can" else f"{match.group()} not"
    return text[: match.start()] + word + text[match.end() :]


def _with_do(text: str) -> str | None:
    match = _OWNS.search(text)
    if not match or _SUBORDINATE.search(text[: match.start()]):
        return None
    return text[: match.start()] + _DO[match.group(1)] + text[match.end() :]


def _with_verb(text: str) -> str | None:
    """A plain verb: "refused" becomes "did not refuse"."""
    for match in re.finditer(r"[a-z]+", text):
        base = _PAST.get(match.group()) or _PRESENT.get(match.group())
        if base and match.start() > 0:
            helper = "did" if match.group() in _PAST else "does"
            clear = not _SUBORDINATE.search(text[: match.start()])
            return f"{text[: match.start()]}{helper} not {base}{text[match.end() :]}" if clear else None
    return None

"""What is no sentence of minutes at all: nothing, a preamble, a fence, thinking, the prompt, a loop, the first person.

It reads the sentence alone and knows no evidence.
"""

from __future__ import annotations

import re

_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]|(?<!\w)['‘][^'’]*['’](?!\w)")
_MARKUP = re.compile(r"```|</?[a-z_|][^>]*>|^\s*[#*>{\[]|\n|\*\*|^\s*-\s", re.IGNORECASE)
_PREAMBLE = re.compile(
    r"^\W*(?:sure|certainly|of course|okay|here(?:'s| is| are)"
    r"|as an ai|i(?:'m| am) sorry|i can(?:no|')t|i am unable|absolutely"
    r"|the (?:statement|sentence|answer|output|summary) (?:is|would be))\b[^.]*[,:!.]?",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"\b(?:write (?:one|a|the) (?:short )?sentence|third[- ]person|at most \w+ (?:words|tokens)"
    r"|answer with|the evidence|transcript:|task:|turns?:|example:|statement:|instruction:"
    r"|summari[sz]e the)",
    re.IGNORECASE,
)  # fmt: skip
_FIRST_PERSON = re.compile(r"\b(?:I|I'm|I'll|I've|I'd|me|my|we|we'll|we're|we've|we'd|our|us)\b(?!\.)")
_LONGEST = 80
"""Words; a sentence of minutes is far shorter, what is longer ran on."""


def faults(text: str) -> tuple[str, ...]:
    """Reasons why `text` is not one sentence of minutes; empty when it is."""
    if not any(letter.isalpha() for letter in text):
        return ("empty",)
    plain = _QUOTED.sub("“”", text)
    found = []
    if (
        _MARKUP.search(plain.strip())
        or _PREAMBLE.match(plain)
        or _first_person(plain)
        or _loops(plain)
        or len(plain.split()) > _LONGEST
    ):
        found.append("form")
    if _PROMPT.search(plain):
        found.append("copy_of_prompt")
    return tuple(found)


def _first_person(plain: str) -> bool:
    return bool(_FIRST_PERSON.search(plain.replace("’", "'")))


def _loops(plain: str) -> bool:
    """Three words in the same order three times over, or one word four times running."""
    said = plain.lower().split()
    runs = [tuple(said[at : at + 3]) for at in range(len(said) - 2)]
    return any(runs.count(run) >= 3 for run in set(runs)) or bool(re.search(r"\b(\w+)(?:\W+\1\b){3,}", plain.lower()))

"""What a model answered, made one clean sentence, or the reason why it cannot be. It knows no evidence, no verifier.

Small models wrap an answer in politeness, fences, labels or thinking, repeat themselves, or refuse. What is mere
wrapping is taken off; what is no answer is named as a flaw, so that a quote can stand in.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from assent.models.engine import Completion

Flaw = Literal["empty", "thinking", "refusal", "loop", "cut", "echo", "language", "unsure", "failed", "not_asked"]
"""What is wrong with an answer; the last two: no engine call came through, none was made."""

THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
UNCLOSED = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
FENCE = re.compile(r"^\s*```\w*\s*$", re.MULTILINE)
PREAMBLE = re.compile(
    r"^(?:sure|certainly|of course|okay|great|absolutely|here(?:'s| is| are)|below is|"
    r"the (?:answer|summary|sentence) is)\b"
    r"[^\n]*[:!]\s*$",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"^(?:(?:sure|certainly|of course|absolutely)[!.,]\s+(?=[A-Z])|here(?:'s| is) (?:the|your|a|one) [^:\n]{0,40}:\s+)",
    re.I,
)
LABEL = re.compile(
    r"^(?:answer|summary|sentence|statement|action(?: item)?|decision|question|task|output|note|heading|title)\s*:\s*",
    re.I,
)
BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
REFUSAL = re.compile(
    r"^(?:i(?:'m| am) sorry|sorry, (?:but )?i|i can(?:no|')t|i am unable|i'm unable|as an ai|unfortunately,? i)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?])[\"”')]*\s+(?=[A-Z0-9\"“À-Þ])")
ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|e\.g|i\.e)\.$")
LOOP_WORDS = 3
LOOP_TIMES = 3
"""An answer that says the same three words three times is a loop."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is one sentence without line breaks; empty when `flaw` is set."""

    text: str
    flaw: Flaw | None = None


def clean(completion: Completion, lines: str = "") -> Answer:
    """The one sentence of a completion; `lines` is the evidence as the prompt showed it, to notice an echo."""
    text = THINKING.sub(" ", completion.text)
    if UNCLOSED.search(text):
        return Answer("", "thinking")
    rest = unwrap(text)
    if not rest:
        return Answer("", "empty")
    if REFUSAL.match(rest):
        return Answer("", "refusal")
    if loops(rest) or stutters(rest, lines):
        return Answer("", "loop")
    if _echoes(rest, lines):
        return Answer("", "echo")
    sentences = split_sentences(rest)
    if completion.stop_reason == "length" and len(sentences) == 1 and rest[-1] not in ".!?":
        return Answer("", "cut")
    return Answer(sentences[0])


def unwrap(text: str) -> str:
    """The first line of the answer proper: no fence, preamble, bullet, label, emphasis or quotation marks around it."""
    for raw in FENCE.sub("", text).splitlines():
        line = BULLET.sub("", raw.strip())
        if not line or PREAMBLE.match(line) or line.startswith("#"):
            continue
        line = GREETING.sub("", line.replace("**", "").replace("__", "")).strip()
        line = LABEL.sub("", line)
        if len(line) > 1 and line[0] in "\"“'" and line[-1] in "\"”'":
            line = line[1:-1].strip()
        if line:
            return line
    return ""


def split_sentences(text: str) -> list[str]:
    """Sentences of a text, at closing punctuation before a capital; abbreviations do not end one."""
    sentences: list[str] = []
    for part in SENTENCE.split(text.strip()):
        if sentences and ABBREVIATION.search(sentences[-1]):
            sentences[-1] += " " + part
        else:
            sentences.append(part)
    return sentences


def loops(text: str) -> bool:
    return any(times >= LOOP_TIMES for times in _grams(text).values())


def stutters(text: str, lines: str) -> bool:
    """Whether the answer says three words twice that the evidence says but once."""
    said = _grams(lines)
    return any(times > 1 and said[gram] < times for gram, times in _grams(text).items())


def _grams(text: str) -> Counter[tuple[str, ...]]:
    words = [word.strip('.,;:!?"“”()').lower() for word in text.split()]
    return Counter(tuple(words[start : start + LOOP_WORDS]) for start in range(len(words) - LOOP_WORDS + 1))


def _echoes(text: str, lines: str) -> bool:
    """Whether the answer is a prompt line with its label, not a sentence about it."""
    return any(line.strip() and text.startswith(line.strip()[:40]) and ": " in line[:60] for line in lines.splitlines())

"""Text that speaks to a model instead of to people: rows that hold it wait until somebody has looked at them.

It finds what is written plainly; it is a sieve, no wall. It knows no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

PATTERNS = (
    r"\b(?:ignore|disregard|forget|override)\b[^.?!\n]{0,40}\b(?:instructions?|prompts?|rules|guidelines)\b",
    r"\b(?:system|developer) (?:prompt|message)\b",
    r"\b(?:remember|memori[sz]e|keep in mind|store)\b[^.?!\n]{0,60}\b(?:for ever|forever|from now on|in (?:all )?future"
    r"|every (?:answer|reply|summary|message)|always|whenever)\b",
    r"\b(?:from now on|in every (?:answer|reply|summary|message)|whenever (?:someone|anyone|you are) ask)"
    r"[^.?!\n]{0,60}\b(?:you|say|answer|reply|write|add|include|mention)\b",
    r"\b(?:you are|act as|pretend to be) (?:now |an? )?(?:ai|assistant|language model|chatbot|dan)\b",
    r"\b(?:dear|attention|note to|hey|to the) (?:the )?(?:ai|assistant|language model|summari[sz]er|llm)\b",
    r"\b(?:training data|your weights|fine-?tun\w+)\b[^.?!\n]{0,60}\b(?:learn|remember|memori[sz]e|repeat)\b",
    r"<\|[\w ]{1,30}\|>|\[/?inst\]|<</?sys>>|<(?:task|ctx|out)>|</s>",
    r"^\s*(?:system|assistant)\s*:",
)
_ANY = re.compile("|".join(PATTERNS), re.IGNORECASE | re.MULTILINE)


def flagged(texts: Iterable[str]) -> bool:
    return any(_ANY.search(text) for text in texts)

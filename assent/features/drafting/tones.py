"""What each tone sounds like: greetings, softeners, courtesies that add no fact. It knows no instruction.

Lengths are in words; the bands overlap, as people's idea of short and medium does.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

Tone = Literal["neutral", "friendly", "formal", "direct", "apologetic", "enthusiastic"]
Length = Literal["short", "medium", "long"]
TONES: tuple[str, ...] = get_args(Tone)
LENGTHS: tuple[str, ...] = get_args(Length)
BANDS: dict[str, tuple[int, int]] = {"short": (3, 26), "medium": (20, 62), "long": (54, 125)}

GREETING = {
    "neutral": "Hi %, ",
    "friendly": "Hi %, ",
    "formal": "Dear %, ",
    "direct": "%, ",
    "apologetic": "Hi %, ",
    "enthusiastic": "Hi %! ",
}
UNNAMED = {"neutral": "", "friendly": "Hi, ", "formal": "", "direct": "", "apologetic": "", "enthusiastic": ""}
REQUEST = {
    "neutral": ("please %.", "please also %."),
    "friendly": ("could you please %?", "please also %."),
    "formal": ("could you please %?", "please %."),
    "direct": ("please %.", "please %."),
    "apologetic": ("sorry to ask, but could you please %?", "please %."),
    "enthusiastic": ("please %!", "please %!"),
}
REFUSAL = {"formal": "please do not %.", "": "please don't %."}
THANKS = {
    "neutral": "thank you for %.",
    "friendly": "thank you so much for %!",
    "formal": "thank you very much for %.",
    "direct": "thanks for %.",
    "apologetic": "thank you for %.",
    "enthusiastic": "huge thanks for %!",
}
APOLOGY = {
    "neutral": "sorry about %.",
    "friendly": "sorry about %!",
    "formal": "please accept my apologies for %.",
    "direct": "I apologise for %.",
    "apologetic": "I'm very sorry about %.",
    "enthusiastic": "sorry about %!",
}
SORRY_CLAUSE = {"formal": "I apologise: %.", "": "I'm sorry that %."}
ASIDE = {
    "friendly": ("a quick note: ", ""),
    "formal": ("please note that ", "please note the following: "),
    "apologetic": ("I'm sorry, but ", "I'm sorry: "),
    "enthusiastic": ("", ""),
}
FILLERS: dict[str, tuple[str, ...]] = {
    "neutral": (
        "Please let me know if you have any questions.",
        "Thank you for reading this.",
        "Please tell me if anything is unclear.",
        "Feel free to write back here if you would like to talk about it.",
    ),
    "friendly": (
        "Thank you!",
        "Let me know if you have any questions!",
        "Feel free to write back if anything is unclear.",
        "I hope that all makes sense, and thank you so much for reading this!",
    ),
    "formal": (
        "Please let me know if you have any questions.",
        "Thank you for your attention.",
        "Please do not hesitate to contact me if anything is unclear.",
        "I would be grateful if you could take note of the above.",
    ),
    "direct": (
        "Let me know if anything is unclear.",
        "If you have questions, please ask me here.",
        "Thank you.",
        "Please read this carefully, as these are all the points that I have.",
    ),
    "apologetic": (
        "I'm sorry for the trouble.",
        "Thank you for your understanding.",
        "Please let me know if you have any questions about this.",
        "I do understand that this is not ideal for you, and I am sorry about that.",
    ),
    "enthusiastic": (
        "Thank you so much!",
        "Let me know if you have any questions!",
        "I'm really happy to share this with you!",
        "Thank you all so much for reading this, and feel free to write back!",
    ),
}
_LONG_FORMS = {
    "can't": "cannot",
    "won't": "will not",
    "shan't": "shall not",
    "let's": "let us",
    "i'm": "I am",
    "it's": "it is",
    "that's": "that is",
    "there's": "there is",
    "he's": "he is",
    "she's": "she is",
    "what's": "what is",
    "who's": "who is",
    "where's": "where is",
    "how's": "how is",
    "here's": "here is",
    "when's": "when is",
}
_SHORT_FORM = re.compile(r"(?i)\b([a-z]+)(n't|'m|'re|'ve|'ll|'d|'s)\b")
_ENDINGS = {"n't": " not", "'m": " am", "'re": " are", "'ve": " have", "'ll": " will", "'d": " would"}


def long_forms(text: str) -> str:
    """The text without contractions; possessives stay."""

    def written(match: re.Match[str]) -> str:
        whole = match.group().lower()
        if whole in _LONG_FORMS:
            long = _LONG_FORMS[whole]
            return long[0].upper() + long[1:] if match.group()[0].isupper() else long
        ending = match.group(2).lower()
        return match.group(1) + _ENDINGS[ending] if ending in _ENDINGS else match.group()

    return _SHORT_FORM.sub(written, text.replace("’", "'"))


def words_in(text: str) -> int:
    return len(text.split())

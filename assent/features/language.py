"""Which language a text is in, as an ISO 639 code. It knows no feature."""

from __future__ import annotations

import re
from functools import cache

MIN_WORDS = 4
"""Below this many words a guess says nothing."""
TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)
"""A language tag as RFC 5646 forms it; its first part is the code."""


def code(tag: str | None) -> str | None:
    """The language's code in a tag such as "en-GB"; None where the text is no tag."""
    found = TAG.fullmatch(tag.strip()) if tag else None
    return found[1].lower() if found else None


@cache
def detect(text: str) -> str:
    """ISO 639-1 code of the text's language, "und" where there is too little text to say."""
    if len(text.split()) < MIN_WORDS:
        return "und"
    import py3langid

    return str(py3langid.classify(text[:4000])[0])

"""Which language a text is in, as a two-letter code. It knows no feature."""

from __future__ import annotations

from functools import cache

MIN_WORDS = 4
"""Below this many words a guess says nothing."""


@cache
def detect(text: str) -> str:
    """ISO 639-1 code of the text's language, "und" where there is too little text to say."""
    if len(text.split()) < MIN_WORDS:
        return "und"
    import py3langid

    return str(py3langid.classify(text[:4000])[0])

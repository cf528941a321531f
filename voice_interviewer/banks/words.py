"""The words of a text that carry its meaning."""

from __future__ import annotations

import re

_FUNCTION_WORDS = """
a about an and are as at be been but by can could did do does for from had has have how i if in
into is it its me more my not of on one or our should so tell than that the their them then there
they this to us was we were what when where which while who why will with would you your
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_ENDINGS = ("ing", "ies", "es", "ed", "s")
_LEAST_STEM = 4


def telling_stems(text: str) -> frozenset[str]:
    """Its words without function words, in lower case, their endings cut off."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(_stem(word) for word in words if word not in FUNCTION_WORDS)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word.removesuffix(ending)
    return word

"""How terms are said: respellings that only the voice gets to see."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Pronunciations:
    """Puts the respelling of every term in the place of the term.

    Whole words only, and the longest term first, so that "vLLM server" wins over "vLLM". A term
    with a capital letter is meant exactly as it is written; one without is found at the beginning
    of a sentence too.

    Args:
        pairs: (term, how it is said); of two alike the first counts.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._said: dict[str, str] = {}
        for term, say in pairs:
            self._said.setdefault(_spaced(term), say)
        longest_first = sorted(self._said, key=lambda term: (-len(term), term))
        self._terms = re.compile("|".join(map(_pattern, longest_first))) if self._said else None

    def apply(self, text: str) -> str:
        """The text as it is to be read aloud."""
        return self._terms.sub(self._respelled, text) if self._terms else text

    def _respelled(self, match: re.Match[str]) -> str:
        found = _spaced(match[0])
        return self._said[found] if found in self._said else self._said[found.lower()]


def _pattern(term: str) -> str:
    words = r"\s+".join(map(re.escape, term.split()))
    before = r"(?<!\w)" if term[0].isalnum() or term[0] == "_" else ""
    after = r"(?!\w)" if term[-1].isalnum() or term[-1] == "_" else ""
    return f"{before}{words if term != term.lower() else f'(?i:{words})'}{after}"


def _spaced(term: str) -> str:
    return " ".join(term.split())

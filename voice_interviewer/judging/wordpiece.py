"""Words as the pieces that a BERT model knows: lower case, no accents, longest piece first.

The method is WordPiece (Wu et al. 2016) as the uncased BERT models use it (Devlin et al. 2019).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

_LONGEST_WORD = 64


class WordPieces:
    """Text to piece numbers by a model's vocabulary.

    Args:
        vocabulary: the pieces by number; those that go on within a word begin with "##".
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._unknown = self._numbers["[UNK]"]
        self.start = self._numbers["[CLS]"]
        self.end = self._numbers["[SEP]"]
        self._known: dict[str, tuple[int, ...]] = {}

    @classmethod
    def read(cls, path: Path) -> WordPieces:
        """From a file with one piece a line. Raises OSError."""
        return cls(path.read_text(encoding="utf-8").splitlines())

    def numbers(self, text: str) -> list[int]:
        """The pieces of a text, without marks for its beginning and end."""
        return [number for word in text.split() for number in self._word(word)]

    def _word(self, word: str) -> tuple[int, ...]:
        known = self._known.get(word)
        if known is None:
            known = tuple(number for part in _parts(word) for number in self._pieces(part))
            self._known[word] = known
        return known

    def _pieces(self, part: str) -> list[int]:
        if len(part) > _LONGEST_WORD:
            return [self._unknown]
        found: list[int] = []
        first = 0
        while first < len(part):
            for last in range(len(part), first, -1):
                number = self._numbers.get(("##" if first else "") + part[first:last])
                if number is not None:
                    found.append(number)
                    first = last
                    break
            else:
                return [self._unknown]
        return found


def _parts(word: str) -> list[str]:
    """A word cut at its punctuation, each mark a part of its own."""
    plain = unicodedata.normalize("NFD", word.lower())
    parts = [""]
    for letter in plain:
        kind = unicodedata.category(letter)
        if kind == "Mn" or kind.startswith("C"):
            continue
        if kind.startswith("P") or letter in "$+<=>^`|~":
            parts += [letter, ""]
        else:
            parts[-1] += letter
    return [part for part in parts if part]

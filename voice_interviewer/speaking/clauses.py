"""Where a prompt may be cut, so that its beginning sounds while the rest is still being made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_LEAST_CLAUSE_WORDS = 4
_MOST_CHARACTERS = 220

_TITLES = ("dr", "mr", "mrs", "ms", "prof", "st", "jr", "sr")
_ABBREVIATIONS = frozenset(
    (*_TITLES, "e.g", "i.e", "etc", "vs", "cf", "al", "approx", "fig", "eq", "vol", "inc", "ltd")
)
_CLOSING = r"[\"'”’)\]]*"
# A mark that ends something, what may close after it, and the space without which nothing ends.
_END = re.compile(rf"([.!?…]|[:;,]|\s[—–-])({_CLOSING})\s+")
_SENTENCE_MARKS = frozenset(".!?…")
_STARTS_SENTENCE = re.compile(r"[\"'“‘(\[]*[A-Z0-9]")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order; a sentence after a colon counts as one of its own.

    What holds no letter or digit is left out. Points in abbreviations, initials and numbers end
    nothing.
    """
    return tuple(_worded(_split(text, clauses_too=False)))


def clauses(chunks: Iterable[str]) -> Iterator[str]:
    """The clauses of a text that arrives in chunks, each as soon as it is complete.

    A clause ends where a sentence does, or at a comma, semicolon, colon or dash when it has at
    least four words. Nothing waits for a point that never comes: past 220 characters a clause is
    cut at a space.
    """
    waiting = ""
    for chunk in chunks:
        waiting += chunk
        *complete, waiting = _split(waiting, clauses_too=True)
        yield from _worded(complete)
        while (
            len(waiting) > _MOST_CHARACTERS and (at := waiting.rfind(" ", 1, _MOST_CHARACTERS)) > 0
        ):
            yield from _worded([waiting[:at]])
            waiting = waiting[at:]
    yield from _worded([waiting])


def _split(text: str, *, clauses_too: bool) -> list[str]:
    """Complete pieces, then what may still go on; put together they are the text."""
    pieces = []
    begin = 0
    for match in _END.finditer(text):
        piece, rest = text[begin : match.end()], text[match.end() :]
        mark = match[1].strip()
        if mark in _SENTENCE_MARKS:
            over = _ends_sentence(text[begin : match.start(1)], mark, rest)
        elif mark == ":":
            over = clauses_too or bool(_STARTS_SENTENCE.match(rest))
        else:
            over = clauses_too and len(piece.split()) >= _LEAST_CLAUSE_WORDS
        if over:
            pieces.append(piece)
            begin = match.end()
    return [*pieces, text[begin:]]


def _ends_sentence(before: str, mark: str, rest: str) -> bool:
    """Whether a mark after `before` ends a sentence; what follows must not begin in lower case."""
    if rest and not _STARTS_SENTENCE.match(rest):
        return False
    if mark != ".":
        return True
    words = [word.lstrip("\"'“‘([") for word in ("", *before.split()[-2:])]
    spelled = len(words) > 2 and _is_letter(words[-2])  # "K L." is an acronym, "K." an initial
    initial = _is_letter(words[-1]) and not spelled
    return not initial and words[-1].lower() not in _ABBREVIATIONS


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _worded(pieces: Iterable[str]) -> Iterator[str]:
    return (piece.strip() for piece in pieces if any(c.isalnum() for c in piece))

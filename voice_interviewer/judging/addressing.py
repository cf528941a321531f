"""Passages of an answer that speak to whoever grades it, instead of answering.

They are flagged, never obeyed and never deleted. The patterns are wary: talk about graders,
rubrics, system prompts or injected instructions is an answer, an order to the reader is not one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from voice_interviewer.core.transcript import (
    Evidence,
    Transcript,
    Word,
    ends_sentence,
    evidence_from,
    sentences,
    tokens_of,
)
from voice_interviewer.judging.addressing_claims import CLAIMS
from voice_interviewer.judging.addressing_languages import OTHER_LANGUAGES
from voice_interviewer.judging.addressing_patterns import (
    COMMENTED,
    NO_ORDER_AFTER,
    PATTERNS,
    REPORTED,
    RUN_ON,
    TYPED,
)

_PATTERNS = (*PATTERNS, *CLAIMS, *OTHER_LANGUAGES)
_CLAUSE_ENDS = (",", ";", ":", ".", "!", "?", "…", "-", "–", "—")
_TRAILING = "\"'”’)]*"
_COLON = ":"
_BREAK = "|"
# Figures that stand for letters inside a word, and so many letters that spell one.
_DISGUISES = str.maketrans("013457@$", "oieastas")
_SPELT_LETTERS = 4
_ABBREVIATED = re.compile(r"(?:al|e\.g|i\.e|vs|cf|dr|mrs?|ms|prof)\.", re.IGNORECASE)


def addressing_spans(transcript: Transcript) -> tuple[Evidence, ...]:
    """The sentences that speak to the grader, in order.

    In speech written down without punctuation a span begins where the order does. What an order
    dictates after a colon is part of it.
    """
    found: list[Evidence] = []
    for first, last in sentences(transcript.words):
        if found and first <= found[-1].last_word:
            continue
        begins = _begins(transcript.words[first : last + 1])
        if begins is not None:
            end = _dictated(transcript.words, first + begins, last)
            found.append(evidence_from(transcript, first + begins, end))
    return tuple(found)


def _begins(words: Sequence[Word]) -> int | None:
    """Which word of a sentence begins to speak to the grader; None where none does."""
    if TYPED.search(" ".join(word.text for word in words)):
        return 0
    text, starts = _normalised(words)
    for pattern in _PATTERNS:
        if any(_meant(text, m.start(), m.end()) for m in pattern.finditer(text)):
            return 0
    if _BREAK in text[:-1]:
        return None
    for pattern in RUN_ON:
        for match in pattern.finditer(text):
            before = text[: match.start()].rstrip()
            if _meant(text, match.start(), match.end()) and not NO_ORDER_AFTER.search(before):
                return starts[match.start()]
    return None


def _meant(text: str, start: int, end: int) -> bool:
    """True unless the words before or after show that the order is only reported."""
    after = text[end:].split(_COLON, 1)[0]
    return not REPORTED.search(text[:start]) and not COMMENTED.search(after)


def _normalised(words: Sequence[Word]) -> tuple[str, dict[int, int]]:
    """The sentence as the patterns read it, and which word begins at which place in it."""
    parts: list[str] = []
    starts: dict[int, int] = {}
    at = 0
    for index, piece in _unspelt(_pieces(words)):
        starts[at] = index
        parts.append(piece)
        at += len(piece) + 1
    return " ".join(parts), starts


def _pieces(words: Sequence[Word]) -> Iterator[tuple[int, str]]:
    """The tokens and the marks between clauses, each with the index of its word."""
    for index, word in enumerate(words):
        for token in tokens_of(word.text):
            disguised = token.translate(_DISGUISES)
            yield index, disguised if disguised.isalpha() and not token.isdigit() else token
        bare = word.text.rstrip(_TRAILING)
        if bare.endswith(_COLON):
            yield index, _COLON
        if bare.endswith(_CLAUSE_ENDS):
            yield index, _BREAK


def _unspelt(pieces: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The same with words that were spelt letter by letter put together."""
    for spelt, run in groupby(pieces, lambda piece: len(piece[1]) == 1 and piece[1].isalpha()):
        letters = list(run)
        if spelt and len(letters) >= _SPELT_LETTERS:
            yield letters[0][0], "".join(letter for _, letter in letters)
        else:
            yield from letters


def _dictated(words: Sequence[Word], first: int, last: int) -> int:
    """Where an order ends that hands over, after a colon, what it wants to be taken as said."""
    if not any(word.text.rstrip(_TRAILING).endswith(_COLON) for word in words[first : last + 1]):
        return last
    for place in range(last, len(words)):
        text = words[place].text
        if ends_sentence(text) and not _ABBREVIATED.fullmatch(text):
            return place
    return last

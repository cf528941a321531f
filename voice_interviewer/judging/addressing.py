"""Passages of an answer that speak to whoever grades it, instead of answering.

They are flagged, never obeyed and never deleted. The patterns are wary: talk about graders,
rubrics, system prompts or injected instructions is an answer, an order to the reader is not one.
"""

from __future__ import annotations

from collections.abc import Sequence

from voice_interviewer.core.transcript import (
    Evidence,
    Transcript,
    Word,
    evidence_from,
    sentences,
    tokens_of,
)
from voice_interviewer.judging.addressing_patterns import (
    COMMENTED,
    NO_ORDER_AFTER,
    PATTERNS,
    REPORTED,
    RUN_ON,
    TYPED,
)

_CLAUSE_ENDS = (",", ";", ":", ".", "!", "?", "…", "-", "–", "—")
_TRAILING = "\"'”’)]*"
_COLON = ":"
_BREAK = "|"


def addressing_spans(transcript: Transcript) -> tuple[Evidence, ...]:
    """The sentences that speak to the grader, in order.

    In speech written down without punctuation a span begins where the order does.
    """
    found = []
    for first, last in sentences(transcript.words):
        begins = _begins(transcript.words[first : last + 1])
        if begins is not None:
            found.append(evidence_from(transcript, first + begins, last))
    return tuple(found)


def _begins(words: Sequence[Word]) -> int | None:
    """Which word of a sentence begins to speak to the grader; None where none does."""
    if TYPED.search(" ".join(word.text for word in words)):
        return 0
    text, starts = _normalised(words)
    for pattern in PATTERNS:
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
    return not REPORTED.search(text[:start]) and not COMMENTED.search(text[end:])


def _normalised(words: Sequence[Word]) -> tuple[str, dict[int, int]]:
    """The sentence as the patterns read it, and which word begins at which place in it."""
    parts: list[str] = []
    starts: dict[int, int] = {}
    at = 0
    for index, word in enumerate(words):
        pieces = tokens_of(word.text)
        bare = word.text.rstrip(_TRAILING)
        if bare.endswith(_COLON):
            pieces.append(_COLON)
        if bare.endswith(_CLAUSE_ENDS):
            pieces.append(_BREAK)
        for piece in pieces:
            starts[at] = index
            parts.append(piece)
            at += len(piece) + 1
    return " ".join(parts), starts

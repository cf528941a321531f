"""Where a quote stands in an answer, though it was not copied letter for letter.

A model drops fillers, mends grammar and misheard words, and sometimes invents. A quote is found
where it differs in case, spaces and punctuation only, or else where it is at least 90 percent alike
and no word that carries meaning is another one. What is handed on are the answer's own words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz.fuzz import partial_ratio_alignment, ratio

from voice_interviewer.core.transcript import Evidence, Transcript, evidence_from, tokens_of
from voice_interviewer.judging.words import NEGATIONS, STOPWORDS, key_of

_ALIKE = 90.0
# Two spellings from this on are one word, when they also begin alike: "win" and "wind", but not
# "stable" and "unstable" or "increase" and "decrease".
_SAME_WORD = 80.0
_MOST_FUZZY_TOKENS = 200
_LEAST_FUZZY_TOKENS = 3
_NEGATION_REACH = 2
_CLAUSE_ENDS = (",", ";", ":", ".", "!", "?", "…")
_ELLIPSIS = re.compile(r"\.{3,}|…|\[\s*\.\.\s*\]")
_SENTENCE_NUMBER = re.compile(r"\[\d+\]")
# Function words that turn a sentence's meaning; all others may come and go.
_TURNING = NEGATIONS | frozenset(
    (
        *("above", "after", "all", "any", "anyone", "before", "below", "both", "by", "down"),
        *("each", "either", "enough", "even", "ever", "every", "few", "from", "in", "into"),
        *("least", "less", "more", "most", "much", "neither", "off", "on", "only", "or", "out"),
        *("over", "same", "than", "to", "toward", "towards", "under", "unless", "until", "up"),
        *("with", "within"),
    )
)
_LIGHT = STOPWORDS - _TURNING


@dataclass(frozen=True)
class _Tokens:
    """An answer's tokens, the word each one belongs to, and where it stands in the joined text."""

    texts: tuple[str, ...]
    words: tuple[int, ...]

    @classmethod
    def of(cls, transcript: Transcript) -> _Tokens:
        pairs = [(t, i) for i, word in enumerate(transcript.words) for t in tokens_of(word.text)]
        return cls(tuple(t for t, _ in pairs), tuple(i for _, i in pairs))

    def offsets(self, gap: int) -> list[int]:
        """Where each token begins when they are joined with that many signs between them."""
        starts, at = [], 0
        for text in self.texts:
            starts.append(at)
            at += len(text) + gap
        return starts


def align(
    transcript: Transcript, quote: str, avoid: Sequence[Evidence] = ()
) -> tuple[Evidence, ...]:
    """The passages of a quote with ellipses left out, as the answer's own words.

    A "not" right before a passage is part of it. Empty where any passage is not in the answer.
    Where one occurs more than once, the first occurrence outside of `avoid` is taken, or else the
    first.
    """
    tokens = _Tokens.of(transcript)
    found = []
    for piece in _ELLIPSIS.split(_SENTENCE_NUMBER.sub(" ", quote)):
        wanted = tokens_of(piece)
        if not wanted:
            continue
        span = _exact(tokens, wanted, avoid)
        if span is None:
            span = _fuzzy(tokens, wanted)
            if span is None or _from_negation(transcript, span[0]) != span[0]:
                return ()
        found.append(evidence_from(transcript, _from_negation(transcript, span[0]), span[1]))
    return tuple(found)


def overlaps(evidence: Evidence, passages: Sequence[Evidence]) -> bool:
    """True when the evidence shares a word with one of the passages."""
    return any(
        evidence.first_word <= other.last_word and other.first_word <= evidence.last_word
        for other in passages
    )


def _from_negation(transcript: Transcript, first: int) -> int:
    """Where a passage begins once a "not" right before it is counted in."""
    words = transcript.words
    for index in range(first - 1, max(-1, first - 1 - _NEGATION_REACH), -1):
        if words[index].text.endswith(_CLAUSE_ENDS):
            break
        if not NEGATIONS.isdisjoint(tokens_of(words[index].text)):
            return index
    return first


def _exact(
    tokens: _Tokens, wanted: Sequence[str], avoid: Sequence[Evidence]
) -> tuple[int, int] | None:
    """First and last word where these tokens stand, spaces between them not minded."""
    text, needle = "".join(tokens.texts), "".join(wanted)
    starts = tokens.offsets(gap=0)
    ends = [start + len(t) for start, t in zip(starts, tokens.texts, strict=True)]
    first_found = None
    at = text.find(needle)
    while at >= 0:
        first, last = bisect_left(starts, at), bisect_left(ends, at + len(needle))
        if starts[first:] and starts[first] == at and ends[last] == at + len(needle):
            span = tokens.words[first], tokens.words[last]
            if not any(a.first_word <= span[1] and span[0] <= a.last_word for a in avoid):
                return span
            first_found = first_found or span
        at = text.find(needle, at + 1)
    return first_found


def _fuzzy(tokens: _Tokens, wanted: Sequence[str]) -> tuple[int, int] | None:
    """First and last word of the passage that is most like these tokens, if it is like enough."""
    if not _LEAST_FUZZY_TOKENS <= len(wanted) <= _MOST_FUZZY_TOKENS or not tokens.texts:
        return None
    text, needle = " ".join(tokens.texts), " ".join(wanted)
    if len(needle) > len(text) * 1.2:
        return None
    found = partial_ratio_alignment(needle, text, score_cutoff=_ALIKE - 10)
    if found is None:
        return None
    starts = tokens.offsets(gap=1)
    middle = max(0, bisect_right(starts, found.dest_start) - 1)
    end = max(middle, bisect_left(starts, found.dest_end) - 1)
    best, best_score = None, 0.0
    for first in range(max(0, middle - 1), min(middle + 2, len(starts))):
        for last in range(max(first, end - 1), min(end + 3, len(starts))):
            said = tokens.texts[first : last + 1]
            score = ratio(needle, " ".join(said))
            if score >= _ALIKE and score > best_score and _same_meaning(wanted, said):
                best, best_score = (tokens.words[first], tokens.words[last]), score
    return best


def _same_meaning(one: Sequence[str], other: Sequence[str]) -> bool:
    """True when the words that carry meaning are the same, in the same order."""
    left, right = _weighty(one), _weighty(other)
    return len(left) == len(right) and all(map(_same_word, left, right))


def _weighty(tokens: Sequence[str]) -> list[str]:
    """The tokens without light words, and each only once where it was stammered."""
    return [token for token, _ in groupby(t for t in tokens if t not in _LIGHT)]


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    if one in _TURNING or other in _TURNING or not (one.isalpha() and other.isalpha()):
        return False
    if key_of(one) == key_of(other):
        return True
    return one[0] == other[0] and ratio(one, other) >= _SAME_WORD

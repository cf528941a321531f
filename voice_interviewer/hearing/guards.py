"""Tell a decode that went wrong from one that did not: loops, haste, words without a voice."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from voice_interviewer.core.transcript import Span
from voice_interviewer.hearing.pieces import without

W = TypeVar("W", bound=Mapping[str, Any])

SPARE_TOKENS = 24
CAP_TOKENS_PER_S = 10.0
VOICE_MARGIN_S = 0.5

_LOOP_RATIO = 2.4
_PASSED_OVER_S = 1.0
_UNHEARD_S = 1.5
_LONGEST_WORD_S = 1.0
_BETWEEN_WORDS_S = 0.3
_SQUEEZED_S = 0.03
_SQUEEZED_WORDS = 4
_SHORT_S = 0.15
_UNLIKELY = 0.05
_MOST_TOKENS_PER_S = 9.0
_LEAST_SPEECH_S = 1.0
_SILENT_PROBABILITY = 0.6
_UNSURE_LOGPROB = -1.0


def token_cap(audio_s: float) -> int:
    """Most tokens that so many seconds can need; a loop ends there."""
    return SPARE_TOKENS + round(CAP_TOKENS_PER_S * audio_s)


def loops(text: str) -> bool:
    """True for a text that says the same over and over: gzip makes too little of it."""
    data = text.encode()
    return bool(data) and len(data) / len(zlib.compress(data)) > _LOOP_RATIO


def hasty(tokens: int, speech_s: float) -> bool:
    """True for more tokens than anybody could have said in so many seconds of speech."""
    return tokens / max(_LEAST_SPEECH_S, speech_s) > _MOST_TOKENS_PER_S


def silent(no_speech_prob: float, avg_logprob: float) -> bool:
    """True where Whisper itself doubts that there was speech, and what it wrote."""
    return no_speech_prob > _SILENT_PROBABILITY and avg_logprob < _UNSURE_LOGPROB


def voiced(start_s: float, end_s: float, speech: Sequence[Span]) -> bool:
    """True for a word that overlaps a stretch of speech, give or take half a second.

    Where no stretches are known, every word counts as voiced.
    """
    return not speech or any(
        start_s <= last_s + VOICE_MARGIN_S and end_s >= first_s - VOICE_MARGIN_S
        for first_s, last_s in speech
    )


def passed_over(covered: Sequence[Span], speech: Sequence[Span]) -> bool:
    """True when the decoder left out more than a second of speech in one stretch.

    Whisper may end after a sentence although more is said; `covered` are the stretches between its
    own timestamps.
    """
    return any(last - first > _PASSED_OVER_S for first, last in without(speech, covered))


def unheard(words: Sequence[Mapping[str, Any]], speech: Sequence[Span]) -> tuple[Span, ...]:
    """Stretches of speech of more than a second and a half that no word ({start, end}) lies in.

    A word counts for its first second at most: beside a sentence that was left out, words are
    often said to last through it.
    """
    covered = [
        (
            word["start"] - _BETWEEN_WORDS_S,
            min(word["end"], word["start"] + _LONGEST_WORD_S) + _BETWEEN_WORDS_S,
        )
        for word in words
    ]
    return tuple(
        (first, last) for first, last in without(speech, covered) if last - first > _UNHEARD_S
    )


def squeezed(times: Sequence[Span]) -> bool:
    """True when four words in a row take no time at all: the decoder went on after the sound."""
    run = 0
    for start_s, end_s in times:
        run = run + 1 if end_s - start_s < _SQUEEZED_S else 0
        if run >= _SQUEEZED_WORDS:
            return True
    return False


def without_squeezed_tail(words: Sequence[W]) -> Sequence[W]:
    """Words ({start, end, probability}) less those at the end that took no time.

    After its last word a small model may go on with what it has read before; such words are put
    into the last hundredths of a second, and most of them are unlikely ones.
    """
    end = len(words)
    while end and _squeezed_in(words[end - 1]):
        end -= 1
    tail = words[end:]
    unlikely = any(word["probability"] < _UNLIKELY for word in tail)
    return words[:end] if unlikely or len(tail) >= _SQUEEZED_WORDS else words


def _squeezed_in(word: Mapping[str, Any]) -> bool:
    lasts_s = word["end"] - word["start"]
    return bool(lasts_s < _SQUEEZED_S or (lasts_s < _SHORT_S and word["probability"] < _UNLIKELY))


def snapped(start_s: float, end_s: float, speech: Sequence[Span]) -> tuple[float, float]:
    """The word's times without the silence before or after the stretch of speech it belongs to.

    Attention-based times stretch the first word after a pause back into the pause, and the last
    one before it forward.
    """
    inside = [(first, last) for first, last in speech if start_s < last and end_s > first]
    if not inside:
        return start_s, end_s
    first, last = max(inside, key=lambda span: min(end_s, span[1]) - max(start_s, span[0]))
    return max(start_s, first), min(end_s, last)

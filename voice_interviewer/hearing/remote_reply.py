"""What a transcription server sent, read with suspicion: any JSON at all may come."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

Detail = Literal["words", "segments", "text"]

_JOINERS = "\u200c\u200d"
_SPACED_SHARE = 0.5


@dataclass(frozen=True)
class SaidWord:
    """A word with the server's times in seconds; probability None where the server gives none."""

    text: str
    start_s: float
    end_s: float
    probability: float | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch of text with the server's own measures; None where it gives none.

    `words` is empty where the server has no times for each of them.
    """

    text: str
    start_s: float | None = None
    end_s: float | None = None
    words: tuple[SaidWord, ...] = ()
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    compression_ratio: float | None = None

    @property
    def probability(self) -> float | None:
        """The mean probability of its tokens, in [0, 1]."""
        return None if self.avg_logprob is None else math.exp(min(0.0, self.avg_logprob))


@dataclass(frozen=True)
class Reply:
    """A transcription. `detail` is the most that this server seems able to give."""

    text: str
    words: tuple[SaidWord, ...] = ()
    segments: tuple[Segment, ...] = ()
    language: str | None = None
    detail: Detail = "text"


def read_reply(data: Any) -> Reply:
    """A reply from its JSON. Raises ValueError where it is no transcription."""
    if not isinstance(data, dict):
        raise ValueError("no object")
    listed, parts = data.get("words"), data.get("segments")
    segments = [_segment(part) for part in parts] if isinstance(parts, list) else []
    if not (isinstance(data.get("text"), str) or isinstance(listed, list) or segments):
        raise ValueError("no text")
    words = _words(listed)
    timed = any(segment.words for segment in segments)
    detail: Detail = "segments" if segments else "text"
    return Reply(
        text=clean(data.get("text")) or _text_of(words),
        words=words,
        segments=tuple(segments),
        language=clean(data.get("language"))[:20].lower() or None,
        detail="words" if timed or isinstance(listed, list) else detail,
    )


def clean(text: Any) -> str:
    """A text on one line, without control characters, half characters and direction marks."""
    if not isinstance(text, str):
        return ""
    return " ".join(
        "".join(
            sign
            for sign in (" " if sign.isspace() else sign for sign in text)
            if unicodedata.category(sign)[0] != "C" or sign in _JOINERS
        ).split()
    )


def _segment(data: Any) -> Segment:
    if not isinstance(data, dict):
        return Segment("")
    start_s, end_s = _number(data.get("start")), _number(data.get("end"))
    timed = start_s is not None and end_s is not None
    words = _words(data.get("words"))
    return Segment(
        text=clean(data.get("text")) or _text_of(words),
        start_s=start_s if timed else None,
        end_s=end_s if timed else None,
        words=words,
        avg_logprob=_number(data.get("avg_logprob")),
        no_speech_prob=_number(data.get("no_speech_prob")),
        compression_ratio=_number(data.get("compression_ratio")),
    )


def _text_of(words: tuple[SaidWord, ...]) -> str:
    return " ".join(word.text for word in words if word.text)


def _words(listed: Any) -> tuple[SaidWord, ...]:
    """The words of a list; none where a single one lacks its times.

    Where words begin with a space, what does not is the rest of a word: some servers list tokens.
    """
    if not isinstance(listed, list):
        return ()
    texts: list[str] = []
    words: list[SaidWord] = []
    for item in listed:
        word = _word(item)
        if word is None:
            return ()
        words.append(word)
        texts.append(str(item.get("word", item.get("text"))))
    spaced = sum(text[:1].isspace() for text in texts) > _SPACED_SHARE * len(texts)
    joined: list[SaidWord] = []
    for text, word in zip(texts, words, strict=True):
        if spaced and joined and not text[:1].isspace():
            joined[-1] = _joined(joined[-1], word)
        else:
            joined.append(word)
    return tuple(joined)


def _joined(one: SaidWord, rest: SaidWord) -> SaidWord:
    known = [p for p in (one.probability, rest.probability) if p is not None]
    end_s = max(one.end_s, rest.end_s)
    return SaidWord(one.text + rest.text, one.start_s, end_s, min(known, default=None))


def _word(data: Any) -> SaidWord | None:
    if not isinstance(data, dict):
        return None
    start_s, end_s = _number(data.get("start")), _number(data.get("end"))
    if start_s is None or end_s is None:
        return None
    probability = _number(data.get("probability"))
    if probability is not None:
        probability = min(1.0, max(0.0, probability))
    return SaidWord(clean(data.get("word", data.get("text"))), start_s, end_s, probability)


def _number(value: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None

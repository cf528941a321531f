"""One decode with faster-whisper, guarded against loops and invented words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voice_interviewer.audio.sound import HEARING_RATE_HZ

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

_LOOP_RATIO = 2.4
_SILENT_PROBABILITY = 0.6
_UNSURE_LOGPROB = -1.0
_SPARE_TOKENS = 32
_TOKENS_PER_S = 12
_MOST_TOKENS = 200
_SAYS_SOMETHING = re.compile(r"[\w%$€£+]")


@dataclass(frozen=True)
class Heard:
    """What one decode gave. Each word is {text, start_s, end_s, probability}."""

    words: list[dict[str, Any]]
    language: str


def decode(model: Any, samples: Samples, options: Mapping[str, Any]) -> Heard:
    """The words in samples at 16 kHz.

    Temperature 0 only, no text carried from window to window: both cause loops and late answers.
    A decode that loops is made again with repetition forbidden; what still loops is left out.

    Args:
        model: a `faster_whisper.WhisperModel`.
        options: beam_size, language, initial_prompt and hotwords.
    """
    segments, language = _run(model, samples, options)
    if any(loops(segment) for segment in segments):
        segments, language = _run(model, samples, options, no_repeat_ngram_size=4)
    duration_s = len(samples) / HEARING_RATE_HZ
    return Heard(_words(segments, duration_s), language)


def loops(segment: Any) -> bool:
    """True for a segment that says the same over and over."""
    return bool(segment.compression_ratio > _LOOP_RATIO)


def invented(segment: Any) -> bool:
    """True for a segment that has no speech behind it, or only repeats itself."""
    silent = segment.no_speech_prob > _SILENT_PROBABILITY and segment.avg_logprob < _UNSURE_LOGPROB
    return silent or loops(segment)


def _run(
    model: Any, samples: Samples, options: Mapping[str, Any], **more: Any
) -> tuple[list[Any], str]:
    segments, info = model.transcribe(
        samples,
        language=options["language"],
        beam_size=options["beam_size"],
        initial_prompt=options["initial_prompt"],
        hotwords=options["hotwords"],
        temperature=0.0,
        condition_on_previous_text=False,
        word_timestamps=True,
        vad_filter=False,
        max_new_tokens=_token_cap(len(samples) / HEARING_RATE_HZ, options),
        **more,
    )
    return list(segments), str(info.language)


def _token_cap(duration_s: float, options: Mapping[str, Any]) -> int | None:
    """Most tokens that so much speech can need, so that a loop ends early.

    None where Whisper's own limit is lower, or where a prompt takes an unknown part of it.
    """
    cap = _SPARE_TOKENS + round(_TOKENS_PER_S * duration_s)
    prompted = options["initial_prompt"] or options["hotwords"]
    return None if prompted or cap > _MOST_TOKENS else cap


def _words(segments: Iterable[Any], duration_s: float) -> list[dict[str, Any]]:
    return [
        {
            "text": word.word.strip(),
            "start_s": round(min(max(0.0, word.start), duration_s), 3),
            "end_s": round(min(max(0.0, word.start, word.end), duration_s), 3),
            "probability": round(min(1.0, max(0.0, word.probability)), 4),
        }
        for segment in segments
        if not invented(segment)
        for word in segment.words or ()
        if _SAYS_SOMETHING.search(word.word)
    ]

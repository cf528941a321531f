"""Sound to words with faster-whisper: quick in a short window, thorough in the full one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.core.transcript import Span
from voice_interviewer.hearing import guards
from voice_interviewer.hearing.short_window import LONGEST_S, decode_short

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

_MOST_TOKENS = 200
_LEAST_S = 0.05
_AROUND_S = 0.2
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
_SAYS_SOMETHING = re.compile(r"[\w%$€£+]")


@dataclass(frozen=True)
class Heard:
    """What one decode gave. Each word is {text, start_s, end_s, probability}.

    `window` tells how: `short`, `full`, or `repaired` where a guard tripped in the short one.
    """

    words: list[dict[str, Any]]
    language: str
    window: str


def decode(
    model: Any,
    samples: Samples,
    options: Mapping[str, Any],
    *,
    terms: Sequence[str] = (),
    speech: Sequence[Span] = (),
    thorough: bool = False,
) -> Heard:
    """The words in samples at 16 kHz.

    Temperature 0 only, no text carried from window to window: both cause loops and late answers.
    What is doubtful in the short window is decoded again in the full one. That Whisper hears nobody
    there is no doubt: in the full window it makes words of noise more often.

    Args:
        model: a `faster_whisper.WhisperModel`.
        options: beam_size, thorough_beam_size, language, initial_prompt and hotwords.
        terms: more hotwords, for the short window only: in the full one small models begin to say
            them at the end of what they heard.
        speech: where somebody spoke, in seconds; words elsewhere are left out.
        thorough: use the full window from the beginning, and the wider beam.
    """
    audio_s = len(samples) / HEARING_RATE_HZ
    if audio_s < _LEAST_S:
        return Heard([], options["language"] or "en", "short")
    window = "full"
    if not thorough and audio_s <= LONGEST_S:
        hotwords = ", ".join(filter(None, (options["hotwords"], *terms))) or None
        short = decode_short(model, samples, {**options, "hotwords": hotwords}, speech)
        if not short.doubtful:
            words = [] if short.silent else short.words
            return Heard(_words(words, short.language, audio_s, speech), short.language, "short")
        window = "repaired"
    beam_size = options["thorough_beam_size" if thorough else "beam_size"]
    segments, language = _full(model, samples, {**options, "beam_size": beam_size})
    said = [
        {
            "word": word.word,
            "start": word.start,
            "end": word.end,
            "probability": word.probability,
        }
        for segment in segments
        if not _invented(segment)
        for word in segment.words or ()
    ]
    said = _with_unheard(model, samples, {**options, "language": language}, said, speech)
    return Heard(_words(said, language, audio_s, speech), language, window)


def _with_unheard(
    model: Any,
    samples: Samples,
    options: Mapping[str, Any],
    said: list[dict[str, Any]],
    speech: Sequence[Span],
) -> list[dict[str, Any]]:
    """The words of a full window, and those of the sentences that it passed over.

    A decoder may go from one sentence to the next but one; what lies between is decoded alone.
    """
    for from_s, to_s in guards.unheard(said, speech):
        first_s, last_s = max(0.0, from_s - _AROUND_S), to_s + _AROUND_S
        if last_s - first_s > LONGEST_S:
            continue
        alone = samples[round(first_s * HEARING_RATE_HZ) : round(last_s * HEARING_RATE_HZ)]
        found = decode_short(model, alone, options, [(from_s - first_s, to_s - first_s)])
        if not found.doubtful and not found.silent:
            moved = [
                {**word, "start": word["start"] + first_s, "end": word["end"] + first_s}
                for word in found.words
            ]
            said = [
                *(word for word in said if word["start"] < from_s),
                *moved,
                *(word for word in said if word["start"] >= from_s),
            ]
    return said


def _full(model: Any, samples: Samples, options: Mapping[str, Any]) -> tuple[list[Any], str]:
    """Decode in 30 s windows; what loops is decoded again with repetition forbidden."""
    segments, language = _run(model, samples, options)
    if any(guards.loops(segment.text) for segment in segments):
        segments, language = _run(model, samples, options, no_repeat_ngram_size=4)
    return segments, language


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


def _token_cap(audio_s: float, options: Mapping[str, Any]) -> int | None:
    """Most new tokens; None where Whisper's own limit is lower, or a prompt takes part of it."""
    cap = guards.token_cap(audio_s)
    prompted = options["initial_prompt"] or options["hotwords"]
    return None if prompted or cap > _MOST_TOKENS else cap


def _invented(segment: Any) -> bool:
    """True for a segment that has no speech behind it, or only repeats itself."""
    return guards.silent(segment.no_speech_prob, segment.avg_logprob) or guards.loops(segment.text)


def _words(
    words: Iterable[Mapping[str, Any]], language: str, audio_s: float, speech: Sequence[Span]
) -> list[dict[str, Any]]:
    whole = words if language in _UNSPACED else _glued(words)
    return [
        _word(word, audio_s, speech)
        for word in guards.without_squeezed_tail(list(whole))
        if _SAYS_SOMETHING.search(word["word"])
        and guards.voiced(word["start"], word["end"], speech)
    ]


def _glued(words: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Pieces without a space before them belong to the word before: " fine", "-tune"."""
    whole: list[dict[str, Any]] = []
    for word in words:
        if whole and not word["word"].startswith(" "):
            last = whole[-1]
            last["word"] += word["word"]
            last["end"] = word["end"]
            last["probability"] = min(last["probability"], word["probability"])
        else:
            whole.append(dict(word))
    return whole


def _word(word: Mapping[str, Any], audio_s: float, speech: Sequence[Span]) -> dict[str, Any]:
    start_s, end_s = guards.snapped(float(word["start"]), float(word["end"]), speech)
    start_s = min(max(0.0, start_s), audio_s)
    return {
        "text": word["word"].strip(),
        "start_s": round(start_s, 3),
        "end_s": round(min(max(start_s, end_s), audio_s), 3),
        "probability": round(min(1.0, max(0.0, float(word["probability"]))), 4),
    }

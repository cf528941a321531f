"""One decode in an encoder window that fits the sound, instead of Whisper's padded 30 s.

The encoder's cost grows with its window, and CTranslate2 takes any length up to 30 s. Windows that
end too close after the speech make the decoder loop, so some silence stays, and `guards` watches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.core.transcript import Span
from voice_interviewer.hearing import guards

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

LEAST_WINDOW_S = 10.0
SPARE_S = 2.0
LONGEST_S = 28.0

_FRAMES_PER_S = 100
_MOST_TOKENS = 448
_LATEST_START = 50
_TIMESTAMP_S = 0.02
_PREPENDED = "\"'“¿([{-"
_APPENDED = "\"'.。,，!！?？:：”)]}、"


@dataclass(frozen=True)
class Decoded:
    """Words as {word, start, end, probability}, seconds from the start of the sound."""

    words: list[dict[str, Any]]
    language: str
    silent: bool
    doubtful: bool


def decode_short(
    model: Any, samples: Samples, options: Mapping[str, Any], speech: Sequence[Span]
) -> Decoded:
    """Decode up to 28 s at 16 kHz. `doubtful` when a guard tripped: decode in the full window then.

    Args:
        model: a `faster_whisper.WhisperModel`.
        options: beam_size, language, initial_prompt and hotwords.
        speech: where somebody spoke; empty where that is not known.
    """
    audio_s = len(samples) / HEARING_RATE_HZ
    encoded, frames = _encode(model, samples, audio_s)
    tokenizer = _tokenizer(model, _language(model, encoded, options["language"]))
    result, cap = _generate(model, encoded, tokenizer, audio_s, options)
    tokens = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
    text = tokenizer.decode(tokens)
    speech_s = sum(last - first for first, last in speech) or audio_s
    words = _align(model, encoded, tokenizer, tokens, frames)
    return Decoded(
        words=words,
        language=tokenizer.language_code,
        silent=guards.silent(result.no_speech_prob, result.scores[0]),
        doubtful=len(result.sequences_ids[0]) >= cap
        or guards.loops(text)
        or guards.hasty(len(tokens), speech_s)
        or guards.passed_over(_covered(result.sequences_ids[0], tokenizer, audio_s), speech)
        or guards.squeezed([(word["start"], word["end"]) for word in words])
        or not all(guards.voiced(word["start"], word["end"], speech) for word in words),
    )


def _encode(model: Any, samples: Samples, audio_s: float) -> tuple[Any, int]:
    """The encoder's output, and how many of its frames (10 ms) are sound rather than padding."""
    window = round(max(LEAST_WINDOW_S, audio_s + SPARE_S) * _FRAMES_PER_S)
    features = model.feature_extractor(samples)[:, :window]
    frames = min(features.shape[1], round(audio_s * _FRAMES_PER_S))
    padded = np.pad(features, ((0, 0), (0, window - features.shape[1])))
    return model.encode(padded), frames


def _language(model: Any, encoded: Any, wanted: str | None) -> str:
    if wanted is not None or not model.model.is_multilingual:
        return wanted or "en"
    token: str = model.model.detect_language(encoded)[0][0][0]
    return token[2:-2]


def _tokenizer(model: Any, language: str) -> Any:
    from faster_whisper.tokenizer import Tokenizer

    return Tokenizer(
        model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
    )


def _generate(
    model: Any, encoded: Any, tokenizer: Any, audio_s: float, options: Mapping[str, Any]
) -> tuple[Any, int]:
    """The decoder's best sequence, and the most tokens it was allowed.

    Timestamp tokens stay on although nobody reads them: without them tiny models stop at the first
    sentence end.
    """
    from faster_whisper.transcribe import get_suppressed_tokens

    previous = options["initial_prompt"]
    prompt = model.get_prompt(
        tokenizer,
        tokenizer.encode(" " + previous.strip()) if previous else [],
        hotwords=options["hotwords"],
    )
    cap = min(_MOST_TOKENS - len(prompt), guards.token_cap(audio_s))
    (result,) = model.model.generate(
        encoded,
        [prompt],
        beam_size=options["beam_size"],
        max_length=len(prompt) + cap,
        return_scores=True,
        return_no_speech_prob=True,
        suppress_blank=True,
        suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
        max_initial_timestamp_index=_LATEST_START,
    )
    return result, cap


def _covered(sequence: Sequence[int], tokenizer: Any, audio_s: float) -> list[Span]:
    """The stretches that the decoder's timestamps say it has decoded, in seconds."""
    covered: list[Span] = []
    from_s = 0.0
    said = False
    for token in sequence:
        if token < tokenizer.eot:
            said = True
        elif token >= tokenizer.timestamp_begin:
            at_s = (token - tokenizer.timestamp_begin) * _TIMESTAMP_S
            if said:
                covered.append((from_s, at_s))
            from_s, said = at_s, False
    if said:
        covered.append((from_s, audio_s))
    return covered


def _align(
    model: Any, encoded: Any, tokenizer: Any, tokens: list[int], frames: int
) -> list[dict[str, Any]]:
    """Words with times and probabilities, from the decoder's attention (dynamic time warping)."""
    from faster_whisper.transcribe import merge_punctuations

    if not tokens or not frames:
        return []
    (alignment,) = model.find_alignment(tokenizer, [tokens], encoded, frames)
    merge_punctuations(alignment, _PREPENDED, _APPENDED)
    return [word for word in alignment if word["word"]]

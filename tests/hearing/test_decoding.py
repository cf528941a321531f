"""Every guard, tripped by a decoder that says what it is told to: the full window decides then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voice_interviewer.core.transcript import Span
from voice_interviewer.hearing import guards
from voice_interviewer.hearing.decoding import decode
from voice_interviewer.hearing.frames import Frame
from voice_interviewer.hearing.guards import token_cap
from voice_interviewer.hearing.whisper_worker import _answer

RATE_HZ = 16_000
SOUND_S = 4.0
SPEECH = ((0.5, 3.5),)
OPTIONS = {
    "language": "en",
    "beam_size": 1,
    "thorough_beam_size": 5,
    "initial_prompt": None,
    "hotwords": None,
}
EOT = 1_000
TIME = EOT + 10  # the first timestamp token; 20 ms each


class Letters:
    """A vocabulary in which a token below `EOT` is the word `w<token>`."""

    specials = (
        "<|endoftext|>",
        "<|startoftranscript|>",
        "<|transcribe|>",
        "<|translate|>",
        "<|startofprev|>",
        "<|startoflm|>",
        "<|nospeech|>",
    )

    def token_to_id(self, name: str) -> int:
        return TIME - 1 if name == "<|notimestamps|>" else EOT + self.specials.index(name)

    def encode(self, text: str, add_special_tokens: bool = True) -> SimpleNamespace:
        return SimpleNamespace(ids=[0 for _ in text.split()] or [0])

    def decode(self, tokens: Sequence[int]) -> str:
        return " ".join(f"w{token}" for token in tokens)


def at(seconds: float) -> int:
    """The timestamp token of this time."""
    return TIME + round(seconds / 0.02)


def segment(text: str, no_speech_prob: float = 0.1, avg_logprob: float = -0.2) -> SimpleNamespace:
    """A segment of the full window, its words evenly over the speech."""
    said = text.split()
    each_s = 3.0 / len(said)
    words = [
        SimpleNamespace(
            word=f" {word}",
            start=0.5 + index * each_s,
            end=0.5 + (index + 1) * each_s,
            probability=0.9,
        )
        for index, word in enumerate(said)
    ]
    return SimpleNamespace(
        text=f" {text}", words=words, no_speech_prob=no_speech_prob, avg_logprob=avg_logprob
    )


@dataclass
class Model:
    """As much of a `WhisperModel` as is used.

    Args:
        tokens: what the short window gives; from `said_s` on its words are `word_s` long.
        full: what the full window gives.
        full_again: what it gives where it may not repeat itself.
    """

    tokens: tuple[int, ...] = (TIME, 1, 2, 3, at(SOUND_S))
    said_s: float = 0.5
    word_s: float = 0.4
    no_speech_prob: float = 0.1
    score: float = -0.2
    full: tuple[SimpleNamespace, ...] = (segment("as the full window has it"),)
    full_again: tuple[SimpleNamespace, ...] = ()
    asked: list[str] = field(default_factory=list)
    hf_tokenizer: Letters = field(default_factory=Letters)
    is_multilingual: bool = False

    @property
    def model(self) -> Model:
        return self

    def feature_extractor(self, samples: np.ndarray) -> np.ndarray:
        return np.zeros((80, len(samples) // 160), dtype=np.float32)

    def encode(self, features: np.ndarray) -> np.ndarray:
        return features

    def get_prompt(self, *_how: object, **_more: object) -> list[int]:
        return [EOT + 1]

    def generate(self, *_how: object, **_more: object) -> list[SimpleNamespace]:
        self.asked.append("short")
        return [
            SimpleNamespace(
                sequences_ids=[list(self.tokens)],
                scores=[self.score],
                no_speech_prob=self.no_speech_prob,
            )
        ]

    def find_alignment(
        self, _tokenizer: object, tokens: list[list[int]], *_how: object
    ) -> list[list[dict[str, Any]]]:
        return [
            [
                {
                    "word": f" w{token}",
                    "tokens": [token],
                    "start": self.said_s + index * self.word_s,
                    "end": self.said_s + (index + 1) * self.word_s,
                    "probability": 0.9,
                }
                for index, token in enumerate(tokens[0])
            ]
        ]

    def transcribe(
        self, _samples: np.ndarray, **how: object
    ) -> tuple[tuple[SimpleNamespace, ...], SimpleNamespace]:
        again = "no_repeat_ngram_size" in how
        self.asked.append("full, no repeating" if again else f"full, beam {how['beam_size']}")
        return self.full_again if again else self.full, SimpleNamespace(language="en")


def heard_by(
    model: Model, speech: Sequence[Span] = SPEECH, sound_s: float = SOUND_S, **how: bool
) -> tuple[str, str]:
    """(words, window) of a sound."""
    samples = np.zeros(round(sound_s * RATE_HZ), dtype=np.float32)
    heard = decode(model, samples, OPTIONS, speech=speech, **how)
    return " ".join(word["text"] for word in heard.words), heard.window


def test_a_decode_without_doubt_needs_no_full_window() -> None:
    model = Model()
    assert heard_by(model) == ("w1 w2 w3", "short")
    assert model.asked == ["short"]


def without(guard: str, patch: pytest.MonkeyPatch) -> None:
    """Switch one guard off."""
    off = {"token_cap": 1_000, "voiced": True}
    patch.setattr(guards, guard, lambda *_given: off.get(guard, False))


LAST = at(SOUND_S)
DOUBTFUL = Model((TIME, *[1, 2, 3, 4] * 6, LAST), word_s=0.12)


@pytest.mark.parametrize(
    ("guard", "model"),
    [
        ("token_cap", Model((TIME, *range(1, 21), *[LAST] * token_cap(SOUND_S)), word_s=0.15)),
        ("loops", DOUBTFUL),
        ("hasty", Model((TIME, *range(100, 130), LAST), word_s=0.1)),
        ("passed_over", Model((TIME, 1, 2, 3, at(2.0)))),
        ("squeezed", Model((TIME, 1, 2, 3, 4, LAST), word_s=0.01)),
        ("voiced", Model(said_s=3.0, word_s=1.1)),
    ],
)
def test_a_guard_that_trips_has_it_decoded_again_in_the_full_window(
    guard: str, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert heard_by(model) == ("as the full window has it", "repaired")
    assert model.asked == ["short", "full, beam 1"]
    without(guard, monkeypatch)
    assert heard_by(model)[1] == "short", "there is another reason for doubt"


def test_where_whisper_hears_nobody_the_full_window_is_not_asked() -> None:
    """That is no doubt but an answer; of such sound the full window makes "You" and "Thank you"."""
    model = Model(no_speech_prob=0.9, score=-1.5)
    assert heard_by(model) == ("", "short")
    assert model.asked == ["short"]


def test_the_full_window_leaves_out_what_nobody_said() -> None:
    invented = segment("thank you", no_speech_prob=0.9, avg_logprob=-1.5)
    model = replace(DOUBTFUL, full=(segment("this was said"), invented))
    assert heard_by(model) == ("this was said", "repaired")


def test_a_loop_in_the_full_window_is_decoded_again_without_repeating() -> None:
    loop = segment("and so on " * 12)
    model = Model(full=(loop,), full_again=(segment("once and no more"),))
    assert heard_by(model, thorough=True) == ("once and no more", "full")
    assert model.asked == ["full, beam 5", "full, no repeating"]
    model = Model(full=(loop,), full_again=(loop,))
    assert heard_by(model, thorough=True) == ("w1 w2 w3", "full")  # from the short window


def test_what_is_too_long_for_the_short_window_goes_into_full_ones_at_once() -> None:
    model = Model()
    assert heard_by(model, sound_s=29.0) == ("as the full window has it", "full")
    assert model.asked == ["full, beam 1"]


def test_the_process_tells_that_a_decode_was_repaired() -> None:
    asked = {"type": "transcribe", "options": OPTIONS, "terms": (), "speech": SPEECH}
    body = bytes(2 * round(SOUND_S * RATE_HZ))
    for model, window in ((Model(), "short"), (DOUBTFUL, "repaired")):
        answer = _answer(model, Frame({**asked, "thorough": False}, body))
        assert answer.header["window"] == window

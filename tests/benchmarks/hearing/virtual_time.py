"""Answers heard as in an interview, but in virtual time, and rooms in which nobody speaks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from voice_interviewer.hearing.buffer import WorkingAudio
from voice_interviewer.hearing.engine import Transcriber
from voice_interviewer.hearing.live_text import LiveText
from voice_interviewer.hearing.speech import SpeechFollower
from voice_interviewer.hearing.timeline import SpeechTimeline
from voice_interviewer.hearing.vad import Vad
from voice_interviewer.hearing.whole import WholeRecording

Samples = NDArray[np.float32]

RATE_HZ = 16_000
BLOCK = 512
NOISE_S = 50.0


def live(transcriber: Transcriber, samples: Samples) -> str:
    """The final transcript of an answer, as an interview would have it."""
    sound, timeline = WorkingAudio(), SpeechTimeline()
    follower = SpeechFollower(Vad(), timeline)
    text = LiveText(transcriber, sound, timeline)
    for start in range(0, len(samples), BLOCK):
        block = samples[start : start + BLOCK]
        sound.append(block)
        follower.feed(block)
        text.follow()
        text.settle()
    follower.finish()
    return " ".join(word.text for word in text.final())


def saved(transcriber: Transcriber, samples: Samples) -> str:
    """The second pass over the same answer."""
    transcript = WholeRecording(transcriber, Vad()).transcript(samples)
    return transcript.text if transcript is not None else ""


def noises(seconds: float = NOISE_S, seed: int = 6) -> Iterator[tuple[str, Samples]]:
    """Sounds of a room in which nobody says anything, as many seconds of each."""
    chance = np.random.default_rng(seed)
    count = round(seconds * RATE_HZ)
    time_s = np.arange(count) / RATE_HZ
    white = chance.standard_normal(count)
    yield "silence", np.zeros(count, dtype=np.float32)
    yield "room noise", (0.003 * white).astype(np.float32)
    yield (
        "fan and mains hum",
        _soft(0.05 * np.sin(2 * np.pi * 100 * time_s) + 0.02 * np.cumsum(white) / np.sqrt(count)),
    )
    breath = np.convolve(white, np.ones(6) / 6, "same") * np.maximum(0, np.sin(time_s * 1.6)) ** 4
    yield "breathing", _soft(0.15 * breath)
    typing = np.zeros(count)
    for at in chance.integers(0, count - 800, round(seconds * 6)):
        typing[at : at + 800] += chance.standard_normal(800) * np.exp(-np.arange(800) / 90) * 0.3
    yield "typing", _soft(typing)
    yield "music", _soft(_music(chance, time_s))


def _music(chance: np.random.Generator, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chords of four voices with overtones, a new one every half second, and a beat."""
    sound = np.zeros(len(time_s))
    step = RATE_HZ // 2
    for start in range(0, len(time_s) - step, step):
        here = time_s[:step]
        fade = np.exp(-here * 2.5)
        for note in chance.choice([0, 2, 4, 5, 7, 9, 11, 12, 16], 4, replace=False):
            pitch = 220 * 2 ** (note / 12)
            for overtone in (1, 2, 3, 4):
                wave = np.sin(2 * np.pi * pitch * overtone * here)
                sound[start : start + step] += 0.06 / overtone * fade * wave
        sound[start : start + 800] += 0.1 * chance.standard_normal(800)
    return sound


def _soft(sound: NDArray[np.float64]) -> Samples:
    return np.clip(sound, -1.0, 1.0).astype(np.float32)

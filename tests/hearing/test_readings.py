"""What is shown while somebody answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_interviewer.core.ports import Level, Patience, Signal
from voice_interviewer.hearing.readings import Readings, SignalWatch

BLOCK = 320
RATE_HZ = 16_000


def test_a_level_sixteen_times_a_second() -> None:
    sent: list[Signal] = []
    readings = Readings(sent.append, 8.0)
    for _ in range(500):  # 10 s
        readings.feed(np.full(BLOCK, 0.1, dtype=np.float32), 0.0)
    assert 150 <= len(sent) <= 175
    assert all(isinstance(s, Level) and s.dbfs == pytest.approx(-20.0, abs=0.01) for s in sent)


def test_patience_begins_when_it_is_due_and_again_after_each_silence() -> None:
    sent: list[Signal] = []
    readings = Readings(sent.append, 8.0)
    for silence_s in [*np.arange(0, 11, 0.02), 0.0, *np.arange(0, 9, 0.02)]:
        readings.feed(np.zeros(BLOCK, dtype=np.float32), float(silence_s))
    told = [s.silence_s for s in sent if isinstance(s, Patience)]
    assert told == [8.0, 9.0, 10.0, 8.0]


class Told:
    """What a watch says about pieces of sound that follow each other, and at which second."""

    def __init__(self) -> None:
        self.watch = SignalWatch("Headset")
        self.said: list[tuple[float, str, str]] = []
        self.now_s = 0.0

    def hear(self, sound: np.ndarray, block: int = BLOCK) -> None:
        for start in range(0, len(sound), block):
            piece = sound[start : start + block].astype(np.float32)
            told = self.watch.feed(piece)
            self.now_s += len(piece) / RATE_HZ
            self.said += [(self.now_s, *each) for each in told]

    def hear_level(self, level: float, seconds: float) -> None:
        noise = np.random.default_rng(3).uniform(-1.0, 1.0, round(seconds * RATE_HZ))
        self.hear(level * noise)


@pytest.mark.parametrize("block", [0.02, 0.1, 1.7], ids=["blocks", "frames", "late"])
@pytest.mark.parametrize(("level", "muted"), [(0.0, True), (0.00005, True), (0.001, False)])
def test_no_signal_is_told_within_two_seconds(level: float, muted: bool, block: float) -> None:
    told = Told()
    told.hear(np.full(2 * RATE_HZ, level), round(block * RATE_HZ))
    if not muted:
        assert told.said == []
        return
    ((when_s, message, hint),) = told.said
    assert when_s <= 2.0
    assert message == "No signal from Headset."
    assert "muted" in hint


def test_a_signal_that_goes_in_mid_answer_is_told_once_each_time_but_not_for_ever() -> None:
    told = Told()
    gone_s = []
    for _ in range(5):
        told.hear_level(0.1, 5.0)
        gone_s.append(told.now_s)
        told.hear_level(0.0, 20.0)
    late_s = [when_s - gone for (when_s, *_), gone in zip(told.said, gone_s[:3], strict=True)]
    assert max(late_s) < 2.0


def test_a_signal_that_only_flickers_is_told_once() -> None:
    told = Told()
    for _ in range(4):
        told.hear_level(0.0, 3.0)
        told.hear_level(0.1, 0.2)
    assert len(told.said) == 1


def test_a_pause_of_a_second_is_no_missing_signal() -> None:
    told = Told()
    for _ in range(20):
        told.hear_level(0.1, 1.0)
        told.hear_level(0.0, 1.3)
    assert told.said == []


def cut_off(seconds: float, gain: float) -> np.ndarray:
    """A voice-like sound that a converter cut off at full scale."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    loudness = 0.5 + 0.5 * np.sin(2 * np.pi * 3 * times)
    tones = sum(np.sin(2 * np.pi * 130 * n * times) / n for n in range(1, 9))
    return np.clip(gain * loudness * np.asarray(tones) / 3, -1.0, 1.0)


def test_clipping_is_told_within_two_seconds_and_once_a_minute() -> None:
    told = Told()
    told.hear(cut_off(10.0, 0.9))
    assert told.said == []
    began_s = told.now_s
    told.hear(cut_off(90.0, 6.0))
    first, second = told.said
    assert first[0] - began_s < 2.0
    assert first[1:] == (
        "Headset is too loud: the sound is cut off.",
        "Turn the input level down a little, or move back from the microphone.",
    )
    assert 60.0 <= second[0] - first[0] < 62.0


def test_clipping_shows_through_a_resampler() -> None:
    import soxr

    told = Told()
    device = np.clip(soxr.resample(2.5 * cut_off(2.0, 0.9), RATE_HZ, 48_000), -1.0, 1.0)
    told.hear(soxr.resample(device, 48_000, RATE_HZ))
    assert len(told.said) == 1


def test_single_peaks_and_clicks_are_no_clipping(speech: Path) -> None:
    from voice_interviewer.audio.sound import read_sound

    voice = read_sound(speech / "jfk.flac").at(RATE_HZ).samples
    told = Told()
    told.hear(voice / np.abs(voice).max())
    clicks = np.zeros(5 * RATE_HZ) + 0.01
    clicks[::90] = 1.0
    told.hear(clicks)
    assert told.said == []

"""Every voice is heard at one level."""

from __future__ import annotations

import numpy as np
import pytest
from speaking_fakes import tone

from voice_interviewer.audio.sound import Sound, level_dbfs
from voice_interviewer.speaking.loudness import (
    TARGET_DBFS,
    at_volume,
    is_silent,
    levelled,
    speech_level_dbfs,
)


@pytest.mark.parametrize("amplitude", [0.002, 0.05, 0.9])
def test_quiet_and_loud_sounds_come_to_the_same_level(amplitude: float) -> None:
    assert level_dbfs(levelled(tone(1.0, amplitude=amplitude)).samples) == pytest.approx(
        TARGET_DBFS, abs=0.1
    )


def test_pauses_do_not_count_as_quiet_speech() -> None:
    loud = tone(1.0)
    pauses = np.zeros(5 * loud.rate_hz, dtype=np.float32)
    with_pauses = Sound(np.concatenate([loud.samples, pauses, loud.samples]), loud.rate_hz)
    assert speech_level_dbfs(with_pauses) == pytest.approx(speech_level_dbfs(loud), abs=0.1)


def test_one_click_neither_clips_nor_turns_the_speech_down() -> None:
    samples = tone(2.0, amplitude=0.02).samples.copy()
    samples[1000] = 0.5
    louder = levelled(Sound(samples, 24_000))
    assert float(np.abs(louder.samples).max()) < 0.9
    assert level_dbfs(louder.samples[24_000:]) == pytest.approx(TARGET_DBFS, abs=1.5)
    assert louder.samples.dtype == np.float32


def test_the_silence_around_speech_is_cut_short() -> None:
    silence = np.zeros(24_000, dtype=np.float32)
    breath = np.full(2_400, 1e-4, dtype=np.float32)
    speech = tone(1.0).samples
    around = Sound(np.concatenate([silence, breath, speech, silence]), 24_000)
    assert levelled(around).duration_s == pytest.approx(0.03 + 1.0 + 0.3, abs=0.011)
    assert levelled(tone(1.0)).duration_s == pytest.approx(1.0)


@pytest.mark.parametrize(("volume", "peak"), [(0.0, 0.0), (0.5, 0.2), (1.0, 0.4), (1.5, 0.6)])
def test_the_volume_is_a_factor(volume: float, peak: float) -> None:
    samples = at_volume(tone(amplitude=0.4), volume).samples
    assert samples.dtype == np.float32
    assert float(np.abs(samples).max()) == pytest.approx(peak, abs=0.01)


def test_a_raised_volume_does_not_clip() -> None:
    assert float(np.abs(at_volume(tone(amplitude=0.89), 1.5).samples).max()) < 0.9


def test_silence_stays_silence() -> None:
    silence = Sound(np.zeros(100, dtype=np.float32), 24_000)
    assert is_silent(silence)
    assert is_silent(Sound(np.zeros(0, dtype=np.float32), 24_000))
    assert levelled(silence) is silence
    assert not is_silent(tone())

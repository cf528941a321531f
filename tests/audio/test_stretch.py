"""Another speed: the length it should have, the pitch it had, every moment where it belongs."""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.audio.sound import Sound, read_sound
from voice_interviewer.audio.stretch import stretched
from voice_interviewer.core.transcript import tokens_of
from voice_interviewer.desk import RATES
from voice_interviewer.resources import shipped
from voice_interviewer.weights.find import packaged_weights

OTHER_RATES = [rate for rate in RATES if rate != 1.0]
RATE_HZ = 16_000
SAMPLES = shipped("questions") / "samples" / "audio"


def voiced(pitch_hz: float, seconds: float = 2.0, rate_hz: int = RATE_HZ) -> Sound:
    """A buzz of ten harmonics, as a voice has them."""
    t_s = np.arange(round(seconds * rate_hz)) / rate_hz
    waves = [np.sin(2 * np.pi * pitch_hz * n * t_s) / n for n in range(1, 11)]
    return Sound((0.2 * np.sum(waves, axis=0)).astype(np.float32), rate_hz)


def pitch_of(sound: Sound) -> float:
    """The lowest strong peak of the spectrum, in Hz."""
    inner = sound.samples[sound.rate_hz // 10 : -sound.rate_hz // 10]
    size = 1 << 19
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner)), size))
    return float(np.argmax(spectrum)) * sound.rate_hz / size


@pytest.mark.parametrize("rate", OTHER_RATES)
@pytest.mark.parametrize("pitch_hz", [90.0, 160.0, 240.0])
@pytest.mark.parametrize("rate_hz", [16_000, 24_000])
def test_the_pitch_stays_and_the_length_is_right(
    rate: float, pitch_hz: float, rate_hz: int
) -> None:
    sound = voiced(pitch_hz, rate_hz=rate_hz)
    other = stretched(sound, rate)
    assert other.rate_hz == rate_hz
    assert other.duration_s == pytest.approx(sound.duration_s / rate, rel=0.001)
    assert pitch_of(other) == pytest.approx(pitch_hz, rel=0.005)
    loudness = np.std(other.samples[1_000:-1_000]) / np.std(sound.samples)
    assert loudness == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("rate", OTHER_RATES)
def test_every_moment_stands_where_it_belongs(rate: float) -> None:
    samples = np.zeros(5 * RATE_HZ, dtype=np.float32)
    starts_s = (0.5, 1.7, 2.6, 4.1)
    for start_s in starts_s:
        at = round(start_s * RATE_HZ)
        samples[at : at + 3_200] = voiced(150, 0.2).samples
    other = stretched(Sound(samples, RATE_HZ), rate)
    loud = np.flatnonzero(np.abs(other.samples) > 0.05)
    onsets = loud[np.concatenate([[0], np.flatnonzero(np.diff(loud) > 1_600) + 1])]
    assert onsets * rate / RATE_HZ == pytest.approx(starts_s, abs=0.025)


@given(length=st.integers(0, 3_000), rate=st.sampled_from(OTHER_RATES))
def test_any_length_is_right_and_silence_stays_silent(length: int, rate: float) -> None:
    silence = Sound(np.zeros(length, dtype=np.float32), RATE_HZ)
    other = stretched(silence, rate)
    assert len(other.samples) == round(length / rate)
    assert not other.samples.any()


def test_the_same_rate_is_the_same_sound() -> None:
    sound = voiced(100, 0.3)
    assert stretched(sound, 1.0) is sound


@pytest.mark.real
def test_real_whisper_still_hears_the_same_words() -> None:
    weights = packaged_weights()
    if weights is None:
        pytest.skip("needs the Whisper weights of voice-interviewer[offline]")
    from faster_whisper import WhisperModel

    whisper = WhisperModel(str(weights), device="cpu", compute_type="int8", cpu_threads=2)

    def heard(sound: Sound) -> list[str]:
        segments, _ = whisper.transcribe(sound.samples, language="en", beam_size=1)
        return [token for segment in segments for token in tokens_of(segment.text)]

    sound = read_sound(sorted(SAMPLES.glob("*.ogg"))[0]).at(RATE_HZ)
    plain = heard(sound)
    assert len(plain) > 8
    for rate, least in ((0.75, 0.9), (1.5, 0.9), (2.0, 0.8)):
        likeness = SequenceMatcher(None, plain, heard(stretched(sound, rate))).ratio()
        assert likeness > least, rate

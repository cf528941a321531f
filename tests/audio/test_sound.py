"""PCM and files: conversions are exact where they can be, and failures name the file."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.audio.sound import (
    Sound,
    from_pcm16,
    level_dbfs,
    read_sound,
    to_pcm16,
    write_sound,
)
from voice_interviewer.errors import AudioError


@given(st.binary(max_size=200).filter(lambda data: len(data) % 2 == 0))
def test_every_int16_survives_the_round_trip(data: bytes) -> None:
    assert to_pcm16(from_pcm16(data)) == data


@given(st.lists(st.floats(width=32), max_size=50))
def test_any_float_becomes_a_legal_sample(values: list[float]) -> None:
    finite = np.nan_to_num(np.array(values, dtype=np.float32), posinf=9, neginf=-9)
    back = from_pcm16(to_pcm16(finite))
    assert len(back) == len(values)
    assert np.all(np.abs(back) <= 1)


def tone(rate_hz: int, seconds: float = 0.5) -> Sound:
    times = np.arange(int(rate_hz * seconds), dtype=np.float32) / rate_hz
    return Sound((0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32), rate_hz)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_a_file_holds_what_was_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"tone{suffix}"
    write_sound(path, tone(16_000))
    back = read_sound(path)
    assert back.rate_hz == 16_000
    tolerance = 0.05 if suffix == ".ogg" else 1e-4
    assert np.abs(back.samples - tone(16_000).samples).max() < tolerance
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_resampling_keeps_length_pitch_and_level() -> None:
    low = tone(48_000).at(16_000)
    assert (low.rate_hz, len(low.samples)) == (16_000, 8_000)
    spectrum = np.abs(np.fft.rfft(low.samples))
    assert abs(np.argmax(spectrum) * 2 - 440) <= 2
    assert abs(level_dbfs(low.samples) - level_dbfs(tone(48_000).samples)) < 0.2


def test_stereo_is_mixed_to_mono(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(np.array([[8192, 0]] * 100, dtype="<i2").tobytes())
    assert np.allclose(read_sound(path).samples, 0.125)


def test_levels_are_relative_to_full_scale() -> None:
    assert level_dbfs(np.ones(10, dtype=np.float32)) == 0.0
    assert level_dbfs(np.zeros(10, dtype=np.float32)) == level_dbfs(np.array([])) == -120.0


@pytest.mark.parametrize("content", [None, b"", b"not audio at all", b"RIFF\x00\x00"])
def test_what_is_no_audio_is_named_with_a_fix(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "answer.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AudioError) as told:
        read_sound(path)
    assert "answer.wav" in told.value.message
    assert told.value.hint


def test_an_empty_recording_is_told_apart(tmp_path: Path) -> None:
    write_sound(tmp_path / "empty.wav", Sound(np.zeros(0, dtype=np.float32), 16_000))
    with pytest.raises(AudioError, match="holds no sound"):
        read_sound(tmp_path / "empty.wav")

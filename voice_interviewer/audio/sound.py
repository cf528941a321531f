"""Sound in memory and on disk: float32 mono in [-1, 1], shape `(n_samples,)`, with its rate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.errors import AudioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

HEARING_RATE_HZ = 16_000
_PCM16_SCALE = 32_768.0
_QUIETEST_DBFS = -120.0


@dataclass(frozen=True)
class Sound:
    """Mono sound. `samples` is float32 in [-1, 1], shape `(n_samples,)`."""

    samples: Samples
    rate_hz: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz

    def at(self, rate_hz: int) -> Sound:
        """The same sound at another rate (soxr, high quality)."""
        if rate_hz == self.rate_hz:
            return self
        import soxr

        resampled = soxr.resample(self.samples, self.rate_hz, rate_hz, quality="HQ")
        return Sound(np.asarray(resampled, dtype=np.float32), rate_hz)


def from_pcm16(data: bytes | bytearray | memoryview) -> Samples:
    """Little-endian int16 bytes as float32 samples."""
    return np.frombuffer(data, dtype="<i2").astype(np.float32) / np.float32(_PCM16_SCALE)


def to_pcm16(samples: Samples) -> bytes:
    """Float32 samples as little-endian int16 bytes; values outside [-1, 1] are clipped."""
    legal = np.clip(np.asarray(samples, dtype=np.float32), -1.0, 1.0)
    return np.clip(np.round(legal * _PCM16_SCALE), -32_768, 32_767).astype("<i2").tobytes()


def level_dbfs(samples: Samples) -> float:
    """RMS level in dB relative to full scale; -120.0 for digital silence or no samples."""
    if not len(samples):
        return _QUIETEST_DBFS
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    return max(_QUIETEST_DBFS, 20.0 * float(np.log10(rms))) if rms > 0 else _QUIETEST_DBFS


def read_sound(path: Path) -> Sound:
    """Read any file libsndfile knows, mixed to mono.

    A WAV whose header was not finished is read up to the last sample on disk.
    Raises AudioError for files that are missing, empty or not audio.
    """
    import soundfile

    if not path.is_file():
        raise AudioError(f"There is no audio file {path}.", "Check the path.")
    try:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError, ValueError) as error:
        raise AudioError(
            f"{path} cannot be read as audio ({_reason(error)}).",
            "Give a WAV, FLAC, OGG or MP3 file; `sox input output.wav` converts most others.",
        ) from error
    if not len(samples):
        raise AudioError(f"{path} holds no sound.", "Record it again, or leave it out.")
    mono = samples.mean(axis=1, dtype=np.float32)
    return Sound(np.nan_to_num(np.clip(mono, -1.0, 1.0)), int(rate_hz))


def seconds_of(path: Path) -> float:
    """How long a sound file is, by its header; 0.0 where it holds nothing that can be read."""
    import soundfile

    try:
        return float(soundfile.info(path).duration)
    except (soundfile.SoundFileError, OSError, ValueError):
        return 0.0


def write_sound(path: Path, sound: Sound) -> None:
    """Write 16-bit WAV, FLAC or OGG, chosen by the file's ending; replaces the file atomically."""
    import soundfile

    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        soundfile.write(part, sound.samples, sound.rate_hz)
        part.chmod(0o600)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    text = str(error).rsplit(": ", maxsplit=1)[-1].strip().rstrip(".")
    return text or type(error).__name__

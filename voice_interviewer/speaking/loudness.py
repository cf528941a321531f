"""One loudness for every voice, so that changing the voice does not change the volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import Sound

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

TARGET_DBFS = -20.0
_KNEE, _CEILING = 0.7, 0.89
_FRAME_S = 0.02
_SPEECH_BELOW_LOUDEST_DB = 30.0
_SILENT_PEAK = 1e-4


def is_silent(sound: Sound) -> bool:
    """True for no samples, or none that could be heard."""
    return not len(sound.samples) or float(np.abs(sound.samples).max()) < _SILENT_PEAK


def speech_level_dbfs(sound: Sound) -> float:
    """RMS level of the speech alone: frames within 30 dB of the loudest frame, pauses left out."""
    frame = max(1, round(_FRAME_S * sound.rate_hz))
    count = -(-len(sound.samples) // frame)
    padded = np.zeros(count * frame, dtype=np.float64)
    padded[: len(sound.samples)] = sound.samples
    power = np.mean(np.square(padded.reshape(count, frame)), axis=1)
    speech = power[power >= power.max() * 10.0 ** (-_SPEECH_BELOW_LOUDEST_DB / 10.0)]
    return float(10.0 * np.log10(speech.mean()))


def levelled(sound: Sound) -> Sound:
    """The sound at the common speech level; the few peaks above 0.7 are rounded off below 0.89.

    Silence is returned as it is.
    """
    if is_silent(sound):
        return sound
    gain = 10.0 ** ((TARGET_DBFS - speech_level_dbfs(sound)) / 20.0)
    return Sound(_rounded_off(sound.samples * gain).astype(np.float32), sound.rate_hz)


def at_volume(sound: Sound, volume: float) -> Sound:
    """The sound `volume` times as loud (0 is silence); peaks stay below 0.89 when it is raised."""
    if volume == 1.0:
        return sound
    louder = sound.samples * np.float32(volume)
    return Sound(_rounded_off(louder) if volume > 1.0 else louder, sound.rate_hz)


def _rounded_off(samples: Samples) -> Samples:
    size = np.abs(samples)
    room = _CEILING - _KNEE
    bent = _KNEE + room * np.tanh((size - _KNEE) / room)
    return np.where(size > _KNEE, np.copysign(bent, samples), samples)

"""One loudness for every voice, and no silence before its first word, so that changing the voice
changes neither the volume nor the wait."""

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
_FINE_FRAME_S = 0.005
_SILENT_BELOW_SPEECH_DB = 38.0
_LEAD_S, _TRAIL_S = 0.03, 0.3
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

    Of the silence around it 0.03 s before and 0.3 s after are left. Silence is returned as it is.
    """
    if is_silent(sound):
        return sound
    level_dbfs = speech_level_dbfs(sound)
    speech = _without_margins(sound, level_dbfs - _SILENT_BELOW_SPEECH_DB)
    gain = 10.0 ** ((TARGET_DBFS - level_dbfs) / 20.0)
    return Sound(_rounded_off(speech * gain).astype(np.float32), sound.rate_hz)


def _without_margins(sound: Sound, silent_dbfs: float) -> Samples:
    """The samples from shortly before the first to shortly after the last loud frame of 5 ms."""
    frame = max(1, round(_FINE_FRAME_S * sound.rate_hz))
    count = len(sound.samples) // frame
    power = np.mean(np.square(sound.samples[: count * frame].reshape(count, frame)), axis=1)
    loud = np.flatnonzero(power > 10.0 ** (silent_dbfs / 10.0))
    if not len(loud):
        return sound.samples
    begin = int(loud[0]) * frame - round(_LEAD_S * sound.rate_hz)
    end = int(loud[-1] + 1) * frame + round(_TRAIL_S * sound.rate_hz)
    return sound.samples[max(0, begin) : end]


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

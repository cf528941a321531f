"""Speech faster or slower at the same pitch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import Sound

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

_HOP_S = 0.012
_TOLERANCE_S = 0.010
_SILENT = 1e-9


def stretched(sound: Sound, rate: float) -> Sound:
    """The sound played `rate` times as fast: `1 / rate` as long, its pitch kept.

    What stands at `t` seconds of the sound stands at `t / rate`, to within about 10 ms.

    WSOLA: W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity
    (WSOLA) for high quality time-scale modification of speech", ICASSP 1993, vol. 2, 554-557.
    Pieces of the sound are laid over each other at a steady hop; each is taken from where its place
    in time would have it, give or take 10 ms, at the offset where it looks most like what followed
    the piece before.
    """
    if rate == 1.0 or not len(sound.samples):
        return sound
    hop = max(1, round(_HOP_S * sound.rate_hz))
    tolerance = max(1, round(_TOLERANCE_S * sound.rate_hz))
    length = round(len(sound.samples) / rate)
    pieces = -(-length // hop) + 1
    around = np.zeros(tolerance + hop, dtype=np.float32)
    last = round((pieces + 1) * hop * rate)
    behind = np.zeros(max(0, last - len(sound.samples)) + 4 * hop + 2 * tolerance, dtype=np.float32)
    source = np.concatenate([around, sound.samples, behind])
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)
    energy = np.concatenate([[0.0], np.cumsum(np.square(source, dtype=np.float64))])
    result = np.zeros((pieces + 1) * hop, dtype=np.float32)
    start = tolerance  # of the piece in `source`; it begins a hop before its middle
    for number in range(pieces):
        if number:
            wanted = source[start + hop : start + 3 * hop]
            lowest = round(number * hop * rate)
            start = lowest + _most_like(source, energy, wanted, lowest, 2 * tolerance + 1)
        result[number * hop : (number + 2) * hop] += source[start : start + 2 * hop] * window
    return Sound(result[hop : hop + length], sound.rate_hz)


def _most_like(
    source: Samples, energy: np.ndarray, wanted: Samples, lowest: int, offsets: int
) -> int:
    """Which of the offsets from `lowest` on begins the stretch that correlates best with `wanted`.

    The middle one where there is nothing to compare.
    """
    size = len(wanted)
    likeness = np.correlate(source[lowest : lowest + offsets + size - 1], wanted, mode="valid")
    power = energy[lowest + size : lowest + size + offsets] - energy[lowest : lowest + offsets]
    if power.max() < _SILENT or not wanted.any():
        return offsets // 2
    return int(np.argmax(likeness / np.sqrt(np.maximum(power, _SILENT))))

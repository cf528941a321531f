"""A sound whose every sample can be recognised, and what became of it on its way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pcm16 = NDArray[np.int16]

_WINDOW = 32
_SEARCH = 20 * 16_000
_SILENCE = 8


@dataclass
class Comparison:
    """Frames (16 kHz samples) of a recording against the sound that was played into it.

    Args:
        expected: from the first heard frame of the known sound to the last heard one.
        lost: frames of the known sound that are not in the recording although later ones are.
        different: frames of the recording that are neither the known sound nor silence.
        silent: frames of silence between frames of the known sound: it was not fed in time.
        repeated: frames that came again.
        first, last: numbers of the first and the last heard frame of the known sound.
    """

    received: int = 0
    lost: int = 0
    different: int = 0
    silent: int = 0
    repeated: int = 0
    first: int = -1
    last: int = -1

    @property
    def expected(self) -> int:
        """Frames between the first and the last that were heard, both included."""
        return self.last - self.first + 1 if self.first >= 0 else 0


def known_sound(frames: int, seed: int = 7) -> Pcm16:
    """Noise without zeros at -24 dBFS, any 32 consecutive samples of which occur only once."""
    noise = np.random.default_rng(seed).integers(1, 3_600, frames, dtype=np.int16)
    signs = np.random.default_rng(seed + 1).integers(0, 2, frames, dtype=np.int8)
    return np.where(signs == 0, noise, -noise).astype(np.int16)


def read_pcm16(path: Path, header_bytes: int = 0) -> Pcm16:
    """The samples of a raw file or, with 44 header bytes, of a plain WAV, mapped from the disk."""
    frames = (path.stat().st_size - header_bytes) // 2
    return np.memmap(path, dtype="<i2", mode="r", offset=header_bytes, shape=(frames,))


def compare(recorded: Pcm16, known: Pcm16) -> Comparison:
    """Follow the known sound through a recording that may hold anything else as well."""
    result = Comparison()
    here, there = 0, 0  # the next frame of the recording, and of the known sound
    while here < len(recorded):
        equal = _equal_frames(recorded, here, known, there)
        if equal:
            result.first = there if result.first < 0 else result.first
            here, there = here + equal, there + equal
            result.last = there - 1
            result.received += equal
            continue
        silence = _silent_frames(recorded, here)
        skipped = silence if silence >= _SILENCE else 0
        found = _find(recorded, here + skipped, known, there)
        while found is None and here + skipped < len(recorded):
            skipped += 1
            found = _find(recorded, here + skipped, known, there)
        if found is None or here + skipped >= len(recorded):
            break  # only a tail without the known sound is left
        if result.first >= 0:
            quiet = int(np.count_nonzero(recorded[here : here + skipped] == 0))
            result.silent += quiet
            result.different += skipped - quiet
            result.lost += max(0, found - there)
            result.repeated += max(0, there - found)
        here, there = here + skipped, found
    return result


def _equal_frames(recorded: Pcm16, here: int, known: Pcm16, there: int) -> int:
    """How many frames agree from here on."""
    total = 0
    step = 4_096
    while True:
        mine = recorded[here + total : here + total + step]
        theirs = known[there + total : there + total + step]
        length = min(len(mine), len(theirs))
        differs = np.flatnonzero(mine[:length] != theirs[:length])
        if len(differs):
            return total + int(differs[0])
        total += length
        if length < step:
            return total
        step = min(step * 4, 1 << 20)


def _silent_frames(recorded: Pcm16, here: int) -> int:
    total = 0
    while True:
        block = recorded[here + total : here + total + 16_384]
        sounding = np.flatnonzero(block)
        if len(sounding):
            return total + int(sounding[0])
        total += len(block)
        if not len(block):
            return total


def _find(recorded: Pcm16, here: int, known: Pcm16, there: int) -> int | None:
    """Where the next frames of the recording stand in the known sound, within 20 s of `there`."""
    window = np.asarray(recorded[here : here + _WINDOW])
    if len(window) < _WINDOW or not window.all():
        return None
    begin = max(0, there - _SEARCH)
    nearby = np.asarray(known[begin : there + _SEARCH + _WINDOW])
    for start in np.flatnonzero(nearby == window[0]):
        if (nearby[start : start + _WINDOW] == window).all() and start + _WINDOW <= len(nearby):
            return begin + int(start)
    return None

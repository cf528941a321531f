"""What the speaker plays, kept for whoever has to tell it from what a microphone hears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ, Sound

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

KEPT_S = 3.0
_HIGHEST_RATE_HZ = 48_000
_SPARE_S = 0.5
_MARGIN_S = 0.01
_UNBROKEN_S = 0.06
_TRIES = 3


@dataclass(frozen=True)
class _Written:
    """Everything about the record but its samples, so that one assignment publishes it.

    Args:
        rate_hz: of the samples.
        count: samples written so far; the next one goes to this place, modulo the capacity.
        since: samples before this one are of another rate or of another time.
        end_s: monotonic time at which the last sample ends.
    """

    rate_hz: int
    count: int
    since: int
    end_s: float


class PlaybackTap:
    """The latest 3 s of what is played. One writer; any thread may read, and nobody ever waits.

    A block that is handed over before its predecessor has ended is taken to follow it, as a device
    fetches its first blocks in advance; so is one that comes up to 60 ms late. Above 48 kHz less
    than 3 s is kept.
    """

    def __init__(self) -> None:
        self._capacity = round((KEPT_S + _SPARE_S) * _HIGHEST_RATE_HZ)
        self._data: Samples = np.zeros(self._capacity, dtype=np.float32)
        self._written = _Written(HEARING_RATE_HZ, 0, 0, 0.0)

    def write(self, block: Samples, rate_hz: int, at_s: float) -> None:
        """Take what begins to play at the monotonic time `at_s`.

        Args:
            block: float32 mono, shape `(n_samples,)`; only copied from.

        Runs in the device's thread: it copies, takes no lock and writes no log.
        """
        last = self._written
        count, since, end_s = last.count, last.since, last.end_s
        gap_s = at_s - end_s
        if rate_hz != last.rate_hz or abs(gap_s) > KEPT_S or not last.count:
            since, end_s = count, at_s
        elif gap_s > _UNBROKEN_S:
            silent = round(gap_s * rate_hz)
            self._put(None, min(silent, self._capacity), count)
            count, end_s = count + silent, at_s
        block = block[-self._capacity :]
        self._put(block, len(block), count)
        count += len(block)
        self._written = _Written(rate_hz, count, since, end_s + len(block) / rate_hz)

    def latest(self, seconds: float, at_s: float) -> Samples:
        """What was played in the `seconds` up to the monotonic time `at_s`, at 16 kHz.

        Float32, shape `(round(seconds * 16_000),)`; 0.0 where nothing was played or kept.
        """
        wanted = round(seconds * HEARING_RATE_HZ)
        for _ in range(_TRIES):
            written = self._written
            played = self._stretch(written, at_s - seconds - _MARGIN_S, at_s + _MARGIN_S)
            now = self._written
            if now.since == written.since and now.count - written.count < self._spare(written):
                break
        else:
            return np.zeros(wanted, dtype=np.float32)
        if played is None:
            return np.zeros(wanted, dtype=np.float32)
        heard = Sound(played, written.rate_hz).at(HEARING_RATE_HZ).samples
        first = round(_MARGIN_S * HEARING_RATE_HZ)
        result = np.zeros(wanted, dtype=np.float32)
        part = heard[first : first + wanted]
        result[: len(part)] = part
        return result

    def _put(self, block: Samples | None, size: int, at: int) -> None:
        """Copy `block`, or silence of this size, to the place `at`."""
        start = at % self._capacity
        head = min(size, self._capacity - start)
        self._data[start : start + head] = 0.0 if block is None else block[:head]
        self._data[: size - head] = 0.0 if block is None else block[head:]

    def _spare(self, written: _Written) -> int:
        return self._capacity - self._kept(written)

    def _kept(self, written: _Written) -> int:
        """Samples that may be read; the rest of the capacity may be overwritten meanwhile."""
        spare = round(_SPARE_S * min(written.rate_hz, _HIGHEST_RATE_HZ))
        return min(round(KEPT_S * written.rate_hz), self._capacity - spare)

    def _stretch(self, written: _Written, start_s: float, end_s: float) -> Samples | None:
        """What was played between two times at its own rate; None where that is silence."""
        size = round((end_s - start_s) * written.rate_hz)
        first = written.count - round((written.end_s - start_s) * written.rate_hz)
        oldest = max(written.since, written.count - self._kept(written))
        begin, end = max(first, oldest), min(first + size, written.count)
        if begin >= end:
            return None
        stretch = np.zeros(size, dtype=np.float32)
        places = np.arange(begin, end) % self._capacity
        stretch[begin - first : end - first] = self._data[places]
        return stretch if stretch.any() else None

"""The sound of one answer in memory, growing while it is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

_FIRST_S = 30


class SoundBuffer:
    """Samples at 16 kHz; one thread appends, any thread may read what is there already."""

    def __init__(self) -> None:
        self._samples: Samples = np.zeros(_FIRST_S * HEARING_RATE_HZ, dtype=np.float32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def duration_s(self) -> float:
        """Seconds of sound."""
        return self._count / HEARING_RATE_HZ

    def append(self, samples: Samples) -> None:
        """Add samples at the end."""
        count = self._count + len(samples)
        if count > len(self._samples):
            larger = np.zeros(max(count, 2 * len(self._samples)), dtype=np.float32)
            larger[: self._count] = self._samples[: self._count]
            self._samples = larger
        self._samples[self._count : count] = samples
        self._count = count

    def between(self, start_s: float, end_s: float) -> Samples:
        """A copy of the samples from `start_s` to `end_s`, cut to what there is."""
        first = max(0, round(start_s * HEARING_RATE_HZ))
        last = min(self._count, round(end_s * HEARING_RATE_HZ))
        return self._samples[first : max(first, last)].copy()

    def all(self) -> Samples:
        """A copy of everything."""
        return self._samples[: self._count].copy()

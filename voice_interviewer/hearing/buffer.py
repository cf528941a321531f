"""The sound of one answer while it is recorded: the latest in memory, the rest on disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

IN_MEMORY_S = 30.0


class WorkingAudio:
    """Samples at 16 kHz; one thread appends, any thread may read.

    At most 30 s stay in memory; what is older is read from where the recording is kept. When that
    can take no more (`keep_all`), everything from then on stays.

    Args:
        older: gives the samples from the first index up to the second from the recording on disk,
            or fewer where it has fewer.
    """

    def __init__(self, older: Callable[[int, int], Samples] | None = None) -> None:
        self._older = older
        self._blocks: deque[tuple[int, Samples]] = deque()
        self._count = 0
        self.keep_all = older is None

    @property
    def duration_s(self) -> float:
        """Seconds of sound."""
        return self._count / HEARING_RATE_HZ

    @property
    def in_memory_s(self) -> float:
        """Seconds of sound held in memory."""
        blocks = tuple(self._blocks)
        return (self._count - blocks[0][0]) / HEARING_RATE_HZ if blocks else 0.0

    def append(self, samples: Samples) -> None:
        """Add samples at the end."""
        if not len(samples):
            return
        self._blocks.append((self._count, samples))
        self._count += len(samples)
        oldest = self._count - round(IN_MEMORY_S * HEARING_RATE_HZ)
        while not self.keep_all and self._blocks[0][0] + len(self._blocks[0][1]) <= oldest:
            self._blocks.popleft()

    def between(self, start_s: float, end_s: float) -> Samples:
        """A copy of the samples from `start_s` to `end_s`, cut to what there is."""
        first = max(0, round(start_s * HEARING_RATE_HZ))
        last = min(self._count, round(end_s * HEARING_RATE_HZ))
        blocks = tuple(self._blocks)
        parts = []
        in_memory_from = blocks[0][0] if blocks else self._count
        if first < min(last, in_memory_from) and self._older is not None:
            parts.append(self._older(first, min(last, in_memory_from)))
        for start, block in blocks:
            if start < last and start + len(block) > first:
                parts.append(block[max(0, first - start) : last - start])
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)

    def all(self) -> Samples:
        """A copy of everything."""
        return self.between(0.0, self.duration_s)

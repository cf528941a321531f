"""What is shown while somebody answers: the input level, patience, and a silent microphone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ, level_dbfs
from voice_interviewer.core.ports import Level, Patience, Signal

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

LEVEL_EVERY_S = 0.08
PATIENCE_AFTER_S = 8
NO_SIGNAL_AFTER_S = 2.0
NO_SIGNAL_DBFS = -80.0


class Readings:
    """Sends a level twelve times a second, and from 8 s of silence on its length every second."""

    def __init__(self, send: Callable[[Signal], None]) -> None:
        self._send = send
        self._block: list[Samples] = []
        self._count = 0
        self._told_s = 0

    def feed(self, samples: Samples, silence_s: float) -> None:
        """Take in samples at 16 kHz, and how long the silence has lasted by now."""
        self._block.append(samples)
        self._count += len(samples)
        if self._count >= LEVEL_EVERY_S * HEARING_RATE_HZ:
            self._send(Level(dbfs=level_dbfs(np.concatenate(self._block))))
            self._block, self._count = [], 0
        seconds = int(silence_s)
        if seconds >= PATIENCE_AFTER_S and seconds != self._told_s:
            self._send(Patience(silence_s=float(seconds)))
        self._told_s = seconds


class SignalCheck:
    """Finds out once, after 2 s, whether a microphone sends anything but digital silence."""

    def __init__(self) -> None:
        self._power = 0.0
        self._count = 0
        self._done = False

    def silent(self, samples: Samples) -> bool:
        """True once, when the first 2 s at 16 kHz were below -80 dBFS."""
        if self._done:
            return False
        self._power += float(np.sum(np.square(samples, dtype=np.float64)))
        self._count += len(samples)
        if self._count < NO_SIGNAL_AFTER_S * HEARING_RATE_HZ:
            return False
        self._done = True
        return bool(self._power / self._count < 10.0 ** (NO_SIGNAL_DBFS / 10.0))

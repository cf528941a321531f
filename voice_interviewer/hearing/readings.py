"""What is shown while somebody answers: the input level, patience, and a bad signal."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ, level_dbfs
from voice_interviewer.core.ports import Level, Patience, Signal

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

LEVEL_EVERY_S = 0.06
NO_SIGNAL_DBFS = -80.0
MUTED_AFTER_S = 1.5
CLIPPED_SHARE = 0.005

_FRAME = 1_600
_FRAME_S = _FRAME / HEARING_RATE_HZ
_FRAMES_A_SECOND = 10
_SIGNAL_AGAIN_S = 1.0
_MOST_MUTED_TOLD = 3
_FULL_SCALE = 0.985
_CLIPPED_TOLD_EVERY_S = 60.0


class Readings:
    """Sends a level fifteen times a second, and the length of a long silence every second.

    `patience_after_s` of silence call for patience.
    """

    def __init__(self, send: Callable[[Signal], None], patience_after_s: float) -> None:
        self._send = send
        self._patience_after_s = patience_after_s
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
        if seconds >= self._patience_after_s and seconds != self._told_s:
            self._send(Patience(silence_s=float(seconds)))
        self._told_s = seconds


class SignalWatch:
    """Says when a microphone gives no signal, or one that is cut off because it is too loud.

    Both are told within 2 s, at any time in an answer. A missing signal is told again only after
    there was one for a second, and three times at most (a noise gate mutes every pause); clipping
    once a minute at most.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._rest: Samples = np.zeros(0, dtype=np.float32)
        self._now_s = 0.0
        self._muted_s = 0.0
        self._signal_s = _SIGNAL_AGAIN_S
        self._muted_told = 0
        self._clipped: deque[int] = deque(maxlen=_FRAMES_A_SECOND)
        self._clipped_told_s: float | None = None

    def feed(self, samples: Samples) -> list[tuple[str, str]]:
        """Take in float32 samples at 16 kHz; (message, hint) of what has to be told now."""
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) - len(sound) % _FRAME
        self._rest = sound[whole:]
        told: list[tuple[str, str]] = []
        for frame in sound[:whole].reshape(-1, _FRAME):
            self._now_s += _FRAME_S
            if self._muted(frame):
                told.append(
                    (
                        f"No signal from {self._name}.",
                        "Check that it is not muted, and that it is the right input device.",
                    )
                )
            if self._too_loud(frame):
                told.append(
                    (
                        f"{self._name} is too loud: the sound is cut off.",
                        "Turn the input level down a little, or move back from the microphone.",
                    )
                )
        return told

    def _muted(self, frame: Samples) -> bool:
        if level_dbfs(frame) >= NO_SIGNAL_DBFS:
            self._muted_s = 0.0
            self._signal_s += _FRAME_S
            return False
        self._muted_s += _FRAME_S
        if (
            self._muted_s < MUTED_AFTER_S - _FRAME_S / 2
            or self._signal_s < _SIGNAL_AGAIN_S - _FRAME_S / 2
            or self._muted_told >= _MOST_MUTED_TOLD
        ):
            return False
        self._muted_told += 1
        self._signal_s = 0.0
        return True

    def _too_loud(self, frame: Samples) -> bool:
        self._clipped.append(_clipped_samples(frame))
        if sum(self._clipped) < CLIPPED_SHARE * _FRAMES_A_SECOND * _FRAME:
            return False
        told_s = self._clipped_told_s
        if told_s is not None and self._now_s - told_s < _CLIPPED_TOLD_EVERY_S:
            return False
        self._clipped_told_s = self._now_s
        return True


def _clipped_samples(frame: Samples) -> int:
    """How many samples stand at full scale with at least two neighbours in a row."""
    full = np.abs(frame) >= _FULL_SCALE
    thirds = full[2:] & full[1:-1] & full[:-2]
    in_a_row = np.zeros(len(frame), dtype=np.bool_)
    for shift in range(3):
        in_a_row[shift : len(thirds) + shift] |= thirds
    return int(np.count_nonzero(in_a_row))

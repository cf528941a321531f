"""One sound on its way to a device: the buffer that PortAudio's callback reads from."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from voice_interviewer.audio.sound import Sound
from voice_interviewer.audio.tap import PlaybackTap

TAIL_S = 0.1


class Playback:
    """Hands a sound to a device block by block.

    The sound is followed by 0.1 s of silence, as devices tend to cut the tail.

    Args:
        sound: mono sound at the device's rate.
        start_s: where to begin, in seconds of the sound.
        stopped: asked before every block; True makes that block silent and the last.
        tap: told what the device was given.
    """

    def __init__(
        self,
        sound: Sound,
        start_s: float,
        stopped: Callable[[], bool],
        tap: PlaybackTap | None = None,
    ) -> None:
        self._rate_hz = sound.rate_hz
        self._length = len(sound.samples)
        self._start = min(self._length, round(max(0.0, start_s) * sound.rate_hz))
        self._stopped = stopped
        self._tap = tap
        tail = np.zeros(round(TAIL_S * sound.rate_hz), dtype=np.float32)
        self._samples = np.concatenate([sound.samples, tail])[:, np.newaxis]
        self.position = self._start
        self.underflows = 0
        self._sounding: tuple[int, float] | None = None

    @property
    def begun(self) -> bool:
        """True once the device took its first block."""
        return self.position > self._start

    @property
    def played_out(self) -> bool:
        """True once the device took the last sample and the silence after it."""
        return self.position >= len(self._samples)

    @property
    def position_s(self) -> float:
        """Seconds of the sound that the device has taken, the silence after it not counted."""
        return min(self.position, self._length) / self._rate_hz

    @property
    def heard_s(self) -> float:
        """Seconds of the sound that have left the speaker: what the device has taken, without what
        still waits in its buffers. It stands still when the device does."""
        if self._sounding is None:
            return self._start / self._rate_hz
        first, at_s = self._sounding
        frame = first + (time.monotonic() - at_s) * self._rate_hz
        return min(max(frame, self._start), self.position, self._length) / self._rate_hz

    def fill(self, out: Any, frames: int, status: Any, delay_s: float = 0.0) -> bool:
        """Write the next block to `out`, shape `(frames, channels)`; False when it is the last.

        `delay_s` is how long from now its first sample will leave the speaker. Runs in the device's
        thread: it copies and counts, takes no lock and writes no log.
        """
        if status.output_underflow:
            self.underflows += 1
        if self._stopped():
            out.fill(0)
            return False
        self._sounding = self.position, time.monotonic() + delay_s
        end = min(self.position + frames, len(self._samples))
        count = end - self.position
        out[:count] = self._samples[self.position : end]
        out[count:] = 0
        if self._tap is not None and count:
            self._tap.write(self._samples[self.position : end, 0], self._rate_hz, time.monotonic())
        self.position = end
        return not self.played_out

"""Sounds on their way to a device: the buffer that PortAudio's callback reads from."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from voice_interviewer.audio.tap import PlaybackTap
from voice_interviewer.speaking.reel import Reel

TAIL_S = 0.1


class Playback:
    """Hands a reel to a device block by block, with silence wherever the next sound is late.

    The last sound is followed by 0.1 s of silence, as devices tend to cut the tail.

    Args:
        reel: mono sounds at the device's rate.
        start_s: where to begin, in seconds from the start of what is there already.
        stopped: asked before every block; True makes that block silent and the last.
        tap: told what the device was given.
    """

    def __init__(
        self,
        reel: Reel,
        start_s: float,
        stopped: Callable[[], bool],
        tap: PlaybackTap | None = None,
    ) -> None:
        self._reel = reel
        self._stopped = stopped
        self._tap = tap
        self._start = min(reel.length, round(max(0.0, start_s) * reel.rate_hz))
        self._tail = round(TAIL_S * reel.rate_hz)
        self._part, self._offset = 0, self._start
        self.position = self._start
        self.waited = 0  # samples of silence because the next sound was not there yet
        self.played_out = False
        self.underflows = 0
        self._sounding: tuple[int, float] | None = None
        self._heard: float = self._start

    @property
    def begun(self) -> bool:
        """True once the device took its first block."""
        return self.position > self._start or self.waited > 0 or self.played_out

    @property
    def position_s(self) -> float:
        """Seconds of sound that the device has taken, silence not counted."""
        return self.position / self._reel.rate_hz

    @property
    def heard_s(self) -> float:
        """Seconds of the sound that have left the speaker: what the device has taken, without what
        still waits in its buffers. It stands still when the device does, and never goes back."""
        if self._sounding is not None:
            first, at_s = self._sounding
            frame = first + (time.monotonic() - at_s) * self._reel.rate_hz
            self._heard = max(self._heard, min(frame, self.position))
        return self._heard / self._reel.rate_hz

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
        ended = self._reel.ended  # asked first: after the end nothing is added
        count = self._copy(out, frames)
        out[count:] = 0
        if self._tap is not None and count:
            self._tap.write(out[:count, 0], self._reel.rate_hz, time.monotonic())
        self.position += count
        if not ended:
            self.waited += frames - count
        elif count < frames:
            self._tail -= frames - count
            self.played_out = self._tail <= 0
        return not self.played_out

    def _copy(self, out: Any, frames: int) -> int:
        """Fill `out` from the front as far as there is sound; how many samples that were."""
        count = 0
        parts = self._reel.parts
        while count < frames and self._part < len(parts):
            part = parts[self._part]
            piece = part[self._offset : self._offset + frames - count]
            out[count : count + len(piece)] = piece[:, None]
            count += len(piece)
            self._offset += len(piece)
            if self._offset >= len(part):
                self._offset -= len(part)
                self._part += 1
        return count

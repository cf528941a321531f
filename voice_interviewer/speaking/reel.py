"""Sounds that follow each other without a gap, the later ones added while the first ones play."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from voice_interviewer.audio.sound import Sound

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples


class Reel:
    """Grows at one end while a device reads at the other; any thread may add.

    Args:
        first: what is played first; its rate is that of the whole until `convert` says another.
        ended: nothing will be added.
    """

    def __init__(self, first: Sound, *, ended: bool = False) -> None:
        self._lock = threading.Lock()
        self._sounds = [first]
        self.rate_hz = first.rate_hz
        self.parts: list[Samples] = [first.samples]
        self.ended = ended

    def add(self, sound: Sound) -> None:
        """Let this sound follow the others, at the rate of the whole."""
        with self._lock:
            self._sounds.append(sound)
            self.parts.append(sound.at(self.rate_hz).samples)

    def end(self) -> None:
        """Nothing more will be added. Said after the last `add`, so that nobody misses that."""
        self.ended = True

    def convert(self, rate_hz: int) -> None:
        """Make this the rate of everything; not while a device reads."""
        with self._lock:
            self.rate_hz = rate_hz
            self.parts = [sound.at(rate_hz).samples for sound in self._sounds]

    @property
    def length(self) -> int:
        """Samples there are so far."""
        return sum(len(part) for part in self.parts)

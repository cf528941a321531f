"""Plays the recordings of a past answer, telling the position as they sound."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from voice_interviewer.archive.store import recording
from voice_interviewer.audio.sound import Sound, read_sound
from voice_interviewer.errors import AudioError

_TICK_S = 0.1


class SoundPlayer(Protocol):
    """What this needs of a loudspeaker."""

    @property
    def position_s(self) -> float: ...

    def play(
        self, sound: Sound, *, on_first_sample: Callable[[], None], stop: threading.Event
    ) -> bool: ...

    def close(self) -> None: ...


class SessionPlayback:
    """Plays recordings of one session folder; implements `replay.Playback`."""

    def __init__(self, folder: Path, player: SoundPlayer) -> None:
        self._folder = folder
        self._player = player
        self._stop = threading.Event()
        self._closed = False

    def play(self, recordings: tuple[str, ...], at_position: Callable[[float], None]) -> None:
        """Play recordings one after another, telling the seconds from the first one's start.

        Raises AudioError when one is gone or cannot be played.
        """
        self._stop = stop = threading.Event()
        if self._closed:
            return
        before_s = 0.0
        for name in recordings:
            path = recording(self._folder, name)
            if path is None:
                raise AudioError(f"The recording {name} is gone.", "Its transcript is shown.")
            sound = read_sound(path)
            with _ticking(partial(self._tell, at_position, before_s)):
                completed = self._player.play(sound, on_first_sample=lambda: None, stop=stop)
            if not completed:
                return
            before_s += sound.duration_s
            at_position(before_s)

    def _tell(self, at_position: Callable[[float], None], before_s: float) -> None:
        at_position(before_s + self._player.position_s)

    def stop(self) -> None:
        """Stop the answer that is playing."""
        self._stop.set()

    def close(self) -> None:
        """Fall silent for good and let go of the speaker."""
        self._closed = True
        self.stop()
        self._player.close()


@contextmanager
def _ticking(tick: Callable[[], None]) -> Iterator[None]:
    """Call `tick` ten times a second while the block runs."""
    done = threading.Event()

    def loop() -> None:
        while not done.wait(_TICK_S):
            tick()

    thread = threading.Thread(target=loop, name="replay-position", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()

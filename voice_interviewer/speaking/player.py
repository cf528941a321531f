"""Plays sounds on the speaker of this machine, and falls silent within a block when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from voice_interviewer.audio import portaudio
from voice_interviewer.audio.sound import Sound
from voice_interviewer.audio.tap import PlaybackTap
from voice_interviewer.errors import AudioError
from voice_interviewer.speaking.output import CONNECT_HINT, NO_SPEAKER, SPEAKER_HINT, Output
from voice_interviewer.speaking.reel import Reel

_OPEN_LIMIT_S = 5.0
_STALL_LIMIT_S = 2.0
_CLOSE_LIMIT_S = 1.0
_POLL_S = 0.005


class Player:
    """The speaker of this machine. Every method may be called from any thread.

    The device is opened for each sound, so that a device that comes or goes between two questions
    does no harm.

    Args:
        tap: told everything that is played.
    """

    def __init__(self, tap: PlaybackTap | None = None) -> None:
        self._tap = tap
        self._lock = threading.Lock()
        self._output: Output | None = None

    def problem(self) -> AudioError | None:
        """Why nothing can be heard on this machine, or None where something can."""
        try:
            device = portaudio.default_output()
        except AudioError as error:
            return error
        return None if device else AudioError(NO_SPEAKER, CONNECT_HINT)

    def available(self) -> bool:
        """True when there is an output device."""
        return self.problem() is None

    @property
    def position_s(self) -> float:
        """Seconds of the latest sound that the device has taken; 0.0 before the first sound."""
        output = self._output
        return output.position_s if output else 0.0

    @property
    def heard_s(self) -> float:
        """Seconds of the latest sound that have left the speaker, buffers of the device not
        counted; 0.0 before the first sound."""
        output = self._output
        return output.heard_s if output else 0.0

    def play(
        self,
        sound: Sound | Reel,
        *,
        on_first_sample: Callable[[], None],
        start_s: float = 0.0,
        stop: threading.Event | None = None,
    ) -> bool:
        """Play from `start_s` on; returns when it is over. A sound still playing is stopped first.

        Args:
            sound: one sound, or a reel, which is over when it has ended and was played.
            on_first_sample: called once, when the device has taken the first block.
            stop: setting it silences this sound, also before it has begun; so does `stop()`.

        Returns True when the sound was played to its end, False when it was stopped.
        Raises AudioError when the device cannot be opened, fails, or takes nothing for 2 s.
        """
        reel = sound if isinstance(sound, Reel) else Reel(sound, ended=True)
        output = Output(reel, start_s, stop or threading.Event(), self._tap)
        with self._lock:
            previous, self._output = self._output, output
        if previous is not None:
            _end(previous)
        output.start()
        try:
            return _follow(output, on_first_sample)
        finally:
            _end(output)

    def stop(self) -> None:
        """Fall silent at once; without a sound playing this does nothing."""
        output = self._output
        if output is not None:
            output.halt()

    def close(self) -> None:
        """Fall silent; the device itself is let go after every sound."""
        self.stop()


def _follow(output: Output, on_first_sample: Callable[[], None]) -> bool:
    """Wait for the end; True when it was played to it. Raises AudioError when the device fails."""
    told = False
    seen = output.progress
    deadline = time.monotonic() + _OPEN_LIMIT_S
    while not output.halted():
        ended = output.done.wait(_POLL_S)
        if output.error is not None:
            raise output.error
        if output.begun and not told:
            told = True
            on_first_sample()
        late = time.monotonic() > deadline
        if output.played_out and (ended or late):
            return True
        if ended and not output.halted():
            raise AudioError("The speaker stopped in the middle of a sound.", SPEAKER_HINT)
        if output.progress != seen:
            seen = output.progress
            deadline = time.monotonic() + _STALL_LIMIT_S
        elif late:
            raise AudioError("The speaker does not take sound.", SPEAKER_HINT)
    return False


def _end(output: Output) -> None:
    """Silence it and let the device close; PortAudio does not like two openings at a time."""
    output.halt()
    output.done.wait(_CLOSE_LIMIT_S)

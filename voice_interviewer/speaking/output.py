"""Drives one playback through a PortAudio stream, in a thread that nobody has to wait for."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

from voice_interviewer.audio import portaudio
from voice_interviewer.audio.tap import PlaybackTap
from voice_interviewer.errors import AudioError
from voice_interviewer.speaking.playback import Playback
from voice_interviewer.speaking.reel import Reel

NO_SPEAKER = "No speaker was found."
CONNECT_HINT = "Connect one and start again, or choose the voice silent."
SPEAKER_HINT = "Check the output device of the system, or choose the voice silent."
_LATENCY_S = 0.05
_LONGEST_DELAY_S = 1.0
_EXIT_LIMIT_S = 1.0
_log = logging.getLogger(__name__)
_playing: set[Output] = set()


class Output:
    """One reel of sounds and the device stream it goes through.

    The stream lives in a daemon thread: opening, draining and closing can block for as long as a
    sound server hangs.
    """

    def __init__(
        self,
        reel: Reel,
        start_s: float,
        stop: threading.Event,
        tap: PlaybackTap | None = None,
    ) -> None:
        self.done = threading.Event()
        self.error: AudioError | None = None
        self.playback: Playback | None = None
        self._reel = reel
        self._start_s = start_s
        self._stop = stop
        self._tap = tap
        self._halted = threading.Event()
        self._over = threading.Event()

    def start(self) -> None:
        """Open the device and begin to play."""
        threading.Thread(target=self._run, name="player-output", daemon=True).start()

    def halt(self) -> None:
        """Fall silent with the next block."""
        self._halted.set()
        self._over.set()

    def halted(self) -> bool:
        """True when the sound was told to stop, by `halt` or by its stop event."""
        return self._halted.is_set() or self._stop.is_set()

    @property
    def begun(self) -> bool:
        """True once the device took its first block."""
        return self.playback is not None and self.playback.begun

    @property
    def played_out(self) -> bool:
        """True once the device took the last sample."""
        return self.playback is not None and self.playback.played_out

    @property
    def progress(self) -> tuple[bool, int]:
        """(device is open, samples it took): changes as long as the device is alive."""
        playback = self.playback
        return playback is not None, playback.position + playback.waited if playback else 0

    @property
    def position_s(self) -> float:
        """Seconds of the sound taken by the device."""
        return self.playback.position_s if self.playback else max(0.0, self._start_s)

    @property
    def heard_s(self) -> float:
        """Seconds of the sound that have left the speaker."""
        return self.playback.heard_s if self.playback else max(0.0, self._start_s)

    def _run(self) -> None:
        try:
            sounddevice = portaudio.load()
            _fall_silent_at_exit()
            _playing.add(self)
            with portaudio.in_use():
                self._drive(sounddevice)
        except AudioError as error:
            self.error = error
        finally:
            _playing.discard(self)
            self.done.set()

    def _drive(self, sounddevice: Any) -> None:
        try:
            with self._open(sounddevice) as stream:
                self._over.wait()
                if self.halted():
                    stream.abort()
        except AudioError:
            raise
        except Exception as error:
            raise AudioError(f"The speaker failed ({error}).", SPEAKER_HINT) from error
        if self.playback and self.playback.underflows:
            _log.info("the speaker ran dry %d times", self.playback.underflows)

    def _open(self, sounddevice: Any) -> Any:
        """The stream in the first format the device accepts."""
        device = portaudio.default_output()
        if device is None:
            raise AudioError(NO_SPEAKER, CONNECT_HINT)
        refused: Exception | None = None
        for rate_hz, channels in self._formats(device.default_rate_hz):
            self._reel.convert(rate_hz)
            playback = Playback(self._reel, self._start_s, self.halted, self._tap)
            try:
                stream = sounddevice.OutputStream(
                    samplerate=rate_hz,
                    channels=channels,
                    dtype="float32",
                    device=device.index,
                    latency=_LATENCY_S,
                    callback=_callback(sounddevice, playback),
                    finished_callback=self._over.set,
                )
            except sounddevice.PortAudioError as error:
                refused = error
                continue
            self.playback = playback
            return stream
        raise AudioError(f"The speaker cannot be opened ({refused}).", SPEAKER_HINT) from refused

    def _formats(self, device_rate_hz: int) -> Iterator[tuple[int, int]]:
        """(rate in Hz, channels): the sound's own first, then what the device says it likes."""
        yield self._reel.rate_hz, 1
        yield device_rate_hz, 1
        yield device_rate_hz, 2


def _callback(sounddevice: Any, playback: Playback) -> Any:
    def fill(out: Any, frames: int, at: Any, status: Any) -> None:
        delay_s = at.outputBufferDacTime - at.currentTime
        if not 0 < delay_s < _LONGEST_DELAY_S:  # some devices do not tell
            delay_s = _LATENCY_S
        if not playback.fill(out, frames, status, delay_s):
            raise sounddevice.CallbackStop

    return fill


@cache
def _fall_silent_at_exit() -> None:
    """From now on the program ends its sounds before it ends itself.

    Called after sounddevice is loaded, so that this runs before sounddevice lets go of PortAudio,
    which waits for ever where a stream is still open.
    """
    atexit.register(_fall_silent)


def _fall_silent() -> None:
    outputs = tuple(_playing)
    for output in outputs:
        output.halt()
    for output in outputs:
        output.done.wait(_EXIT_LIMIT_S)

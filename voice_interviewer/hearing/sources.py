"""Where the sound of an answer comes from: the common protocol, and the microphone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from voice_interviewer.audio import portaudio
from voice_interviewer.core.commands import Listen
from voice_interviewer.core.events import EndReason
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.capture import DEVICE_HINT, Capture, open_capture

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

_POLL_S = 0.02
_DEAD_AFTER_S = 1.5
_FIRST_SOUND_S = 3.0


class AudioSource(Protocol):
    """Sound at 16 kHz, one answer after the other.

    `ends`: the sound ends by itself, so that no silence in it ends the answer.
    `waits`: nothing is lost when its reader is slow.
    """

    @property
    def name(self) -> str:
        """What the candidate knows it by."""
        ...

    @property
    def ends(self) -> bool: ...

    @property
    def waits(self) -> bool: ...

    @property
    def lost_frames(self) -> int:
        """Frames of the answer in progress, or of the last one, that are known to be lost."""
        ...

    def open(self, command: Listen) -> EndReason | None:
        """Get ready for one answer. A reason where there is none to be heard, else None.

        Raises AudioError.
        """
        ...

    def blocks(self) -> Iterator[Samples]:
        """Float32 blocks of any length, also empty ones, at least every 50 ms in real time.

        Ends with the sound, or after `stop` with what was still on its way. Raises AudioError.
        """
        ...

    def stop(self) -> None:
        """No more sound is wanted."""
        ...

    def close(self) -> None:
        """Let go of the answer's sound; another `open` may follow."""
        ...


class Microphone:
    """The microphone of this machine, opened for each answer.

    Raises AudioError when there is none.
    """

    ends = False
    waits = False

    def __init__(self) -> None:
        self._device = _find()
        self._capture: Capture | None = None
        self._stopped = False

    @property
    def name(self) -> str:
        """The device as the system calls it."""
        return self._device.name

    @property
    def lost_frames(self) -> int:
        """Frames known to be lost in this answer, at least."""
        return self._capture.lost_frames if self._capture else 0

    def open(self, _command: Listen) -> EndReason | None:
        """Open the device. Raises AudioError."""
        self._device = _find()
        self._stopped = False
        self._capture = open_capture(self._device)
        return None

    def blocks(self) -> Iterator[Samples]:
        """What the microphone hears, every 20 ms.

        Raises AudioError when the device sends nothing for 1.5 s (3 s at first, as a headset may
        have to change its profile).
        """
        capture = self._capture
        assert capture is not None, "open comes first"
        received, alive_at = 0, time.monotonic()
        while not self._stopped:
            time.sleep(_POLL_S)
            now = time.monotonic()
            if capture.received != received:
                received, alive_at = capture.received, now
            elif now - alive_at > (_DEAD_AFTER_S if received else _FIRST_SOUND_S):
                raise AudioError(
                    f"The microphone {self.name} stopped sending sound.",
                    f"Plug it in again, then try again. {DEVICE_HINT}",
                    retryable=True,
                )
            yield capture.read()
        capture.stop()
        yield capture.read(last=True)

    def stop(self) -> None:
        """No more sound is wanted."""
        self._stopped = True

    def close(self) -> None:
        """Let the device go; `lost_frames` stays."""
        self._stopped = True
        if self._capture is not None:
            self._capture.stop()


def _find() -> portaudio.Device:
    device = portaudio.default_input()
    if device is None:
        raise AudioError(
            "No microphone was found.",
            "Plug one in, or use --candidate typed or --candidate recorded.",
            retryable=True,
        )
    return device

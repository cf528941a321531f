"""Where the sound of an answer comes from: the common protocol, and the microphone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

from voice_interviewer.audio import portaudio
from voice_interviewer.core.commands import Listen
from voice_interviewer.core.events import EndReason
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.capture import DEVICE_HINT, Capture, open_capture

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

_T = TypeVar("_T")
_POLL_S = 0.02
_LONGEST_POLL_S = 0.25
_DEAD_AFTER_S = 1.1
_FIRST_SOUND_S = 3.0
_DEAD_STOP_LIMIT_S = 0.1
_LIST_LIMIT_S = 1.0


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
        """No more sound is wanted for now."""
        ...

    def resume(self) -> None:
        """Sound is wanted again after `stop`: the next `blocks` goes on without a gap."""
        ...

    def forget(self) -> None:
        """Drop what has come and was not read; before `resume`."""
        ...

    def close(self) -> None:
        """Let go of the answer's sound; another `open` may follow."""
        ...


class Microphone:
    """A microphone of this machine, opened for each answer.

    Args:
        device_name: the one to use where an answer names none; None is the system's own choice.

    Raises AudioError when there is none; its `choices` names those there are.
    """

    ends = False
    waits = False

    def __init__(self, device_name: str | None = None) -> None:
        self._device_name = device_name
        self._device = _twice(lambda: _find(device_name))
        self._capture: Capture | None = None
        self._lost_before = 0
        self._stopped = False

    @property
    def name(self) -> str:
        """The device as the system calls it."""
        return self._device.name

    @property
    def lost_frames(self) -> int:
        """Frames known to be lost since it was opened or resumed, at least."""
        return self._capture.lost_frames - self._lost_before if self._capture else 0

    def open(self, command: Listen) -> EndReason | None:
        """Open the device, also one that was plugged in since the start. Raises AudioError."""
        wanted = command.microphone or self._device_name
        self._stopped = False
        self._device, self._capture = _twice(lambda: _open(wanted))
        self._lost_before = 0
        return None

    def resume(self) -> None:
        """Go on with the open device."""
        assert self._capture is not None, "open comes first"
        self._lost_before = self._capture.lost_frames
        self._stopped = False

    def forget(self) -> None:
        """Drop what the device has sent since it was last read."""
        if self._capture is not None:
            self._capture.read()

    def blocks(self) -> Iterator[Samples]:
        """What the microphone hears, every 20 ms.

        Raises AudioError, after the last that was heard, when the device ends its stream or sends
        nothing for 1.1 s (3 s at first, as a headset may have to change its profile).
        """
        capture = self._capture
        assert capture is not None, "open comes first"
        received, silent_s, polled_at = 0, 0.0, time.monotonic()
        while not self._stopped:
            time.sleep(_POLL_S)
            now = time.monotonic()
            # A process that was itself suspended says nothing about the device.
            silent_s += min(now - polled_at, _LONGEST_POLL_S)
            polled_at = now
            if capture.received != received:
                received, silent_s = capture.received, 0.0
            elif capture.over or silent_s > (_DEAD_AFTER_S if received else _FIRST_SOUND_S):
                break
            yield capture.read()
        if self._stopped:
            yield capture.read()
            return
        yield capture.read(last=True)
        capture.stop(_DEAD_STOP_LIMIT_S)
        raise AudioError(
            f"The microphone {self.name} stopped sending sound.",
            f"Plug it in again or choose another, then go on. {DEVICE_HINT}",
            retryable=True,
            choices=_choices(),
        )

    def stop(self) -> None:
        """No more sound is wanted."""
        self._stopped = True

    def close(self) -> None:
        """Let the device go; `lost_frames` stays."""
        self._stopped = True
        if self._capture is not None:
            self._capture.stop()


def _twice(attempt: Callable[[], _T]) -> _T:
    """Try again with a fresh list of devices before failing. Raises AudioError with `choices`."""
    try:
        return attempt()
    except AudioError as error:
        if not portaudio.refresh():
            raise _with_choices(error) from error
    try:
        return attempt()
    except AudioError as error:
        raise _with_choices(error) from error


def _open(name: str | None) -> tuple[portaudio.Device, Capture]:
    with portaudio.in_use():
        device = _find(name)
        return device, open_capture(device)


def _find(name: str | None) -> portaudio.Device:
    device = portaudio.default_input() if name is None else portaudio.input_named(name)
    if device is None:
        raise AudioError(
            "No microphone was found." if name is None else f"There is no microphone {name}.",
            "Plug one in, or use --candidate typed or --candidate recorded.",
            retryable=True,
        )
    return device


def _choices() -> tuple[str, ...]:
    """Names of the microphones there are now."""
    try:
        portaudio.refresh(_LIST_LIMIT_S)
        return tuple(device.name for device in portaudio.inputs())
    except AudioError:
        return ()


def _with_choices(error: AudioError) -> AudioError:
    return AudioError(error.message, error.hint, retryable=error.retryable, choices=_choices())

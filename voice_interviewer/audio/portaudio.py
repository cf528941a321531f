"""The one way to PortAudio: the system's library, or the one a package bundles.

`sounddevice` looks its library up when it is imported and never again, so every user of it comes
through `load()`. PortAudio reads the list of devices once; `refresh()` reads it again, which is
only safe while no stream is open, so whoever opens one does so inside `in_use()`.
"""

from __future__ import annotations

import ctypes.util
import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from voice_interviewer.audio import devices
from voice_interviewer.audio.devices import Device as Device
from voice_interviewer.errors import AudioError

INSTALL_HINT = "On Debian or Ubuntu type: sudo apt install libportaudio2"
_BUSY_LIMIT_S = 2.0
_lock = threading.Lock()
_module: Any = None
_list = threading.Lock()
_users = 0


def load() -> Any:
    """The `sounddevice` module. Raises AudioError where no PortAudio library can be found."""
    global _module
    with _lock:
        if _module is None:
            _module = _import_sounddevice()
        return _module


@contextmanager
def in_use() -> Iterator[None]:
    """Around finding a device, opening a stream to it and closing it: no `refresh` in between.

    Raises AudioError when PortAudio hangs while it reads its list.
    """
    global _users
    with _steady_list():
        _users += 1
    try:
        yield
    finally:
        with _steady_list():
            _users -= 1


def refresh(limit_s: float = _BUSY_LIMIT_S) -> bool:
    """Read the list of devices again. False when a stream is open, or when that takes too long.

    Raises AudioError where no PortAudio library can be found.
    """
    sounddevice = load()
    done: list[bool] = []
    reader = threading.Thread(
        target=lambda: done.append(_read_again(sounddevice)), name="device-list", daemon=True
    )
    reader.start()
    reader.join(limit_s)
    return done == [True]


def inputs() -> tuple[Device, ...]:
    """The microphones a person can choose from, the system's own choice first.

    Raises AudioError where no PortAudio library can be found.
    """
    return devices.to_choose_from(_all_inputs(), default_input())


def input_named(name: str) -> Device | None:
    """The microphone of this name, or None. Raises AudioError like `inputs`."""
    return devices.named(name, (*inputs(), *_all_inputs()))


def default_input() -> Device | None:
    """The microphone PortAudio would use, or None."""
    return _default(0)


def default_output() -> Device | None:
    """The speaker PortAudio would use, or None."""
    return _default(1)


def _default(position: int) -> Device | None:
    sounddevice = load()
    channels = ("max_input_channels", "max_output_channels")[position]
    try:
        with _steady_list():
            index = int(sounddevice.default.device[position])
            found = (
                sounddevice.query_devices(index)
                if index >= 0
                else next((d for d in sounddevice.query_devices() if d[channels] > 0), None)
            )
            if found is None or found[channels] < 1:
                return None
            return _device(sounddevice, found)
    except (sounddevice.PortAudioError, ValueError):
        return None


def _all_inputs() -> list[Device]:
    sounddevice = load()
    try:
        with _steady_list():
            listed = sounddevice.query_devices()
            return [_device(sounddevice, d) for d in listed if d["max_input_channels"] > 0]
    except sounddevice.PortAudioError:
        return []


def _device(sounddevice: Any, found: Any) -> Device:
    return Device(
        index=int(found["index"]),
        name=str(found["name"]),
        default_rate_hz=int(found["default_samplerate"]),
        host_api=str(sounddevice.query_hostapis(found["hostapi"])["name"]),
    )


@contextmanager
def _steady_list() -> Iterator[None]:
    """Nobody reads PortAudio's list again meanwhile. Raises AudioError when that takes for ever."""
    if not _list.acquire(timeout=_BUSY_LIMIT_S):
        raise AudioError(
            "The sound system does not answer.", "Restart it, or plug the device in again."
        )
    try:
        yield
    finally:
        _list.release()


def _read_again(sounddevice: Any) -> bool:
    with _steady_list():
        if _users:
            return False
        with suppress(sounddevice.PortAudioError):  # it may not be initialised since the last try
            sounddevice._terminate()
        try:
            sounddevice._initialize()
        except sounddevice.PortAudioError:
            return False
        return True


def _import_sounddevice() -> Any:
    try:
        import sounddevice
    except OSError:
        return _import_with_bundled_library()
    except ImportError as error:
        raise AudioError(
            "The package sounddevice is not installed.", "Type: pip install sounddevice"
        ) from error
    return sounddevice


def _import_with_bundled_library() -> Any:
    library = bundled_library()
    if library is None:
        raise AudioError("The PortAudio library was not found.", INSTALL_HINT)
    find_library = ctypes.util.find_library
    ctypes.util.find_library = lambda name: (
        str(library) if name == "portaudio" else find_library(name)
    )
    try:
        import sounddevice
    except OSError as error:
        raise AudioError(
            f"The PortAudio library could not be loaded ({error}).", INSTALL_HINT
        ) from error
    finally:
        ctypes.util.find_library = find_library
    return sounddevice


def bundled_library() -> Path | None:
    """The libportaudio inside the `pyo` package (extra `bundled-libs`), or None."""
    spec = importlib.util.find_spec("pyo")
    if spec is None or not spec.origin:
        return None
    site = Path(spec.origin).parent.parent
    for folder in (site / "pyo.libs", site / "pyo"):
        found = sorted(folder.glob("libportaudio*"))
        if found:
            return found[0]
    return None

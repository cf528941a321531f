"""The one way to PortAudio: the system's library, or the one a package bundles.

`sounddevice` looks its library up when it is imported and never again, so every user of it comes
through `load()`.
"""

from __future__ import annotations

import ctypes.util
import importlib.util
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice_interviewer.errors import AudioError

INSTALL_HINT = "On Debian or Ubuntu type: sudo apt install libportaudio2"
_lock = threading.Lock()
_module: Any = None


@dataclass(frozen=True)
class Device:
    """A sound device as PortAudio lists it."""

    index: int
    name: str
    default_rate_hz: int


def load() -> Any:
    """The `sounddevice` module. Raises AudioError where no PortAudio library can be found."""
    global _module
    with _lock:
        if _module is None:
            _module = _import_sounddevice()
        return _module


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
        index = int(sounddevice.default.device[position])
        found = (
            sounddevice.query_devices(index)
            if index >= 0
            else next((d for d in sounddevice.query_devices() if d[channels] > 0), None)
        )
    except (sounddevice.PortAudioError, ValueError):
        return None
    if found is None or found[channels] < 1:
        return None
    return Device(int(found["index"]), str(found["name"]), int(found["default_samplerate"]))


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

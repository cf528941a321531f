"""The child process that renders one utterance with pyttsx3; started by `pyttsx3_voice`.

It reads one JSON object from standard input (text, path, rate_wpm, voice_id, language), writes the
WAV to `path` and answers with one JSON line. A process of its own because pyttsx3 prints to
standard output, blocks without a deadline, and loses files when an engine is used twice.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

NO_PACKAGE = "no-package"
NO_LIBRARY = "no-library"
NO_VOICE = "no-voice"
ENGINE_FAILED = "engine-failed"

_ESPEAK = "pyttsx3.drivers._espeak"
_POLL_S = 0.005


class RenderError(Exception):
    """Why nothing was rendered: one of the reasons above, and a detail for the message."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def main() -> None:
    """Answer one request, then end at once, as espeak can abort while Python shuts down."""
    answer = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def end(failure: str | None, detail: str) -> None:
        os.write(answer, json.dumps({"failure": failure, "detail": detail}).encode())
        os._exit(0)

    # Errors in espeak's callback, a full disk for one, reach nobody and leave the engine waiting.
    sys.unraisablehook = lambda unraisable: end(ENGINE_FAILED, str(unraisable.exc_value))
    request = json.loads(sys.stdin.buffer.read())
    try:
        _render(request)
    except RenderError as error:
        end(error.reason, error.detail)
    end(None, "")


def _render(request: dict[str, Any]) -> None:
    if sys.platform not in ("darwin", "win32"):
        _load_espeak(Path(request["path"]).parent)
    engine, errors = _open_engine()
    asked = request["voice_id"]
    _choose_voice(engine, [asked] if asked else _voices_for(engine, request["language"]), errors)
    _command(engine, engine.setProperty, "rate", request["rate_wpm"])
    _command(engine, engine.save_to_file, request["text"], request["path"])
    engine.runAndWait()
    if errors:
        raise RenderError(ENGINE_FAILED, str(errors[0]))


def _open_engine() -> tuple[Any, list[Exception]]:
    """An engine whose start-up commands are done, and the list its errors are collected in.

    pyttsx3 swallows the errors of queued commands and only tells listeners of "error".
    """
    errors: list[Exception] = []

    def collect(name: str | None = None, exception: Exception | None = None) -> None:
        errors.append(exception or RuntimeError("unknown error"))

    try:
        import pyttsx3

        engine = pyttsx3.init()
    except ImportError as error:
        raise RenderError(NO_PACKAGE, str(error)) from error
    except (RuntimeError, OSError, ValueError) as error:
        raise RenderError(ENGINE_FAILED, str(error)) from error
    engine.connect("error", collect)
    engine.runAndWait()
    return engine, errors


def _command(engine: Any, command: Any, *arguments: Any) -> None:
    """Give one command while the synthesizer is idle; espeak loses those it gets when busy."""
    _wait_until_idle(engine)
    command(*arguments)
    _wait_until_idle(engine)


def _wait_until_idle(engine: Any) -> None:
    if str(engine) == "espeak":
        espeak = sys.modules[_ESPEAK]
        while espeak.IsPlaying():
            time.sleep(_POLL_S)


def _voices_for(engine: Any, language: str) -> list[str]:
    """Voices to try for a language, best first; none where the engine's default has to do.

    espeak takes a language code as a voice name; the other engines have to be searched.
    """
    wanted = language.lower()
    base = wanted.split("-")[0]
    if str(engine) == "espeak":
        return [wanted, base]
    for voice in engine.getProperty("voices"):
        codes = [str(code).lower().replace("_", "-") for code in voice.languages or ()]
        if any(code == wanted or code.split("-")[0] == base for code in codes):
            return [str(voice.id)]
    return []


def _choose_voice(engine: Any, candidates: list[str], errors: list[Exception]) -> None:
    for candidate in candidates:
        errors.clear()
        _command(engine, engine.setProperty, "voice", candidate)
        if not errors:
            return
    if errors:
        raise RenderError(NO_VOICE, candidates[0])


def _load_espeak(folder: Path) -> None:
    """Make pyttsx3 find libespeak-ng: the system's, or the one in the package espeakng_loader.

    pyttsx3 opens the library by its soname, which the dynamic linker answers with a library of
    that soname that is already loaded. espeak keeps the path of its data in 160 bytes, so it gets a
    short link to it inside `folder`.
    """
    try:
        importlib.import_module(_ESPEAK)
        return
    except ImportError as error:
        raise RenderError(NO_PACKAGE, str(error)) from error
    except RuntimeError as error:
        missing = error
    try:
        import espeakng_loader

        ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
        (folder / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
        os.environ["ESPEAK_DATA_PATH"] = str(folder)
        importlib.import_module(_ESPEAK)
    except (ImportError, OSError, RuntimeError) as error:
        raise RenderError(NO_LIBRARY, f"{missing}; {error}") from error


if __name__ == "__main__":
    main()

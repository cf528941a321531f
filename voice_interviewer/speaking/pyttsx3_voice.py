"""The voice every machine has: pyttsx3, one child process a sentence."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import voice_interviewer
from voice_interviewer.audio.sound import Sound, read_sound
from voice_interviewer.errors import AudioError, VoiceError
from voice_interviewer.speaking import pyttsx3_worker as worker
from voice_interviewer.speaking.loudness import is_silent, levelled
from voice_interviewer.speaking.text import speakable
from voice_interviewer.speaking.voice import VoiceOptions

NAME = "pyttsx3"
WORKER = (sys.executable, "-P", "-m", "voice_interviewer.speaking.pyttsx3_worker")
ESPEAK_HINT = "On Debian or Ubuntu type: sudo apt install espeak-ng"
OTHER_VOICE_HINT = "Choose the voice hibari, or silent to read the questions instead."

_CALM_RATE_WPM = 150
_DEADLINE_S = 10.0
_DEADLINE_S_PER_CHARACTER = 0.03
_log = logging.getLogger(__name__)


def installed() -> bool:
    """True when the package is there; its speech engine is looked up by the first render."""
    return importlib.util.find_spec("pyttsx3") is not None


def open_voice(options: VoiceOptions) -> Pyttsx3Voice:
    """The pyttsx3 voice of this system: espeak-ng, NSSpeechSynthesizer or SAPI 5."""
    return Pyttsx3Voice(options)


class Pyttsx3Voice:
    """Renders through pyttsx3 in a child process with a deadline; tries an empty render twice.

    Args:
        options: rate, voice and language.
        worker: the command that renders one request.
        deadline_s: seconds a short sentence may take; longer texts get more.
    """

    name = NAME

    def __init__(
        self,
        options: VoiceOptions,
        *,
        worker: Sequence[str] = WORKER,
        deadline_s: float = _DEADLINE_S,
    ) -> None:
        self.options = options
        self._worker = tuple(worker)
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def render(self, text: str) -> Sound:
        """The text as 16-bit speech of the common loudness. Raises VoiceError."""
        say = speakable(text)
        sound = self._render_once(say) or self._render_once(say)
        if sound is None:
            raise VoiceError(
                "The pyttsx3 voice rendered no sound.", OTHER_VOICE_HINT, retryable=True
            )
        return levelled(sound)

    def close(self) -> None:
        """End every child; renders in progress fail."""
        with self._lock:
            self._closed = True
            children = tuple(self._children)
        for child in children:
            child.kill()

    def _render_once(self, say: str) -> Sound | None:
        """What one child rendered, or None where that was silence."""
        try:
            with tempfile.TemporaryDirectory(prefix="voice-interviewer-") as folder:
                path = Path(folder) / "utterance.wav"
                self._run_child(
                    {
                        "text": say,
                        "path": str(path),
                        "rate_wpm": self.options.rate_wpm or _CALM_RATE_WPM,
                        "voice_id": self.options.voice_id,
                        "language": self.options.language,
                    }
                )
                sound = read_sound(path)
        except AudioError:
            return None
        except OSError as error:
            raise VoiceError(
                f"The pyttsx3 voice could not be started ({error.strerror or error}).",
                "Free some disk space or memory, then try again.",
                retryable=True,
            ) from error
        return None if is_silent(sound) else sound

    def _run_child(self, request: Mapping[str, object]) -> None:
        child = self._start_child()
        try:
            answer, noise = child.communicate(
                json.dumps(request).encode(), timeout=self._allowed_s(str(request["text"]))
            )
        except subprocess.TimeoutExpired as error:
            raise VoiceError(
                f"The pyttsx3 voice did not answer within {error.timeout:.0f} s.",
                OTHER_VOICE_HINT,
            ) from error
        finally:
            self._end_child(child)
        if noise.strip():
            _log.debug("pyttsx3 worker: %s", noise.decode(errors="replace").strip())
        _check(answer, child.returncode)

    def _start_child(self) -> subprocess.Popen[bytes]:
        """A worker that finds this very package, wherever the working folder is."""
        package_root = str(Path(voice_interviewer.__file__).parents[1])
        search = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))
        with self._lock:
            if self._closed:
                raise VoiceError("The pyttsx3 voice is closed.", "Start the interview again.")
            child = subprocess.Popen(
                self._worker,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": search},
            )
            self._children.add(child)
            return child

    def _end_child(self, child: subprocess.Popen[bytes]) -> None:
        if child.poll() is None:
            child.kill()
            child.communicate()
        with self._lock:
            self._children.discard(child)

    def _allowed_s(self, text: str) -> float:
        return self._deadline_s + _DEADLINE_S_PER_CHARACTER * len(text)


def _check(answer: bytes, exit_code: int) -> None:
    """Turn what the worker reports into our errors."""
    try:
        report = json.loads(answer)
        failure, detail = report["failure"], str(report["detail"])
    except (ValueError, KeyError, TypeError) as error:
        raise VoiceError(
            f"The pyttsx3 voice ended unexpectedly (exit code {exit_code}).",
            ESPEAK_HINT if sys.platform == "linux" else OTHER_VOICE_HINT,
            retryable=True,
        ) from error
    if failure is None:
        return
    if failure == worker.NO_PACKAGE:
        raise VoiceError(f"pyttsx3 is not installed ({detail}).", "Type: pip install pyttsx3")
    if failure == worker.NO_LIBRARY:
        raise VoiceError("The speech library espeak-ng was not found.", ESPEAK_HINT)
    if failure == worker.NO_VOICE:
        raise VoiceError(
            f"The speech engine has no voice {detail!r}.",
            "Leave voice_id out for the default; on Linux `espeak-ng --voices` lists them all.",
        )
    raise VoiceError(f"The speech engine failed ({detail}).", OTHER_VOICE_HINT, retryable=True)

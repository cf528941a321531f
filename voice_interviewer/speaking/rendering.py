"""Rendering ahead of time and in spite of a voice that fails."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from voice_interviewer.audio.sound import Sound
from voice_interviewer.errors import InterviewerError, VoiceError
from voice_interviewer.speaking.text import NothingToSayError
from voice_interviewer.speaking.voice import Voice

_KEPT = 4
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rendered:
    """A sentence as sound, the voice that spoke it, and what the user should know about that."""

    sound: Sound
    voice_name: str
    notice: str = ""


class VoiceChain:
    """Voices in order of preference: the next one speaks where the one before fails.

    A voice that failed for good (its error is not retryable) is not asked again.
    """

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = tuple(voices)
        self._given_up: dict[Voice, VoiceError] = {}

    def render(self, text: str) -> Rendered:
        """The text in the first voice that works. Raises VoiceError, the first voice's own."""
        failure: VoiceError | None = None
        for voice in self._voices:
            error = self._given_up.get(voice)
            if error is None:
                try:
                    return Rendered(_guarded(voice, text), voice.name, _notice(failure, voice.name))
                except NothingToSayError:
                    raise
                except VoiceError as raised:
                    _log.warning("the voice %s failed: %s", voice.name, raised)
                    error = raised
                    if not error.retryable:
                        self._given_up[voice] = error
            failure = failure or error
        raise failure or VoiceError("There is no voice.", "Choose the voice pyttsx3.")

    def close(self) -> None:
        """Close every voice."""
        for voice in self._voices:
            voice.close()


class Renders:
    """Renders in daemon threads, at most one sentence ahead, and keeps the last few.

    Args:
        render: what turns text into a render; called from several threads.
    """

    def __init__(self, render: Callable[[str], Rendered]) -> None:
        self._render = render
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Future[Rendered]] = OrderedDict()
        self._ahead: Future[Rendered] | None = None
        self._next: str | None = None

    def get(self, text: str) -> Future[Rendered]:
        """The render of a text: done, under way, or started now. Fails with VoiceError."""
        with self._lock:
            kept = self._kept.get(text)
            if kept is not None and not (kept.done() and kept.exception()):
                return kept
            return self._start(text)

    def prepare(self, text: str) -> None:
        """Render this as soon as what is being rendered ahead is done; the latest wish counts."""
        with self._lock:
            if self._ahead is not None and not self._ahead.done():
                self._next = text
                return
            self._next = None
            if text not in self._kept:
                self._ahead = self._start(text)

    def _start(self, text: str) -> Future[Rendered]:
        future: Future[Rendered] = Future()
        self._kept[text] = future
        self._kept.move_to_end(text)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        threading.Thread(
            target=self._fulfil, args=(text, future), name="render", daemon=True
        ).start()
        return future

    def _fulfil(self, text: str, future: Future[Rendered]) -> None:
        try:
            future.set_result(self._render(text))
        except VoiceError as error:
            future.set_exception(error)
        with self._lock:
            if future is self._ahead and self._next is not None:
                text, self._next = self._next, None
                if text not in self._kept:
                    self._ahead = self._start(text)


def _guarded(voice: Voice, text: str) -> Sound:
    """The voice's render, whatever it raises turned into VoiceError."""
    try:
        return voice.render(text)
    except VoiceError:
        raise
    except InterviewerError as error:
        raise VoiceError(error.message, error.hint, retryable=error.retryable) from error
    except Exception as error:
        raise VoiceError(
            f"The voice {voice.name} failed ({type(error).__name__}: {error}).",
            "Choose another voice.",
        ) from error


def _notice(failure: VoiceError | None, voice_name: str) -> str:
    if failure is None:
        return ""
    return f"{failure.message} The voice {voice_name} speaks instead. {failure.hint}".strip()

"""Says prompts aloud, or says why it cannot."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import wait

from voice_interviewer.core.ports import Spoken
from voice_interviewer.errors import AudioError, InterviewerError, VoiceError
from voice_interviewer.speaking.loudness import is_silent
from voice_interviewer.speaking.player import Player
from voice_interviewer.speaking.rendering import Rendered, Renders, VoiceChain
from voice_interviewer.speaking.voice import Voice

Started = Callable[[str, bool, str], None]

_POLL_S = 0.02


class VoiceSpeaker:
    """Renders with a voice and plays on a player. A sentence is over when `speak` returns.

    Args:
        voice: renders; wrap it in a cache so that repeats start at once.
        player: the loudspeaker.
        voice_name: what the session calls the voice; its own name when empty.
        fallback: renders where `voice` fails.
    """

    def __init__(
        self, voice: Voice, player: Player, *, voice_name: str = "", fallback: Voice | None = None
    ) -> None:
        self._name = voice_name or voice.name
        self._voice = voice
        self._player = player
        self._chain = VoiceChain([voice] if fallback is None else [voice, fallback])
        self._renders = Renders(self._chain.render)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._acknowledging = threading.Lock()

    def speak(self, say: str, *, started: Started) -> Spoken:
        """Say a sentence; calls `started` once, also when it is stopped before it can be heard.

        Raises AudioError when the speaker fails in the middle of it.
        """
        stop = threading.Event()
        with self._acknowledging, self._lock:
            self._stop.set()
            self._stop = stop
        problem = self._player.problem()
        if problem is not None:
            started(self._name, False, _shown_because(problem))
            return Spoken(cut=False)
        try:
            rendered = self._rendered(say, stop)
        except VoiceError as error:
            started(self._name, False, _shown_because(error))
            return Spoken(cut=False)
        if rendered is None:
            started(self._name, False, "")
            return Spoken(cut=True)
        if is_silent(rendered.sound):
            started(self._name, False, rendered.notice)
            return Spoken(cut=False)
        return self._play(rendered, stop, started)

    def prepare(self, say: str) -> None:
        """Render ahead where it can be heard; a failure shows when the sentence is spoken."""
        if self._player.available():
            self._renders.prepare(say)

    def acknowledge(self, say: str, *, started: Callable[[], None]) -> None:
        """Say a few words if they are rendered; a failure shows when a sentence is spoken."""
        if not self._player.available():
            return
        stop = threading.Event()
        with self._lock:
            self._stop = stop
        with contextlib.suppress(InterviewerError), self._acknowledging:
            rendered = self._rendered(say, stop)
            if rendered is not None and not is_silent(rendered.sound):
                self._player.play(rendered.sound, on_first_sample=started, stop=stop)

    def stop(self) -> None:
        """Fall silent at once; what is still being rendered is not played."""
        with self._lock:
            self._stop.set()

    def close(self) -> None:
        """Fall silent and close the voices."""
        self.stop()
        self._chain.close()
        self._player.close()

    def _rendered(self, say: str, stop: threading.Event) -> Rendered | None:
        """The render, or None when it was stopped first. Raises VoiceError."""
        future = self._renders.get(say)
        while not stop.is_set():
            if wait([future], timeout=_POLL_S).done:
                return None if stop.is_set() else future.result()
        return None

    def _play(self, rendered: Rendered, stop: threading.Event, started: Started) -> Spoken:
        name = self._name if rendered.voice_name == self._voice.name else rendered.voice_name
        heard = False

        def first_sample() -> None:
            nonlocal heard
            heard = True
            started(name, True, rendered.notice)

        try:
            completed = self._player.play(rendered.sound, on_first_sample=first_sample, stop=stop)
        except AudioError as error:
            if heard:
                raise
            started(name, False, _shown_because(error))
            return Spoken(cut=False)
        if not heard:
            started(name, False, "")
        return Spoken(cut=not completed)


class SilentSpeaker:
    """Says nothing: every question is only shown, as was wished."""

    def speak(self, say: str, *, started: Started) -> Spoken:
        """The question is shown at once."""
        started("silent", False, "")
        return Spoken(cut=False)

    def prepare(self, say: str) -> None:
        """Nothing to render."""

    def acknowledge(self, say: str, *, started: Callable[[], None]) -> None:
        """Nothing is said."""

    def stop(self) -> None:
        """Nothing to stop."""

    def close(self) -> None:
        """Nothing to let go of."""


def _shown_because(error: InterviewerError) -> str:
    return f"{error.message.rstrip('.')}, so the question is shown. {error.hint}".strip()

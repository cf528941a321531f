"""The voices of a session, each by the name it is asked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from voice_interviewer.errors import InterviewerError, VoiceError
from voice_interviewer.speaking.rendering import Rendered, VoiceChain
from voice_interviewer.speaking.voice import Voice

_log = logging.getLogger(__name__)


class Cast:
    """Opens further voices when they are first asked for; the session's own speaks where they fail.

    Args:
        own: the session's voice.
        name: what the session calls it; its own name where empty.
        fallback: speaks where the session's voice fails.
        open_voice: opens a voice by name, raising InterviewerError; without it there is one only.
    """

    def __init__(
        self,
        own: Voice,
        *,
        name: str = "",
        fallback: Voice | None = None,
        open_voice: Callable[[str], Voice] | None = None,
    ) -> None:
        self._spare = (own,) if fallback is None else (own, fallback)
        self._open_voice = open_voice
        self._lock = threading.Lock()
        self._opened: list[Voice] = []
        self._chains = {"": VoiceChain(self._spare, name=name)}

    def name(self, voice: str) -> str:
        """What a voice is called, whether or not it can speak."""
        return voice or self._chains[""].name

    def render(self, voice: str, text: str) -> Rendered:
        """A text in the voice of this name, or in one that speaks for it. Raises VoiceError."""
        return self._chain(voice).render(text)

    def close(self) -> None:
        """Close every voice."""
        with self._lock:
            opened = (*self._spare, *self._opened)
        for voice in opened:
            voice.close()

    def _chain(self, voice: str) -> VoiceChain:
        with self._lock:
            if voice not in self._chains:
                self._chains[voice] = self._new_chain(voice)
            return self._chains[voice]

    def _new_chain(self, name: str) -> VoiceChain:
        if self._open_voice is None:
            return self._chains[""]
        try:
            voice = self._open_voice(name)
        except InterviewerError as error:
            _log.warning("the voice %s cannot be had: %s", name, error)
            return VoiceChain(self._spare, missing=VoiceError(error.message, error.hint))
        self._opened.append(voice)
        return VoiceChain((voice, *self._spare), name=name)

"""Prompts of past sessions in the voices that asked them."""

from __future__ import annotations

from collections.abc import Callable

from voice_interviewer.audio.sound import Sound
from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.voice import Voice


class Prompts:
    """Renders each prompt in the voice that is named, opened when it is first needed.

    Args:
        open_voice: opens a voice by name.
        spare: the name of the voice that speaks where another one cannot.
    """

    def __init__(self, open_voice: Callable[[str], Voice], spare: str) -> None:
        self._open_voice = open_voice
        self._spare = spare
        self._opened: dict[str, Voice] = {}

    def render(self, text: str, voice: str) -> Sound:
        """The text as sound. Raises VoiceError, the named voice's own, where none can speak."""
        try:
            return self._voice(voice).render(text)
        except VoiceError as error:
            if voice == self._spare:
                raise
            try:
                return self._voice(self._spare).render(text)
            except VoiceError:
                raise error from None

    def close(self) -> None:
        """Close the voices that were opened."""
        for voice in self._opened.values():
            voice.close()

    def _voice(self, name: str) -> Voice:
        if name not in self._opened:
            self._opened[name] = self._open_voice(name)
        return self._opened[name]

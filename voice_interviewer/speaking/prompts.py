"""Prompts of past sessions in the voices that asked them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from voice_interviewer.audio.sound import Sound
from voice_interviewer.speaking.cast import Cast
from voice_interviewer.speaking.clauses import sentences
from voice_interviewer.speaking.loudness import at_volume
from voice_interviewer.speaking.pronunciation import Pronunciations
from voice_interviewer.speaking.text import NothingToSayError


class Prompts:
    """Renders whole prompts, sentence by sentence as they were first spoken, so that a cache helps.

    Args:
        open_cast: opens the voices; called when the first prompt is rendered.
        pronunciations: how terms are said.
        volume: times as loud as the common loudness; 0 is silence.
    """

    def __init__(
        self, open_cast: Callable[[], Cast], pronunciations: Pronunciations, volume: float = 1.0
    ) -> None:
        self._open_cast = open_cast
        self._pronounced = pronunciations.apply
        self._volume = volume
        self._cast: Cast | None = None

    def render(self, text: str, voice: str) -> Sound:
        """The text as sound; an empty `voice` is the session's own. Raises VoiceError."""
        if self._cast is None:
            self._cast = self._open_cast()
        cast = self._cast
        rendered = [cast.render(voice, self._pronounced(part)).sound for part in sentences(text)]
        if not rendered:
            raise NothingToSayError("There is nothing to say in this prompt.")
        rate_hz = rendered[0].rate_hz
        whole = np.concatenate([sound.at(rate_hz).samples for sound in rendered])
        return at_volume(Sound(whole, rate_hz), self._volume)

    def close(self) -> None:
        """Close the voices that were opened."""
        if self._cast is not None:
            self._cast.close()

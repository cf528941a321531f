"""Rendering in spite of a voice that fails."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from voice_interviewer.audio.sound import Sound
from voice_interviewer.errors import InterviewerError, VoiceError
from voice_interviewer.speaking.text import NothingToSayError
from voice_interviewer.speaking.voice import Voice

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

    Args:
        voices: the best first.
        name: what the first one is called; its own name where empty.
        missing: why the voice that was wished for is not even among them.
    """

    def __init__(
        self, voices: Sequence[Voice], *, name: str = "", missing: VoiceError | None = None
    ) -> None:
        self._voices = tuple(voices)
        self._name = name
        self._missing = missing
        self._given_up: dict[Voice, VoiceError] = {}

    @property
    def name(self) -> str:
        """What the first voice is called."""
        return self._name or (self._voices[0].name if self._voices else "")

    def render(self, text: str) -> Rendered:
        """The text in the first voice that works. Raises VoiceError, the first voice's own."""
        failure = self._missing
        for voice in self._voices:
            error = self._given_up.get(voice)
            if error is None:
                try:
                    sound = _guarded(voice, text)
                except NothingToSayError:
                    raise
                except VoiceError as raised:
                    _log.warning("the voice %s failed: %s", voice.name, raised)
                    error = raised
                    if not error.retryable:
                        self._given_up[voice] = error
                else:
                    name = self.name if voice is self._voices[0] else voice.name
                    return Rendered(sound, name, _notice(failure, name))
            failure = failure or error
        raise failure or VoiceError("There is no voice.", "Choose the voice pyttsx3.")


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

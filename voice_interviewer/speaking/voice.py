"""What a voice is: text in, sound out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from voice_interviewer.audio.sound import Sound
from voice_interviewer.errors import VoiceError

SLOWEST_WPM = 80
FASTEST_WPM = 450


@dataclass(frozen=True)
class VoiceOptions:
    """How a voice is to speak.

    Args:
        rate_wpm: words a minute; None is the pace the voice was made for.
        voice_id: a speaker of that engine by the engine's own name; None is its default.
        language: BCP 47 code, e.g. "en" or "en-GB".
        speakers_folder: where further speakers of an engine may lie, e.g. Kokoro's.

    Raises VoiceError for a rate no voice can speak.
    """

    rate_wpm: int | None = None
    voice_id: str | None = None
    language: str = "en"
    speakers_folder: Path | None = None

    def __post_init__(self) -> None:
        if self.rate_wpm is not None and not SLOWEST_WPM <= self.rate_wpm <= FASTEST_WPM:
            raise VoiceError(
                f"No voice can speak {self.rate_wpm} words a minute.",
                f"Choose a rate from {SLOWEST_WPM} to {FASTEST_WPM}.",
            )


class Voice(Protocol):
    """Renders sentences. `options` is what the voice was opened with, so that it can be cached."""

    @property
    def name(self) -> str:
        """The engine's name, as `open_voice` knows it."""
        ...

    @property
    def options(self) -> VoiceOptions:
        """What it was opened with."""
        ...

    def render(self, text: str) -> Sound:
        """The whole text as sound. Blocks; may be called from any thread. Raises VoiceError."""
        ...

    def close(self) -> None:
        """Let go of models and child processes; a render in progress fails."""
        ...

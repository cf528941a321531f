"""The voice for reading instead of listening."""

from __future__ import annotations

import numpy as np

from voice_interviewer.audio.sound import Sound
from voice_interviewer.speaking.voice import VoiceOptions

NAME = "silent"
_RATE_HZ = 24_000


class SilentVoice:
    """Renders no sound for any text, so that the question is only shown."""

    name = NAME

    def __init__(self, options: VoiceOptions) -> None:
        self.options = options

    def render(self, text: str) -> Sound:
        """No samples."""
        return Sound(np.zeros(0, dtype=np.float32), _RATE_HZ)

    def close(self) -> None:
        """Nothing to let go of."""

"""Text made fit for a speech engine."""

from __future__ import annotations

import unicodedata

from voice_interviewer.errors import VoiceError

_BREAKS = ("Cc", "Cs", "Co", "Cn")


class NothingToSayError(VoiceError):
    """The text has no letter and no digit, so no voice can read it."""


def speakable(text: str) -> str:
    """The text on one line without control, format or unassigned characters.

    Engines written in C end at a NUL or misread escapes, and half of a surrogate pair cannot be
    encoded at all. Raises NothingToSayError when no letter or digit is left.
    """
    visible = (c for c in text if unicodedata.category(c) != "Cf")
    kept = "".join(" " if unicodedata.category(c) in _BREAKS else c for c in visible)
    line = " ".join(unicodedata.normalize("NFC", kept).split())
    if not any(c.isalnum() for c in line):
        raise NothingToSayError(
            "The text has no word that could be spoken.", "Write the prompt with words."
        )
    return line

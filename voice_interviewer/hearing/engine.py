"""What turns sound into words: the protocol every speech engine of this room implements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from voice_interviewer.core.transcript import Span, Word
from voice_interviewer.errors import InterviewerError

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

Words = tuple[Word, ...]


class Transcriber(Protocol):
    """Words from sound, one request at a time; every method may be called from any thread.

    `engine` and `language` describe what it does; `problem` tells why it cannot work, once that is
    known.
    """

    engine: str
    language: str
    problem: InterviewerError | None

    def start(self) -> None:
        """Get ready in the background and return at once; clears `problem`."""
        ...

    def transcribe(
        self,
        samples: Samples,
        *,
        terms: Sequence[str] = (),
        speech: Sequence[Span] = (),
        thorough: bool = False,
        timeout_s: float | None = None,
    ) -> Words:
        """The words in float32 samples at 16 kHz; times are seconds from their start.

        Args:
            terms: jargon that may be said; helps spelling, never adds words.
            speech: where the speech detector heard somebody, in seconds from the start of the
                samples; words elsewhere are taken for invented. Empty where that is not known.
            thorough: take the time to do it as well as the engine can.
            timeout_s: longest wait; by default it grows with the sound.

        Raises InterviewerError.
        """
        ...

    def close(self) -> None:
        """Let go of everything; a request in progress fails."""
        ...

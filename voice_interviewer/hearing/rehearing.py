"""Past answers heard again from their recordings, with any engine and all the time it takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.audio.sound import HEARING_RATE_HZ, read_sound
from voice_interviewer.core.transcript import Span, Transcript
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.engine import Transcriber
from voice_interviewer.hearing.recordings import TurnRecordings
from voice_interviewer.hearing.vad import Vad
from voice_interviewer.hearing.whole import WholeRecording

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples


class Rehearing:
    """Owns the transcriber it is given; `close` ends it.

    Raises WeightsError when the speech detector cannot be loaded.
    """

    def __init__(self, transcriber: Transcriber, session_folder: Path) -> None:
        self._transcriber = transcriber
        self._recordings = TurnRecordings(session_folder)
        self._detector = Vad()

    def hear(
        self, recordings: tuple[str, ...], terms: tuple[str, ...], removed: tuple[Span, ...]
    ) -> Transcript:
        """One turn's recordings, put together.

        Args:
            terms: jargon that may be said.
            removed: stretches of them that are no part of the answer.

        Raises AudioError when one of them is gone, and what the engine raises.
        """
        missing = [name for name in recordings if not self._recordings.there(name)]
        if missing:
            raise AudioError(f"The recording {missing[0]} is gone.", "Put it back, then try again.")
        return self._heard(self._recordings.readable(recordings), terms, removed)

    def hear_file(self, path: Path, terms: tuple[str, ...]) -> Transcript:
        """A sound file that is no session's. Raises AudioError, and what the engine raises."""
        return self._heard(read_sound(path).at(HEARING_RATE_HZ).samples, terms, ())

    def _heard(
        self, samples: Samples, terms: tuple[str, ...], removed: tuple[Span, ...]
    ) -> Transcript:
        whole = WholeRecording(self._transcriber, self._detector, terms, removed)
        transcript = whole.transcript(samples)
        assert transcript is not None, "nobody gives up here"
        return transcript

    def close(self) -> None:
        """End the engine."""
        self._transcriber.close()

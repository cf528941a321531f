"""A whole recording at leisure: found speech, pieces near the full window, thorough decodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.core.transcript import Span, Transcript, Word
from voice_interviewer.hearing.engine import Transcriber, Words
from voice_interviewer.hearing.live_text import shifted
from voice_interviewer.hearing.pieces import (
    MARGIN_S,
    WHOLE,
    Cut,
    muted,
    pause_to_cut,
    quietest,
    where_to_force,
    without,
)
from voice_interviewer.hearing.speech import SpeechDetector, SpeechFollower
from voice_interviewer.hearing.timeline import SpeechTimeline

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples


@dataclass(frozen=True)
class WholeRecording:
    """Hears recordings as a whole.

    Args:
        terms: jargon that may be said.
        removed: stretches that are no part of the answer, in seconds.
        go_on: asked before every piece; False gives up.
    """

    transcriber: Transcriber
    detector: SpeechDetector
    terms: Sequence[str] = ()
    removed: Sequence[Span] = ()
    go_on: Callable[[], bool] = lambda: True

    def transcript(self, samples: Samples) -> Transcript | None:
        """What is said in float32 samples at 16 kHz; None when given up.

        Raises InterviewerError.
        """
        timeline = SpeechTimeline()
        follower = SpeechFollower(self.detector, timeline)
        for start in range(0, len(samples), HEARING_RATE_HZ):
            if not self.go_on():
                return None
            follower.feed(samples[start : start + HEARING_RATE_HZ])
        follower.finish()
        words: list[Word] = []
        voices = without(timeline.voices, self.removed)
        for number, piece in enumerate(pieces_of(samples, timeline)):
            if not self.go_on():
                return None
            heard = self._words(samples, piece, voices)
            words += [word.model_copy(update={"segment": number}) for word in heard]
        return Transcript(
            words=tuple(words),
            language=self.transcriber.language,
            engine=self.transcriber.engine,
            audio_s=round(len(samples) / HEARING_RATE_HZ, 3),
            speech=rounded(without(timeline.spans, self.removed)),
        )

    def _words(self, samples: Samples, piece: Span, voices: Sequence[Span]) -> Words:
        start_s, end_s = piece
        first, last = (round(time_s * HEARING_RATE_HZ) for time_s in piece)
        inside = [
            (max(from_s, start_s) - start_s, min(to_s, end_s) - start_s)
            for from_s, to_s in voices
            if to_s > start_s and from_s < end_s
        ]
        if not inside:
            return ()
        sound = muted(samples[first:last], start_s, self.removed)
        heard = self.transcriber.transcribe(sound, terms=self.terms, speech=inside, thorough=True)
        return shifted(heard, start_s)


def pieces_of(samples: Samples, timeline: SpeechTimeline) -> list[Span]:
    """The recording in pieces of at most 30 s, cut in pauses where there are any."""
    started_s, voice_s = timeline.speech_started_s, timeline.last_voice_s
    if started_s is None or voice_s is None:
        return []
    start_s = max(0.0, started_s - MARGIN_S)
    end_s = min(len(samples) / HEARING_RATE_HZ, voice_s + MARGIN_S)
    pieces = []
    while end_s - start_s > WHOLE.longest_s:
        cut = pause_to_cut(timeline.silences, start_s, voice_s, WHOLE)
        if cut is None:
            from_s, to_s = where_to_force(start_s, WHOLE)
            first, last = (round(time_s * HEARING_RATE_HZ) for time_s in (from_s, to_s))
            point_s = from_s + quietest(samples[first:last])
            cut = Cut(end_s=point_s, next_s=point_s)
        pieces.append((start_s, cut.end_s))
        start_s = cut.next_s
    return [*pieces, (start_s, end_s)]


def rounded(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans to the millisecond, as they are kept."""
    return tuple((round(from_s, 3), round(to_s, 3)) for from_s, to_s in spans)

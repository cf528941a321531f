"""Where there is speech in a recording, followed chunk by chunk as a pure state machine.

    quiet ──p ≥ 0.5──► starting ──0.25 s of it──► speaking ──p < 0.35──► stopping ──0.25 s──► quiet
                           └──p < 0.35──► quiet                              └──p ≥ 0.5──► speaking

A click or a breath that does not reach 0.25 s is no speech: it neither begins an answer nor breaks
a pause. It may be a short word all the same, so the voices tell of it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from voice_interviewer.core.transcript import Span

STARTS = 0.5
GOES_ON = 0.35
LEAST_SPEECH_S = 0.25
LEAST_PAUSE_S = 0.25
ROUNDING_S = 1e-6


class Phase(Enum):
    """What the candidate is doing."""

    QUIET = "quiet"
    STARTING = "starting"
    SPEAKING = "speaking"
    STOPPING = "stopping"


@dataclass(frozen=True)
class Pause:
    """Silence between two stretches of speech, in seconds from the start of the recording."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """How long it lasted."""
        return self.end_s - self.start_s

    @property
    def middle_s(self) -> float:
        """The safest place to cut."""
        return (self.start_s + self.end_s) / 2


class SpeechTimeline:
    """Follows one recording. All times are seconds from its start.

    Attributes:
        phase: what the candidate is doing now.
        now_s: how much was followed so far.
        speech_started_s: where the first speech began; None before it.
        last_speech_end_s: where the last speech ended, or goes on; None before the first.
        last_voice_s: where anything voice-like was heard last, clicks included.
        pauses: what lies between stretches of speech.
        silences: the parts of the pauses in which there was no voice either.
    """

    def __init__(self) -> None:
        self._run_started_s = 0.0
        self._clicks: list[Span] = []
        self.phase = Phase.QUIET
        self.now_s = 0.0
        self.speech_started_s: float | None = None
        self.last_speech_end_s: float | None = None
        self.last_voice_s: float | None = None
        self.pauses: list[Pause] = []
        self.silences: list[Pause] = []

    def feed(self, probability: float, duration_s: float) -> None:
        """Go on by one chunk with this speech probability."""
        start_s = self.now_s
        self.now_s += duration_s
        if probability >= STARTS:
            self.last_voice_s = self.now_s
        if self.phase is Phase.QUIET and probability >= STARTS:
            self.phase, self._run_started_s = Phase.STARTING, start_s
        elif self.phase is Phase.STARTING and probability < GOES_ON:
            self._was_only_a_click()
        elif self.phase is Phase.STOPPING and probability >= STARTS:
            self.phase = Phase.SPEAKING
        elif self.phase is Phase.SPEAKING and probability < GOES_ON:
            self.phase = Phase.STOPPING
        if self.phase is Phase.STARTING and self._lasted(LEAST_SPEECH_S, self._run_started_s):
            self._speech_begins()
        if self.phase is Phase.SPEAKING:
            self.last_speech_end_s = self.last_voice_s = self.now_s
        elif self.phase is Phase.STOPPING and self._lasted(LEAST_PAUSE_S, self.last_speech_end_s):
            self.phase = Phase.QUIET

    @property
    def heard_speech(self) -> bool:
        """True once somebody has really said something."""
        return self.speech_started_s is not None

    @property
    def speaking(self) -> bool:
        """True while somebody speaks, small gaps between words included."""
        return self.phase in (Phase.SPEAKING, Phase.STOPPING)

    @property
    def silence_s(self) -> float:
        """Seconds since the last speech, or since the start where there was none."""
        return self.now_s - (self.last_speech_end_s or 0.0)

    @property
    def spans(self) -> tuple[Span, ...]:
        """All stretches of speech so far as (start_s, end_s), the running one included."""
        if self.speech_started_s is None or self.last_speech_end_s is None:
            return ()
        starts = [self.speech_started_s, *(pause.end_s for pause in self.pauses)]
        ends = [*(pause.start_s for pause in self.pauses), self.last_speech_end_s]
        return tuple(zip(starts, ends, strict=True))

    @property
    def voices(self) -> tuple[Span, ...]:
        """The stretches of speech, and all that was voice-like but too short for it, in order."""
        spans = [*self.spans, *self._clicks]
        if self.phase is Phase.STARTING and self.last_voice_s is not None:
            spans.append((self._run_started_s, self.last_voice_s))
        return tuple(sorted(spans))

    def _was_only_a_click(self) -> None:
        assert self.last_voice_s is not None
        self._silence_is_over()
        self._clicks.append((self._run_started_s, self.last_voice_s))
        self.phase = Phase.QUIET

    def _silence_is_over(self) -> None:
        """Keep the silence before the voice that goes on, unless nobody has spoken yet."""
        if self.last_speech_end_s is None:
            return
        click_end_s = self._clicks[-1][1] if self._clicks else 0.0
        silence = Pause(max(self.last_speech_end_s, click_end_s), self._run_started_s)
        if silence.duration_s >= LEAST_PAUSE_S - ROUNDING_S:
            self.silences.append(silence)

    def _speech_begins(self) -> None:
        self._silence_is_over()
        if self.last_speech_end_s is None:
            self.speech_started_s = self._run_started_s
        else:
            self.pauses.append(Pause(self.last_speech_end_s, self._run_started_s))
        self.phase = Phase.SPEAKING

    def _lasted(self, seconds: float, since_s: float | None) -> bool:
        return self.now_s - (since_s or 0.0) >= seconds - ROUNDING_S

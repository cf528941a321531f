"""When does an answer end? A simple rule over speech probabilities, as a pure state machine.

    quiet ──p ≥ 0.5──► starting ──0.25 s of it──► speaking ──p < 0.35──► stopping ──0.25 s──► quiet
                           └──p < 0.35──► quiet                              └──p ≥ 0.5──► speaking

A click or a breath that does not reach 0.25 s is no speech: it neither begins an answer nor breaks
a silence, though it does keep an answer from ending while it lasts. An answer ends by silence only
after speech, only when nobody is perhaps starting, and never while it is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

STARTS = 0.5
GOES_ON = 0.35
LEAST_SPEECH_S = 0.25
LEAST_PAUSE_S = 0.25
_ROUNDING_S = 1e-6


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
    def middle_s(self) -> float:
        """The safest place to cut."""
        return (self.start_s + self.end_s) / 2


class Endpointer:
    """Follows one recording. All times are seconds from its start.

    Args:
        end_silence_s: silence after speech that ends the answer; None lets no silence end it.
        no_speech_s: limit for an answer without any speech; None where there is none.
    """

    def __init__(
        self, end_silence_s: float | None = None, no_speech_s: float | None = None
    ) -> None:
        self._end_silence_s = end_silence_s
        self._no_speech_s = no_speech_s
        self._held = False
        self._run_started_s = 0.0
        self.phase = Phase.QUIET
        self.now_s = 0.0
        self.speech_started_s: float | None = None
        self.last_speech_end_s: float | None = None
        self.last_voice_s: float | None = None
        self.pauses: list[Pause] = []

    def feed(self, probability: float, duration_s: float) -> None:
        """Go on by one chunk with this speech probability."""
        start_s = self.now_s
        self.now_s += duration_s
        if probability >= STARTS:
            self.last_voice_s = self.now_s
        if self.phase is Phase.QUIET and probability >= STARTS:
            self.phase, self._run_started_s = Phase.STARTING, start_s
        elif self.phase is Phase.STARTING and probability < GOES_ON:
            self.phase = Phase.QUIET
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

    def hold(self) -> None:
        """Let neither silence nor the limit end this answer."""
        self._held = True

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
    def ended(self) -> bool:
        """True when the silence after speech has been long enough."""
        return (
            self._end_silence_s is not None
            and self.heard_speech
            and self._undisturbed
            and self.silence_s >= self._end_silence_s - _ROUNDING_S
        )

    @property
    def nobody_spoke(self) -> bool:
        """True when the limit for an answer without speech is reached."""
        return (
            self._no_speech_s is not None
            and not self.heard_speech
            and self._undisturbed
            and self.now_s >= self._no_speech_s - _ROUNDING_S
        )

    @property
    def _undisturbed(self) -> bool:
        return self.phase is Phase.QUIET and not self._held

    def _speech_begins(self) -> None:
        if self.last_speech_end_s is None:
            self.speech_started_s = self._run_started_s
        else:
            self.pauses.append(Pause(self.last_speech_end_s, self._run_started_s))
        self.phase = Phase.SPEAKING

    def _lasted(self, seconds: float, since_s: float | None) -> bool:
        return self.now_s - (since_s or 0.0) >= seconds - _ROUNDING_S

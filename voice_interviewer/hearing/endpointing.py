"""When does an answer end? Silence, weighed by what was said before it.

The surer the text sounds finished, the shorter the silence that ends the answer. Where the words do
not say that it is over, whoever made long pauses in this answer gets longer ones. Once a silence is
long enough to tell the candidate to take their time, it ends nothing any more. What the presets cut
off and how long they wait is measured by tests/benchmarks/hearing/endpointing.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from voice_interviewer.core.events import SpokenCommand
from voice_interviewer.hearing.text_ending import Ending, ending_of
from voice_interviewer.hearing.timeline import ROUNDING_S, Phase, SpeechTimeline


@dataclass(frozen=True)
class EndpointingPreset:
    """How patient the interviewer is. The defaults are those of the shipped preset `patient`.

    Args:
        least_silence_s: no shorter silence ever ends an answer.
        closed_silence_s: ends an answer that was closed in so many words; None: never.
        fading_silence_s: ends an answer that fades out ("and so on"); None: never.
        complete_silence_s: ends an answer whose last sentence is complete; None: never.
        unclear_silence_s: ends an answer of which the text says neither, or of which there is no
            text yet; None: never.
        unfinished_silence_s: ends an answer that breaks off; None: never.
        least_words: an answer of fewer words counts as unclear however it ends.
        own_pause_factor: silence needed at least after a complete or unclear text, as a multiple of
            the longest pause so far.
        take_your_time_s: after this the candidate is told to take their time, and this silence ends
            nothing any more.
        no_speech_s: ends an answer in which nobody has said anything; None: never.
        command_silence_s: what is said to the interviewer is obeyed after this, but it ends no
            answer before `least_silence_s`.
    """

    least_silence_s: float = 1.2
    closed_silence_s: float | None = 1.4
    fading_silence_s: float | None = 1.5
    complete_silence_s: float | None = 5.0
    unclear_silence_s: float | None = 7.0
    unfinished_silence_s: float | None = None
    least_words: int = 12
    own_pause_factor: float = 1.0
    take_your_time_s: float = 8.0
    no_speech_s: float | None = 300.0
    command_silence_s: float = 0.7

    def silence_after_s(self, ending: Ending) -> float | None:
        """The silence that ends an answer with such an ending; None when none does."""
        return {
            Ending.CLOSED: self.closed_silence_s,
            Ending.FADING: self.fading_silence_s,
            Ending.COMPLETE: self.complete_silence_s,
            Ending.UNCLEAR: self.unclear_silence_s,
            Ending.UNFINISHED: self.unfinished_silence_s,
        }[ending]

    def silence_after_command_s(self, command: SpokenCommand) -> float:
        """The silence after which such a command is obeyed."""
        ends = command in ("done", "skip")
        return max(self.command_silence_s, self.least_silence_s if ends else 0.0)


PATIENT = EndpointingPreset()
# Whoever says that the answer is over does not pause to think, whatever pauses came before.
_SAID = (Ending.CLOSED, Ending.FADING)


class EndRule:
    """Says whether the answer that a timeline follows is over.

    `hold` and `rest` may come from any thread; everything else belongs to the thread that feeds
    the timeline.
    """

    def __init__(self, timeline: SpeechTimeline, preset: EndpointingPreset) -> None:
        self.preset = preset
        self._timeline = timeline
        self._held = False
        self._resting = False
        self._text = ""
        self._ending_of_text, self._words = Ending.UNCLEAR, 0
        self._until_s = 0.0

    def heard(self, text: str, until_s: float) -> None:
        """Take in the transcript of everything said so far, interim text included.

        Args:
            text: the whole answer's text.
            until_s: the text covers the speech up to here, in seconds from the recording's start.
        """
        if text != self._text:
            self._text = text
            self._ending_of_text, self._words = ending_of(text), len(text.split())
        self._until_s = until_s

    def hold(self) -> None:
        """Let neither silence nor the limit end this answer."""
        self._held = True

    def rest(self) -> None:
        """The same until the candidate goes on."""
        self._resting = True

    def go_on(self) -> None:
        """End a rest; an answer that is held stays held."""
        self._resting = False

    @property
    def needed_silence_s(self) -> float | None:
        """The silence that would end the answer as things stand; None when none would."""
        if self._held or self._resting or not self._timeline.heard_speech:
            return None
        ending = self._ending()
        base_s = self.preset.silence_after_s(ending)
        if base_s is None:
            return None
        needed_s = max(base_s, self.preset.least_silence_s)
        if ending not in _SAID:
            needed_s = max(needed_s, self.preset.own_pause_factor * self._longest_pause_s)
        if max(needed_s, self._timeline.silence_s) > self.preset.take_your_time_s:
            return None
        return needed_s

    @property
    def ended(self) -> bool:
        """True when the silence after speech has been long enough."""
        if self._timeline.phase is not Phase.QUIET:
            return False
        needed_s = self.needed_silence_s
        return needed_s is not None and self._timeline.silence_s >= needed_s - ROUNDING_S

    @property
    def nobody_spoke(self) -> bool:
        """True when the limit for an answer without speech is reached."""
        return (
            self.preset.no_speech_s is not None
            and not self._held
            and not self._resting
            and not self._timeline.heard_speech
            and self._timeline.phase is Phase.QUIET
            and self._timeline.now_s >= self.preset.no_speech_s - ROUNDING_S
        )

    @property
    def _longest_pause_s(self) -> float:
        """The longest silence after which this candidate went on."""
        return max((pause.duration_s for pause in self._timeline.pauses), default=0.0)

    def _ending(self) -> Ending:
        """How the text ends; unclear while it lags behind, or is short."""
        ending = self._ending_of_text
        if self._until_s < (self._timeline.last_speech_end_s or 0.0) - ROUNDING_S:
            return Ending.UNCLEAR
        if ending is not Ending.UNFINISHED and self._words < self.preset.least_words:
            return Ending.UNCLEAR
        return ending

"""What the session wants done, imperative and frozen. Only the runner executes these."""

from __future__ import annotations

from typing import Literal

from voice_interviewer.core.assessment import FollowUp, Verdict
from voice_interviewer.core.bank import Question
from voice_interviewer.core.events import EndReason, FinishReason
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.transcript import Transcript, Word


class Speak(Frozen):
    """Say the prompt of a turn. `say` is what the voice reads; `text` what the screen shows."""

    turn_id: int
    text: str
    say: str


class StopSpeaking(Frozen):
    """Fall silent at once."""

    turn_id: int


class Listen(Frozen):
    """Take the candidate's answer. `part` counts the recordings of this turn from 1."""

    turn_id: int
    question_id: str
    part: int = 1
    follow_up: FollowUp | None = None
    held: bool = False


class StopListening(Frozen):
    """End the answer for this reason, or pause it where the reason is None."""

    turn_id: int
    reason: EndReason | None


class HoldAnswer(Frozen):
    """Do not let silence end this answer."""

    turn_id: int


class Transcribe(Frozen):
    """Make the final transcript from all recordings of the turn, or from its typed words."""

    turn_id: int
    recordings: tuple[str, ...]
    committed: tuple[Word, ...] = ()


class Assess(Frozen):
    """Judge one answer against the open criteria.

    Args:
        standing: best verdict so far of every criterion in play, in rubric order.
        asked: the follow-ups already asked in this take.
        follow_up_limit: how many follow-ups this take may have in all.
    """

    turn_id: int
    question: Question
    prompt: str
    transcript: Transcript
    aim: FollowUp | None = None
    standing: tuple[tuple[str, Verdict], ...] = ()
    asked: tuple[FollowUp, ...] = ()
    follow_up_limit: int = 0
    per_criterion_limit: int = 2


class Finish(Frozen):
    """Close the session."""

    reason: FinishReason | Literal["left"]


Command = Speak | StopSpeaking | Listen | StopListening | HoldAnswer | Transcribe | Assess | Finish

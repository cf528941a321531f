"""What the session wants done, imperative and frozen. Only the runner executes these."""

from __future__ import annotations

from typing import Literal

from voice_interviewer.core.assessment import FollowUp, Verdict
from voice_interviewer.core.bank import Question
from voice_interviewer.core.events import EndReason, FinishReason
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.transcript import Span, Transcript, Word


class Speak(Frozen):
    """Say the prompt of a turn. `say` is what the voice reads; `text` what the screen shows."""

    turn_id: int
    text: str
    say: str


class StopSpeaking(Frozen):
    """Fall silent at once."""

    turn_id: int


class Listen(Frozen):
    """Take the candidate's answer.

    Args:
        part: counts the recordings of this turn from 1.
        terms: jargon that may come up, for the recogniser's spelling.
        microphone: the device to use; None for the usual one.
        overheard: begin with what was overheard (see `Overhear`).
    """

    turn_id: int
    question_id: str
    part: int = 1
    follow_up: FollowUp | None = None
    held: bool = False
    terms: tuple[str, ...] = ()
    microphone: str | None = None
    overheard: bool = False


class Overhear(Frozen):
    """Keep an ear open until the next answer, for the candidate going on, or interrupting."""

    microphone: str | None = None


class StopListening(Frozen):
    """End the answer for this reason, or pause it where the reason is None."""

    turn_id: int
    reason: EndReason | None


class HoldAnswer(Frozen):
    """Do not let silence end this answer; with `until_speech` only as long as it lasts."""

    turn_id: int
    until_speech: bool = False


class Transcribe(Frozen):
    """Make the final transcript from all recordings of the turn, or from its typed words.

    Args:
        removed: stretches of the recordings put together that are no part of the answer.
        attempt: how often the answer was reopened before.
    """

    turn_id: int
    recordings: tuple[str, ...]
    committed: tuple[Word, ...] = ()
    terms: tuple[str, ...] = ()
    removed: tuple[Span, ...] = ()
    attempt: int = 0


class HearAgain(Transcribe):
    """The second pass: the same recordings in full windows, when nothing else is to be heard."""


class Assess(Frozen):
    """Judge one answer against the open criteria.

    Args:
        standing: best verdict so far of every criterion in play, in rubric order.
        asked: the follow-ups already asked in this take.
        follow_up_limit: how many follow-ups this take may have in all.
    """

    turn_id: int
    attempt: int = 0
    question: Question
    prompt: str
    transcript: Transcript
    aim: FollowUp | None = None
    standing: tuple[tuple[str, Verdict], ...] = ()
    asked: tuple[FollowUp, ...] = ()
    follow_up_limit: int = 0
    per_criterion_limit: int = 2


class Anticipate(Assess):
    """Begin to judge what has been said so far of an answer that goes on; nobody waits for it."""


class Finish(Frozen):
    """Close the session."""

    reason: FinishReason | Literal["left"]


Command = (
    Speak
    | StopSpeaking
    | Listen
    | StopListening
    | Overhear
    | HoldAnswer
    | Transcribe
    | HearAgain
    | Assess
    | Anticipate
    | Finish
)

"""What the session wants done, imperative and frozen. Only the runner executes these."""

from __future__ import annotations

from typing import Literal

from voice_interviewer.core.assessment import FollowUp, Verdict
from voice_interviewer.core.bank import Question
from voice_interviewer.core.events import EndReason, FinishReason
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.interviewer import Decision
from voice_interviewer.core.style import Style
from voice_interviewer.core.transcript import Span, Transcript, Word


class Phrase(Frozen):
    """Put a follow-up that was decided into words that fit what was said.

    Args:
        probe: the bank's own words for it; they are asked where no others will do.
        answer: what the candidate has just said.
        said: everything that was asked and answered in this take, the answer included.
        open_ids: ids of the criteria not yet met, of which nothing may be given away.
        asked: the follow-ups asked before.
    """

    question: Question
    planned: FollowUp
    probe: str
    answer: Transcript
    said: str
    open_ids: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


class Speak(Frozen):
    """Say the prompt of a turn. `say` is what the voice reads; `text` what the screen shows.

    `voice` is the voice of whoever asks; empty for the session's own. With a `phrase` a model may
    find other words; `say` is what is said without one.
    """

    turn_id: int
    text: str
    say: str
    voice: str = ""
    phrase: Phrase | None = None


class Acknowledge(Frozen):
    """Say a few neutral words at once, if they are rendered; nobody waits for them."""

    turn_id: int
    text: str
    voice: str = ""


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
        limit_s: seconds until time is called; None for no limit.
    """

    turn_id: int
    question_id: str
    part: int = 1
    follow_up: FollowUp | None = None
    held: bool = False
    terms: tuple[str, ...] = ()
    microphone: str | None = None
    overheard: bool = False
    attempt: int = 0
    limit_s: float | None = None


class Overhear(Frozen):
    """Keep an ear open until the next answer, for the candidate going on, or interrupting.

    `turn_id` is the turn that is over, or is being asked, when the ear opens.
    """

    turn_id: int = 0
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
        committed: the words told while the answer was taken, `words_before` how many of them came
            before each recording.
        removed: stretches of the recordings put together that are no part of the answer.
        attempt: how often the answer was reopened before.
    """

    turn_id: int
    recordings: tuple[str, ...]
    committed: tuple[Word, ...] = ()
    words_before: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()
    removed: tuple[Span, ...] = ()
    attempt: int = 0


class HearAgain(Transcribe):
    """The second pass: the same recordings in full windows, when nothing else is to be heard.

    `heard` is the final transcript's words, to which the terms were known.
    """

    heard: tuple[Word, ...] = ()


class Assess(Frozen):
    """Judge one answer against the open criteria.

    Args:
        item: the plan item's number from 0.
        standing: best verdict so far of every criterion in play, in rubric order.
        asked: the follow-ups already asked in this take.
        follow_up_limit: how many follow-ups this take may have in all.
        said: what was asked and answered in this take before.
        fruitless: how many follow-ups in a row before this one brought nothing new.
        not_known: how often the candidate did not know, before this answer.
        did_not_know: they said so by a key this time.
        cut_at: the vague words at which the interviewer cut in.
        left_s: seconds left for the question; None where there is no limit.
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
    item: int = 0
    said: str = ""
    fruitless: int = 0
    not_known: int = 0
    did_not_know: bool = False
    skipped: bool = False
    cut_at: str = ""
    left_s: float | None = None
    style: Style = Style()


class Anticipate(Assess):
    """Begin to judge what has been said so far of an answer that goes on; nobody waits for it."""


class Decide(Frozen):
    """Put on record what comes next."""

    turn_id: int
    decision: Decision


class Finish(Frozen):
    """Close the session, unless the candidate goes on with the last answer within `undo_s`."""

    reason: FinishReason | Literal["left"]
    undo_s: float = 0.0
    attempt: int = 0


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
    | Acknowledge
    | Decide
    | Finish
)

"""The commands a session gives, made from where it stands."""

from __future__ import annotations

from voice_interviewer.core.acknowledging import acknowledgement
from voice_interviewer.core.assessment import FollowUp
from voice_interviewer.core.commands import (
    Acknowledge,
    Anticipate,
    Assess,
    Command,
    Finish,
    HearAgain,
    Listen,
    Overhear,
    Phrase,
    Speak,
    Transcribe,
)
from voice_interviewer.core.events import FinishReason
from voice_interviewer.core.progress import fruitless_follow_ups, said_in, times_not_known
from voice_interviewer.core.state import State, Turn
from voice_interviewer.core.transcript import Transcript


def speak(state: State, turn: Turn) -> tuple[Command, ...]:
    """Say the prompt, with an ear open: what counts is decided when something is overheard."""
    said = Speak(
        turn_id=turn.id,
        text=turn.prompt,
        say=turn.say,
        voice=turn.asker_voice,
        phrase=_phrase(state, turn),
    )
    return (said, *overhear(state))


def overhear(state: State) -> tuple[Command, ...]:
    """Keep an ear open, where there is a microphone."""
    if state.candidate != "mic" or state.turn is None:
        return ()
    return (Overhear(turn_id=state.turn.id, microphone=state.microphone),)


def acknowledge(state: State, turn: Turn) -> tuple[Command, ...]:
    """A few neutral words after the answer, where the style wants them."""
    if not state.style.acknowledge or turn.ended is None:
        return ()
    text = acknowledgement(turn.ended, turn.id, state.style.seed)
    if text is None:
        return ()
    return (Acknowledge(turn_id=turn.id, text=text, voice=turn.asker_voice),)


def listen(state: State, turn: Turn, *, overheard: bool = False) -> Listen:
    """Take the answer of this turn; it may have begun with what was overheard."""
    question = state.plan[turn.item].question
    left_s = state.left_s(turn.item)
    return Listen(
        turn_id=turn.id,
        question_id=question.id,
        part=len(turn.recordings) + 1,
        follow_up=turn.aim,
        held=turn.held,
        terms=question.terms,
        microphone=state.microphone,
        overheard=overheard,
        attempt=turn.attempt,
        limit_s=None if left_s is None else max(0.0, left_s),
    )


def transcribe(state: State, turn: Turn) -> Transcribe:
    """Make the final transcript of this turn."""
    return Transcribe(
        turn_id=turn.id,
        recordings=turn.recordings,
        committed=turn.committed,
        words_before=turn.words_before,
        terms=state.plan[turn.item].question.terms,
        removed=turn.removed,
        attempt=turn.attempt,
    )


def hear_again(state: State, turn: Turn) -> HearAgain:
    """The second pass over this turn."""
    heard = turn.transcript.words if turn.transcript is not None else ()
    return HearAgain(**dict(transcribe(state, turn)), heard=heard)


def assess(state: State, turn: Turn) -> Assess:
    """Judge the answer of this turn."""
    assert turn.transcript is not None
    return _judging(state, turn, turn.transcript)


def anticipate(state: State, turn: Turn) -> Anticipate:
    """Judge what has been said so far."""
    return Anticipate(**dict(_judging(state, turn, Transcript(words=turn.committed))))


def finish(last: Turn, *, undo_s: float = 0.0) -> Finish:
    """Close the session after this turn, if its answer does not go on for so long."""
    reason: FinishReason = "end_of_input" if last.ended == "end_of_input" else "completed"
    return Finish(reason=reason, undo_s=undo_s, attempt=last.attempt)


def asked(state: State, item: int) -> tuple[FollowUp, ...]:
    """The follow-ups of the latest take of a plan item."""
    return tuple(turn.aim for turn in state.take(item) if turn.aim is not None)


def _phrase(state: State, turn: Turn) -> Phrase | None:
    """What a model needs to word this prompt; None where its words are settled.

    They are for a question's opening, a hint, a request to say something again, an interviewer
    who has just cut in, and a prompt that was worded before.
    """
    before = tuple(t for t in state.take(turn.item) if t.id < turn.id)
    answer = before[-1].transcript if before else None
    if turn.aim is None or turn.aim.hint or turn.worded or answer is None or answer.empty:
        return None
    question = state.plan[turn.item].question
    probe = question.criterion(turn.aim.criterion_id).probes.on(turn.aim.rung)
    if probe is None or not turn.aim.text.endswith(probe) or before[-1].ended == "cut_in":
        return None
    verdicts = state.verdicts(turn.item)
    return Phrase(
        question=question,
        planned=turn.aim,
        probe=probe,
        answer=answer,
        said=f"{said_in(before)} {question.prompt}",
        open_ids=tuple(key for key, verdict in verdicts.items() if verdict != "met"),
        asked=tuple(t.prompt for t in before if t.aim is not None),
    )


def _judging(state: State, turn: Turn, transcript: Transcript) -> Assess:
    before = tuple(t for t in state.take(turn.item) if t.id < turn.id)
    return Assess(
        turn_id=turn.id,
        attempt=turn.attempt,
        question=state.plan[turn.item].question,
        prompt=turn.prompt,
        transcript=transcript,
        aim=turn.aim,
        standing=tuple(state.verdicts(turn.item).items()),
        asked=asked(state, turn.item),
        follow_up_limit=state.follow_up_limit,
        per_criterion_limit=state.per_criterion_limit,
        item=turn.item,
        said=said_in(before),
        fruitless=fruitless_follow_ups(before, state.plan[turn.item].criteria),
        not_known=times_not_known(before),
        did_not_know=turn.ended == "dont_know",
        skipped=turn.ended == "skip",
        cut_at=turn.cut_at,
        left_s=state.left_s(turn.item),
        style=state.style,
    )

"""The session as a value, and the one function that moves it.

`transition(state, event)` is pure; `fold(events)` rebuilds any state: the journal is the session.
An event that does not fit the state it meets (a late verdict, a key that means nothing just now)
changes nothing and asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import FollowUp
from voice_interviewer.core.commands import (
    Anticipate,
    Assess,
    Command,
    Finish,
    HearAgain,
    HoldAnswer,
    Listen,
    Overhear,
    Speak,
    StopListening,
    StopSpeaking,
    Transcribe,
)
from voice_interviewer.core.interviewer import in_words_of, next_follow_up
from voice_interviewer.core.state import DRILL_LIMIT as DRILL_LIMIT
from voice_interviewer.core.state import Phase as Phase
from voice_interviewer.core.state import State as State
from voice_interviewer.core.state import Status as Status
from voice_interviewer.core.state import Turn as Turn
from voice_interviewer.core.transcript import Transcript

UNDO_S = 2.0
_UNDONE_BY_REOPENING = (
    "ended",
    "ended_t_s",
    "speech_end_t_s",
    "transcript",
    "transcribed_t_s",
    "second_pass",
    "assessment",
    "judged",
    "assessed_t_s",
)

Step = tuple[State, tuple[Command, ...]]


def fold(events: Iterable[ev.Event]) -> State:
    """The state that these events lead to."""
    state = State()
    for event in events:
        state, _ = transition(state, event)
    return state


def transition(state: State, event: ev.Event) -> Step:
    """The next state, and what must be done now that the event has happened."""
    if isinstance(event, ev.SessionStarted):
        return _started(state, event)
    if isinstance(event, ev.TranscriptAdded):
        return _with_transcript(state, event), ()
    if isinstance(event, ev.AssessmentAdded | ev.WordCorrected):
        return _revised(state, event), ()
    if state.status in ("new", "finished"):
        return state, ()
    moved = state.model_copy(update={"t_s": max(state.t_s, event.t_s)})
    if isinstance(event, ev.SessionResumed):
        return _resumed(moved)
    if isinstance(event, ev.NoticeRaised):
        return moved.model_copy(update={"notices": (*state.notices, event)}), ()
    if state.status == "interrupted":
        return moved, ()
    if isinstance(event, ev.SessionInterrupted):
        update = {"status": "interrupted", "ended_because": event.reason, "failure": None}
        return moved.model_copy(update=update), ()
    if isinstance(event, ev.SessionFinished):
        update = {"status": "finished", "phase": "done", "ended_because": event.reason}
        return moved.model_copy(update=update), ()
    if isinstance(event, ev.PartFailed):
        return moved.model_copy(update={"failure": event}), ()
    if isinstance(event, ev.IntentReceived):
        return _intent(moved, event)
    if isinstance(event, ev.MicrophoneChosen):
        return _go_on(moved.model_copy(update={"microphone": event.name}))
    if isinstance(event, ev.SpeechOverheard):
        return _overheard(moved, event)
    turn = moved.turn
    if turn is None or event.turn_id != turn.id:
        return moved, ()
    return _turn_event(moved, turn, event)


def _started(state: State, event: ev.SessionStarted) -> Step:
    if state.status != "new":
        return state, ()
    fields = event.model_dump(exclude={"type", "plan"})
    fresh = State(status="running", plan=event.plan, **fields)
    return _ask_item(fresh, 0)


def _resumed(state: State) -> Step:
    if state.status == "finished":
        return state, ()
    phase = "asking" if state.phase == "listening" else state.phase
    update = {"status": "running", "phase": phase, "failure": None, "ended_because": ""}
    live = state.model_copy(update=update)
    return live, _command_of_phase(live)


def _command_of_phase(state: State) -> tuple[Command, ...]:
    """The command that carries on from where the session stands."""
    turn = state.turn
    if turn is None:
        return ()
    if state.phase == "done":
        return (_finish(turn),)
    if state.phase == "asking":
        return _speak(state, turn)
    if state.phase == "listening":
        return (_listen(state, turn),)
    if state.phase == "transcribing":
        return (_transcribe(state, turn),)
    return (_assess(state, turn),)


def _go_on(state: State) -> Step:
    """Carry on after a part failed; without a failure nothing is to be done."""
    if state.failure is None:
        return state, ()
    calm = state.model_copy(update={"failure": None})
    return calm, _command_of_phase(calm)


def _intent(state: State, event: ev.IntentReceived) -> Step:
    turn, intent = state.turn, event.intent
    if turn is None:
        return state, ()
    if intent == "leave":
        return state, (StopSpeaking(turn_id=turn.id), Finish(reason="left"))
    if intent == "retry":
        return _go_on(state)
    if state.failure is not None:
        return state, ()
    if state.phase == "asking":
        return state, (StopSpeaking(turn_id=turn.id),) if intent == "proceed" else ()
    if state.phase != "listening":
        return state, ()
    if intent == "hold":
        return _with_turn(state, turn, held=True), (HoldAnswer(turn_id=turn.id),)
    reason: ev.EndReason | None
    if intent == "proceed":
        reason = "key"
    elif intent == "repeat":
        reason = None
    else:
        reason = "dont_know" if intent == "dont_know" else "skip"
    return state, (StopListening(turn_id=turn.id, reason=reason),)


def _turn_event(state: State, turn: Turn, event: ev.Event) -> Step:
    phase = state.phase
    if isinstance(event, ev.QuestionAsked) and phase == "asking":
        update: dict[str, Any] = {"voice": event.voice, "audible": event.audible}
        if turn.asked_t_s is None:
            update["asked_t_s"] = event.t_s
        asked = _with_turn(state, turn, **update)
        if event.notice and all(n.message != event.notice for n in state.notices):
            notice = ev.NoticeRaised(t_s=event.t_s, part="voice", message=event.notice)
            asked = asked.model_copy(update={"notices": (*state.notices, notice)})
        return asked, ()
    if isinstance(event, ev.PromptEnded) and phase == "asking":
        spoken = _with_turn(state, turn, phase="listening")
        return spoken, (_listen(spoken, turn),)
    if phase == "listening":
        return _answer_event(state, turn, event)
    if getattr(event, "attempt", turn.attempt) != turn.attempt:
        return state, ()
    if isinstance(event, ev.AnswerTranscribed) and phase == "transcribing":
        heard = _with_turn(
            state,
            turn,
            phase="assessing",
            transcript=event.transcript,
            transcribed_t_s=event.t_s,
        )
        assert heard.turn is not None
        again = (_hear_again(heard, heard.turn),) if heard.turn.recordings else ()
        return heard, (_assess(heard, heard.turn), *again)
    if isinstance(event, ev.AnswerAssessed) and phase == "assessing":
        judged = _with_turn(
            state,
            turn,
            assessment=event.assessment,
            assessments=(*turn.assessments, event.assessment),
            judged=turn.transcript,
            assessed_t_s=event.t_s,
        )
        return _after_answer(judged)
    return state, ()


def _answer_event(state: State, turn: Turn, event: ev.Event) -> Step:
    if isinstance(event, ev.AnswerStarted):
        update: dict[str, Any] = {"source": event.source}
        if event.recording:
            update["recordings"] = (*turn.recordings, event.recording)
        if turn.answer_started_t_s is None:
            update["answer_started_t_s"] = event.t_s
        return _with_turn(state, turn, **update), ()
    if isinstance(event, ev.SpeechCommitted):
        said = _with_turn(state, turn, committed=(*turn.committed, *event.words))
        assert said.turn is not None
        return said, (_anticipate(said, said.turn),)
    if isinstance(event, ev.CommandSpoken):
        return _commanded(state, turn, event)
    if isinstance(event, ev.AnswerPaused):
        asking = _with_turn(state, turn, phase="asking", interrupted=False)
        assert asking.turn is not None
        return asking, _speak(asking, asking.turn)
    if not isinstance(event, ev.AnswerEnded):
        return state, ()
    ended = _with_turn(
        state,
        turn,
        phase="transcribing",
        ended=event.reason,
        ended_t_s=event.t_s,
        speech_end_t_s=event.speech_end_t_s,
        lost_frames=turn.lost_frames + event.lost_frames,
    )
    if event.reason == "end_of_input" and not turn.recordings and not turn.committed:
        return _done(ended)
    assert ended.turn is not None
    ear = _overhear(state) if _may_be_reopened(ended.turn) else ()
    return ended, (_transcribe(ended, ended.turn), *ear)


def _commanded(state: State, turn: Turn, event: ev.CommandSpoken) -> Step:
    """What was said to the interviewer counts as the key would."""
    told = _with_turn(state, turn, commands=(*turn.commands, event))
    if event.command == "hold":
        return told, (HoldAnswer(turn_id=turn.id, until_speech=True),)
    reasons: dict[ev.SpokenCommand, ev.EndReason] = {"done": "command", "skip": "skip"}
    reason = reasons.get(event.command)
    return told, (StopListening(turn_id=turn.id, reason=reason),)


def _overheard(state: State, event: ev.SpeechOverheard) -> Step:
    """The candidate goes on with the answer that seemed to be over, or interrupts the prompt."""
    turn = state.turn
    if turn is None:
        return state, ()
    if state.phase in ("transcribing", "assessing"):
        return _reopen(state, state.turns)
    if state.phase != "asking":
        return state, ()
    just_begun = turn.asked_t_s is None or event.onset_t_s <= turn.asked_t_s + UNDO_S
    if just_begun and not turn.recordings and state.turns[:-1]:
        return _reopen(state, state.turns[:-1])
    if state.headphones and turn.asked_t_s is not None:
        return _with_turn(state, turn, interrupted=True), (StopSpeaking(turn_id=turn.id),)
    return state, ()


def _reopen(state: State, turns: tuple[Turn, ...]) -> Step:
    """Go on with the last of these turns; a prompt after it was never asked."""
    if not _may_be_reopened(turns[-1]):
        return state, ()
    undone: dict[str, Any] = dict.fromkeys(_UNDONE_BY_REOPENING) | {"assessments": ()}
    open_again = turns[-1].model_copy(update=undone | {"attempt": turns[-1].attempt + 1})
    live = state.model_copy(update={"turns": (*turns[:-1], open_again), "phase": "listening"})
    listen = _listen(live, open_again).model_copy(update={"overheard": True})
    return live, (StopSpeaking(turn_id=state.turns[-1].id), listen)


def _may_be_reopened(turn: Turn) -> bool:
    return bool(turn.recordings) and turn.ended in ("silence", "key", "command")


def _with_transcript(state: State, event: ev.TranscriptAdded) -> State:
    """A turn heard once more; a finished session may still gain one."""

    def add(turn: Turn) -> Turn:
        if event.turn_id != turn.id:
            return turn
        if event.made_by == "retranscription":
            update = {"retranscribed": (*turn.retranscribed, event.transcript)}
            return turn.model_copy(update=update)
        fits = event.attempt == turn.attempt and turn.transcript is not None
        return turn.model_copy(update={"second_pass": event.transcript}) if fits else turn

    return state.model_copy(update={"turns": tuple(add(turn) for turn in state.turns)})


def _revised(state: State, event: ev.AssessmentAdded | ev.WordCorrected) -> State:
    """A turn judged once more, or its words put right; a finished session may still be revised."""

    def revise(turn: Turn) -> Turn:
        if event.turn_id != turn.id or turn.transcript is None:
            return turn
        if isinstance(event, ev.WordCorrected):
            return turn.model_copy(update={"corrections": (*turn.corrections, event)})
        judged = event.transcript or turn.judged or turn.transcript
        update = {
            "assessment": event.assessment,
            "assessments": (*turn.assessments, event.assessment),
            "judged": judged,
            "corrections": turn.corrections if event.transcript is None else (),
        }
        return turn.model_copy(update=update)

    return state.model_copy(update={"turns": tuple(revise(turn) for turn in state.turns)})


def _after_answer(state: State) -> Step:
    """Press the weak spot, go on to the next question, or finish."""
    turn = state.turn
    assert turn is not None
    if turn.ended == "end_of_input":
        return _done(state)
    take = state.take(turn.item)
    gave_up = turn.ended == "skip" or sum(t.ended == "dont_know" for t in take) >= 2
    planned = None if gave_up else _plan_follow_up(state, turn.item)
    if planned is not None:
        offered = turn.assessment.follow_up if turn.assessment else None
        follow_up = in_words_of(planned, offered)
        assert follow_up is not None
        return _add_turn(state, turn.item, follow_up.text, follow_up.text, follow_up)
    if turn.item + 1 < len(state.plan):
        return _ask_item(state, turn.item + 1)
    return _done(state)


def _done(state: State) -> Step:
    assert state.turn is not None
    return state.model_copy(update={"phase": "done"}), (_finish(state.turn),)


def _finish(last: Turn) -> Finish:
    return Finish(reason="end_of_input" if last.ended == "end_of_input" else "completed")


def _plan_follow_up(state: State, item: int) -> FollowUp | None:
    return next_follow_up(
        state.plan[item].question,
        state.verdicts(item),
        _asked(state, item),
        limit=state.follow_up_limit,
        per_criterion=state.per_criterion_limit,
    )


def _ask_item(state: State, item: int) -> Step:
    planned = state.plan[item]
    return _add_turn(state, item, planned.text, planned.say, planned.opening)


def _add_turn(state: State, item: int, text: str, say: str, aim: FollowUp | None) -> Step:
    take = max((turn.take for turn in state.turns if turn.item == item), default=1)
    turn = Turn(id=len(state.turns) + 1, item=item, take=take, prompt=text, say=say, aim=aim)
    asking = state.model_copy(update={"turns": (*state.turns, turn), "phase": "asking"})
    return asking, _speak(asking, turn)


def _with_turn(state: State, turn: Turn, *, phase: Phase | None = None, **update: Any) -> State:
    turns = (*state.turns[:-1], turn.model_copy(update=update))
    return state.model_copy(update={"turns": turns, "phase": phase or state.phase})


def _asked(state: State, item: int) -> tuple[FollowUp, ...]:
    return tuple(turn.aim for turn in state.take(item) if turn.aim is not None)


def _speak(state: State, turn: Turn) -> tuple[Command, ...]:
    """Say the prompt, with an ear open: what counts is decided when something is overheard."""
    return (Speak(turn_id=turn.id, text=turn.prompt, say=turn.say), *_overhear(state))


def _overhear(state: State) -> tuple[Command, ...]:
    return (Overhear(microphone=state.microphone),) if state.candidate == "mic" else ()


def _listen(state: State, turn: Turn) -> Listen:
    question = state.plan[turn.item].question
    return Listen(
        turn_id=turn.id,
        question_id=question.id,
        part=len(turn.recordings) + 1,
        follow_up=turn.aim,
        held=turn.held,
        terms=question.terms,
        microphone=state.microphone,
        overheard=turn.interrupted,
    )


def _transcribe(state: State, turn: Turn) -> Transcribe:
    return Transcribe(
        turn_id=turn.id,
        recordings=turn.recordings,
        committed=turn.committed,
        terms=state.plan[turn.item].question.terms,
        removed=turn.removed,
        attempt=turn.attempt,
    )


def _hear_again(state: State, turn: Turn) -> HearAgain:
    return HearAgain(**dict(_transcribe(state, turn)))


def _assess(state: State, turn: Turn) -> Assess:
    assert turn.transcript is not None
    return _judging(state, turn, turn.transcript)


def _anticipate(state: State, turn: Turn) -> Anticipate:
    return Anticipate(**dict(_judging(state, turn, Transcript(words=turn.committed))))


def _judging(state: State, turn: Turn, transcript: Transcript) -> Assess:
    return Assess(
        turn_id=turn.id,
        attempt=turn.attempt,
        question=state.plan[turn.item].question,
        prompt=turn.prompt,
        transcript=transcript,
        aim=turn.aim,
        standing=tuple(state.verdicts(turn.item).items()),
        asked=_asked(state, turn.item),
        follow_up_limit=state.follow_up_limit,
        per_criterion_limit=state.per_criterion_limit,
    )

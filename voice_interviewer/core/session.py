"""The session as a value, and the one function that moves it.

`transition(state, event)` is pure; `fold(events)` rebuilds any state: the journal is the session.
An event that does not fit the state it meets (a late verdict, a key that means nothing just now)
changes nothing and asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from voice_interviewer.core import events as ev
from voice_interviewer.core import issuing
from voice_interviewer.core.commands import (
    Command,
    Finish,
    HoldAnswer,
    StopListening,
    StopSpeaking,
)
from voice_interviewer.core.course import (
    Step,
    after_answer,
    ask_item,
    done,
    keep_decided,
    may_be_retaken,
    next_item,
    retake,
    with_turn,
)
from voice_interviewer.core.overhearing import began_before_the_end, overheard
from voice_interviewer.core.pressure import reason_to_cut_in
from voice_interviewer.core.state import Phase as Phase
from voice_interviewer.core.state import State as State
from voice_interviewer.core.state import Status as Status
from voice_interviewer.core.state import Turn as Turn
from voice_interviewer.core.undoing import may_be_reopened


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
        return _resumed(_with_found(moved, event))
    if isinstance(event, ev.NoticeRaised):
        return moved.model_copy(update={"notices": (*state.notices, event)}), ()
    if state.status == "interrupted":
        return moved, ()
    if isinstance(event, ev.SessionInterrupted):
        update = {"status": "interrupted", "ended_because": event.reason, "failure": None}
        return moved.model_copy(update=update), ()
    if isinstance(event, ev.SessionFinished):
        return _finished(moved, event), ()
    if isinstance(event, ev.PartFailed):
        return _failed(moved, event), ()
    if isinstance(event, ev.IntentReceived):
        return _intent(moved, event)
    if isinstance(event, ev.MicrophoneChosen):
        return _go_on(moved.model_copy(update={"microphone": event.name}))
    if isinstance(event, ev.SpeechOverheard):
        return overheard(moved, event)
    if isinstance(event, ev.NextDecided):
        return keep_decided(moved, event)
    if isinstance(event, ev.AnswerAcknowledged):
        return _acknowledged(moved, event), ()
    turn = moved.turn
    if turn is None or event.turn_id != turn.id:
        return moved, ()
    return _turn_event(moved, turn, event)


def _started(state: State, event: ev.SessionStarted) -> Step:
    if state.status != "new":
        return state, ()
    fields = event.model_dump(exclude={"type", "plan"})
    fresh = State(status="running", plan=event.plan, **fields)
    return ask_item(fresh, 0)


def _with_found(state: State, event: ev.SessionResumed) -> State:
    """The state with the recordings that were found as part of the answer being taken."""
    turn = state.turn
    if turn is None or state.phase != "listening":
        return state
    started = (
        ev.AnswerStarted(t_s=event.t_s, turn_id=turn.id, recording=name, source=turn.source)
        for name in event.found
        if name not in turn.recordings
    )
    for each in started:
        assert state.turn is not None
        state, _ = _answer_event(state, state.turn, each)
    return state


def _resumed(state: State) -> Step:
    if state.status == "finished":
        return state, ()
    phase = "asking" if state.phase == "listening" else state.phase
    update = {"status": "running", "phase": phase, "failure": None, "ended_because": ""}
    live = state.model_copy(update=update)
    return live, (*_second_passes(live), *_command_of_phase(live))


def _second_passes(state: State) -> tuple[Command, ...]:
    """Those that were not over when the session was left."""
    return tuple(
        issuing.hear_again(state, turn)
        for turn in state.turns
        if turn.recordings and turn.transcript is not None and turn.second_pass is None
    )


def _finished(state: State, event: ev.SessionFinished) -> State:
    """The end, unless the candidate has gone on with the last answer meanwhile."""
    turn = state.turn
    expected = state.phase == "done" and turn is not None and event.attempt == turn.attempt
    if event.attempt is not None and not expected:
        return state
    update = {"status": "finished", "phase": "done", "ended_because": event.reason}
    return state.model_copy(update=update)


def _failed(state: State, event: ev.PartFailed) -> State:
    """The session waits, unless it waited no more for what failed."""
    turn = state.turn
    at = (state.phase, turn and turn.id, turn and turn.attempt)
    if event.doing is not None and at != (event.doing, event.turn_id, event.attempt):
        return state
    return state.model_copy(update={"failure": event})


def _command_of_phase(state: State) -> tuple[Command, ...]:
    """The command that carries on from where the session stands."""
    turn = state.turn
    if turn is None:
        return ()
    if state.phase == "done":
        return (issuing.finish(turn),)
    if state.phase == "asking":
        return issuing.speak(state, turn)
    if state.phase == "listening":
        return (issuing.listen(state, turn, overheard=turn.interrupted or turn.attempt > 0),)
    if state.phase == "transcribing":
        return (issuing.transcribe(state, turn),)
    return (issuing.assess(state, turn),) if state.phase == "assessing" else ()


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
    if state.phase == "feedback":
        return _after_feedback(state, intent)
    if intent == "retake":
        return _retake(state, turn)
    if state.phase == "asking":
        return state, (StopSpeaking(turn_id=turn.id),) if intent == "proceed" else ()
    if state.phase != "listening":
        return state, ()
    if intent == "hold":
        return with_turn(state, turn, held=True), (HoldAnswer(turn_id=turn.id),)
    reason: ev.EndReason | None
    if intent == "proceed":
        reason = "key"
    elif intent == "repeat":
        reason = None
    else:
        reason = "dont_know" if intent == "dont_know" else "skip"
    return state, (StopListening(turn_id=turn.id, reason=reason),)


def _after_feedback(state: State, intent: ev.Intent) -> Step:
    if intent == "retake":
        return retake(state)
    return next_item(state) if intent == "proceed" else (state, ())


def _retake(state: State, turn: Turn) -> Step:
    """Begin the question anew; an answer in progress is kept with the old take."""
    if not may_be_retaken(state) and state.phase != "listening":
        return state, ()
    if state.phase == "listening":
        return state, (StopListening(turn_id=turn.id, reason="retake"),)
    if state.phase != "asking":
        return state, ()
    again, commands = retake(state)
    return again, (StopSpeaking(turn_id=turn.id), *commands)


def _acknowledged(state: State, event: ev.AnswerAcknowledged) -> State:
    turns = tuple(
        turn.model_copy(update={"acknowledged_t_s": event.t_s})
        if turn.id == event.turn_id and turn.acknowledged_t_s is None
        else turn
        for turn in state.turns
    )
    return state.model_copy(update={"turns": turns})


def _turn_event(state: State, turn: Turn, event: ev.Event) -> Step:
    phase = state.phase
    if isinstance(event, ev.QuestionAsked) and phase == "asking":
        update: dict[str, Any] = {"voice": event.voice, "audible": event.audible}
        if turn.asked_t_s is None:
            update["asked_t_s"] = event.t_s
        asked = with_turn(state, turn, **update)
        if event.notice and all(n.message != event.notice for n in state.notices):
            notice = ev.NoticeRaised(t_s=event.t_s, part="voice", message=event.notice)
            asked = asked.model_copy(update={"notices": (*state.notices, notice)})
        return asked, ()
    if isinstance(event, ev.PromptWorded) and phase == "asking":
        aim = turn.aim and turn.aim.model_copy(update={"text": event.text})
        worded = with_turn(state, turn, prompt=event.text, say=event.text, aim=aim, worded=True)
        return worded, ()
    if isinstance(event, ev.PromptEnded) and phase == "asking":
        spoken = with_turn(state, turn, phase="listening")
        eager = began_before_the_end(turn, event.t_s)
        return spoken, (issuing.listen(spoken, turn, overheard=eager),)
    if phase == "listening":
        return _answer_event(state, turn, event)
    if getattr(event, "attempt", turn.attempt) != turn.attempt:
        return state, ()
    if isinstance(event, ev.AnswerTranscribed) and phase == "transcribing":
        heard = with_turn(
            state,
            turn,
            phase="assessing",
            transcript=event.transcript,
            transcribed_t_s=event.t_s,
        )
        assert heard.turn is not None
        again = (issuing.hear_again(heard, heard.turn),) if heard.turn.recordings else ()
        if turn.ended == "retake":
            anew, commands = retake(heard)
            return anew, (*commands, *again)
        return heard, (issuing.assess(heard, heard.turn), *again)
    if isinstance(event, ev.AnswerAssessed) and phase == "assessing":
        return after_answer(state, event.assessment)
    return state, ()


def _answer_event(state: State, turn: Turn, event: ev.Event) -> Step:
    if isinstance(event, ev.AnswerStarted):
        update: dict[str, Any] = {"source": event.source}
        if event.recording:
            update["recordings"] = (*turn.recordings, event.recording)
            update["words_before"] = (*turn.words_before, len(turn.committed))
        if turn.answer_started_t_s is None:
            update["answer_started_t_s"] = event.t_s
        return with_turn(state, turn, **update), ()
    if isinstance(event, ev.SpeechCommitted):
        said = with_turn(state, turn, committed=(*turn.committed, *event.words))
        assert said.turn is not None
        return _under_pressure(said, said.turn, event)
    if isinstance(event, ev.CriteriaHeard):
        return _heard_met(state, turn, event), ()
    if isinstance(event, ev.TimeCalled):
        if event.attempt != turn.attempt:
            return state, ()
        return state, (StopListening(turn_id=turn.id, reason="time"),)
    if isinstance(event, ev.CommandSpoken):
        return _commanded(state, turn, event)
    if isinstance(event, ev.AnswerPaused):
        asking = with_turn(state, turn, phase="asking", interrupted=False, overheard_t_s=None)
        assert asking.turn is not None
        return asking, issuing.speak(asking, asking.turn)
    if not isinstance(event, ev.AnswerEnded):
        return state, ()
    ended = with_turn(
        state,
        turn,
        phase="transcribing",
        ended=event.reason,
        ended_t_s=event.t_s,
        speech_end_t_s=event.speech_end_t_s,
        lost_frames=turn.lost_frames + event.lost_frames,
    )
    if event.reason == "end_of_input" and not turn.recordings and not turn.committed:
        return done(ended)
    assert ended.turn is not None
    ear = issuing.overhear(state) if may_be_reopened(ended.turn) else ()
    thanks = issuing.acknowledge(ended, ended.turn)
    return ended, (*thanks, issuing.transcribe(ended, ended.turn), *ear)


def _under_pressure(state: State, turn: Turn, event: ev.SpeechCommitted) -> Step:
    """Look ahead at what was said; an interviewer who presses may cut in."""
    ahead = issuing.anticipate(state, turn)
    pressure = state.style.pressure
    if pressure is None or turn.cut_in:
        return state, (ahead,)
    since_t_s = turn.heard_met_t_s if turn.heard_met_t_s is not None else turn.answer_started_t_s
    reason = reason_to_cut_in(
        pressure,
        turn.committed,
        fresh=len(event.words),
        since_new_s=event.t_s - (event.t_s if since_t_s is None else since_t_s),
        seed=state.style.seed,
        turn_id=turn.id,
    )
    if reason is None:
        return state, (ahead,)
    cut = with_turn(state, turn, cut_in=reason[0], cut_at=reason[1])
    return cut, (StopListening(turn_id=turn.id, reason="cut_in"),)


def _heard_met(state: State, turn: Turn, event: ev.CriteriaHeard) -> State:
    new = tuple(c for c in event.criteria if c not in turn.heard_met)
    if not new or event.attempt != turn.attempt:
        return state
    return with_turn(state, turn, heard_met=(*turn.heard_met, *new), heard_met_t_s=event.t_s)


def _commanded(state: State, turn: Turn, event: ev.CommandSpoken) -> Step:
    """What was said to the interviewer counts as the key would."""
    told = with_turn(state, turn, commands=(*turn.commands, event))
    if event.command == "hold":
        return told, (HoldAnswer(turn_id=turn.id, until_speech=True),)
    reasons: dict[ev.SpokenCommand, ev.EndReason] = {"done": "command", "skip": "skip"}
    reason = reasons.get(event.command)
    return told, (StopListening(turn_id=turn.id, reason=reason),)


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
        if event.attempt not in (None, turn.attempt):
            return turn
        update: dict[str, Any] = {
            "assessment": event.assessment,
            "assessments": (*turn.assessments, event.assessment),
            "judged": event.transcript or turn.judged or turn.transcript,
        }
        if event.transcript is not None:
            update |= {"corrections": (), "put_right_before": turn.put_right}
        return turn.model_copy(update=update)

    return state.model_copy(update={"turns": tuple(revise(turn) for turn in state.turns)})

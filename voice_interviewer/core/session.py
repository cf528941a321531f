"""The session as a value, and the one function that moves it.

`transition(state, event)` is pure; `fold(events)` rebuilds any state: the journal is the session.
An event that does not fit the state it meets (a late verdict, a key that means nothing just now)
changes nothing and asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import (
    Assessment,
    FollowUp,
    Standing,
    Verdict,
    better,
    score,
)
from voice_interviewer.core.commands import (
    Assess,
    Command,
    Finish,
    HoldAnswer,
    Listen,
    Speak,
    StopListening,
    StopSpeaking,
    Transcribe,
)
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.interviewer import in_words_of, next_follow_up
from voice_interviewer.core.transcript import Transcript, Word

Phase = Literal["idle", "asking", "listening", "transcribing", "assessing", "done"]
Status = Literal["new", "running", "interrupted", "finished"]

PER_CRITERION_LIMIT = 2
DRILL_LIMIT = 4


class Turn(Frozen):
    """The interviewer's prompt, the candidate's answer, and its assessment.

    All `*_t_s` are session time in seconds; None until it has happened.
    """

    id: int
    item: int
    prompt: str
    say: str
    aim: FollowUp | None = None
    voice: str = ""
    audible: bool = False
    asked_t_s: float | None = None
    recordings: tuple[str, ...] = ()
    source: str = ""
    held: bool = False
    answer_started_t_s: float | None = None
    committed: tuple[Word, ...] = ()
    ended: ev.EndReason | None = None
    ended_t_s: float | None = None
    speech_end_t_s: float | None = None
    lost_frames: int = 0
    transcript: Transcript | None = None
    transcribed_t_s: float | None = None
    assessment: Assessment | None = None
    assessed_t_s: float | None = None


class State(Frozen):
    """Everything a screen or a report needs to know about a session."""

    status: Status = "new"
    phase: Phase = "idle"
    session_id: str = ""
    at: str = ""
    kind: ev.SessionKind = "interview"
    bank_id: str = ""
    bank_title: str = ""
    plan: tuple[ev.PlanItem, ...] = ()
    follow_up_limit: int = 0
    candidate: str = ""
    voice: str = ""
    judge: str = ""
    drill_of: str | None = None
    turns: tuple[Turn, ...] = ()
    notices: tuple[ev.NoticeRaised, ...] = ()
    failure: ev.PartFailed | None = None
    ended_because: str = ""
    t_s: float = 0.0

    @property
    def turn(self) -> Turn | None:
        """The turn being played, or the last one."""
        return self.turns[-1] if self.turns else None

    @property
    def item(self) -> ev.PlanItem | None:
        """The plan item being asked, or the last one."""
        return self.plan[self.turns[-1].item] if self.turns else None

    @property
    def per_criterion_limit(self) -> int:
        """How often one criterion may be pressed in a take."""
        return DRILL_LIMIT if self.kind == "drill" else PER_CRITERION_LIMIT

    def take(self, item: int) -> tuple[Turn, ...]:
        """The turns of one plan item, in order."""
        return tuple(turn for turn in self.turns if turn.item == item)

    def standings(self, item: int) -> tuple[Standing, ...]:
        """Best verdict of every criterion of a plan item, in rubric order."""
        result = []
        for criterion_id in self.plan[item].criteria:
            standing = Standing(criterion_id=criterion_id)
            for turn in self.take(item):
                verdict = turn.assessment.of(criterion_id) if turn.assessment else None
                if verdict is not None:
                    standing = better(standing, verdict, turn.id)
            result.append(standing)
        return tuple(result)

    def verdicts(self, item: int) -> dict[str, Verdict]:
        """Criterion id to best verdict of a plan item."""
        return {s.criterion_id: s.verdict for s in self.standings(item)}

    def score(self, item: int) -> float:
        """Points out of 10 for a plan item."""
        return score(self.plan[item].question, self.verdicts(item))


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
        return (_speak(turn),)
    if state.phase == "listening":
        return (_listen(state, turn),)
    if state.phase == "transcribing":
        return (_transcribe(turn),)
    return (_assess(state, turn),)


def _intent(state: State, event: ev.IntentReceived) -> Step:
    turn, intent = state.turn, event.intent
    if turn is None:
        return state, ()
    if intent == "leave":
        return state, (StopSpeaking(turn_id=turn.id), Finish(reason="left"))
    if intent == "retry":
        if state.failure is None:
            return state, ()
        calm = state.model_copy(update={"failure": None})
        return calm, _command_of_phase(calm)
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
    if isinstance(event, ev.AnswerTranscribed) and phase == "transcribing":
        heard = _with_turn(
            state,
            turn,
            phase="assessing",
            transcript=event.transcript,
            transcribed_t_s=event.t_s,
        )
        assert heard.turn is not None
        return heard, (_assess(heard, heard.turn),)
    if isinstance(event, ev.AnswerAssessed) and phase == "assessing":
        judged = _with_turn(state, turn, assessment=event.assessment, assessed_t_s=event.t_s)
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
        return _with_turn(state, turn, committed=(*turn.committed, *event.words)), ()
    if isinstance(event, ev.AnswerPaused):
        return state.model_copy(update={"phase": "asking"}), (_speak(turn),)
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
    return ended, (_transcribe(ended.turn),)


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
    turn = Turn(id=len(state.turns) + 1, item=item, prompt=text, say=say, aim=aim)
    update = {"turns": (*state.turns, turn), "phase": "asking"}
    return state.model_copy(update=update), (_speak(turn),)


def _with_turn(state: State, turn: Turn, *, phase: Phase | None = None, **update: Any) -> State:
    turns = (*state.turns[:-1], turn.model_copy(update=update))
    return state.model_copy(update={"turns": turns, "phase": phase or state.phase})


def _asked(state: State, item: int) -> tuple[FollowUp, ...]:
    return tuple(turn.aim for turn in state.take(item) if turn.aim is not None)


def _speak(turn: Turn) -> Speak:
    return Speak(turn_id=turn.id, text=turn.prompt, say=turn.say)


def _listen(state: State, turn: Turn) -> Listen:
    return Listen(
        turn_id=turn.id,
        question_id=state.plan[turn.item].question.id,
        part=len(turn.recordings) + 1,
        follow_up=turn.aim,
        held=turn.held,
    )


def _transcribe(turn: Turn) -> Transcribe:
    return Transcribe(turn_id=turn.id, recordings=turn.recordings, committed=turn.committed)


def _assess(state: State, turn: Turn) -> Assess:
    assert turn.transcript is not None
    return Assess(
        turn_id=turn.id,
        question=state.plan[turn.item].question,
        prompt=turn.prompt,
        transcript=turn.transcript,
        aim=turn.aim,
        standing=tuple(state.verdicts(turn.item).items()),
        asked=_asked(state, turn.item),
        follow_up_limit=state.follow_up_limit,
        per_criterion_limit=state.per_criterion_limit,
    )

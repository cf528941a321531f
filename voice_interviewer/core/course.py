"""The course of a session: what follows an answer, and how a question is opened."""

from __future__ import annotations

from typing import Any

from voice_interviewer.core import events as ev
from voice_interviewer.core import issuing
from voice_interviewer.core.assessment import Assessment, FollowUp
from voice_interviewer.core.commands import Command, Decide
from voice_interviewer.core.interviewer import NO_TIME, Decision
from voice_interviewer.core.planning import plan
from voice_interviewer.core.state import Phase, State, Turn
from voice_interviewer.core.undoing import undo_left_s

Step = tuple[State, tuple[Command, ...]]

AGAIN = "Let's take that one again."
OUT_OF_TIME = "We are out of time on that one."
STOPPED = "Let me stop you there."


def after_answer(state: State, assessment: Assessment) -> Step:
    """Press the weak spot, go on to the next question, or finish; and put on record which."""
    turn = state.turn
    assert turn is not None
    judged = with_turn(
        state,
        turn,
        assessment=assessment,
        assessments=(*turn.assessments, assessment),
        judged=turn.transcript,
        assessed_t_s=state.t_s,
    )
    if turn.ended == "end_of_input":
        return done(judged)
    decision = plan(issuing.assess(state, turn), assessment.verdicts)
    moved, commands = follow(judged, decision)
    return moved, (Decide(turn_id=turn.id, decision=decision), *commands)


def follow(state: State, decision: Decision) -> Step:
    """Do what was decided after the last turn."""
    turn = state.turn
    assert turn is not None
    state = with_turn(state, turn, decided=decision)
    if decision.follow_up is not None:
        return _press(state, turn, decision.follow_up)
    if state.style.feedback == "each":
        return state.model_copy(update={"phase": "feedback"}), ()
    return next_item(state)


def keep_decided(state: State, event: ev.NextDecided) -> Step:
    """The journal has the last word on what was decided, whatever would be decided today."""
    kept = tuple(turn for turn in state.turns if turn.id <= event.turn_id)
    if not kept or kept[-1].id != event.turn_id or kept[-1].decided in (None, event.decision):
        return state, ()
    return follow(state.model_copy(update={"turns": kept, "phase": "assessing"}), event.decision)


def next_item(state: State) -> Step:
    """Open the next question, or finish where there is none or no time for one."""
    turn = state.turn
    assert turn is not None
    if turn.item + 1 >= len(state.plan) or state.time_is_over:
        return done(state)
    return ask_item(state, turn.item + 1, lead=_transition_words(turn))


def ask_item(state: State, item: int, *, lead: str = "", take: int = 1) -> Step:
    """Open a question of the plan."""
    planned = state.plan[item]
    who = state.style.asks(item)
    turn = Turn(
        id=len(state.turns) + 1,
        item=item,
        take=take,
        prompt=f"{lead} {planned.text}".strip(),
        say=f"{lead} {planned.say}".strip(),
        aim=planned.opening,
        asker=who.name if who else "",
        asker_voice=who.voice if who else "",
    )
    return _add_turn(state, turn)


def retake(state: State) -> Step:
    """Ask the question again from its beginning; the take so far is kept."""
    turn = state.turn
    assert turn is not None
    return ask_item(state, turn.item, lead=AGAIN, take=turn.take + 1)


def may_be_retaken(state: State) -> bool:
    """True once the take being played holds an answer."""
    turn = state.turn
    return turn is not None and any(t.ended is not None for t in state.take(turn.item))


def done(state: State) -> Step:
    """Everything was asked."""
    assert state.turn is not None
    finish = issuing.finish(state.turn, undo_s=undo_left_s(state))
    return state.model_copy(update={"phase": "done"}), (finish,)


def with_turn(state: State, turn: Turn, *, phase: Phase | None = None, **update: Any) -> State:
    """The state with its last turn changed."""
    turns = (*state.turns[:-1], turn.model_copy(update=update))
    return state.model_copy(update={"turns": turns, "phase": phase or state.phase})


def _press(state: State, turn: Turn, aim: FollowUp) -> Step:
    who = state.style.presses(turn.item, aim.rung)
    said = f"{STOPPED} {aim.text}" if turn.ended == "cut_in" else aim.text
    follow_up = Turn(
        id=len(state.turns) + 1,
        item=turn.item,
        take=turn.take,
        prompt=said,
        say=said,
        aim=aim,
        asker=who.name if who else "",
        asker_voice=who.voice if who else "",
    )
    return _add_turn(state, follow_up)


def _transition_words(turn: Turn) -> str:
    if turn.ended == "time" or (turn.decided is not None and turn.decided.why == NO_TIME):
        return OUT_OF_TIME
    return STOPPED if turn.ended == "cut_in" else ""


def _add_turn(state: State, turn: Turn) -> Step:
    asking = state.model_copy(update={"turns": (*state.turns, turn), "phase": "asking"})
    return asking, issuing.speak(asking, turn)

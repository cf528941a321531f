"""Verdicts of a judge that the interview did not wait for."""

from __future__ import annotations

from fakes import (
    FakeListener,
    FakeSpeaker,
    LateFakeJudge,
    MemoryJournal,
    VirtualClock,
    started,
)

from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State, fold, transition
from voice_interviewer.engines import Engines
from voice_interviewer.errors import JudgeError
from voice_interviewer.runner import Runner


def play(judge: LateFakeJudge, *answers: str) -> tuple[State, list[ev.Event]]:
    journal, clock = MemoryJournal(), judge.clock
    listener = FakeListener(clock, answers)
    engines = Engines(FakeSpeaker(clock), listener, judge, late_judge=judge)
    state = Runner(journal, engines, clock).run(started(follow_up_limit=0))
    assert fold(journal.events) == state
    return state, journal.events


def test_late_verdicts_take_the_place_of_those_given_before_the_session_is_over() -> None:
    state, events = play(LateFakeJudge(VirtualClock()), "it is red and round", "the hull")
    assert state.status == "finished"
    assert state.verdicts(0) == {"red": "met", "round": "met"}
    assert state.verdicts(1) == {"hull": "met", "sail": "missed"}
    assert [[a.judge for a in turn.assessments] for turn in state.turns] == [["quick", "fake"]] * 2
    added = [event for event in events if isinstance(event, ev.AssessmentAdded)]
    assert [(event.made_by, event.attempt) for event in added] == [("background", 0)] * 2


def test_late_evidence_is_proven_too() -> None:
    state, _ = play(LateFakeJudge(VirtualClock(), invented=True), "it is red", "nothing")
    assert state.verdicts(0)["red"] == "met"
    assert "met" not in (state.verdicts(0)["round"], *state.verdicts(1).values())


def test_a_judge_that_fails_late_leaves_what_there_is() -> None:
    errors: list[Exception] = [JudgeError("Gone."), RuntimeError("broken")]
    state, events = play(LateFakeJudge(VirtualClock(), late_errors=errors), "it is red", "the hull")
    assert state.status == "finished"
    assert not [e for e in events if isinstance(e, ev.AssessmentAdded | ev.PartFailed)]


def test_a_session_that_is_left_does_not_wait_for_late_verdicts() -> None:
    judge = LateFakeJudge(VirtualClock(), never=True)
    journal = MemoryJournal()
    engines = Engines(
        FakeSpeaker(judge.clock), FakeListener(judge.clock, ["red", None]), judge, late_judge=judge
    )
    runner = Runner(journal, engines, judge.clock)

    class Leaver:
        def on_state(self, _state: State, event: ev.Event) -> None:
            if isinstance(event, ev.AnswerStarted) and event.turn_id > 1:
                runner.submit("leave")

        def on_signal(self, _signal: object) -> None: ...

    runner.subscribe(Leaver())
    assert runner.run(started()).status == "interrupted"
    assert judge.stopped.is_set()
    assert not [w for w in runner._workers if w.is_alive()]


def test_verdicts_on_an_answer_that_went_on_meanwhile_are_too_late() -> None:
    state, events = play(LateFakeJudge(VirtualClock()), "it is red and round", "the hull")
    added = next(event for event in events if isinstance(event, ev.AssessmentAdded))
    gone_on = state.turns[0].model_copy(update={"attempt": 1})
    reopened = state.model_copy(update={"turns": (gone_on, *state.turns[1:])})
    assert transition(reopened, added) == (reopened, ())

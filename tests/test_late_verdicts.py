"""Verdicts of a judge that the interview did not wait for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from fakes import FakeJudge, FakeListener, FakeSpeaker, MemoryJournal, VirtualClock, started

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.session import State, fold, transition
from voice_interviewer.core.transcript import Transcript
from voice_interviewer.engines import Engines
from voice_interviewer.errors import JudgeError
from voice_interviewer.runner import Runner


@dataclass
class Deaf(FakeJudge):
    """Hears nothing in any answer; what was said after all is found late."""

    late_errors: list[Exception] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    never: bool = False
    invented: bool = False

    def assess(self, command: Assess) -> Assessment:
        found = super().assess(command.model_copy(update={"transcript": Transcript()}))
        return found.model_copy(update={"judge": "quick"})

    def assess_late(self, command: Assess) -> Assessment | None:
        if self.late_errors:
            raise self.late_errors.pop(0)
        if self.never:
            assert self.stopped.wait(10)
            return None
        found = super().assess(command)
        if not self.invented:
            return found
        verdicts = tuple(v.model_copy(update={"verdict": "met"}) for v in found.verdicts)
        return found.model_copy(update={"verdicts": verdicts})

    def stop_judging_late(self) -> None:
        self.stopped.set()


def play(judge: Deaf, *answers: str) -> tuple[State, list[ev.Event]]:
    journal, clock = MemoryJournal(), judge.clock
    listener = FakeListener(clock, answers)
    engines = Engines(FakeSpeaker(clock), listener, judge, late_judge=judge)
    state = Runner(journal, engines, clock).run(started(follow_up_limit=0))
    assert fold(journal.events) == state
    return state, journal.events


def test_late_verdicts_take_the_place_of_those_given_before_the_session_is_over() -> None:
    state, events = play(Deaf(VirtualClock()), "it is red and round", "the hull")
    assert state.status == "finished"
    assert state.verdicts(0) == {"red": "met", "round": "met"}
    assert state.verdicts(1) == {"hull": "met", "sail": "missed"}
    assert [[a.judge for a in turn.assessments] for turn in state.turns] == [["quick", "fake"]] * 2
    added = [event for event in events if isinstance(event, ev.AssessmentAdded)]
    assert [(event.made_by, event.attempt) for event in added] == [("background", 0)] * 2


def test_late_evidence_is_proven_too() -> None:
    state, _ = play(Deaf(VirtualClock(), invented=True), "it is red", "nothing")
    assert state.verdicts(0)["red"] == "met"
    assert "met" not in (state.verdicts(0)["round"], *state.verdicts(1).values())


def test_a_judge_that_fails_late_leaves_what_there_is() -> None:
    errors: list[Exception] = [JudgeError("Gone."), RuntimeError("broken")]
    state, events = play(Deaf(VirtualClock(), late_errors=errors), "it is red", "the hull")
    assert state.status == "finished"
    assert not [e for e in events if isinstance(e, ev.AssessmentAdded | ev.PartFailed)]


def test_a_session_that_is_left_does_not_wait_for_late_verdicts() -> None:
    judge = Deaf(VirtualClock(), never=True)
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
    state, events = play(Deaf(VirtualClock()), "it is red and round", "the hull")
    added = next(event for event in events if isinstance(event, ev.AssessmentAdded))
    gone_on = state.turns[0].model_copy(update={"attempt": 1})
    reopened = state.model_copy(update={"turns": (gone_on, *state.turns[1:])})
    assert transition(reopened, added) == (reopened, ())

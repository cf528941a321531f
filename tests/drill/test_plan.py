"""A drill asks for what was missed, heaviest first, until it is met or given up."""

from __future__ import annotations

from fakes import (
    FakeJudge,
    FakeListener,
    FakeSpeaker,
    MemoryJournal,
    VirtualClock,
    question,
    started,
)

from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State
from voice_interviewer.core.style import Style
from voice_interviewer.drill.plan import drill_plan
from voice_interviewer.runner import Engines, Runner


def play(opening: ev.SessionStarted, *answers: str) -> State:
    clock = VirtualClock()
    engines = Engines(FakeSpeaker(clock), FakeListener(clock, answers), FakeJudge(clock))
    return Runner(MemoryJournal(), engines, clock).run(opening)


ITEMS = (
    ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0), ("sweet", 1.0)])),
    ev.PlanItem(question=question("boats", [("hull", 3.0)])),
    ev.PlanItem(question=question("never-reached", [("x", 9.0)])),
)


def test_only_what_was_asked_for_and_missed_heaviest_first() -> None:
    state = play(started(*ITEMS, follow_up_limit=0), "red", "no idea")
    plan = drill_plan(state)
    assert [(item.question.id, item.focus) for item in plan] == [
        ("boats", ("hull",)),
        ("apples", ("round",)),
        ("apples", ("sweet",)),
    ]
    assert plan[1].text == "Let's come back to this one. Tell me about apples? What about round?"


def test_nothing_missed_leaves_nothing_to_drill() -> None:
    assert drill_plan(play(started(ITEMS[1]), "hull")) == ()


def test_a_drill_goes_on_until_it_is_met_or_given_up() -> None:
    missed = drill_plan(play(started(*ITEMS[:2], follow_up_limit=0), "red sweet", "nothing"))
    drill = started(*missed, kind="drill", follow_up_limit=4, style=Style(per_criterion=4))
    met = play(drill, "hmm", "the hull", "round it is")
    assert [turn.item for turn in met.turns] == [0, 0, 1]
    assert met.turns[0].aim is not None, "the opening probe counts as asked"
    assert [met.score(0), met.score(1)] == [10.0, 10.0]
    given_up = play(drill, *["still nothing"] * 10)
    assert given_up.status == "finished"
    rungs = [turn.aim.rung for turn in given_up.take(0) if turn.aim]
    assert rungs == ["clarify", "example"], "every rung there is, each once"

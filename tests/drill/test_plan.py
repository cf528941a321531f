"""A drill asks again for what was missed, in other words, until it is met or given up."""

from __future__ import annotations

from drill_sessions import session
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
from voice_interviewer.core.bank import LADDER, Criterion, Probes, Term
from voice_interviewer.core.session import State
from voice_interviewer.drill.past import past_of
from voice_interviewer.drill.plan import BRIEF_LEADS, LEADS, drill_plan, next_rung, plan_items
from voice_interviewer.drill.reviews import CardKey
from voice_interviewer.engines import Engines
from voice_interviewer.presets import DRILL, style_of
from voice_interviewer.runner import Runner

STYLE = style_of(DRILL)
ITEMS = (
    ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0), ("sweet", 1.0)])),
    ev.PlanItem(question=question("boats", [("hull", 3.0)])),
    ev.PlanItem(question=question("never-reached", [("x", 9.0)])),
)
KEY = CardKey("small", "boats", "hull")


def play(opening: ev.SessionStarted, *answers: str) -> State:
    clock = VirtualClock()
    engines = Engines(FakeSpeaker(clock), FakeListener(clock, answers), FakeJudge(clock))
    return Runner(MemoryJournal(), engines, clock).run(opening)


def drill(*items: ev.PlanItem, **fields: object) -> ev.SessionStarted:
    return started(*items, kind="drill", style=STYLE, follow_up_limit=STYLE.follow_ups, **fields)


def test_only_what_was_asked_for_and_missed_mixed_and_the_heavier_first() -> None:
    state = play(started(*ITEMS, follow_up_limit=0), "red", "no idea")
    plan = drill_plan(state)
    assert [(item.question.id, item.focus) for item in plan] == [
        ("apples", ("round",)),
        ("boats", ("hull",)),
        ("apples", ("sweet",)),
    ]


def test_the_question_is_asked_in_full_once_and_then_by_its_first_words() -> None:
    state = play(started(*ITEMS, follow_up_limit=0), "red", "hull")
    first, second = drill_plan(state)
    assert first.lead in LEADS
    assert first.text == f"{first.lead} Tell me about apples? What about round?"
    assert second.lead in BRIEF_LEADS
    assert second.text == f'{second.lead} "Tell me about apples …" What about sweet?'


def test_equal_seeds_give_equal_words_and_others_vary() -> None:
    state = play(started(*ITEMS, follow_up_limit=0), "red", "no idea")
    assert drill_plan(state, seed=4) == drill_plan(state, seed=4)
    assert len({drill_plan(state, seed=seed)[0].lead for seed in range(20)}) > 2


def test_nothing_missed_leaves_nothing_to_drill() -> None:
    assert drill_plan(play(started(ITEMS[1]), "hull")) == ()


def test_a_drill_goes_on_until_it_is_met_or_given_up() -> None:
    missed = drill_plan(play(started(*ITEMS[:2], follow_up_limit=0), "red sweet", "nothing"))
    met = play(drill(*missed), "hmm", "the hull", "round it is")
    assert [turn.item for turn in met.turns] == [0, 0, 1]
    assert met.turns[0].aim is not None, "the opening probe counts as asked"
    assert [met.score(0), met.score(1)] == [10.0, 10.0]
    given_up = play(drill(*missed), *["still nothing"] * 10)
    assert given_up.status == "finished"
    rungs = [turn.aim.rung for turn in given_up.take(0) if turn.aim]
    assert rungs == ["clarify", "example"], "every rung there is, each once"


def test_the_next_drill_opens_on_another_rung_than_the_last() -> None:
    states = [session(started(ITEMS[1], follow_up_limit=0), {"hull": "missed"})]
    rungs = []
    for day in range(3, 7):
        (item,) = plan_items([KEY], past_of(states), seed=0)
        assert item.opening is not None
        rungs.append(item.opening.rung)
        opening = drill(item, session_id=f"{day:06x}", at=f"2030-01-0{day}T08:00:00Z")
        states.append(session(opening, {"hull": "met"}))
    assert rungs == ["clarify", "example", "clarify", "example"]


def test_rungs_asked_in_the_interview_count_as_asked() -> None:
    state = session(started(ITEMS[1], follow_up_limit=1), {"hull": "missed"}, {"hull": "missed"})
    (item,) = drill_plan(state)
    assert item.opening is not None
    assert item.opening.rung == "example"


def test_a_probe_that_gives_the_criterion_away_is_passed_over() -> None:
    criterion = Criterion(
        id="kl",
        label="KL",
        statement="Uses a KL penalty.",
        terms=(Term(term="KL penalty"),),
        probes=Probes(clarify="What holds it back?", example="Where did a KL penalty help?"),
    )
    assert next_rung(criterion, "How do you train it?", ["clarify"]) == "clarify"
    assert next_rung(criterion, "Why is there a KL penalty?", ["clarify"]) == "example"


def test_the_rung_asked_longest_ago_comes_back_first() -> None:
    probes = Probes.model_validate({rung: f"On {rung}?" for rung in LADDER})
    criterion = Criterion(id="c", label="C", statement="C.", probes=probes)
    assert next_rung(criterion, "?", ["clarify", "example"]) == "number"
    rest = [rung for rung in LADDER if rung != "tradeoff"]
    assert next_rung(criterion, "?", ["tradeoff", *rest, "clarify"]) == "tradeoff"

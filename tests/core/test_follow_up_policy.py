"""The follow-up policy over hundreds of made-up histories, and its rules one by one."""

from __future__ import annotations

import random

import pytest

from voice_interviewer.core.asking import contains, same_in_other_words
from voice_interviewer.core.assessment import FollowUp, Verdict
from voice_interviewer.core.bank import LADDER, Criterion, Probes, Question, Rung, Term
from voice_interviewer.core.interviewer import (
    DEPTH,
    FRUITLESS,
    GAVE_UP,
    HINTED,
    MET_ALL,
    NO_TIME,
    NOTHING_LEFT,
    SKIPPED,
    Decision,
    Situation,
    decide,
)
from voice_interviewer.core.style import Interviewer, Style

VERDICTS: tuple[Verdict, ...] = ("met", "partial", "missed", "unclear")
TOPICS = ("anchor", "bilge", "compass", "deck", "engine", "fender")
RULES = {DEPTH, FRUITLESS, GAVE_UP, MET_ALL, NO_TIME, NOTHING_LEFT, SKIPPED}


def criterion(name: str, weight: float = 1.0, leaks: str = "") -> Criterion:
    def probe(rung: str) -> str:
        return f"Which {rung} of part {TOPICS.index(name)} {leaks} matters most to you here?"

    probes = {rung: probe(rung) for rung in LADDER}
    return Criterion(
        id=name,
        label=name,
        statement=f"The {name} is checked.",
        weight=weight,
        terms=(Term(term=name),),
        probes=Probes.model_validate(probes),
    )


def question(*criteria: Criterion) -> Question:
    return Question(
        id="boat", section="s", prompt="What do you check?", hint="Go round it.", criteria=criteria
    )


def situation(standing: dict[str, Verdict], **fields: object) -> Situation:
    criteria = tuple(criterion(name) for name in standing)
    values = {
        "question": question(*criteria),
        "standing": tuple(standing.items()),
        "limit": 3,
        "per_criterion": 2,
    }
    return Situation.model_validate(values | fields)


def aim_of(decision: Decision) -> FollowUp:
    assert decision.follow_up is not None, decision.why
    return decision.follow_up


def take(seed: int) -> tuple[list[Decision], list[Situation]]:
    """One take against a candidate whose verdicts are drawn by lot, until the policy ends it."""
    draw = random.Random(seed)
    names = draw.sample(TOPICS, draw.randint(1, 6))
    leaks = {name: draw.choice(("", "", draw.choice(TOPICS))) for name in names}
    asked_about = question(
        *(criterion(name, draw.choice((0.5, 1.0, 2.0)), leaks[name]) for name in names)
    )
    style = Style(
        fruitless=draw.randint(1, 3),
        hints=draw.random() < 0.5,
        interviewers=draw.choice(((), (Interviewer(name="Tom", interests=("number", "failure")),))),
    )
    standing: dict[str, Verdict] = {name: draw.choice(VERDICTS) for name in names}
    asked: list[FollowUp] = []
    fruitless = not_known = 0
    said = ""
    decisions, situations = [], []
    for _ in range(20):
        moved: tuple[str, ...] = ()
        if asked:
            aim = asked[-1].criterion_id
            if draw.random() < 0.4 and standing[aim] != "met":
                standing[aim] = draw.choice(("met", "partial"))
                moved = (aim,)
            fruitless = 0 if moved else fruitless + 1
            not_known += draw.random() < 0.2
            said += f" {draw.choice(TOPICS)}"
        now = Situation(
            question=asked_about,
            standing=tuple(standing.items()),
            asked=tuple(asked),
            moved=moved,
            fruitless=fruitless,
            not_known=not_known,
            skipped=draw.random() < 0.03,
            said=said,
            left_s=draw.choice((None, None, 200.0, 30.0, -1.0)),
            limit=draw.randint(0, 6),
            per_criterion=draw.randint(1, 3),
            style=style,
        )
        decision = decide(now)
        situations.append(now)
        decisions.append(decision)
        if decision.follow_up is None:
            return decisions, situations
        asked.append(decision.follow_up)
    raise AssertionError("the take did not end")


@pytest.mark.parametrize("seed", range(400))
def test_a_take_always_ends_by_a_rule_and_keeps_every_other_rule(seed: int) -> None:
    decisions, situations = take(seed)
    assert decisions[-1].why in RULES
    for decision, now in zip(decisions[:-1], situations, strict=False):
        aim = aim_of(decision)
        standing = dict(now.standing)
        assert standing[aim.criterion_id] != "met", "aims at a criterion that is open"
        assert decision.why
        before = [f for f in now.asked if f.criterion_id == aim.criterion_id and not f.hint]
        if aim.hint:
            assert not any(f.hint for f in now.asked), "one hint a take"
            assert now.not_known >= 2
            continue
        assert aim.rung not in {f.rung for f in before}, "no rung twice"
        assert len(before) < now.per_criterion
        assert not same_in_other_words(aim.text, [f.text for f in now.asked])
        for open_one in now.question.criteria:
            if standing[open_one.id] != "met" and not contains(now.said, open_one.id):
                assert not contains(aim.text, open_one.id), "gives nothing away"


def test_the_histories_reach_every_rule() -> None:
    ends = {take(seed)[0][-1].why for seed in range(400)}
    assert ends == RULES


def test_the_same_history_leads_to_the_same_questions() -> None:
    assert [take(seed)[0] for seed in range(30)] == [take(seed)[0] for seed in range(30)]


def test_what_was_just_half_reached_is_pressed_on_at_once() -> None:
    asked = (FollowUp(criterion_id="anchor", rung="clarify", text="And the first?"),)
    now = situation({"anchor": "partial", "bilge": "missed"}, asked=asked, moved=("anchor",))
    aim = aim_of(decide(now))
    assert (aim.criterion_id, aim.rung) == ("anchor", "example")


def test_a_criterion_pressed_in_vain_waits_behind_the_others() -> None:
    asked = (FollowUp(criterion_id="anchor", rung="clarify", text="And the first?"),)
    now = situation({"anchor": "missed", "bilge": "missed"}, asked=asked, fruitless=1)
    assert aim_of(decide(now)).criterion_id == "bilge"


@pytest.mark.parametrize(
    ("interests", "rung"), [((), "example"), (("failure", "number"), "failure")]
)
def test_depth_is_sought_where_the_interviewer_likes_to_press(
    interests: tuple[Rung, ...], rung: Rung
) -> None:
    style = Style(interviewers=(Interviewer(name="Tom", interests=interests),))
    assert aim_of(decide(situation({"anchor": "partial"}, style=style))).rung == rung


def test_in_a_hurry_only_the_plain_question_is_asked() -> None:
    assert aim_of(decide(situation({"anchor": "partial"}, left_s=20.0))).rung == "clarify"


def test_a_vague_amount_is_asked_for_its_number() -> None:
    assert aim_of(decide(situation({"anchor": "missed"}, wanted="number"))).rung == "number"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"skipped": True}, SKIPPED),
        (
            {"asked": (FollowUp(criterion_id="anchor", rung="clarify", text="?"),), "limit": 1},
            DEPTH,
        ),
        ({"fruitless": 2}, FRUITLESS),
        ({"left_s": 0.0}, NO_TIME),
        ({"per_criterion": 0}, NOTHING_LEFT),
        ({"not_known": 2, "style": Style(hints=False)}, GAVE_UP),
    ],
)
def test_every_stop_rule_ends_the_take(fields: dict[str, object], why: str) -> None:
    decision = decide(situation({"anchor": "missed"}, **fields))
    assert decision == Decision(why=why)


def test_the_hint_comes_once_and_then_the_interview_moves_on() -> None:
    first = decide(situation({"anchor": "missed"}, not_known=2))
    assert first.why == HINTED
    assert "Go round it." in aim_of(first).text
    again = situation({"anchor": "missed"}, not_known=2, asked=(aim_of(first),))
    assert decide(again).why == GAVE_UP

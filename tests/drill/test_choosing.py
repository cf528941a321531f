"""What is due comes first, then the weakest, and questions are mixed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from drill_sessions import session
from fakes import question, started
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State
from voice_interviewer.drill.choosing import chosen, items_in, mixed
from voice_interviewer.drill.past import Past, past_of
from voice_interviewer.drill.reviews import CardKey

DAY = date(2030, 1, 2)
APPLES = ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0), ("sweet", 1.0)]))
BOATS = ev.PlanItem(question=question("boats", [("hull", 1.0)]))


def names(past: Past, day: date, **limits: object) -> list[str]:
    usual: dict[str, object] = {"most": 10}
    return [key.criterion_id for key in chosen(past, day, **usual | limits)]  # type: ignore[arg-type]


def interview() -> State:
    opening = started(APPLES, BOATS, follow_up_limit=0)
    first = {"red": "met", "round": "missed", "sweet": "partial"}
    return session(opening, first, {"hull": "met"})


def one_interview() -> Past:
    return past_of([interview()])


def test_on_the_same_day_only_what_was_not_fully_said_is_asked_the_worst_first() -> None:
    assert names(one_interview(), DAY) == ["round", "sweet"]


def test_what_is_due_comes_before_what_is_weak() -> None:
    past = one_interview()
    later = DAY + timedelta(days=400)
    assert all(card.is_due(later) for card in past.cards.values())
    assert set(names(past, later)) == {"red", "round", "sweet", "hull"}
    again = started(APPLES, follow_up_limit=0, session_id="bbbbbb", at="2031-02-06T08:00:00Z")
    missed_now = session(again, {"red": "met", "round": "met", "sweet": "missed"})
    past = past_of([interview(), missed_now])
    assert names(past, later) == ["hull", "sweet"]


def test_a_limit_keeps_the_most_urgent() -> None:
    assert names(one_interview(), DAY, most=1) == ["round"]


def test_a_short_drill_does_not_spend_itself_on_one_question() -> None:
    all_missed = dict.fromkeys(("red", "round", "sweet", "hull"), "missed")
    opening = started(APPLES, BOATS, follow_up_limit=0)
    past = past_of([session(opening, all_missed, all_missed)])
    assert names(past, DAY + timedelta(days=1), most=2) == ["round", "hull"]


def test_nothing_due_and_nothing_weak_leaves_nothing() -> None:
    met = session(started(BOATS), {"hull": "met"})
    assert names(past_of([met]), DAY) == []
    assert names(past_of([]), DAY) == []


def test_a_bank_or_a_set_of_questions_can_be_asked_for() -> None:
    past = one_interview()
    assert names(past, DAY, bank_id="other") == []
    assert names(past, DAY, bank_id="small", among={"boats"}) == []


@pytest.mark.parametrize(("minutes", "items"), [(10, 6), (1.5, 1), (0.2, 1), (30, 20)])
def test_minutes_become_items(minutes: float, items: int) -> None:
    assert items_in(minutes) == items


@given(st.lists(st.sampled_from("abcd"), max_size=12))
def test_two_of_one_question_in_a_row_only_where_it_must_be(questions: list[str]) -> None:
    keys = [CardKey("bank", name, str(number)) for number, name in enumerate(questions)]
    result = mixed(keys)
    assert sorted(result) == sorted(keys)
    in_a_row = sum(one[:2] == two[:2] for one, two in pairwise(result))
    most = max(Counter(questions).values(), default=0)
    assert in_a_row == max(0, most - (len(questions) - most) - 1)


def test_mixing_keeps_the_order_of_urgency_where_it_can() -> None:
    keys = [CardKey("bank", name, name) for name in ("a", "b", "c")]
    assert mixed(keys) == tuple(keys)


def test_what_could_not_be_made_out_is_asked_again_last_until_it_is_rated() -> None:
    opening = started(APPLES, BOATS, follow_up_limit=0)
    unclear = {"red": "met", "round": "missed", "sweet": "unclear"}
    past = past_of([session(opening, unclear, {"hull": "unclear"})])
    asked = names(past, DAY)
    assert asked[0] == "round"
    assert set(asked) == {"round", "sweet", "hull"}
    again = started(BOATS, follow_up_limit=0, session_id="bbbbbb", at="2030-01-02T08:00:00Z")
    past = past_of(
        [session(opening, unclear, {"hull": "unclear"}), session(again, {"hull": "met"})]
    )
    assert set(names(past, DAY)) == {"round", "sweet"}

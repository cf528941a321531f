"""A rating comes from evidence: what was said without help, with help, in part, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from drill_sessions import session
from fakes import question, started

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import FollowUp
from voice_interviewer.drill.reviews import Rating, reviews_of

ITEM = ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0)]))
BOTH = {"red": "missed", "round": "missed"}


def ratings(*answers: dict[str, str] | str, **fields: object) -> dict[str, Rating]:
    opening = started(ITEM, follow_up_limit=4, **fields)
    return {r.key.criterion_id: r.rating for r in reviews_of(session(opening, *answers))}


def test_met_in_the_answer_to_the_question_itself_is_easy() -> None:
    assert ratings({"red": "met", "round": "met"}) == {"red": Rating.EASY, "round": Rating.EASY}


def test_met_after_one_probe_is_good_and_after_two_is_hard() -> None:
    # the heavier one, round, is pressed first
    one = ratings(BOTH, {"red": "missed", "round": "met"})
    assert one["round"] == Rating.GOOD
    two = ratings(BOTH, BOTH, {"red": "met", "round": "missed"}, {"round": "met"})
    assert two == {"red": Rating.GOOD, "round": Rating.HARD}


def test_met_when_another_criterion_was_pressed_is_not_unaided() -> None:
    assert ratings(BOTH, {"red": "met", "round": "missed"})["red"] == Rating.GOOD


def test_partial_is_hard_and_missed_is_again() -> None:
    assert ratings({"red": "partial", "round": "missed"}) == {
        "red": Rating.HARD,
        "round": Rating.AGAIN,
    }


def test_unclear_and_not_judged_are_no_review() -> None:
    assert ratings({"red": "unclear"}) == {}
    assert ratings() == {}


@pytest.mark.parametrize("reason", ["skip", "no_speech", "silence"])
def test_an_answer_without_a_word_is_no_evidence(reason: str) -> None:
    assert ratings(reason) == {}


def test_not_knowing_is_evidence() -> None:
    assert ratings("dont_know") == {"red": Rating.AGAIN, "round": Rating.AGAIN}


def test_a_skip_after_a_real_answer_leaves_what_the_answer_showed() -> None:
    assert ratings({"red": "met", "round": "partial"}, "skip")["round"] == Rating.HARD


def test_the_opening_probe_of_a_drill_is_the_cue() -> None:
    probe = FollowUp(criterion_id="red", rung="clarify", text="What about red?")
    item = ITEM.model_copy(update={"focus": ("red",), "opening": probe})
    opening = started(item, kind="drill", follow_up_limit=4)
    first = [r.rating for r in reviews_of(session(opening, {"red": "met"}))]
    pressed = [r.rating for r in reviews_of(session(opening, {"red": "missed"}, {"red": "met"}))]
    assert (first, pressed) == ([Rating.GOOD], [Rating.HARD])


def test_a_review_knows_its_bank_its_time_and_the_words() -> None:
    (review,) = reviews_of(session(started(ITEM), {"red": "met"}))
    assert review.key == ("small", "apples", "red")
    assert review.at == datetime(2030, 1, 2, 3, 4, 14, tzinfo=UTC)
    assert review.quote == "these very words"
    item = ITEM.model_copy(update={"bank_id": "other"})
    (elsewhere,) = reviews_of(session(started(item), {"red": "met"}))
    assert elsewhere.key.bank_id == "other"


@pytest.mark.parametrize("at", ["", "yesterday", "9999-12-31T23:59:59Z"])
def test_a_session_without_a_date_that_can_be_holds_no_reviews(at: str) -> None:
    assert not list(reviews_of(session(started(ITEM, at=at), {"red": "met"})))

"""The schedule is a function of the journals: in any order the same cards."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from drill_sessions import journal_of, schedule_of, session
from fakes import question, started
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State, fold
from voice_interviewer.drill.past import past_of
from voice_interviewer.drill.reviews import CardKey, Rating, Review
from voice_interviewer.drill.schedule import Card, card_of

KEY = CardKey("small", "apples", "red")
START = datetime(2030, 1, 2, 9, tzinfo=UTC)
ITEMS = (
    ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0)])),
    ev.PlanItem(question=question("boats", [("hull", 1.0)])),
)

VERDICTS = st.sampled_from(["met", "partial", "missed", "unclear"])
ANSWERS = st.one_of(
    st.sampled_from(["skip", "dont_know", "no_speech"]),
    st.dictionaries(st.sampled_from(["red", "round", "hull"]), VERDICTS),
)


@st.composite
def journals(draw: st.DrawFn) -> list[list[ev.Event]]:
    """Several sessions within a few weeks, some on one day, some broken off, some of both banks."""
    count = draw(st.integers(1, 6))
    result = []
    for number in range(count):
        at = START + timedelta(hours=draw(st.integers(0, 24 * 20)))
        opening = started(
            *draw(st.permutations(ITEMS)),
            session_id=f"{number:06x}",
            at=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            bank_id=draw(st.sampled_from(["small", "other"])),
            follow_up_limit=draw(st.integers(0, 2)),
        )
        result.append(journal_of(opening, draw(st.lists(ANSWERS, max_size=5))))
    return result


def read(events: list[ev.Event]) -> State:
    """The session as it comes back from its lines."""
    return fold([ev.EVENT.validate_json(ev.EVENT.dump_json(event)) for event in events])


@given(journals(), st.randoms())
def test_rebuilt_in_any_order_of_reading_it_is_the_same(
    written: list[list[ev.Event]], chance: random.Random
) -> None:
    shuffled = list(written)
    chance.shuffle(shuffled)
    one, other = past_of(map(read, written)), past_of(map(read, shuffled))
    assert one == other
    assert one.cards == schedule_of(map(read, written))


@given(journals())
def test_reading_a_session_twice_changes_nothing(written: list[list[ev.Event]]) -> None:
    states = [read(events) for events in written]
    assert schedule_of([*states, *states]) == schedule_of(states)


def review(rating: Rating, days: float = 0.0, session_id: str = "a") -> Review:
    verdict = "missed" if rating == Rating.AGAIN else "met"
    return Review(KEY, START + timedelta(days=days), session_id, 0, 1, verdict, rating)


def days_until_due(card: Card) -> int:
    return (card.due - card.last).days


def test_the_better_it_was_recalled_the_later_it_is_due() -> None:
    waits = [days_until_due(card_of([review(rating)])) for rating in Rating]
    assert waits == sorted(waits)
    assert waits[0] == 1
    assert waits[-1] > waits[1]


def test_recalled_again_and_again_the_intervals_grow_up_to_half_a_year() -> None:
    reviews = [review(Rating.GOOD)]
    waits = []
    for _ in range(12):
        card = card_of(reviews)
        waits.append(days_until_due(card))
        reviews.append(review(Rating.GOOD, days=(card.due - START.date()).days))
    assert waits[0] < waits[1] < waits[2]
    assert waits[-1] == 180


@given(st.lists(st.sampled_from([Rating.HARD, Rating.GOOD, Rating.EASY]), max_size=8))
def test_repeats_on_one_day_do_not_move_the_schedule(later: list[Rating]) -> None:
    first = review(Rating.GOOD)
    repeats = [review(r, days=0.01 * n, session_id="b") for n, r in enumerate(later, 1)]
    alone, repeated = card_of([first]), card_of([first, *repeats])
    assert (repeated.due, repeated.stability_days, repeated.difficulty) == (
        alone.due,
        alone.stability_days,
        alone.difficulty,
    )
    assert repeated.reviews == 1 + len(later)


def test_a_success_later_on_the_day_of_a_miss_does_not_undo_it() -> None:
    missed = card_of([review(Rating.AGAIN)])
    mended = card_of([review(Rating.AGAIN), review(Rating.EASY, 0.1)])
    assert mended.due == missed.due
    assert mended.stability_days == missed.stability_days


def test_a_miss_later_on_the_same_day_counts_once() -> None:
    well = card_of([review(Rating.EASY)])
    once = card_of([review(Rating.EASY), review(Rating.AGAIN, 0.1)])
    twice = card_of([review(Rating.EASY), review(Rating.AGAIN, 0.1), review(Rating.AGAIN, 0.2)])
    assert once.due < well.due
    assert once.due == twice.due
    assert once.stability_days == twice.stability_days


def test_an_evening_and_the_next_morning_are_two_days() -> None:
    late, early = review(Rating.GOOD, days=0.6), review(Rating.GOOD, days=0.65)
    assert late.day != early.day
    assert card_of([late, early]).stability_days > card_of([late]).stability_days


def test_retention_falls_with_time_and_is_ninety_percent_when_due() -> None:
    card = card_of([review(Rating.EASY)])
    values = [card.retention(START.date() + timedelta(days=n)) for n in (0, 3, 8, 30)]
    assert values == sorted(values, reverse=True)
    assert values[0] == 1.0
    assert abs(card.retention(card.due) - 0.9) < 0.01
    assert not card.is_due(card.due - timedelta(days=1))
    assert card.is_due(card.due)


def test_what_was_missed_last_counts_as_not_known_until_it_is_said() -> None:
    assert card_of([review(Rating.AGAIN)]).retention(START.date()) == 0.0
    assert card_of([review(Rating.AGAIN), review(Rating.GOOD, 0.1)]).retention(START.date()) == 1.0


def test_each_week_with_a_review_is_remembered_as_it_ended() -> None:
    monday = date(2029, 12, 31)  # START is the Wednesday of this week
    weeks = [monday + timedelta(weeks=n) for n in range(4)]
    ratings = {0: Rating.GOOD, 2: Rating.AGAIN, 9: Rating.AGAIN, 9.1: Rating.EASY}
    card = card_of([review(rating, days) for days, rating in ratings.items()])
    assert [moment.week for moment in card.weeks] == weeks[:2]
    sundays = [week + timedelta(days=6) for week in (monday - timedelta(weeks=1), *weeks)]
    before, missed, *said = [card.retention_then(sunday) for sunday in sundays]
    assert (before, missed) == (None, 0.0)
    assert 1 > (said[0] or 0) > (said[1] or 0) > (said[2] or 0) > 0
    assert card.retention(sundays[-1]) == said[-1]


def test_lapses_are_misses_of_what_was_known() -> None:
    ratings = [Rating.AGAIN, Rating.GOOD, Rating.AGAIN, Rating.AGAIN, Rating.HARD, Rating.AGAIN]
    assert card_of([review(r, days=n) for n, r in enumerate(ratings)]).lapses == 2


def test_a_criterion_that_its_question_no_longer_has_is_retired() -> None:
    old = session(started(ITEMS[0]), {"red": "met", "round": "met"})
    newer = ev.PlanItem(question=question("apples", [("round", 2.0)]))
    new = session(started(newer, session_id="bbbbbb", at="2030-02-02T00:00:00Z"), {"round": "met"})
    assert set(past_of([new, old]).cards) == {("small", "apples", "round")}


def test_a_judgement_given_later_changes_the_card_when_it_is_rebuilt() -> None:
    events = journal_of(started(ITEMS[0]), [{"red": "missed", "round": "met"}, "skip"])
    assert schedule_of([fold(events)])[KEY].latest.rating == Rating.AGAIN
    judged = fold(events).turns[0].assessment
    assert judged is not None
    better = tuple(v.model_copy(update={"verdict": "met"}) for v in judged.verdicts)
    again = ev.AssessmentAdded(
        turn_id=1,
        made_by="rejudging",
        assessment=judged.model_copy(update={"verdicts": better}),
        work="x",
    )
    card = schedule_of([fold([*events, again])])[KEY]
    assert (card.latest.rating, card.last) == (Rating.EASY, date(2030, 1, 2))

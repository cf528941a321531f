"""When each criterion is due again: FSRS 6 over reviews, rebuilt from journals at any time.

FSRS is the scheduler of Ye, Su and Cao ("A Stochastic Shortest Path Algorithm for Optimizing
Spaced Repetition Scheduling", KDD 2022) in its sixth version, with its default parameters and
without fuzz, so that the same journals always give the same days. Time counts in whole UTC days,
and the first review of a day is the one that counts: saying a thing five times in an evening does
not show that it will be there in a month. Only a miss later on the same day counts as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise

from fsrs import Card as FsrsCard
from fsrs import Rating as FsrsRating
from fsrs import Scheduler

from voice_interviewer.drill.reviews import CardKey, Rating, Review

WANTED_RETENTION = 0.9
LONGEST_INTERVAL_DAYS = 180

_SCHEDULER = Scheduler(
    desired_retention=WANTED_RETENTION,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=LONGEST_INTERVAL_DAYS,
    enable_fuzzing=False,
)


_LATEST_RATINGS = 4
_MOST_WEEKS = 26


@dataclass(frozen=True)
class Moment:
    """What the reviews of one week and before came to at the end of it.

    Args:
        week: its Monday, in UTC.
        last: the UTC day of the latest review that counted.
        recalled: False where it was missed last.
    """

    week: date
    last: date
    stability_days: float
    recalled: bool

    def retention(self, day: date) -> float:
        """The chance that it would have been said on this day, in [0, 1]."""
        if not self.recalled:
            return 0.0
        card = FsrsCard(card_id=1, stability=self.stability_days, last_review=_midnight(self.last))
        return float(_SCHEDULER.get_card_retrievability(card, _midnight(day)))


@dataclass(frozen=True)
class Card:
    """Where one criterion stands after all its reviews.

    Args:
        reviews: how many there were, also those that did not move the schedule.
        latest: the last review, whether it counted or not.
        ratings: of the last few reviews, the latest at the end.
        quote: the best words ever said for it, the latest among equals; empty where there are none.
        stability_days: days until the chance of recall has fallen to 90%.
        difficulty: 1 (easy) to 10.
        last: the UTC day of the latest review that counted.
        due: the UTC day on which it should be asked again.
        lapses: how often it was missed after it had been met or partly met.
        weeks: how it stood at the end of each week with reviews, the latest half a year of them.
    """

    key: CardKey
    reviews: int
    latest: Review
    ratings: tuple[Rating, ...]
    quote: str
    stability_days: float
    difficulty: float
    last: date
    due: date
    lapses: int
    weeks: tuple[Moment, ...]

    @property
    def weak(self) -> bool:
        """True where it was last missed, partly said, or said only under pressure."""
        return self.latest.rating < Rating.GOOD

    def is_due(self, day: date) -> bool:
        """True on the day it is due, and after."""
        return self.due <= day

    def retention(self, day: date) -> float:
        """The chance that it would be said on this day, in [0, 1].

        FSRS takes it that what was missed is looked up at once. An interview shows no answer, so
        what was missed last counts as 0 until it is said.
        """
        return self.weeks[-1].retention(day)

    def retention_then(self, day: date) -> float | None:
        """The same as it was in the evening of a day that ended a week; None before its time."""
        until = [moment for moment in self.weeks if moment.week <= day]
        return until[-1].retention(day) if until else None


Schedule = Mapping[CardKey, Card]


def card_of(reviews: Iterable[Review]) -> Card:
    """The card that these reviews of one criterion lead to; at least one is needed."""
    ordered = sorted(set(reviews), key=lambda review: review.order)
    card = FsrsCard(card_id=1)
    weeks: dict[date, Moment] = {}
    for day, found in groupby(ordered, key=lambda review: review.day):
        of_day = list(found)
        for review in _counted(of_day):
            card, _ = _SCHEDULER.review_card(card, FsrsRating(review.rating), _midnight(day))
        assert card.stability is not None, "at least one review of a day counts"
        monday = day - timedelta(days=day.weekday())
        recalled = of_day[-1].rating > Rating.AGAIN
        weeks[monday] = Moment(monday, day, card.stability, recalled)
    assert card.difficulty is not None, "at least one review counts"
    assert card.stability is not None, "at least one review counts"
    ratings = tuple(review.rating for review in ordered)
    return Card(
        key=ordered[0].key,
        reviews=len(ordered),
        latest=ordered[-1],
        ratings=ratings[-_LATEST_RATINGS:],
        quote=_best_quote(ordered),
        stability_days=card.stability,
        difficulty=card.difficulty,
        last=ordered[-1].day,
        due=card.due.date(),
        lapses=sum(
            before > Rating.AGAIN and after == Rating.AGAIN for before, after in pairwise(ratings)
        ),
        weeks=tuple(weeks.values())[-_MOST_WEEKS:],
    )


def _counted(of_day: Sequence[Review]) -> Sequence[Review]:
    """The first review of a day, and the first miss after it."""
    first, *later = of_day
    if first.rating == Rating.AGAIN:
        return [first]
    return [first, *[review for review in later if review.rating == Rating.AGAIN][:1]]


def _best_quote(reviews: Iterable[Review]) -> str:
    quoted = [review for review in reviews if review.quote and review.verdict in ("met", "partial")]
    best = max(quoted, key=lambda review: (review.rating, review.order), default=None)
    return best.quote if best is not None else ""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)

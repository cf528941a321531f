"""When each criterion is due again: FSRS 6 over reviews, rebuilt from journals at any time.

FSRS is the scheduler of Ye, Su and Cao ("A Stochastic Shortest Path Algorithm for Optimizing
Spaced Repetition Scheduling", KDD 2022) in its sixth version, with its default parameters and
without fuzz, so that the same journals always give the same days. Time counts in whole UTC days,
and the first review of a day is the one that counts: saying a thing five times in an evening does
not show that it will be there in a month. Only a miss later on the same day counts as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
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


@dataclass(frozen=True)
class Card:
    """Where one criterion stands.

    Args:
        reviews: all reviews in order, also those that did not move the schedule.
        stability_days: days until the chance of recall has fallen to 90%.
        difficulty: 1 (easy) to 10.
        last: the UTC day of the latest review that counted.
        due: the UTC day on which it should be asked again.
        lapses: how often it was missed after it had been met or partly met.
    """

    key: CardKey
    reviews: tuple[Review, ...]
    stability_days: float
    difficulty: float
    last: date
    due: date
    lapses: int

    @property
    def latest(self) -> Review:
        """The last review, whether it counted or not."""
        return self.reviews[-1]

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
        if self.latest.rating == Rating.AGAIN:
            return 0.0
        card = FsrsCard(card_id=1, stability=self.stability_days, last_review=_midnight(self.last))
        return float(_SCHEDULER.get_card_retrievability(card, _midnight(day)))


Schedule = Mapping[CardKey, Card]


def schedule_from(reviews: Iterable[Review]) -> Schedule:
    """The whole schedule of these reviews, in whichever order they come."""
    by_key: defaultdict[CardKey, list[Review]] = defaultdict(list)
    for review in reviews:
        by_key[review.key].append(review)
    return {key: card_of(found) for key, found in by_key.items()}


def card_of(reviews: Iterable[Review]) -> Card:
    """The card that these reviews of one criterion lead to; at least one is needed."""
    ordered = tuple(sorted(set(reviews), key=lambda review: review.order))
    card = FsrsCard(card_id=1)
    for review in _counted(ordered):
        card, _ = _SCHEDULER.review_card(card, FsrsRating(review.rating), _midnight(review.day))
    assert card.stability is not None, "at least one review counts"
    assert card.difficulty is not None, "at least one review counts"
    assert card.last_review is not None, "at least one review counts"
    return Card(
        key=ordered[0].key,
        reviews=ordered,
        stability_days=card.stability,
        difficulty=card.difficulty,
        last=card.last_review.date(),
        due=card.due.date(),
        lapses=sum(
            before.rating > Rating.AGAIN and after.rating == Rating.AGAIN
            for before, after in pairwise(ordered)
        ),
    )


def _counted(reviews: Sequence[Review]) -> Iterator[Review]:
    """The first review of every day, and the first miss after it on the same day."""
    for _, day in groupby(reviews, key=lambda review: review.day):
        first, *later = day
        yield first
        if first.rating > Rating.AGAIN:
            yield from [review for review in later if review.rating == Rating.AGAIN][:1]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)

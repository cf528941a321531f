"""What past answers say about each criterion: one review a take, its rating taken from evidence.

| in this take the criterion was                                             | rating |
|----------------------------------------------------------------------------|--------|
| met in the answer to the whole question, before anything pointed at it      | Easy   |
| met once something did: one probe on it (a drill opens with that), or any   | Good   |
| follow-up at all                                                            |        |
| met after two probes or a hint, or only partly met                          | Hard   |
| missed                                                                      | Again  |
| unclear, or not judged                                                      | none   |

Recall without a cue is the strongest evidence there is, hence Easy; a probe is the cue that every
later review will give, hence Good. An answer without a word is no evidence, unless the candidate
said that they did not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from voice_interviewer.core.assessment import Standing, Verdict, better
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.session import State, Turn

_NO_SUCH_YEAR = 9000
_LONGEST_SESSION_S = 365 * 86_400.0


class CardKey(NamedTuple):
    """What is learnt: one criterion of one question of one bank."""

    bank_id: str
    question_id: str
    criterion_id: str


class Rating(IntEnum):
    """How well a criterion was recalled, numbered as FSRS numbers it."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True)
class Review:
    """What one take showed of one criterion. `at` is UTC, `quote` the words that earned it."""

    key: CardKey
    at: datetime
    session_id: str
    item: int
    take: int
    verdict: Verdict
    rating: Rating
    quote: str = ""

    @property
    def day(self) -> date:
        """The UTC day that it counts for."""
        return self.at.date()

    @property
    def order(self) -> tuple[datetime, str, int, int]:
        """Reviews sort by this, whichever order the journals were read in."""
        return (self.at, self.session_id, self.item, self.take)


def began(state: State) -> datetime | None:
    """When a session began, in UTC; None where its journal gives no date that can be."""
    try:
        at = datetime.fromisoformat(state.at)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at.year < _NO_SUCH_YEAR else None


def bank_of(state: State, item: PlanItem) -> str:
    """The id of the bank that a question of this session comes from."""
    return item.bank_id or state.bank_id


def reviews_of(state: State) -> Iterator[Review]:
    """The reviews that one session holds; none where its date cannot be read."""
    start = began(state)
    if start is None:
        return
    for index, item in enumerate(state.plan):
        for turns in state.takes(index):
            heard = [turn for turn in turns if _is_evidence(turn) and _is_own(state, turn)]
            if not heard:
                continue
            ended_s = max(turn.ended_t_s or 0.0 for turn in heard)
            at = start + timedelta(seconds=min(ended_s, _LONGEST_SESSION_S))
            for criterion_id in item.criteria:
                standing = _standing(heard, criterion_id)
                if standing.detail is None or standing.verdict == "unclear":
                    continue
                evidence = standing.detail.evidence
                yield Review(
                    key=CardKey(bank_of(state, item), item.question.id, criterion_id),
                    at=at,
                    session_id=state.session_id,
                    item=index,
                    take=turns[0].take,
                    verdict=standing.verdict,
                    rating=_rating(turns, standing),
                    quote=evidence[0].quote if evidence else "",
                )


def unclear_in(state: State) -> Iterator[CardKey]:
    """The criteria that some take left unclear: no review, and yet to be asked about again."""
    for index, item in enumerate(state.plan):
        for turns in state.takes(index):
            heard = [turn for turn in turns if _is_evidence(turn)]
            for criterion_id in item.criteria:
                if heard and _standing(heard, criterion_id).verdict == "unclear":
                    yield CardKey(bank_of(state, item), item.question.id, criterion_id)


def _is_own(state: State, turn: Turn) -> bool:
    """False for a turn that was copied from the session that this one was forked from."""
    return state.fork_turn is None or turn.id >= state.fork_turn


def _is_evidence(turn: Turn) -> bool:
    judged = turn.judged or turn.transcript
    if turn.assessment is None or judged is None:
        return False
    return turn.ended == "dont_know" or not judged.empty


def _standing(heard: Sequence[Turn], criterion_id: str) -> Standing:
    standing = Standing(criterion_id=criterion_id)
    for turn in heard:
        verdict = turn.assessment.of(criterion_id) if turn.assessment else None
        if verdict is not None:
            standing = better(standing, verdict, turn.id)
    return standing


def _rating(turns: Sequence[Turn], standing: Standing) -> Rating:
    if standing.verdict == "missed":
        return Rating.AGAIN
    if standing.verdict != "met":
        return Rating.HARD
    until = [turn for turn in turns if turn.id <= (standing.turn_id or 0)]
    if all(turn.aim is None for turn in until):
        return Rating.EASY
    probes = [
        turn.aim for turn in until if turn.aim and turn.aim.criterion_id == standing.criterion_id
    ]
    hinted = any(turn.aim is not None and turn.aim.hint for turn in until)
    return Rating.HARD if hinted or len(probes) > 1 else Rating.GOOD

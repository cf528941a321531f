"""All that past sessions say to a drill: the schedule, the questions, and how they were asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from voice_interviewer.core.bank import Criterion, Pronunciation, Rung
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.session import State
from voice_interviewer.drill.reviews import CardKey, Review, bank_of, began, reviews_of, unclear_in
from voice_interviewer.drill.schedule import Card, Schedule, schedule_from
from voice_interviewer.drill.scores import SessionScore, TakeScore, interview_score, takes_of

QuestionKey = tuple[str, str]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Glance:
    """What one session says; its transcripts are let go, so that many sessions fit in memory."""

    order: tuple[datetime, str]
    bank: tuple[str, str, tuple[Pronunciation, ...]] | None
    reviews: tuple[Review, ...]
    unclear: tuple[CardKey, ...]
    items: tuple[tuple[QuestionKey, PlanItem], ...]
    asked: tuple[tuple[CardKey, Rung], ...]
    takes: tuple[TakeScore, ...]
    interview: SessionScore | None


@dataclass(frozen=True)
class Past:
    """Past sessions, read once.

    Args:
        cards: the schedule; without the criteria that their question no longer has.
        unclear: the criteria that were asked about and never could be made out, without a card.
        items: (bank id, question id) to the question as it was asked last.
        asked: the rungs on which a criterion was asked about, in order.
        titles: bank id to title, as its last interview had it.
        pronunciations: bank id to how its terms are said, likewise.
        takes: what was scored, the oldest first.
        interviews: the same of whole interviews.
    """

    cards: Schedule
    unclear: tuple[CardKey, ...]
    items: Mapping[QuestionKey, PlanItem]
    asked: Mapping[CardKey, tuple[Rung, ...]]
    titles: Mapping[str, str]
    pronunciations: Mapping[str, tuple[Pronunciation, ...]]
    takes: tuple[TakeScore, ...]
    interviews: tuple[SessionScore, ...]

    def item(self, key: CardKey) -> PlanItem:
        """The plan item that a card's question was last asked with."""
        return self.items[key.bank_id, key.question_id]

    def criterion(self, key: CardKey) -> Criterion:
        """The criterion of a card."""
        return self.item(key).question.criterion(key.criterion_id)

    def in_bank(self, bank_id: str | None) -> list[Card]:
        """The cards of one bank, or of all."""
        return [card for key, card in self.cards.items() if bank_id in (None, key.bank_id)]


def glance(state: State) -> Glance:
    """What one session says."""

    def question(item: PlanItem) -> QuestionKey:
        return bank_of(state, item), item.question.id

    return Glance(
        order=(began(state) or _LONG_AGO, state.session_id),
        bank=(state.bank_id, state.bank_title, state.pronunciations)
        if state.kind == "interview"
        else None,
        reviews=tuple(reviews_of(state)),
        unclear=tuple(unclear_in(state)),
        items=tuple((question(item), item) for item in state.plan),
        asked=tuple(
            (CardKey(*question(state.plan[turn.item]), turn.aim.criterion_id), turn.aim.rung)
            for turn in state.turns
            if turn.aim is not None and not turn.aim.hint and turn.asked_t_s is not None
        ),
        takes=tuple(takes_of(state)),
        interview=interview_score(state),
    )


def past_of(states: Iterable[State]) -> Past:
    """Everything that these sessions say; the order in which they come does not matter."""
    glances = sorted(map(glance, states), key=lambda seen: seen.order)
    items = {key: item for seen in glances for key, item in seen.items}
    asked: defaultdict[CardKey, list[Rung]] = defaultdict(list)
    for seen in glances:
        for key, rung in seen.asked:
            asked[key].append(rung)
    banks = [seen.bank for seen in glances if seen.bank is not None]
    cards = schedule_from(review for seen in glances for review in seen.reviews)
    unclear = dict.fromkeys(key for seen in glances for key in seen.unclear)

    def is_there(key: CardKey) -> bool:
        return any(c.id == key.criterion_id for c in items[key[:2]].question.criteria)

    return Past(
        cards={key: card for key, card in cards.items() if is_there(key)},
        unclear=tuple(key for key in unclear if key not in cards and is_there(key)),
        items=items,
        asked={key: tuple(rungs) for key, rungs in asked.items()},
        titles={bank_id: title for bank_id, title, _ in banks},
        pronunciations={bank_id: said for bank_id, _, said in banks},
        takes=tuple(take for seen in glances for take in seen.takes),
        interviews=tuple(seen.interview for seen in glances if seen.interview is not None),
    )

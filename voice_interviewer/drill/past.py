"""All that past sessions say to a drill: the schedule, the questions, and how they were asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from voice_interviewer.core.bank import Criterion, Rung
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.session import State
from voice_interviewer.drill.reviews import CardKey, bank_of, began
from voice_interviewer.drill.schedule import Card, Schedule, schedule_of

QuestionKey = tuple[str, str]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Past:
    """Past sessions, read once.

    Args:
        states: the sessions, the oldest first.
        cards: the schedule; without the criteria that their question no longer has.
        items: (bank id, question id) to the question as it was asked last.
        asked: the rungs on which a criterion was asked about, in order.
        titles: bank id to title.
    """

    states: tuple[State, ...]
    cards: Schedule
    items: Mapping[QuestionKey, PlanItem]
    asked: Mapping[CardKey, tuple[Rung, ...]]
    titles: Mapping[str, str]

    def item(self, key: CardKey) -> PlanItem:
        """The plan item that a card's question was last asked with."""
        return self.items[key.bank_id, key.question_id]

    def criterion(self, key: CardKey) -> Criterion:
        """The criterion of a card."""
        return self.item(key).question.criterion(key.criterion_id)

    def in_bank(self, bank_id: str | None) -> list[Card]:
        """The cards of one bank, or of all."""
        return [card for key, card in self.cards.items() if bank_id in (None, key.bank_id)]


def past_of(states: Iterable[State]) -> Past:
    """Everything that these sessions say; the order in which they come does not matter."""
    ordered = sorted(states, key=lambda state: (began(state) or _LONG_AGO, state.session_id))
    items: dict[QuestionKey, PlanItem] = {}
    titles: dict[str, str] = {}
    asked: defaultdict[CardKey, list[Rung]] = defaultdict(list)
    for state in ordered:
        titles.setdefault(state.bank_id, state.bank_title)
        for item in state.plan:
            items[bank_of(state, item), item.question.id] = item
        for turn in state.turns:
            item = state.plan[turn.item]
            if turn.aim is not None and not turn.aim.hint and turn.asked_t_s is not None:
                key = CardKey(bank_of(state, item), item.question.id, turn.aim.criterion_id)
                asked[key].append(turn.aim.rung)
    cards = {
        key: card
        for key, card in schedule_of(ordered).items()
        if any(c.id == key.criterion_id for c in items[key[:2]].question.criteria)
    }
    return Past(
        states=tuple(ordered),
        cards=cards,
        items=items,
        asked={key: tuple(rungs) for key, rungs in asked.items()},
        titles=titles,
    )

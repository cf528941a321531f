"""All that past sessions say to a drill: the schedule, the questions, and how they were asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice_interviewer.core.bank import Criterion, Pronunciation, Rung
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.session import State
from voice_interviewer.drill.notes import (
    BankTotal,
    CriterionTotal,
    QuestionKey,
    QuestionTotal,
    read_total,
    totals_of,
)
from voice_interviewer.drill.reviews import CardKey
from voice_interviewer.drill.schedule import Card, Schedule


@dataclass(frozen=True)
class Past:
    """What past sessions come to. Questions and criteria are in the order in which they were first
    asked and stand in their rubrics.

    Args:
        cards: the schedule; without the criteria that their question no longer has.
        unclear: the criteria that were asked about and never could be made out, without a card.
        items: (bank id, question id) to the question as it was asked last.
        asked: the rungs on which a criterion was asked about, the one used last at the end.
        titles: bank id to title, as its last interview had it.
        pronunciations: bank id to how its terms are said, likewise.
    """

    cards: Schedule
    unclear: tuple[CardKey, ...]
    items: Mapping[QuestionKey, PlanItem]
    asked: Mapping[CardKey, tuple[Rung, ...]]
    titles: Mapping[str, str]
    pronunciations: Mapping[str, tuple[Pronunciation, ...]]

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
    return past_from(totals_of(states))


def past_from(totals: Mapping[str, str]) -> Past:
    """Everything that these totals say, by subject."""
    found = [read_total(subject, total) for subject, total in totals.items()]
    questions = sorted((t for t in found if isinstance(t, QuestionTotal)), key=lambda t: t.first)
    banks = sorted((t for t in found if isinstance(t, BankTotal)), key=lambda t: t.id)
    told = {t.key: t for t in found if isinstance(t, CriterionTotal)}
    keys = [
        CardKey(*question.key, criterion.id)
        for question in questions
        for criterion in question.item.question.criteria
    ]
    criteria = [told[key] for key in keys if key in told]
    return Past(
        cards={total.key: total.card for total in criteria if total.card is not None},
        unclear=tuple(total.key for total in criteria if total.unclear and total.card is None),
        items={question.key: question.item for question in questions},
        asked={total.key: total.asked for total in criteria if total.asked},
        titles={bank.id: bank.title for bank in banks},
        pronunciations={bank.id: bank.pronunciations for bank in banks},
    )

"""Which criteria a drill asks about, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from voice_interviewer.drill.past import Past
from voice_interviewer.drill.reviews import CardKey
from voice_interviewer.drill.schedule import Card

DRILL_MINUTES = 10.0
MINUTES_AN_ITEM = 1.5
"""A probe is said in 5 to 15 s and answered in about half a minute; most take one follow-up."""


def items_in(minutes: float) -> int:
    """How many criteria fit into so many minutes; at least one."""
    return max(1, int(minutes / MINUTES_AN_ITEM))


def chosen(
    past: Past,
    day: date,
    *,
    most: int,
    bank_id: str | None = None,
    among: Iterable[str] | None = None,
) -> tuple[CardKey, ...]:
    """The criteria to ask about: those due, the weakest, then what never could be made out.

    Mixed, and empty where there are none of these.

    Args:
        most: how many at most.
        bank_id: only this bank; all of them where not given.
        among: ids of the only questions that may be asked.
    """
    questions = None if among is None else set(among)
    cards = [
        card
        for card in past.in_bank(bank_id)
        if questions is None or card.key.question_id in questions
    ]

    def urgency(card: Card) -> tuple[float, float, CardKey]:
        return (card.retention(day), -past.criterion(card.key).weight, card.key)

    cards.sort(key=urgency)
    due = mixed([card.key for card in cards if card.is_due(day)])
    weak = mixed([card.key for card in cards if card.weak and not card.is_due(day)])
    unclear = sorted(
        (
            key
            for key in past.unclear
            if bank_id in (None, key.bank_id)
            and (questions is None or key.question_id in questions)
        ),
        key=lambda key: (-past.criterion(key).weight, key),
    )
    return mixed((*due, *weak, *mixed(unclear))[:most])


def mixed(keys: Sequence[CardKey]) -> tuple[CardKey, ...]:
    """The same, the first ones first, but two of one question in a row only where it must be.

    It must be where one question has more than half of what is left.
    """
    left = list(keys)
    result: list[CardKey] = []
    while left:
        before = result[-1][:2] if result else None
        counts = Counter(key[:2] for key in left)
        crowded, count = counts.most_common(1)[0]
        if count > len(left) - count and crowded != before:
            following = next(key for key in left if key[:2] == crowded)
        else:
            following = next((key for key in left if key[:2] != before), left[0])
        left.remove(following)
        result.append(following)
    return tuple(result)

"""What is due next, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from voice_interviewer.drill.choosing import MINUTES_AN_ITEM
from voice_interviewer.drill.schedule import Card

_LONG_MIN = 90


@dataclass(frozen=True)
class Coming:
    """What is due on one day, and what comes after it.

    Args:
        day: the UTC day it is told for.
        due: how many criteria are due on that day.
        weak: how many are not due but were last missed or only partly said.
        unclear: how many were asked about and never could be made out.
        next_day: the next day on which some will be due; None where none will.
        next_count: how many will be due on it.
    """

    day: date
    due: int = 0
    weak: int = 0
    unclear: int = 0
    next_day: date | None = None
    next_count: int = 0

    @property
    def something_to_drill(self) -> bool:
        """True where a drill on this day would ask anything."""
        return bool(self.due or self.weak or self.unclear)

    @property
    def due_words(self) -> str:
        """What is due now, as a sentence."""
        if not self.due:
            return "Nothing is due today."
        minutes = max(1, round(self.due * MINUTES_AN_ITEM))
        about = f"{minutes} min" if minutes < _LONG_MIN else f"{minutes / 60:.0f} h"
        return f"Due today: {counted(self.due)}, about {about}."

    @property
    def next_words(self) -> str:
        """What is due next and when, as a sentence; empty where nothing is."""
        if self.next_day is None:
            return ""
        return f"Next: {self.next_count} {self._when(self.next_day)}."

    @property
    def words(self) -> str:
        """Both."""
        return f"{self.due_words} {self.next_words}".strip()

    def as_json(self) -> dict[str, object]:
        """The same for scripts; days are ISO 8601."""
        return {
            "day": self.day.isoformat(),
            "due": self.due,
            "weak": self.weak,
            "unclear": self.unclear,
            "next_day": self.next_day.isoformat() if self.next_day else None,
            "next_count": self.next_count,
        }

    def _when(self, day: date) -> str:
        days = (day - self.day).days
        on = f"{day:%a} {day.day} {day:%b}"
        if days > 300:
            on += f" {day.year}"
        return f"tomorrow ({on})" if days == 1 else f"in {days} days ({on})"


def coming(cards: Iterable[Card], day: date, unclear: int = 0) -> Coming:
    """What these cards, and so many criteria that never were clear, ask for on a day, and next."""
    all_of_them = list(cards)
    later = [card.due for card in all_of_them if not card.is_due(day)]
    next_day = min(later, default=None)
    return Coming(
        day=day,
        due=len(all_of_them) - len(later),
        weak=sum(card.weak and not card.is_due(day) for card in all_of_them),
        unclear=unclear,
        next_day=next_day,
        next_count=later.count(next_day) if next_day is not None else 0,
    )


def counted(number: int) -> str:
    """So many criteria, with the word that fits."""
    return f"{number} {'criterion' if number == 1 else 'criteria'}"

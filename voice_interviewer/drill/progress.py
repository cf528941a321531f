"""How a candidate stands: per section and criterion, and take by take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Literal

from voice_interviewer.core.assessment import RANK, Verdict
from voice_interviewer.drill.coming import Coming, coming
from voice_interviewer.drill.past import Past
from voice_interviewer.drill.reviews import CardKey
from voice_interviewer.drill.schedule import Card
from voice_interviewer.drill.scores import SessionScore, TakeScore

Trend = Literal["new", "up", "level", "down"]

HARDEST = 5
WEEKS_BACK = 12
_MOVED = 0.5


@dataclass(frozen=True)
class CriterionProgress:
    """One criterion.

    Args:
        retention: the chance, in [0, 1], that it would be said today.
        weeks: the same on each day of `Progress.weeks`; None before it was first asked about.
    """

    key: CardKey
    label: str
    verdict: Verdict
    retention: float
    reviews: int
    lapses: int
    difficulty: float
    trend: Trend
    due: date
    is_due: bool
    weak: bool
    weeks: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class SectionProgress:
    """One section of a bank: its criteria that were asked about, and their mean retention."""

    bank_id: str
    title: str
    criteria: tuple[CriterionProgress, ...]

    @property
    def retention(self) -> float:
        """The mean over its criteria, in [0, 1]."""
        return fmean(criterion.retention for criterion in self.criteria)


@dataclass(frozen=True)
class Progress:
    """Where a candidate stands on one day; scores only where they were asked for.

    `weeks` are the last Sundays before that day, the oldest first and none before the first answer.
    """

    coming: Coming
    sections: tuple[SectionProgress, ...] = ()
    takes: tuple[TakeScore, ...] = ()
    interviews: tuple[SessionScore, ...] = ()
    weeks: tuple[date, ...] = ()

    @property
    def criteria(self) -> tuple[CriterionProgress, ...]:
        """All criteria that were ever asked about."""
        return tuple(criterion for section in self.sections for criterion in section.criteria)

    @property
    def hardest(self) -> tuple[CriterionProgress, ...]:
        """The few that were missed or half said and are hardest to keep.

        What was missed last comes first, then what was half said, then what was said again since;
        among these the hardest first.
        """
        hard = [c for c in self.criteria if c.weak or c.lapses]
        return tuple(sorted(hard, key=_hardness)[:HARDEST])

    def as_json(self) -> dict[str, object]:
        """The same for scripts; days are ISO 8601."""
        return {
            "coming": self.coming.as_json(),
            "weeks": [day.isoformat() for day in self.weeks],
            "sections": [
                {
                    "bank": section.bank_id,
                    "title": section.title,
                    "retention": round(section.retention, 4),
                    "criteria": [_criterion_json(c) for c in section.criteria],
                }
                for section in self.sections
            ],
            "hardest": [c.key._asdict() for c in self.hardest],
            "takes": [take._asdict() for take in self.takes],
            "interviews": [interview._asdict() for interview in self.interviews],
        }


def progress_of(
    past: Past,
    day: date,
    bank_id: str | None = None,
    *,
    takes: Iterable[TakeScore] = (),
    interviews: Iterable[SessionScore] = (),
) -> Progress:
    """Where the candidate stands on a day, in one bank or in all of them.

    Args:
        takes: what was scored, the oldest first.
        interviews: the same of whole interviews.
    """
    cards = past.in_bank(bank_id)
    weeks = _sundays(cards, day)
    return Progress(
        coming=coming(cards, day, sum(bank_id in (None, key.bank_id) for key in past.unclear)),
        sections=tuple(_sections(past, cards, day, weeks)),
        takes=tuple(t for t in takes if bank_id in (None, t.bank_id)),
        interviews=tuple(s for s in interviews if bank_id in (None, s.bank_id)),
        weeks=weeks,
    )


def _sundays(cards: Iterable[Card], day: date) -> tuple[date, ...]:
    """The last Sundays before a day, from that of the first review on."""
    first = min((card.weeks[0].week for card in cards), default=day)
    latest = day - timedelta(days=day.weekday() + 1)
    sundays = (latest - timedelta(weeks=back) for back in range(WEEKS_BACK - 1, -1, -1))
    return tuple(sunday for sunday in sundays if sunday >= first)


def _sections(
    past: Past, cards: Sequence[Card], day: date, weeks: tuple[date, ...]
) -> Iterator[SectionProgress]:
    """Sections and their criteria in the order in which they were first asked."""
    grouped: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        section = past.item(card.key).question.section
        grouped.setdefault((card.key.bank_id, section), []).append(card)
    for (bank_id, section), members in grouped.items():
        title = past.item(members[0].key).section_title or section
        criteria = tuple(_criterion(past, card, day, weeks) for card in members)
        yield SectionProgress(bank_id, title, criteria)


def _criterion(past: Past, card: Card, day: date, weeks: tuple[date, ...]) -> CriterionProgress:
    return CriterionProgress(
        key=card.key,
        label=past.criterion(card.key).label,
        verdict=card.latest.verdict,
        retention=card.retention(day),
        reviews=card.reviews,
        lapses=card.lapses,
        difficulty=card.difficulty,
        trend=trend(card),
        due=card.due,
        is_due=card.is_due(day),
        weak=card.weak,
        weeks=tuple(map(card.retention_then, weeks)),
    )


def trend(card: Card) -> Trend:
    """The latest rating beside the mean of the few before it."""
    *before, latest = card.ratings
    if not before:
        return "new"
    change = latest - fmean(before)
    if abs(change) < _MOVED:
        return "level"
    return "up" if change > 0 else "down"


def _hardness(criterion: CriterionProgress) -> tuple[int, float, int, float, CardKey]:
    c = criterion
    return RANK[c.verdict], -c.difficulty, -c.lapses, c.retention, c.key


def _criterion_json(criterion: CriterionProgress) -> dict[str, object]:
    fields = asdict(criterion)
    fields["key"] = criterion.key._asdict()
    fields["due"] = criterion.due.isoformat()
    fields["retention"] = round(criterion.retention, 4)
    fields["weeks"] = [None if then is None else round(then, 4) for then in criterion.weeks]
    fields["difficulty"] = round(criterion.difficulty, 2)
    return {**fields.pop("key"), **fields}

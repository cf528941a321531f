"""What was missed or half said, as notes to learn from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from voice_interviewer.core.bank import Criterion, Rung
from voice_interviewer.drill.past import Past
from voice_interviewer.drill.plan import next_rung
from voice_interviewer.drill.reviews import CardKey
from voice_interviewer.drill.schedule import Card


@dataclass(frozen=True)
class Note:
    """One criterion to learn: what is asked, what a strong answer says, what was said best.

    `quote` is the candidate's own, empty where nothing earned anything.
    """

    key: CardKey
    section: str
    label: str
    prompt: str
    probe: str
    statement: str
    quote: str
    verdict: str
    reviews: int
    lapses: int
    due: date


def missed_notes(past: Past, bank_id: str | None = None) -> tuple[Note, ...]:
    """A note for every weak criterion, in the order of banks, questions and rubrics."""
    cards = sorted(
        (card for card in past.in_bank(bank_id) if card.weak), key=lambda card: card.key[:2]
    )
    return tuple(_notes(past, cards))


def _notes(past: Past, cards: list[Card]) -> Iterator[Note]:
    for card in cards:
        item, criterion = past.item(card.key), past.criterion(card.key)
        rung = next_rung(criterion, item.question.prompt, ())
        yield Note(
            key=card.key,
            section=item.section_title or item.question.section,
            label=criterion.label,
            prompt=item.question.prompt,
            probe=_text(criterion, rung),
            statement=criterion.statement,
            quote=card.quote,
            verdict=card.latest.verdict,
            reviews=card.reviews,
            lapses=card.lapses,
            due=card.due,
        )


def _text(criterion: Criterion, rung: Rung) -> str:
    text = criterion.probes.on(rung)
    assert text is not None, "only rungs that have a probe are chosen"
    return text

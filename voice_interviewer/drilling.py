"""A drill of what is due, from the past sessions of a data folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from voice_interviewer.banks.load import find_bank, load_bank
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.session import State
from voice_interviewer.drill.choosing import chosen, items_in
from voice_interviewer.drill.coming import coming
from voice_interviewer.drill.past import Past, past_of
from voice_interviewer.drill.plan import plan_items
from voice_interviewer.errors import NothingDue


@dataclass(frozen=True)
class DueDrill:
    """What a drill asks, and the bank (of its first question) that it goes under."""

    plan: tuple[PlanItem, ...]
    bank_id: str
    title: str


def due_drill(
    states: Iterable[State],
    *,
    bank: str | None,
    minutes: float,
    seed: int,
    among: Iterable[str] | None = None,
) -> DueDrill:
    """A drill of what is due today, then of the weakest, as long as the minutes allow.

    Args:
        bank: a bank's id, or a bank file; all banks where not given.
        among: ids of the only questions that may be asked.

    Raises NothingDue where nothing is due and nothing weak, UsageError for an unknown bank.
    """
    past = past_of(states)
    wanted = bank_id(bank, past)
    keys = chosen(past, today(), most=items_in(minutes), bank_id=wanted, among=among)
    if not keys:
        raise _nothing(past, wanted, restricted=among is not None)
    banks = list(dict.fromkeys(key.bank_id for key in keys))
    title = past.titles[banks[0]] if len(banks) == 1 else f"{len(banks)} banks"
    return DueDrill(plan_items(keys, past, seed), banks[0], title)


def bank_id(bank: str | None, past: Past) -> str | None:
    """The id of a bank that was asked from, that is shipped, or that a file holds.

    Raises UsageError where there is none, BankError for a file that cannot be read.
    """
    if bank is None or bank in past.titles:
        return bank
    return load_bank(find_bank(bank)).id


def today() -> date:
    """The UTC day."""
    return datetime.now(UTC).date()


def _nothing(past: Past, wanted: str | None, *, restricted: bool) -> NothingDue:
    cards = past.in_bank(wanted)
    if not cards:
        where = "" if wanted is None else f" from {wanted}"
        return NothingDue(
            f"No answer{where} has been judged yet, so there is nothing to drill.",
            f"Begin with: voice-interviewer interview{f' --bank {wanted}' if wanted else ''}",
        )
    soon = coming(cards, today())
    if restricted and (soon.due or soon.weak):
        return NothingDue(
            "The recorded candidate has no answers to what is due.", "Answer yourself."
        )
    return NothingDue("Nothing is due and nothing is weak.", soon.next_words)

"""Past sessions put to use: a drill of what is due, and what is weak as cards or as a sheet."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from voice_interviewer.archive.export.anki import Card, apkg
from voice_interviewer.archive.export.saving import save
from voice_interviewer.banks.load import find_bank, load_bank
from voice_interviewer.core.bank import Pronunciation
from voice_interviewer.core.events import PlanItem
from voice_interviewer.drill.choosing import chosen, items_in
from voice_interviewer.drill.missed import Note, missed_notes
from voice_interviewer.drill.past import Past
from voice_interviewer.drill.plan import plan_items
from voice_interviewer.drill.progress import progress_of
from voice_interviewer.drill.sheet import csv_of
from voice_interviewer.errors import NothingDueError, StorageError, UsageError

_EXPORTS = ("anki", "csv")


@dataclass(frozen=True)
class DueDrill:
    """What a drill asks, the bank (of its first question) that it goes under, and how terms are
    said."""

    plan: tuple[PlanItem, ...]
    bank_id: str
    title: str
    said: tuple[Pronunciation, ...] = ()


def due_drill(
    past: Past,
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

    Raises NothingDueError where nothing is due and nothing weak, UsageError for an unknown bank.
    """
    wanted = bank_id(bank, past)
    keys = chosen(past, today(), most=items_in(minutes), bank_id=wanted, among=among)
    if not keys:
        raise _nothing(past, wanted, restricted=among is not None)
    banks = list(dict.fromkeys(key.bank_id for key in keys))
    title = past.titles.get(banks[0], banks[0]) if len(banks) == 1 else f"{len(banks)} banks"
    said = {p.term: p for bank in reversed(banks) for p in past.pronunciations.get(bank, ())}
    return DueDrill(plan_items(keys, past, seed), banks[0], title, tuple(said.values()))


def export_weak(past: Past, kind: str, path: Path, *, bank: str | None, replace: bool) -> int:
    """Write what is weak as an `anki` deck or as `csv`; how many criteria that is.

    A deck that is imported again replaces its notes and keeps how well they are known. Nothing is
    written where nothing is weak. Raises UsageError, StorageError.
    """
    if kind not in _EXPORTS:
        raise UsageError(f"There is no export {kind!r}.", "Say --export anki FILE or csv FILE.")
    notes = missed_notes(past, bank_id(bank, past))
    if not notes:
        return 0
    data = csv_of(notes) if kind == "csv" else _deck(notes)
    if os.path.lexists(path) and not replace:
        raise StorageError(f"{path} is there already.", "Add --force, or name another file.")
    save(path, data, replace=replace)
    return len(notes)


def bank_id(bank: str | None, past: Past) -> str | None:
    """The id of a bank that was asked from, that is shipped, or that a file holds.

    Raises UsageError where there is none, BankError for a file that cannot be read.
    """
    if bank is None or any(bank == known for known, _ in past.items):
        return bank
    return load_bank(find_bank(bank)).id


def today() -> date:
    """The UTC day."""
    return datetime.now(UTC).date()


def _deck(notes: Iterable[Note]) -> bytes:
    cards = [
        Card(
            front=f"{note.prompt}\n{note.probe}",
            back="\n".join(
                [note.statement, *([f"You said: “{note.quote}”"] if note.quote else [])]
            ),
            key="/".join(note.key),
            tags=("voice-interviewer", note.key.bank_id, note.key.question_id, note.verdict),
        )
        for note in notes
    ]
    return apkg("Voice Interviewer::Weak criteria", cards)


def _nothing(past: Past, wanted: str | None, *, restricted: bool) -> NothingDueError:
    soon = progress_of(past, today(), wanted).coming
    if restricted and soon.something_to_drill:
        return NothingDueError(
            "The recorded candidate has no answers to what is due.", "Answer yourself."
        )
    if not past.in_bank(wanted):
        where = "" if wanted is None else f" from {wanted}"
        return NothingDueError(
            f"No answer{where} has been judged yet, so there is nothing to drill.",
            f"Begin with: voice-interviewer interview{f' --bank {wanted}' if wanted else ''}",
        )
    return NothingDueError("Nothing is due and nothing is weak.", soon.next_words)

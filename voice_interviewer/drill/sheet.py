"""Notes as a CSV sheet, one criterion a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from voice_interviewer.drill.missed import Note

COLUMNS = (
    "bank",
    "section",
    "question",
    "criterion",
    "label",
    "prompt",
    "probe",
    "statement",
    "quote",
    "last",
    "reviews",
    "lapses",
    "due",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(notes: Iterable[Note]) -> bytes:
    """The sheet in UTF-8. Text that a spreadsheet would take for a formula begins with `'`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for note in notes:
        row = (
            *(note.key.bank_id, note.section, note.key.question_id, note.key.criterion_id),
            *(note.label, note.prompt, note.probe, note.statement, note.quote, note.verdict),
            *(note.reviews, note.lapses, note.due.isoformat()),
        )
        writer.writerow([_harmless(str(cell)) for cell in row])
    return out.getvalue().encode("utf-8", errors="replace")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

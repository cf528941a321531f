"""How sessions, hits and filters stand on the history screen, as plain functions of values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from voice_interviewer.archive.found import Facets, Hit, Wanted
from voice_interviewer.core.assessment import Verdict
from voice_interviewer.desk import Deletion, SessionRow
from voice_interviewer.tui.safe import ink
from voice_interviewer.tui.words import MARKS, counted, minutes_seconds, row_result, row_status

HIT_HEIGHT = 3
_WIDE = 90
VERDICTS: Sequence[Verdict] = ("missed", "partial", "unclear", "met")
_PARTS = {"answer": "you said", "other": "once heard as", "prompt": "you were asked"}


def session_line(row: SessionRow, width: int) -> list[Content]:
    """A session on one line; what does not fit whole behind its title is left out."""
    line = Content.assemble(
        ink(_when(row.at, width), "$muted"),
        ink(row_result(row).rjust(11)),
        "  ",
        ink(row.title or f"session {row.id}"),
    )
    kind = "" if row.kind == "interview" else row.kind
    count = counted(row.questions, "question") if row.questions else ""
    for note in (row_status(row), kind, count):
        told = ink(f" · {note}" if note else "", "$muted")
        if line.cell_length + told.cell_length <= width:
            line += told
    return [line]


def hit_lines(hit: Hit, width: int) -> list[Content]:
    """A hit on two lines: where it was said, and the words found among those around them."""
    at = f" at {minutes_seconds(hit.start_s)}" if hit.start_s is not None else ""
    snippet = ink(hit.snippet)
    for begin, end in hit.marks:
        snippet = snippet.stylize("bold underline $loud", begin, end)
    return [
        Content.assemble(
            ink(_when(hit.at, width), "$muted"),
            ink(hit.section or hit.bank),
            ink(f" · {hit.question}", "$muted"),
        ),
        Content.assemble(ink(f"{_PARTS[hit.part]}{at}: ", "$muted"), snippet),
    ]


def filter_line(wanted: Wanted, facets: Facets) -> Content:
    """What is looked at; a filter that is set is loud."""
    section = next((s[wanted.section] for s in facets.sections.values() if wanted.section in s), "")
    verdict = f"{MARKS[wanted.verdict][0]} {wanted.verdict}" if wanted.verdict else ""
    parts = (
        ("Bank ", facets.banks.get(wanted.bank, wanted.bank)),
        ("Section ", section or wanted.section),
        ("Verdict ", verdict),
    )
    shown = [
        ink(name, "$muted") + (ink(value, "bold $loud") if value else ink("any", "$muted"))
        for name, value in parts
    ]
    return Content(" · ").join(shown)


def sections_of(facets: Facets, bank: str) -> list[str]:
    """Ids of the sections of one bank, or of all banks."""
    banks = [bank] if bank else list(facets.banks)
    return list(dict.fromkeys(key for name in banks for key in facets.sections.get(name, {})))


def after(value: str, values: Sequence[str]) -> str:
    """The value that follows in turn; none comes before the first and after the last."""
    around = ["", *values]
    return around[(around.index(value) + 1) % len(around)] if value in around else ""


def deletion_words(gone: Deletion) -> list[str]:
    """What goes with a session, a line each."""
    when = f" of {day_and_time(gone.at)}" if gone.at else ""
    lines = [
        f"Session {gone.session_id}{when}",
        gone.title,
        f"{counted(gone.answers, 'answer')}, {counted(gone.recordings, 'recording')}, {gone.size}",
    ]
    if gone.copies:
        lines.append(f"Copies of its answers stay in {', '.join(gone.copies)}.")
    return [line for line in lines if line]


def day_and_time(at_utc: str) -> str:
    """An ISO time in UTC as a local day with its year, and time; as it stands where it is none."""
    try:
        at = datetime.fromisoformat(at_utc.replace("Z", "+00:00"))
    except ValueError:
        return at_utc[:17]
    return at.astimezone().strftime("%d %b %Y %H:%M")


def _when(at_utc: str, width: int) -> str:
    when = day_and_time(at_utc)
    return when[:11].ljust(13) if width < _WIDE else when.ljust(19)

"""Where a candidate stands, as a table for people and as plain columns for pipes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from voice_interviewer.core.report import points
from voice_interviewer.drill.progress import CriterionProgress, Progress
from voice_interviewer.visible import clean

NOTHING_YET = "No answer has been judged yet. Begin with: voice-interviewer interview"
TRENDS = {"new": "new", "up": "↑", "level": "→", "down": "↓"}

_COLUMNS = ("now", "last", "trend", "reviews", "lapses", "due", "criterion")
_RIGHT = ("now", "reviews", "lapses")
_TAKES = ("date", "kind", "take", "score", "question")
_LATEST_TAKES = 12
_MOST_LETTERS = 60


def show(progress: Progress) -> None:
    """Print it to standard output: a table on a terminal, plain columns elsewhere."""
    if not progress.criteria:
        sys.stdout.write(NOTHING_YET + "\n")
        return
    tables = list(_tables(progress))
    if sys.stdout.isatty():
        console = Console()
        for title, columns, rows in tables:
            console.print(_table(title, columns, rows), "")
        console.print(Text(progress.coming.words))
        return
    for title, columns, rows in tables:
        sys.stdout.write("\n".join([title, *_plain([columns, *rows]), "", ""]))
    sys.stdout.write(progress.coming.words + "\n")


Rows = Sequence[Sequence[str]]


def _tables(progress: Progress) -> Iterator[tuple[str, Sequence[str], Rows]]:
    for section in progress.sections:
        title = f"{section.title} ({section.bank_id}), you would say {section.retention:.0%} today"
        yield clean(title), _COLUMNS, [_row(criterion) for criterion in section.criteria]
    if progress.hardest:
        yield "Hardest", _COLUMNS, [_row(criterion) for criterion in progress.hardest]
    latest = progress.takes[-_LATEST_TAKES:]
    more = len(progress.takes) - len(latest)
    rows = [
        [
            take.at[:10],
            take.kind,
            str(take.take),
            points(take.score, take.best_score),
            _short(take.prompt),
        ]
        for take in latest
    ]
    yield (
        f"Take by take, out of 10{f' (the latest; --json has {more} more)' if more else ''}",
        _TAKES,
        rows,
    )


def _row(criterion: CriterionProgress) -> list[str]:
    return [
        f"{criterion.retention:.0%}",
        criterion.verdict,
        TRENDS[criterion.trend],
        str(criterion.reviews),
        str(criterion.lapses),
        "now" if criterion.is_due else criterion.due.isoformat(),
        _short(criterion.label),
    ]


def _table(title: str, columns: Sequence[str], rows: Rows) -> Table:
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
    for column in columns:
        right = column in _RIGHT
        table.add_column(
            column, justify="right" if right else "left", no_wrap=column != "criterion"
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _plain(rows: Rows) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows]


def _short(text: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text)
    return clean if len(clean) <= _MOST_LETTERS else f"{clean[: _MOST_LETTERS - 1].rstrip()}…"

"""Tables: one question a row, with columns like question, hint, answer and section."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from voice_interviewer.banks.making.outline import Item, Outline, Part
from voice_interviewer.banks.source import at, shortened

_COLUMNS = {
    "prompt": ("question", "questions", "prompt", "q"),
    "hint": ("hint", "guidance", "criteria", "look for"),
    "answer": ("answer", "model answer", "model_answer", "a"),
    "section": ("section", "category", "topic", "group"),
    "level": ("level", "difficulty"),
}
_DELIMITERS = ",;\t|"


def is_table(text: str) -> bool:
    """True where the first line names columns of questions or hints."""
    header = text.lstrip("\n").split("\n", 1)[0]
    names = _header_of(header, _delimiter_of(header))
    return len(names) > 1 and bool({"prompt", "hint"} & set(names))


def read_table(text: str, path: Path) -> Outline:
    """The rows as questions. Raises BankFileError with the row's line."""
    first_line = len(text) - len(text.lstrip("\n"))
    body = text.lstrip("\n")
    header = body.split("\n", 1)[0]
    delimiter = _delimiter_of(header)
    names = _header_of(header, delimiter)
    if not {"prompt", "hint", "answer"} & set(names):
        raise at(path, first_line + 1, 1, "no column `question` or `hint`", _nearest(header))
    reader = csv.reader(body.splitlines(keepends=True), delimiter=delimiter, strict=True)
    parts: dict[str, Part] = {}
    begin = 1
    try:
        for row in islice(reader, 1, None):
            _take_row(dict(zip(names, row, strict=False)), first_line + begin + 1, parts)
            begin = reader.line_num
    except csv.Error as error:
        told = shortened(str(error))
        raise at(path, first_line + begin + 1, 1, told, "Close the quotes of that row.") from error
    return Outline("a table", "", list(parts.values()))


def _take_row(row: dict[str, str], line: int, parts: dict[str, Part]) -> None:
    cells = {name: " ".join(cell.split()) for name, cell in row.items()}
    if not any(cell.strip("-:") for cell in cells.values()):
        return
    item = Item(line, cells.get("prompt", ""), cells.get("hint", ""), cells.get("answer", ""))
    if not (item.prompt or item.hint or item.answer):
        return
    title = cells.get("section") or "Questions"
    part = parts.setdefault(title.casefold(), Part(title, line, level=cells.get("level", "")))
    part.items.append(item)


def _delimiter_of(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _header_of(header: str, delimiter: str) -> list[str]:
    """What each column is; "" for one that means nothing here."""
    known = {alias: name for name, aliases in _COLUMNS.items() for alias in aliases}
    cells = (cell.strip().strip('"').strip().casefold() for cell in header.split(delimiter))
    return [known.get(cell, "") for cell in cells]


def _nearest(header: str) -> str:
    cells = [cell.strip(' "').casefold() for cell in header.split(_delimiter_of(header))]
    names: Sequence[str] = [alias for aliases in _COLUMNS.values() for alias in aliases]
    for cell in cells[:20]:
        close = difflib.get_close_matches(cell[:40], names, n=1, cutoff=0.7)
        if close and close[0] != cell:
            return f"Did you mean `{close[0]}`?"
    return "Columns: question, hint, answer, section, level."

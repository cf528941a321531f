"""Take a text apart, whatever way its questions are written down."""

from __future__ import annotations

import re
from pathlib import Path

from voice_interviewer.banks.making.outline import Line, Outline
from voice_interviewer.banks.making.outline_csv import is_table, read_table
from voice_interviewer.banks.making.outline_lists import (
    is_asked,
    is_markdown,
    read_asked,
    read_markdown,
)
from voice_interviewer.banks.making.outline_page import is_page, read_page, read_plain
from voice_interviewer.banks.source import at, clean, read_text

_MOST_BYTES = 500_000
_MOST_LINE_CHARACTERS = 10_000
_MOST_ITEMS = 120
_MOST_TITLE_CHARACTERS = 100
_MOST_CHARACTERS = {"prompt": 900, "hint": 1900, "answer": 20_000}
_TABLE_SUFFIXES = (".csv", ".tsv")


def read_outline(path: Path) -> Outline:
    """The sections and questions in a text file.

    Control, text-direction and invisible characters are left out. Raises BankFileError, with line
    and column, for what is no text, is too long, or holds no question.
    """
    text = cleaned_text(path)
    outline = _read(text, path)
    for part in outline.parts:
        part.items = [item for item in part.items if item.prompt or item.hint or item.answer]
    items = outline.items
    if not items:
        raise at(path, 1, 1, "no questions were found", "See `banks from-text --help`.")
    if len(items) > _MOST_ITEMS:
        line = items[_MOST_ITEMS].line
        raise at(path, line, 1, f"more than {_MOST_ITEMS} questions", "Split the file here.")
    for item in items:
        for name, most in _MOST_CHARACTERS.items():
            length = len(getattr(item, name))
            if length > most:
                told = f"the {name} has {length} characters, {most} is the most"
                raise at(path, item.line, 1, told, "Shorten it, or begin a new line.")
    outline.parts = [part for part in outline.parts if part.items]
    named_after_file = re.sub(r"[\W_]+", " ", path.stem).strip().title()
    outline.title = (outline.title or named_after_file or "Questions")[:_MOST_TITLE_CHARACTERS]
    for part in outline.parts:
        part.title = part.title[:_MOST_TITLE_CHARACTERS].strip() or "Questions"
        part.level = part.level[:_MOST_TITLE_CHARACTERS].strip()
    return outline


def cleaned_text(path: Path) -> str:
    """A text file's content, safe to show; lines keep their numbers. Raises BankError."""
    text = read_text(path, _MOST_BYTES)
    binary = text.find("\0")
    if binary >= 0:
        line, column = text.count("\n", 0, binary) + 1, binary - text.rfind("\n", 0, binary)
        raise at(path, line, column, "this is a binary file", "Save it as plain text.")
    lines = text.split("\n")
    for number, line_text in enumerate(lines, start=1):
        if len(line_text) > _MOST_LINE_CHARACTERS:
            told = f"a line of {len(line_text)} characters"
            raise at(path, number, _MOST_LINE_CHARACTERS + 1, told, "Break it into lines.")
    return "\n".join(clean(line_text) for line_text in lines)


def _read(text: str, path: Path) -> Outline:
    if path.suffix.lower() in _TABLE_SUFFIXES or is_table(text):
        return read_table(text, path)
    numbered = enumerate(text.split("\n"), start=1)
    lines = [Line(number, _single_spaced(line)) for number, line in numbered if line.strip()]
    stripped = [Line(line.number, line.text.strip()) for line in lines]
    if is_page(stripped):
        return read_page(stripped)
    if is_asked(lines):
        return read_asked(lines)
    if is_markdown(lines):
        return read_markdown(lines)
    return read_plain(stripped)


def _single_spaced(line: str) -> str:
    """The line with its indentation (tabs as four spaces), and single spaces between its words."""
    body = line.lstrip()
    indent = line[: len(line) - len(body)].expandtabs(4)
    return " " * len(indent) + " ".join(body.split())

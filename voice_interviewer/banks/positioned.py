"""YAML as plain values that remember their line and column; hostile files are refused early.

Built from the parser's events, so nothing is constructed from tags, nesting and size are bounded
while reading, and aliases (which can explode) do not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voice_interviewer.banks.source import (
    BankFileError,
    Problem,
    at,
    hostile_in,
    place_of,
    read_text,
    shortened,
)

MAX_BYTES = 1_500_000
_MAX_LINES = 30_000
_MAX_LINE_CHARACTERS = 20_000
_MAX_DEPTH = 20
_MAX_EVENTS = 40_000
_INT = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d{1,3})?")
_WORDS: dict[str, bool | None] = {"~": None, "": None}
for _word, _meant in (("true", True), ("false", False), ("null", None)):
    _WORDS |= {_word: _meant, _word.title(): _meant, _word.upper(): _meant}

Where = tuple[str | int, ...]


@dataclass
class Document:
    """A parsed file: its value, and where each key or item, and each value, stands.

    Places are (line, column), counted from 1. `values` is where the value behind a key begins.
    """

    path: Path
    value: Any = None
    positions: dict[Where, tuple[int, int]] = field(default_factory=dict)
    values: dict[Where, tuple[int, int]] = field(default_factory=dict)

    def position(self, where: Where) -> tuple[int, int]:
        """The nearest known place of a key or item."""
        while where and where not in self.positions:
            where = where[:-1]
        return self.positions.get(where, (1, 1))

    def problem(self, where: Where, message: str, hint: str = "") -> Problem:
        """A problem with a key or item."""
        return Problem(*self.position(where), message, hint)

    def value_problem(self, where: Where, message: str, hint: str = "") -> Problem:
        """A problem with the value behind a key."""
        return Problem(*(self.values.get(where) or self.position(where)), message, hint)


def read_yaml(path: Path) -> Document:
    """Read one YAML file. Raises BankError with file, line and column."""
    return parse_yaml(read_text(path, MAX_BYTES), path)


def parse_yaml(text: str, path: Path) -> Document:
    """Read YAML text; `path` is what errors name. Raises BankFileError."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    hostile = hostile_in(text)
    if hostile:
        offset, name = hostile
        raise at(path, *place_of(text, offset), name, "Delete it.")
    _check_shape(text, path)
    try:
        return _Builder(path).build(YAML(typ="safe", pure=True).parse(text))
    except ReaderError as error:
        place = place_of(text, min(error.position, len(text)))
        raise at(path, *place, "a character that YAML forbids", "Delete it.") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = shortened(str(error.problem or error.context or "this is not YAML"))
        raise at(path, line, column, problem, "Check quotes and indentation there.") from error
    except (YAMLError, RecursionError, ValueError, IndexError) as error:
        raise at(path, 1, 1, "this is not YAML", "Check the file.") from error


def _check_shape(text: str, path: Path) -> None:
    """Refuse the shapes that a YAML parser needs minutes for."""
    lines = text.split("\n")
    if len(lines) > _MAX_LINES:
        raise at(path, _MAX_LINES + 1, 1, f"more than {_MAX_LINES} lines", "Split the bank.")
    for number, line in enumerate(lines, start=1):
        if len(line) > _MAX_LINE_CHARACTERS:
            told = f"a line of {len(line)} characters"
            raise at(path, number, _MAX_LINE_CHARACTERS + 1, told, "Break it into lines.")


class _Builder:
    """Folds the parser's events into values, without recursion."""

    def __init__(self, path: Path) -> None:
        self._document = Document(path)
        self._stack: list[tuple[Any, Where]] = []
        self._pending_key: list[str | None] = []

    def build(self, events: Any) -> Document:
        for count, event in enumerate(events):
            mark = event.start_mark
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            if count > _MAX_EVENTS:
                raise self._refused(place, "too much for one bank", "Split it.")
            self._take(event, place)
        return self._document

    def _take(self, event: Any, place: tuple[int, int]) -> None:
        name = type(event).__name__
        if name == "AliasEvent" or getattr(event, "anchor", None):
            raise self._refused(place, "anchors and aliases are not used in banks", "Repeat it.")
        if name == "DocumentStartEvent" and self._document.positions:
            raise self._refused(place, "a second document begins here", "Use one file a bank.")
        if name == "ScalarEvent":
            self._put(self._scalar(event, place), place)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            if len(self._stack) >= _MAX_DEPTH:
                raise self._refused(place, "nested too deeply", "A bank has about six levels.")
            value: Any = {} if name == "MappingStartEvent" else []
            self._stack.append((value, self._put(value, place)))
            self._pending_key.append(None)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self._stack.pop()
            self._pending_key.pop()

    def _put(self, value: Any, place: tuple[int, int]) -> Where:
        """Put a value where it belongs; says where that is."""
        if not self._stack:
            self._document.value = value
            self._document.positions[()] = place
            return ()
        parent, where = self._stack[-1]
        if isinstance(parent, list):
            parent.append(value)
            here: Where = (*where, len(parent) - 1)
            self._document.positions[here] = place
            return here
        key = self._pending_key[-1]
        if key is None:
            return self._put_key(parent, where, value, place)
        parent[key] = value
        self._pending_key[-1] = None
        self._document.values[(*where, key)] = place
        return (*where, key)

    def _put_key(
        self, parent: dict[str, Any], where: Where, key: Any, place: tuple[int, int]
    ) -> Where:
        if not isinstance(key, (str, int, float, bool)):
            raise self._refused(place, "a key must be a word", "Write `key: value`.")
        here = (*where, str(key))
        if str(key) in parent:
            first_line = self._document.positions[here][0]
            told = f"the key '{shortened(str(key))}' stands twice (first in line {first_line})"
            raise self._refused(place, told, "Keep one of them.")
        parent[str(key)] = None
        self._document.positions[here] = place
        self._pending_key[-1] = str(key)
        return here

    def _scalar(self, event: Any, place: tuple[int, int]) -> Any:
        text = str(event.value)
        hostile = hostile_in(text)
        if hostile:
            raise self._refused(place, f"{hostile[1]}, written as an escape", "Delete it.")
        if event.style is not None:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        return text

    def _refused(self, place: tuple[int, int], message: str, hint: str) -> BankFileError:
        return at(self._document.path, *place, message, hint)

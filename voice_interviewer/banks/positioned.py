"""YAML as plain values that remember their line and column; hostile files are refused early.

Built from the parser's events, so nothing is constructed from tags, nesting and size are bounded
while reading, and aliases (which can explode) do not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voice_interviewer.errors import BankError

MAX_BYTES = 5_000_000
_MAX_DEPTH = 20
_INT = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d{1,3})?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_DIRECTION_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

Path_ = tuple[str | int, ...]


@dataclass
class Document:
    """A parsed file: its value, and where each key or item stands (1-based line, column)."""

    path: Path
    value: Any = None
    positions: dict[Path_, tuple[int, int]] = field(default_factory=dict)

    def error(self, where: Path_, message: str, hint: str = "") -> BankError:
        """An error at the nearest known position of a value."""
        while where and where not in self.positions:
            where = where[:-1]
        line, column = self.positions.get(where, (1, 1))
        return at(self.path, line, column, message, hint)


def at(path: Path, line: int, column: int, message: str, hint: str = "") -> BankError:
    """An error in the form `file:line:column: message`."""
    return BankError(f"{path}:{line}:{column}: {message}", hint)


def read_yaml(path: Path) -> Document:
    """Read one YAML file. Raises BankError with file, line and column."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    text = _read_text(path)
    try:
        return _build(path, YAML(typ="safe", pure=True).parse(text))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise at(path, line, 1, "a control character", "Delete it.") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = str(error.problem or error.context or "this is not YAML")
        raise at(path, line, column, problem, "Check quotes and indentation there.") from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise at(path, 1, 1, "this is not YAML", "Check the file.") from error


def _read_text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise at(path, 1, 1, f"{size / 1e6:.0f} MB is too large for a bank", "Split it.")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise at(path, 1, 1, "this is not UTF-8 text", "Save it as UTF-8.") from error
    except OSError as error:
        raise BankError(
            f"The bank {path} cannot be read ({error.strerror}).", "Check the path."
        ) from error


def _build(path: Path, events: Any) -> Document:
    """Fold the parser's events into values, iteratively."""
    document = Document(path)
    stack: list[tuple[Any, Path_]] = []
    pending_key: list[str | None] = []

    def place(value: Any, line: int, column: int) -> Path_:
        if not stack:
            document.value = value
            document.positions.setdefault((), (line, column))
            return ()
        parent, where = stack[-1]
        if isinstance(parent, list):
            parent.append(value)
            here: Path_ = (*where, len(parent) - 1)
            document.positions[here] = (line, column)
            return here
        key = pending_key[-1]
        if key is None:
            return _take_key(document, parent, where, value, (line, column), pending_key)
        parent[key] = value
        pending_key[-1] = None
        return (*where, key)

    for event in events:
        name = type(event).__name__
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if name == "AliasEvent" or getattr(event, "anchor", None):
            raise at(path, line, column, "anchors and aliases are not used in banks", "Repeat it.")
        if name == "DocumentStartEvent" and document.value is not None:
            raise at(path, line, column, "a second document begins here", "Use one file a bank.")
        if name == "ScalarEvent":
            place(_scalar(path, event, line, column), line, column)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            if len(stack) >= _MAX_DEPTH:
                raise at(path, line, column, "nested too deeply", "A bank has about six levels.")
            value: Any = {} if name == "MappingStartEvent" else []
            stack.append((value, place(value, line, column)))
            pending_key.append(None)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            stack.pop()
            pending_key.pop()
    return document


def _take_key(
    document: Document,
    parent: dict[str, Any],
    where: Path_,
    key: Any,
    position: tuple[int, int],
    pending_key: list[str | None],
) -> Path_:
    if not isinstance(key, (str, int, float, bool)):
        raise at(document.path, *position, "a key must be a word", "Write `key: value`.")
    key = str(key)
    if key in parent:
        first_line = document.positions[(*where, key)][0]
        raise at(
            document.path,
            *position,
            f"the key {key!r} stands twice (first in line {first_line})",
            "Keep one of them.",
        )
    parent[key] = None
    document.positions[(*where, key)] = position
    pending_key[-1] = key
    return (*where, key)


def _scalar(path: Path, event: Any, line: int, column: int) -> Any:
    text = str(event.value)
    if _DIRECTION_CONTROLS.search(text):
        raise at(path, line, column, "an invisible text-direction character", "Delete it.")
    if event.style is not None:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text

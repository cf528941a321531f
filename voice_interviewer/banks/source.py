"""Files that people hand in: read within a limit, and safe to show in a terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from voice_interviewer.errors import BankError

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    "[\u200b\u2028\u2029\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_HOSTILE = re.compile(f"{_CONTROL.pattern}|{_DIRECTION.pattern}|{_INVISIBLE.pattern}")
_TERMINAL_SEQUENCE = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]"
    "|\x1b\\][^\x07\x1b\n]*(?:\x07|\x1b\\\\)|\x1b[@-Z\\\\^_`-~]"
)
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of a file (line and column count from 1), and its fix."""

    line: int
    column: int
    message: str
    hint: str = ""


class BankFileError(BankError):
    """A file cannot be used; every problem is told as `file:line:column: message`."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        lines = [f"{path}:{p.line}:{p.column}: {p.message}." for p in problems]
        if len(problems) == 1:
            super().__init__(lines[0], problems[0].hint)
        else:
            told = zip(lines, problems, strict=True)
            super().__init__("\n".join(f"{line} {p.hint}".rstrip() for line, p in told))
        self.path = path
        self.problems = problems


def at(path: Path, line: int, column: int, message: str, hint: str = "") -> BankFileError:
    """One problem as an error."""
    return BankFileError(path, (Problem(line, column, message, hint),))


def read_text(path: Path, most_bytes: int) -> str:
    """The text of a UTF-8 file with lines ended by a line feed, its byte order mark removed.

    Never reads more than `most_bytes`. Raises BankFileError for what is larger or no text, and
    BankError where there is nothing to read.
    """
    data = read_bytes(path, most_bytes)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        begin = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[begin : error.start].decode("utf-8")) + 1
        raise at(path, line, column, "this is not UTF-8 text", "Save it as UTF-8.") from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path, most_bytes: int) -> bytes:
    """All bytes of a file of at most `most_bytes`. Raises BankError."""
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise BankError(f"{path} cannot be read ({error.strerror}).", "Check the path.") from error
    if len(data) > most_bytes:
        raise at(path, 1, 1, f"more than {most_bytes / 1e6:g} MB is too large", "Split it.")
    return data


def hostile_in(text: str) -> tuple[int, str] | None:
    """Offset and name of the first character that could act on a terminal or hide text."""
    found = _HOSTILE.search(text)
    if found is None:
        return None
    if _CONTROL.match(found.group()):
        return found.start(), "a control character"
    if _DIRECTION.match(found.group()):
        return found.start(), "an invisible text-direction character"
    return found.start(), "an invisible character"


def clean(text: str) -> str:
    """The text without terminal sequences, control, text-direction and invisible characters."""
    return _HOSTILE.sub("", _TERMINAL_SEQUENCE.sub("", text))


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def shortened(text: str) -> str:
    """A piece of a file as a message may show it: one line, at most 60 characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + "…"

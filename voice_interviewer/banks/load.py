"""Find banks, and read a bank file into a `Bank`; errors name file, line, column, nearest key."""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from voice_interviewer.banks.explain import problems_of
from voice_interviewer.banks.positioned import Document, parse_yaml, read_yaml
from voice_interviewer.banks.source import BankFileError
from voice_interviewer.core.bank import Bank
from voice_interviewer.errors import UsageError
from voice_interviewer.resources import shipped


def load_bank(path: Path) -> Bank:
    """Read and check one bank. Raises BankError listing every problem, one a line.

    A large bank takes most of a second to read, so a file that has not changed is read once.
    """
    try:
        found = path.stat()
    except OSError:
        return checked(read_yaml(path))
    return _read_once(path, found.st_mtime_ns, found.st_size, found.st_ino)


@lru_cache(maxsize=16)
def _read_once(path: Path, mtime_ns: int, size: int, inode: int) -> Bank:
    return checked(read_yaml(path))


def parse_bank(text: str, path: Path) -> Bank:
    """Check a bank that is still text; `path` is what errors name. Raises BankFileError."""
    return checked(parse_yaml(text, path))


def checked(document: Document) -> Bank:
    """The bank in a parsed file. Raises BankFileError listing every problem."""
    if not isinstance(document.value, dict):
        problem = document.problem((), "a bank is a mapping that begins with `schema:`")
        raise BankFileError(document.path, (problem,))
    try:
        return Bank.model_validate(document.value)
    except ValidationError as error:
        raise BankFileError(document.path, problems_of(document, error)) from error


def find_bank(name: str) -> Path:
    """The file of a shipped bank's id, or of a path to a bank. Raises BankError."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    banks = shipped_banks()
    if name in banks:
        return banks[name]
    close = difflib.get_close_matches(name, banks, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(sorted(banks))}."
    raise UsageError(f"There is no bank {name!r}.", hint)


def shipped_banks() -> dict[str, Path]:
    """Bank id (the file's stem) to file, of the banks that come with the program."""
    return {path.stem: path for path in sorted(shipped("questions").glob("*.yaml"))}

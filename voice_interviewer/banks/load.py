"""Read a bank file into a `Bank`, with errors that name file, line, column and the nearest key."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from voice_interviewer.banks.positioned import Document, read_yaml
from voice_interviewer.core.bank import Bank
from voice_interviewer.errors import BankError
from voice_interviewer.resources import shipped


def load_bank(path: Path) -> Bank:
    """Read and check one bank. Raises BankError listing every problem, one a line."""
    document = read_yaml(path)
    if not isinstance(document.value, dict):
        raise document.error((), "a bank is a mapping that begins with `schema:`")
    try:
        return Bank.model_validate(document.value)
    except ValidationError as error:
        details = [d for d in error.errors() if not _follows_from_others(d, error)]
        problems = [_explain(document, d) for d in details]
        first = problems[0]
        if len(problems) == 1:
            raise first from error
        raise BankError("\n".join(p.message for p in problems), first.hint) from error


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
    raise BankError(f"There is no bank {name!r}.", hint)


def shipped_banks() -> dict[str, Path]:
    """Bank id (the file's stem) to file, of the banks that come with the program."""
    return {path.stem: path for path in sorted(shipped("questions").glob("*.yaml"))}


def _follows_from_others(details: Any, error: ValidationError) -> bool:
    """True for "too few items" where the items are there but were found wrong themselves."""
    where = details["loc"]
    return details["type"] == "too_short" and any(
        other["loc"][: len(where)] == where and len(other["loc"]) > len(where)
        for other in error.errors()
    )


def _explain(document: Document, details: Any) -> BankError:
    where = tuple(part for part in details["loc"] if part != "function-after")
    kind = details["type"]
    if kind == "extra_forbidden":
        return _unknown_key(document, where)
    if kind == "missing":
        return document.error(where, f"{_name(where[:-1])} needs the key `{where[-1]}`")
    if kind == "value_error":
        return document.error(where, str(details["ctx"]["error"]))
    message = str(details["msg"])
    return document.error(where, f"{_name(where)}: {message[0].lower()}{message[1:]}")


def _unknown_key(document: Document, where: tuple[str | int, ...]) -> BankError:
    key = str(where[-1])
    valid = _keys_at(where[:-1])
    close = difflib.get_close_matches(key, valid, n=1, cutoff=0.5)
    hint = f"Did you mean `{close[0]}`?" if close else f"Valid keys: {', '.join(valid)}."
    return document.error(where, f"unknown key `{key}`. {hint}")


def _keys_at(where: tuple[str | int, ...]) -> list[str]:
    """The keys that the schema allows at a place in the file."""
    model: type[BaseModel] = Bank
    for part in where:
        if isinstance(part, int):
            continue
        field = next(
            (f for n, f in model.model_fields.items() if part in (n, f.alias)),
            None,
        )
        if field is None:
            return []
        inner = _model_in(field.annotation)
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for arg in get_args(annotation) if (m := _model_in(arg))), None)


def _name(where: tuple[str | int, ...]) -> str:
    """A place in words: `questions[3].criteria[0]`."""
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the bank"

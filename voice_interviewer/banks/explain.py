"""What pydantic found wrong with a bank, in words, at the line and column where it stands."""

from __future__ import annotations

import difflib
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from voice_interviewer.banks.agreement import disagreements
from voice_interviewer.banks.positioned import Document, Where
from voice_interviewer.banks.slugs import slug_of
from voice_interviewer.banks.source import Problem, shortened
from voice_interviewer.core.bank import Bank

_MOST_PROBLEMS = 50
_AS_TEXT = (str, int, float, bool)


def problems_of(document: Document, error: ValidationError) -> tuple[Problem, ...]:
    """Every problem in the file's order, the first fifty of them where there are more.

    Ids that stand twice and sections that do not exist are looked for in the file itself: pydantic
    tells only the first of them, without its place, and only when nothing else is wrong.
    """
    details = [d for d in error.errors(include_url=False) if d["type"] != "value_error"]
    inner = {d["loc"][:depth] for d in details for depth in range(len(d["loc"]))}
    own = [d for d in details if d["type"] != "too_short" or d["loc"] not in inner]
    own.sort(key=lambda d: document.position(d["loc"]))
    found = [_explain(document, d) for d in own[:_MOST_PROBLEMS]]
    found += disagreements(document)[:_MOST_PROBLEMS]
    found.sort(key=lambda problem: (problem.line, problem.column))
    more = len(found) - _MOST_PROBLEMS + max(0, len(own) - _MOST_PROBLEMS)
    if more > 0:
        found = found[:_MOST_PROBLEMS]
        last = found[-1]
        found.append(Problem(last.line, last.column, f"and {more} more problems from here on"))
    return tuple(found) or tuple(
        document.problem(d["loc"], str(d["msg"])) for d in error.errors(include_url=False)
    )


def _explain(document: Document, details: Any) -> Problem:
    where: Where = details["loc"]
    kind = details["type"]
    if kind == "extra_forbidden":
        key = shortened(str(where[-1]))
        return document.problem(where, f"unknown key `{key}`", _nearest(key, _keys_at(where[:-1])))
    if kind == "missing":
        return document.problem(where, f"{_name(where[:-1])} needs the key `{where[-1]}`")
    message = str(details["msg"])
    told = f"{_name(where)}: {message[0].lower()}{message[1:]}"
    return document.problem(where, told, _fix(kind, where, details["input"]))


def _nearest(key: str, valid: list[str]) -> str:
    close = difflib.get_close_matches(key, valid, n=1, cutoff=0.5)
    return f"Did you mean `{close[0]}`?" if close else f"Valid keys: {', '.join(valid)}."


def _fix(kind: str, where: Where, given: Any) -> str:
    if kind == "string_type" and isinstance(given, _AS_TEXT):
        return f'Put it in quotes: "{shortened(str(given))}".'
    if kind == "string_pattern_mismatch" and where[-1] in ("id", "section"):
        return f"Use lower-case words joined by hyphens: {slug_of(str(given)) or 'an-id'}."
    if kind == "string_pattern_mismatch":
        return "Write it like en or en-GB."
    return ""


def _keys_at(where: Where) -> list[str]:
    """The keys that the schema allows at a place in the file."""
    model: type[BaseModel] = Bank
    for part in where:
        if isinstance(part, int):
            continue
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for arg in get_args(annotation) if (m := _model_in(arg))), None)


def _name(where: Where) -> str:
    """A place in words: `questions[3].criteria[0]`."""
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the bank"

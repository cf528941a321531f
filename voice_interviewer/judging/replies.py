"""What a model wrote, read criterion by criterion, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError

from voice_interviewer.core.assessment import Verdict
from voice_interviewer.core.model_reply import parse_reply

_MOST_NAMED = 6


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def _folded(value: Any) -> Any:
    return value.strip().casefold() if isinstance(value, str) else value


_Text = Annotated[str, BeforeValidator(_or_empty)]
_Id = Annotated[str, BeforeValidator(_folded)]


class ReplyVerdict(BaseModel):
    """One verdict as the model writes it."""

    criterion_id: _Id
    quote: _Text = ""
    why: _Text = ""
    verdict: Annotated[Verdict, BeforeValidator(_folded)]


class Reply(BaseModel):
    """A whole reply as the model writes it; unknown fields are ignored."""

    verdicts: list[Any]


class ReplyQuote(BaseModel):
    """One quote copied once more."""

    criterion_id: _Id
    quote: _Text = ""


class QuotesReply(BaseModel):
    """The reply to a request for the words themselves."""

    quotes: list[ReplyQuote]


@dataclass(frozen=True)
class Read:
    """The valid verdicts by criterion, and why some are missing; empty where none is.

    `malformed` tells that the shape of the reply was not kept to.
    """

    verdicts: dict[str, ReplyVerdict] = field(default_factory=dict)
    problem: str = ""
    malformed: bool = False


def read_reply(text: str, criterion_ids: Sequence[str]) -> Read:
    """Read a reply about these criteria; never raises.

    Of two verdicts on one criterion that agree the first is taken; of two that do not, neither.
    """
    try:
        reply = parse_reply(text, Reply)
    except ValueError as problem:
        return Read(problem=str(problem), malformed=True)
    found: dict[str, ReplyVerdict] = {}
    invalid: list[str] = []
    unknown: list[str] = []
    torn: set[str] = set()
    for item in reply.verdicts:
        try:
            said = ReplyVerdict.model_validate(item)
        except ValidationError as error:
            invalid.append(_first_of(error))
            continue
        if said.criterion_id not in criterion_ids:
            unknown.append(repr(said.criterion_id[:40]))
        elif said.criterion_id in found and found[said.criterion_id].verdict != said.verdict:
            torn.add(said.criterion_id)
        else:
            found.setdefault(said.criterion_id, said)
    kept = {i: found[i] for i in criterion_ids if i in found and i not in torn}
    missing = [i for i in criterion_ids if i not in found]
    problems = (
        ()
        if len(kept) == len(criterion_ids)
        else (
            ("invalid", invalid),
            ("no such criterion", unknown),
            ("two verdicts that differ on", sorted(torn)),
            ("no valid verdict on", missing),
        )
    )
    return Read(
        verdicts=kept,
        problem="; ".join(f"{w}: {', '.join(n[:_MOST_NAMED])}" for w, n in problems if n),
        malformed=bool(invalid),
    )


def merged(first: Read, second: Read) -> Read:
    """A reply and its repair: what the repair holds counts before what was there."""
    return Read(
        verdicts={**first.verdicts, **second.verdicts},
        problem=second.problem,
        malformed=second.malformed,
    )


def read_quotes(text: str) -> dict[str, str]:
    """Quotes by criterion, the first of each; empty where the reply holds none. Never raises."""
    try:
        reply = parse_reply(text, QuotesReply)
    except ValueError:
        return {}
    result: dict[str, str] = {}
    for said in reply.quotes:
        result.setdefault(said.criterion_id, said.quote)
    return result


def _first_of(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part)[:40] for part in first["loc"]) or "a verdict"
    return f"{place}: {first['msg']}"

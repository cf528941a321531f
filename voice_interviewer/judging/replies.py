"""From what a model wrote to verdicts that the transcript proves."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator

from voice_interviewer.core.assessment import CriterionVerdict, Verdict, keep_proven
from voice_interviewer.core.transcript import Evidence, Transcript, find_quote
from voice_interviewer.judging.prompts import plain

_MOST_WHY_WORDS = 25
_ELLIPSIS = re.compile(r"\.{3,}|…")
_SENTENCE_NUMBER = re.compile(r"\[\d+\]")


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def _folded(value: Any) -> Any:
    return value.strip().casefold() if isinstance(value, str) else value


_Text = Annotated[str, BeforeValidator(_or_empty)]


class ReplyVerdict(BaseModel):
    """One verdict as the model writes it."""

    criterion_id: str
    quote: _Text = ""
    why: _Text = ""
    verdict: Annotated[Verdict, BeforeValidator(_folded)]


class Reply(BaseModel):
    """A whole reply as the model writes it; unknown fields are ignored."""

    verdicts: list[ReplyVerdict]
    follow_up_criterion_id: _Text = ""
    follow_up: _Text = ""


def proven_verdicts(
    reply: Reply, transcript: Transcript, criterion_ids: Collection[str], decided_by: str
) -> dict[str, CriterionVerdict]:
    """The verdicts on these criteria, each quote replaced by the words that stand there.

    Unknown ids are ignored and the first of two verdicts wins. A quote that is not in the
    transcript is dropped, and a credit without a quote with it. Confidence is how surely the
    quoted words were heard; a model's opinion of itself is not asked for.
    """
    result: dict[str, CriterionVerdict] = {}
    for said in reply.verdicts:
        criterion_id = said.criterion_id.strip()
        if criterion_id not in criterion_ids or criterion_id in result:
            continue
        evidence = _locate(transcript, said.quote)
        verdict = CriterionVerdict(
            criterion_id=criterion_id,
            verdict=said.verdict,
            evidence=evidence,
            confidence=_heard(transcript, evidence),
            decided_by=decided_by,
            why=" ".join(plain(said.why).split()[:_MOST_WHY_WORDS]),
        )
        result[criterion_id] = keep_proven(verdict, transcript)
    return result


def _locate(transcript: Transcript, quote: str) -> tuple[Evidence, ...]:
    """The passages of a quote with its ellipses left out; none of them if one is made up."""
    pieces = [piece for piece in _ELLIPSIS.split(_SENTENCE_NUMBER.sub(" ", quote)) if piece.strip()]
    found = [find_quote(transcript, piece) for piece in pieces]
    return tuple(e for e in found if e is not None) if all(found) else ()


def _heard(transcript: Transcript, evidence: tuple[Evidence, ...]) -> float:
    """Mean probability of the quoted words; 1.0 where nothing is quoted."""
    heard = [
        word.probability
        for span in evidence
        for word in transcript.words[span.first_word : span.last_word + 1]
    ]
    return round(sum(heard) / len(heard), 2) if heard else 1.0

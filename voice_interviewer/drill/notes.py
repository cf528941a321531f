"""What one session says to a drill, note by note, and what the notes of many sessions come to.

Notes and totals are JSON in ASCII, so that any database keeps them as they are. Every subject is a
criterion, a question or a bank; its total is the same in whichever order its notes come.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter

from voice_interviewer.core.bank import Pronunciation, Rung
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.session import State
from voice_interviewer.drill.reviews import (
    CardKey,
    Rating,
    Review,
    bank_of,
    began,
    reviews_of,
    unclear_in,
)
from voice_interviewer.drill.schedule import Card, card_of

NOTES_VERSION = 1
"""Of what is kept of one session; another number makes the index of all sessions anew."""

_TOTALS_VERSION = 1

Note = tuple[str, str]
QuestionKey = tuple[str, str]
Order = tuple[str, str, int]
"""When a session began (ISO 8601 in UTC), its id, and the question's place in its plan."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class CriterionTotal:
    """Where one criterion stands.

    Args:
        card: its place in the schedule; None where it was never made out.
        unclear: some take left it unclear.
        asked: the rungs on which it was asked about, in the order in which each was used last.
    """

    key: CardKey
    card: Card | None
    unclear: bool
    asked: tuple[Rung, ...]


@dataclass(frozen=True)
class QuestionTotal:
    """One question: when it was first asked, and how it was asked last, as in an interview."""

    key: QuestionKey
    first: Order
    item: PlanItem


@dataclass(frozen=True)
class BankTotal:
    """A bank as its last interview had it: its title, and how its terms are said."""

    id: str
    title: str
    pronunciations: tuple[Pronunciation, ...]


Total = CriterionTotal | QuestionTotal | BankTotal

_KINDS: Mapping[str, TypeAdapter[Any]] = {
    "criterion": TypeAdapter(CriterionTotal),
    "question": TypeAdapter(QuestionTotal),
    "bank": TypeAdapter(BankTotal),
}


def totals_made_by() -> str:
    """What totals depend on beside the notes: our own way of adding up, and the scheduler."""
    return f"{_TOTALS_VERSION} fsrs {version('fsrs')}"


def notes_of(state: State) -> dict[str, Note]:
    """What a session says, by subject."""
    at = (began(state) or _LONG_AGO).isoformat()
    notes: dict[str, Note] = {}
    questions: dict[QuestionKey, tuple[int, PlanItem]] = {}
    for place, item in enumerate(state.plan):
        key = bank_of(state, item), item.question.id
        first, _ = questions.get(key, (place, item))
        questions[key] = first, item
    for key, (place, item) in questions.items():
        plain = PlanItem(question=item.question, section_title=item.section_title, level=item.level)
        body = json.dumps(plain.model_dump(mode="json", exclude_defaults=True))
        notes[_subject("question", *key)] = json.dumps([at, state.session_id, place]), body
    if state.kind == "interview":
        said = [p.model_dump(mode="json") for p in state.pronunciations]
        body = json.dumps([state.bank_title, said])
        notes[_subject("bank", state.bank_id)] = json.dumps([at, state.session_id]), body
    for criterion, told in _criteria(state).items():
        note = json.dumps([at, state.session_id, *told], separators=(",", ":"))
        notes[_subject("criterion", *criterion)] = note, ""
    return notes


def total_of(subject: str, notes: Sequence[Note]) -> str:
    """What all notes of one subject come to; at least one is needed."""
    kind, *key = json.loads(subject)
    parsed = sorted((json.loads(note), body) for note, body in notes)
    total: Total
    if kind == "criterion":
        total = _criterion_total(CardKey(*key), [note for note, _ in parsed])
    elif kind == "question":
        item = PlanItem.model_validate(json.loads(parsed[-1][1]))
        total = QuestionTotal(tuple(key), tuple(parsed[0][0]), item)
    else:
        title, said = json.loads(parsed[-1][1])
        total = BankTotal(key[0], title, tuple(map(Pronunciation.model_validate, said)))
    return json.dumps(_KINDS[kind].dump_python(total, mode="json"))


def read_total(subject: str, total: str) -> Total:
    """A total as it was."""
    found: Total = _KINDS[json.loads(subject)[0]].validate_python(json.loads(total))
    return found


def totals_of(states: Iterable[State]) -> dict[str, str]:
    """What these sessions come to, by subject."""
    notes: defaultdict[str, list[Note]] = defaultdict(list)
    for state in states:
        for subject, note in notes_of(state).items():
            notes[subject].append(note)
    return {subject: total_of(subject, found) for subject, found in notes.items()}


def _subject(kind: str, *names: str) -> str:
    return json.dumps([kind, *names])


def _criteria(state: State) -> dict[CardKey, tuple[list[list[Any]], bool, list[Rung]]]:
    """For each criterion that the session says something of: reviews, unclear, rungs asked on."""
    told: defaultdict[CardKey, tuple[list[list[Any]], list[Rung]]]
    told = defaultdict(lambda: ([], []))
    unclear = set(unclear_in(state))
    for key in unclear:
        told[key]  # it is told of, whether or not it has reviews
    for review in reviews_of(state):
        told[review.key][0].append(
            [
                review.at.isoformat(),
                review.item,
                review.take,
                review.verdict,
                int(review.rating),
                review.quote,
            ]
        )
    for turn in state.turns:
        if turn.aim is not None and not turn.aim.hint and turn.asked_t_s is not None:
            item = state.plan[turn.item]
            key = CardKey(bank_of(state, item), item.question.id, turn.aim.criterion_id)
            told[key][1].append(turn.aim.rung)
    return {key: (reviews, key in unclear, rungs) for key, (reviews, rungs) in told.items()}


def _criterion_total(key: CardKey, notes: Sequence[list[Any]]) -> CriterionTotal:
    reviews = [
        Review(key, datetime.fromisoformat(at), session, item, take, verdict, Rating(rating), quote)
        for _, session, told, _, _ in notes
        for at, item, take, verdict, rating, quote in told
    ]
    asked = [rung for *_, rungs in notes for rung in rungs]
    return CriterionTotal(
        key=key,
        card=card_of(reviews) if reviews else None,
        unclear=any(unclear for *_, unclear, _ in notes),
        asked=tuple(dict.fromkeys(reversed(asked)))[::-1],
    )

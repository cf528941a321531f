"""What is asked of past sessions, and what is found in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from voice_interviewer.core.assessment import Verdict

Part = Literal["answer", "other", "prompt"]
Span = tuple[int, int]


@dataclass(frozen=True)
class Wanted:
    """Which questions of which sessions are looked at; an empty field means any.

    Args:
        bank: a bank's id.
        section: a section's id, or its title.
        verdict: some criterion of the take ended with this verdict.
    """

    bank: str = ""
    section: str = ""
    verdict: Verdict | Literal[""] = ""


EVERYTHING = Wanted()


@dataclass(frozen=True)
class Hit:
    """A turn in which all words of a query were said or asked.

    Args:
        at: when the session began, ISO 8601 in UTC.
        item: the question's place in the session's plan, from 0.
        turn: the turn's id.
        part: the answer as it stands now, an `other` text of the same answer (as it was heard
            first, or by another model, or a quote from these), or what the interviewer said.
        start_s: where the first of the words was said, in seconds of the turn's recordings put
            together; None where that has no time.
        snippet: the words around it, on one line.
        marks: the words found, as spans of characters of the snippet.
        score: points out of 10 for the take, `best_score` if all that is unclear were met; None
            where nothing was judged.
    """

    session_id: str
    at: str
    title: str
    bank: str
    section: str
    question_id: str
    question: str
    item: int
    take: int
    turn: int
    part: Part
    start_s: float | None
    snippet: str
    marks: tuple[Span, ...]
    score: float | None
    best_score: float | None


@dataclass(frozen=True)
class Facets:
    """What past sessions can be told apart by, in order of their names.

    Args:
        banks: id to title.
        sections: bank id to its sections, id to title.
    """

    banks: dict[str, str]
    sections: dict[str, dict[str, str]]


class IndexedSession(NamedTuple):
    """One session as the index has it; they sort by their folders, which begin with the time.

    `problem` tells why the journal cannot be read. Scores are the mean over the
    questions that were judged, out of 10; `trace` packs that of each (see `scores_of`).
    """

    folder: str
    id: str
    at: str
    bank: str
    title: str
    kind: str
    status: str
    questions: int
    score: float | None
    best_score: float | None
    trace: bytes
    problem: str


class IndexedTake(NamedTuple):
    """One take that was judged; `at` is when its session began. Scores are out of 10."""

    bank: str
    question: str
    prompt: str
    session_id: str
    at: str
    kind: str
    take: int
    score: float
    best_score: float

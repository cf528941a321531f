"""What every take and every interview of the past scored, out of 10."""

from __future__ import annotations

from typing import NamedTuple


class TakeScore(NamedTuple):
    """What one attempt at a question scored, out of 10; `at` is when the session began.

    `best_score` is what it is if all that is unclear is met. A drill asks for one criterion, so
    its scores are of another kind than an interview's.
    """

    bank_id: str
    question_id: str
    prompt: str
    session_id: str
    at: str
    kind: str
    take: int
    score: float
    best_score: float


class SessionScore(NamedTuple):
    """The mean over the questions of an interview (their latest takes), out of 10."""

    bank_id: str
    session_id: str
    at: str
    score: float
    best_score: float

"""What every take of a session scored, out of 10."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from voice_interviewer.core.session import State
from voice_interviewer.drill.reviews import bank_of


@dataclass(frozen=True)
class TakeScore:
    """What one attempt at a question scored, out of 10; `at` is when the session began.

    A drill asks for one criterion, so its scores are of another kind than an interview's.
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


@dataclass(frozen=True)
class SessionScore:
    """The mean over the questions of an interview (their latest takes), out of 10."""

    bank_id: str
    session_id: str
    at: str
    score: float


def takes_of(state: State) -> Iterator[TakeScore]:
    """The takes of a session that were judged."""
    for index, item in enumerate(state.plan):
        for turns in state.takes(index):
            if any(turn.assessment for turn in turns):
                number = turns[0].take
                yield TakeScore(
                    bank_id=bank_of(state, item),
                    question_id=item.question.id,
                    prompt=item.question.prompt,
                    session_id=state.session_id,
                    at=state.at,
                    kind=state.kind,
                    take=number,
                    score=state.score(index, number),
                    best_score=state.best_score(index, number),
                )


def interview_score(state: State) -> SessionScore | None:
    """The score of an interview; None for a drill, and where nothing was judged."""
    scores = [
        state.score(index)
        for index in range(len(state.plan))
        if any(turn.assessment for turn in state.take(index))
    ]
    if state.kind != "interview" or not scores:
        return None
    return SessionScore(state.bank_id, state.session_id, state.at, round(fmean(scores), 1))

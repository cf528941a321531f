"""What the benchmarks share: scores of a judge for every criterion of an answer, as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_interviewer.core.assessment import Verdict
from voice_interviewer.core.bank import Question
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import Transcript, words_of
from voice_interviewer.judging.embedded import EmbeddedJudge

Array = NDArray[Any]


@dataclass(frozen=True)
class Item:
    """One criterion of one answer: what a person says, what the judge says and how likely."""

    question_id: str
    kind: str
    criterion_id: str
    wanted: Verdict
    given: Verdict
    probability: float


def first_answer(question: Question, transcript: Transcript) -> Assess:
    """The command that judges an answer to the question itself."""
    return Assess(
        turn_id=1,
        question=question,
        prompt=question.prompt,
        transcript=transcript,
        standing=tuple((criterion.id, "missed") for criterion in question.criteria),
    )


def spoken_as_written(text: str) -> Transcript:
    """A text as if every word had been heard."""
    return Transcript(words=words_of(text))


def judged(
    judge: EmbeddedJudge,
    question: Question,
    kind: str,
    transcript: Transcript,
    wanted: dict[str, Verdict],
) -> list[Item]:
    """Every criterion of one answer."""
    command = first_answer(question, transcript)
    credences = judge.credences(command)
    return [
        Item(
            question.id,
            kind,
            verdict.criterion_id,
            wanted[verdict.criterion_id],
            verdict.verdict,
            credences[verdict.criterion_id].probability if credences else 0.0,
        )
        for verdict in judge.verdicts(command, list(wanted))
    ]


def column(items: Iterable[Item], name: str) -> Array:
    """One attribute of the items as an array."""
    return np.array([getattr(item, name) for item in items])

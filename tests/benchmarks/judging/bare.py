"""Criteria of which there is a statement alone, as in a bank written in a hurry.

What they are learnt from is in no other wording either: the training splits of SAF and SciEntsBank,
where a grade is given for a whole answer. What their cuts are chosen on are answers to the rubrics
of `calibrate.py` with everything but the statements taken off, and SciEntsBank's questions of one
statement, whose grade is the criterion's verdict.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from asag import DATA, GradedQuestion, Name, questions
from measured import first_answer, spoken_as_written
from numpy.typing import NDArray

from voice_interviewer.core.bank import Criterion, Probes, Question
from voice_interviewer.judging.embedded import EmbeddedJudge

Array = NDArray[Any]
EACH, SEED = 20, 5
NAMES: tuple[Name, ...] = ("saf", "scientsbank")


@dataclass(frozen=True)
class GradedBag:
    """One graded answer.

    Args:
        values: for each statement the features of the windows, `(n_windows, n_features)`.
        worth: for each statement how many words it has.
        grade: in [0, 1].
    """

    question_id: str
    values: tuple[Array, ...]
    worth: tuple[float, ...]
    grade: float


def graded_bags(judge: EmbeddedJudge) -> list[GradedBag]:
    """A few answers to every question of the training splits; none where these are absent."""
    return [bag for name in NAMES if DATA.is_dir() for bag in _bags_of(judge, name)]


def _bags_of(judge: EmbeddedJudge, name: Name) -> Iterator[GradedBag]:
    chance = random.Random(SEED)
    for graded in questions(name, "training"):
        question = as_question(graded)
        worth = words_of_statements(question)
        drawn = chance.sample(graded.answers, min(EACH, len(graded.answers)))
        for answer in drawn:
            values = judge.measured(first_answer(question, spoken_as_written(answer.text)))
            if values.shape[1]:
                yield GradedBag(f"{name}/{graded.id}", tuple(values), worth, answer.grade / 2)


def as_question(graded: GradedQuestion) -> Question:
    """A graded question with one criterion for every statement of its reference answer."""
    return Question(
        id="graded",
        section="graded",
        prompt=graded.prompt[:2000],
        hint="-",
        criteria=tuple(
            Criterion(
                id=f"c{number}",
                label="-",
                statement=statement[:2000],
                probes=Probes(clarify="-"),
            )
            for number, statement in enumerate(graded.statements[:12])
        ),
    )


def words_of_statements(question: Question) -> tuple[float, ...]:
    """How many words each statement has."""
    return tuple(float(len(c.statement.split())) for c in question.criteria)


def stripped(question: Question) -> Question:
    """The question with nothing but the statements of its criteria."""
    nothing: dict[str, tuple[()]] = {"also": (), "misconceptions": (), "terms": ()}
    criteria = tuple(c.model_copy(update=nothing) for c in question.criteria)
    return question.model_copy(update={"criteria": criteria})


def averages(found: Sequence[GradedBag], signs: Array) -> Array:
    """Of every answer the mean of its statements' best values, shape `(n, n_features)`.

    Features are taken where they are largest: those that count all speak for a criterion.
    """
    best = [
        np.average([v.max(axis=0) for v in bag.values], axis=0, weights=bag.worth) for bag in found
    ]
    return np.array(best) * (signs != 0)

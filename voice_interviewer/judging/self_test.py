"""Whether a judge is fit to judge: tried on answers of which it is known what it must say."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import Field

from voice_interviewer.core.assessment import CREDIT, Assessment, CriterionVerdict
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.ports import Judge
from voice_interviewer.core.transcript import is_verbatim
from voice_interviewer.errors import InterviewerError
from voice_interviewer.judging.deadline import run_within
from voice_interviewer.judging.self_test_answers import SAYS_IT, Kind, Trial

Tell = Callable[[int, int, Trial], None]
"""Called before every answer with how many are done, how many there are, and which comes."""

Quotes = Callable[[Assess], tuple[int, int]]
"""Of the credits a judge gives at first, how many quote the answer word for word, and how many."""

RUNS = 3
_REPEATED: tuple[Kind, ...] = ("strong", "weak", "off_topic")
FAILURES_IN_A_ROW = 3


class Figures(Frozen):
    """What a judge did. Shares are in [0, 1]; None where there was nothing to count.

    Args:
        answers: how many assessments were asked for, repeats included.
        failures: how many of them failed.
        failure: the last reason.
        accuracy: the mean of `recall` and of the share of criteria rightly given no credit.
        recall: credit given to what strong answers say (partial counts half).
        missed: what strong answers say and was called missed.
        inflation: criteria given credit (met or partial) where nothing of them was said.
        inflation_by_kind: the same by kind of answer.
        padding: credit for a strong answer with chat around it less credit for it alone.
        verbatim: credits that quote the answer word for word, before any repair.
        agreement: criteria with the same verdict in every run.
        left_out: criteria that were matched without the model.
        median_s: seconds for an answer.
        slowest_s: seconds for the slowest one.
    """

    answers: int = 0
    failures: int = 0
    failure: str = ""
    accuracy: float | None = None
    recall: float | None = None
    missed: float | None = None
    inflation: float | None = None
    inflation_by_kind: dict[str, float] = Field(default_factory=dict)
    padding: float | None = None
    verbatim: float | None = None
    agreement: float | None = None
    left_out: float | None = None
    median_s: float | None = None
    slowest_s: float | None = None


def evaluate(
    judge: Judge,
    trials: Sequence[Trial],
    *,
    limit_s: float,
    quotes: Quotes | None = None,
    tell: Tell | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Figures:
    """Try a judge on every answer, and on some of them three times.

    Args:
        limit_s: how long one answer may take; a judge that hangs is left behind.
        quotes: counts quotes where the judge itself only hands over those that are right; those in
            its assessments are counted where not given.
        clock: monotonic seconds.

    Raises InterviewerError, the judge's own, when it fails three times in a row.
    """
    again = [trial for trial in trials if trial.kind in _REPEATED]
    plan = [*trials, *again * (RUNS - 1)]
    count = _Count(quotes)
    in_a_row = 0
    for done, trial in enumerate(plan):
        if tell is not None:
            tell(done, len(plan), trial)
        command = trial.command
        started_s = clock()
        try:
            assessment = run_within(limit_s, lambda c=command: judge.assess(c))  # type: ignore[misc]
        except InterviewerError as error:
            in_a_row += 1
            count.failed(error)
            if in_a_row == FAILURES_IN_A_ROW:
                raise
            continue
        in_a_row = 0
        count.judged(trial, assessment, clock() - started_s, first=done < len(trials))
    return count.figures


class _Count:
    """Counts what comes in."""

    def __init__(self, quotes: Quotes | None) -> None:
        self._quotes = quotes
        self._answers = self._failures = 0
        self._failure = ""
        self._credits: dict[Kind, list[float]] = defaultdict(list)
        self._missed: list[bool] = []
        self._inflated: dict[Kind, list[bool]] = defaultdict(list)
        self._runs: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        self._verbatim = self._quoted = 0
        self._left_out: list[bool] = []
        self._took_s: list[float] = []

    def failed(self, error: InterviewerError) -> None:
        self._answers += 1
        self._failures += 1
        self._failure = error.message

    def judged(self, trial: Trial, assessment: Assessment, took_s: float, *, first: bool) -> None:
        self._answers += 1
        if not trial.command.transcript.empty:
            self._took_s.append(took_s)
        for criterion in trial.question.criteria:
            verdict = assessment.of(criterion.id) or CriterionVerdict(
                criterion_id=criterion.id, verdict="unclear"
            )
            if trial.kind in _REPEATED:
                self._runs[trial.question.id, trial.kind, criterion.id].append(verdict.verdict)
            if not first:
                continue
            if not trial.command.transcript.empty:
                without = assessment.approximate and verdict.decided_by == "embedded"
                self._left_out.append(without)
            if trial.kind in SAYS_IT:
                self._credits[trial.kind].append(CREDIT[verdict.verdict])
                self._missed.append(verdict.verdict == "missed")
            else:
                self._inflated[trial.kind].append(verdict.verdict in ("met", "partial"))
        if first:
            self._count_quotes(trial, assessment)

    def _count_quotes(self, trial: Trial, assessment: Assessment) -> None:
        if self._quotes is None:
            given = [v for v in assessment.verdicts if v.verdict in ("met", "partial")]
            words = trial.command.transcript
            right = [
                v for v in given if v.evidence and all(is_verbatim(words, e) for e in v.evidence)
            ]
            self._verbatim += len(right)
            self._quoted += len(given)
        elif trial.kind == "strong":
            verbatim, quoted = self._quotes(trial.command)
            self._verbatim += verbatim
            self._quoted += quoted

    @property
    def figures(self) -> Figures:
        strong = [credit for kind in SAYS_IT for credit in self._credits[kind]]
        inflated = [one for ones in self._inflated.values() for one in ones]
        recall, inflation = _mean(strong), _mean(inflated)
        alone, around = _mean(self._credits["strong"]), _mean(self._credits["padded"])
        runs = [verdicts for verdicts in self._runs.values() if len(verdicts) > 1]
        return Figures(
            answers=self._answers,
            failures=self._failures,
            failure=self._failure,
            accuracy=_both(recall, inflation, lambda a, b: (a + 1 - b) / 2),
            recall=recall,
            missed=_mean(self._missed),
            inflation=inflation,
            inflation_by_kind={k: _mean(ones) or 0.0 for k, ones in self._inflated.items()},
            padding=_both(around, alone, lambda a, b: a - b),
            verbatim=round(self._verbatim / self._quoted, 3) if self._quoted else None,
            agreement=_mean([len(set(verdicts)) == 1 for verdicts in runs]),
            left_out=_mean(self._left_out),
            median_s=round(statistics.median(self._took_s), 2) if self._took_s else None,
            slowest_s=round(max(self._took_s), 2) if self._took_s else None,
        )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def _both(a: float | None, b: float | None, of: Callable[[float, float], float]) -> float | None:
    return None if a is None or b is None else round(of(a, b), 3)

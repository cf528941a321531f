"""Whether a judge can be talked into credit, and whether a harmless word on grading sways it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from figures import Array, interval
from injections import BENIGN, Case, families, plain_answers, shuffled, with_sentence
from measured import column, spoken_as_written
from model_told import Told, Way

from voice_interviewer.core.transcript import Transcript
from voice_interviewer.judging.addressing import addressing_spans
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.log_odds_calibration import likely
from voice_interviewer.judging.openai_judge import OpenAIJudge

CREDITED = ("met", "partial")
FAMILIES = [family for family in families() if family != BENIGN]
FEWEST_QUESTIONS = 3
Verdicts = dict[str, str]
Judge = Callable[[Case], Verdicts]


@dataclass(frozen=True)
class Change:
    """One criterion of one answer, without the sentence and with it."""

    question_id: str
    family: str
    later: bool
    before: str
    after: str

    @property
    def credited(self) -> bool:
        """Whether the sentence brought credit."""
        return self.after in CREDITED and self.before not in CREDITED

    @property
    def changed(self) -> bool:
        """Whether it changed the verdict at all."""
        return self.after != self.before


def cases(most: int | None = None) -> Iterator[tuple[Case, list[Case]]]:
    """Answers in an order of their own, each with all that is put inside it."""
    for case in list(shuffled(plain_answers()))[:most]:
        if case.right:
            yield case, [with_sentence(case, BENIGN)]
        else:
            yield (
                case,
                [with_sentence(case, f, later=late) for f in FAMILIES for late in (False, True)],
            )


def few_cases() -> Iterator[tuple[Case, list[Case]]]:
    """The same for a slow judge: two sentences in turn, and one right answer in three."""
    few = []
    for number, (case, inside) in enumerate(cases()):
        first, second = 2 * number % len(inside), (2 * number + 5) % len(inside)
        few.append((case, inside if case.right else [inside[first], inside[second]]))
    right = (pair for pair in few if pair[0].right)
    for place, pair in enumerate(pair for pair in few if not pair[0].right):
        yield pair
        if place % 2:
            yield from islice(right, 1)


def asked(way: Way, told: dict[tuple[Way, str], Told]) -> Iterator[tuple[Case, list[Case]]]:
    """Those of the few that the model was asked about in this way."""
    for case, inside in few_cases():
        known = [one for one in inside if (way, one.name) in told]
        if (way, case.name) in told and known:
            yield case, known


def changes(judge: Judge, answers: Iterator[tuple[Case, list[Case]]]) -> list[Change]:
    """Every criterion that counts, for every sentence inside."""
    found = []
    for case, inside in answers:
        before = judge(case)
        for one in inside:
            after = judge(one)
            later = one.sentence is not None and one.sentence.later
            found += [
                Change(case.question.id, one.family, later, before[i], after[i])
                for i in case.criteria
                if i in before and i in after
            ]
    return found


def embedded_judge(judge: EmbeddedJudge) -> Judge:
    """Verdicts of the embedded judge."""

    def of(case: Case) -> Verdicts:
        return {v.criterion_id: v.verdict for v in judge.assess(case.command).verdicts}

    return of


def settled_judge(judge: OpenAIJudge, told: dict[tuple[Way, str], Told]) -> Judge:
    """Verdicts of the model judge: what the model said, by the rules of today."""

    def of(case: Case) -> Verdicts:
        said = told["verdicts", case.name].verdicts
        settled = judge.settled(case.command, said).verdicts
        return {v.criterion_id: v.verdict for v in settled if v.criterion_id in said.verdicts}

    return of


def flagged_rows() -> Iterator[str]:
    """How many of the sentences are known for what they are."""
    yield "| sentences that are flagged | patterns made with them in view | written afterwards |"
    yield "|---|---|---|"
    for family, ones in families().items():
        counts = []
        for later in (False, True):
            chosen = [s for s in ones if s.later == later]
            known = sum(bool(addressing_spans(_alone(s.text))) for s in chosen)
            counts.append(f"{known} of {len(chosen)}" if chosen else "-")
        yield f"| {family} | {' | '.join(counts)} |"
    yield ""


def rows(label: str, found: Sequence[Change]) -> Iterator[str]:
    """One row a family; the harmless sentences come last."""
    for family in (*FAMILIES, BENIGN):
        chosen = [change for change in found if change.family == family]
        if not chosen:
            continue
        groups = column(chosen, "question_id")
        cells = [f"{len(chosen)} ({len(np.unique(groups))})"]
        for name in ("credited", "changed"):
            values = column(chosen, name).astype(float)
            cells += [f"{int(values.sum())}", _between(values, groups)]
        if family == BENIGN:
            cells[1:3] = "-", "-"
        yield f"| {label} | {family} | {' | '.join(cells)} |"


def shift_rows(told: dict[tuple[Way, str], Told], limit: float) -> Iterator[str]:
    """How far a sentence moves what log-odds come to.

    Args:
        limit: the probability that hardly any wrong answer reaches.
    """
    by_family: dict[str, list[tuple[str, float, float]]] = {}
    for case, inside in asked("log-odds", told):
        before = told["log-odds", case.name].odds
        for one in inside:
            after = told["log-odds", one.name].odds
            by_family.setdefault(one.family, []).extend(
                (case.question.id, likely(before[i]).probability, likely(after[i]).probability)
                for i in case.criteria
                if i in before and i in after
            )
    yield "| log-odds | criteria (questions) | mean change of probability | 95 % | above the line |"
    yield "|---|---|---|---|---|"
    for family in (*FAMILIES, BENIGN):
        items = by_family.get(family, [])
        if not items:
            continue
        groups = np.array([item[0] for item in items])
        before_p = np.array([item[1] for item in items])
        after_p = np.array([item[2] for item in items])
        moved = after_p - before_p
        few = len(np.unique(groups)) < FEWEST_QUESTIONS
        low, high = interval(groups, _mean_of(moved))
        between = "-" if few else f"{low:+.3f} to {high:+.3f}"
        above = f"{int((before_p >= limit).sum())}, then {int((after_p >= limit).sum())}"
        yield (
            f"| {family} | {len(items)} ({len(np.unique(groups))}) | {moved.mean():+.3f} | "
            f"{between} | {above} |"
        )
    yield ""


def _mean_of(values: Array) -> Callable[[Array], float]:
    return lambda drawn: float(values[drawn].mean())


def _between(values: Array, groups: Array) -> str:
    """The interval of a share, in percent; of none, up to what would show once 95 times of 100."""
    if not values.any():
        return f"0.0 to {100 * (1 - 0.05 ** (1 / len(values))):.1f} %"
    if len(np.unique(groups)) < FEWEST_QUESTIONS:
        return "-"
    low, high = interval(groups, _mean_of(values))
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def _alone(text: str) -> Transcript:
    """One sentence among others."""
    said = text.replace("{label}", "the deadline").replace("{statement}", "Retries have a budget.")
    return spoken_as_written(f"I would look at it. {said} That is it.")

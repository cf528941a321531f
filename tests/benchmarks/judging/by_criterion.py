"""The baselines asked what the judge is asked: how well an answer says one criterion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from baselines import Background, Score, baselines
from figures import Array, auc, interval, recall_at
from hard_set import Answer, answers, answers_of_other_lengths
from measured import first_answer, spoken_as_written

from voice_interviewer.core.bank import Bank, Criterion, Question
from voice_interviewer.judging.embedded import EmbeddedJudge


@dataclass(frozen=True)
class Case:
    """One criterion of one answer, and whether the answer says it."""

    question: Question
    criterion: Criterion
    answer: str
    said: bool


Scorer = Callable[[Sequence[Case]], Array]


def by_baseline(score: Score) -> Scorer:
    """Scores by a baseline; it is given the criterion's own wordings as the judge is."""

    def scores(cases: Sequence[Case]) -> Array:
        return np.array(
            [
                score(
                    [case.criterion.statement, *case.criterion.also],
                    case.question.prompt,
                    case.answer,
                )
                for case in cases
            ]
        )

    return scores


def by_judge(judge: EmbeddedJudge) -> Scorer:
    """Scores by what the judge holds likely; each answer is judged once."""

    def scores(cases: Sequence[Case]) -> Array:
        known: dict[tuple[str, str], dict[str, float]] = {}
        for case in cases:
            key = (case.question.id, case.answer)
            if key not in known:
                found = judge.credences(first_answer(case.question, spoken_as_written(case.answer)))
                known[key] = {name: credence.probability for name, credence in found.items()}
        return np.array([known[c.question.id, c.answer].get(c.criterion.id, 0.0) for c in cases])

    return scores


def hard_cases(given: Iterable[Answer]) -> list[Case]:
    """Every criterion of answers of the hard set, without what is said in part."""
    return [
        Case(answer.question, criterion, answer.text, verdict == "met")
        for answer in given
        for criterion in answer.question.criteria
        if (verdict := answer.verdicts[criterion.id]) in ("met", "missed")
    ]


def bank_cases(bank: Bank, written: dict[str, dict[str, str]]) -> list[Case]:
    """Every other question with its model answer, and with a weak, a wrong and another's answer."""
    cases = []
    for number in range(0, len(bank.questions), 2):
        question = bank.questions[number]
        near = bank.questions[(number + 1) % len(bank.questions)]
        texts = [
            (written[question.id][kind], kind == "model") for kind in ("model", "weak", "wrong")
        ]
        for text, said in [*texts, (written[near.id]["model"], False)]:
            cases += [Case(question, criterion, text, said) for criterion in question.criteria]
    return cases


def background() -> Background:
    """The frequencies of words in the development half of the hard set."""
    return Background.of([answer.text for answer in answers("development")])


def ranking(cases: Sequence[Case], scorer: Scorer, false_rate: float) -> str:
    """AUC, its interval by question, and recall at a share of false credit, as cells of a row."""
    scores, said = scorer(cases), np.array([case.said for case in cases]) * 1
    groups = np.array([case.question.id for case in cases])
    low, high = interval(groups, lambda drawn: auc(scores[drawn], said[drawn]))
    recall = recall_at(scores, said, false_rate)
    return f"{auc(scores, said):.3f} | {low:.3f} to {high:.3f} | {recall:.2f}"


def ranking_rows(
    banks: Sequence[tuple[Bank, dict[str, dict[str, str]]]], judges: dict[str, EmbeddedJudge]
) -> Iterator[str]:
    """A table of how well baselines and judges tell what is said from what is not."""
    scorers = {label: by_baseline(score) for label, score in baselines(background()).items()}
    scorers |= {f"embedded, {label}": by_judge(judge) for label, judge in judges.items()}
    hard, lengths = list(answers("test")), list(answers_of_other_lengths("test"))
    sets = [("hard set, test half", hard_cases(hard), 0.05)]
    sets += [("the same, other lengths too", hard_cases([*hard, *lengths]), 0.05)]
    sets += [(bank.id, bank_cases(bank, written), 0.02) for bank, written in banks]
    yield "| said or not, by criterion | ranked by | AUC | 95 % | recall at false credit | of |"
    yield "|---" * 6 + "|"
    for title, cases, false_rate in sets:
        for label, scorer in scorers.items():
            cells = ranking(cases, scorer, false_rate)
            yield f"| {title} | {label} | {cells} | {100 * false_rate:.0f} % |"
    yield ""

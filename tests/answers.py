"""The answers that were written blind for every shipped question, and their judgement."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from voice_interviewer.banks.load import load_bank, shipped_banks
from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.bank import Bank, Question
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import Transcript, words_of
from voice_interviewer.judging.judges import open_judge
from voice_interviewer.judging.options import JudgeOptions

KINDS = ("model", "weak", "wrong")
_DATA = Path(__file__).resolve().parent / "data"
_JUDGE = open_judge("embedded", JudgeOptions())


def banks() -> list[Bank]:
    """All shipped banks."""
    return [load_bank(path) for path in shipped_banks().values()]


def answers_of(bank_id: str) -> dict[str, dict[str, str]]:
    """Question id to kind of answer to what is said."""
    place = _DATA / "answers" / bank_id
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place.with_suffix(".yaml")]
    read = YAML(typ="safe", pure=True)
    return {name: answer for file in files for name, answer in read.load(file).items()}


def clauses() -> list[tuple[str, str, str]]:
    """(question id, clause of the page's hint, criterion id) for the first bank."""
    rows = (_DATA / "clauses.tsv").read_text(encoding="utf-8").splitlines()
    return [(q, clause, c) for q, clause, c in (row.split("\t") for row in rows)]


def judged(question: Question, text: str) -> Assessment:
    """What the embedded judge says of a text as the answer to a question."""
    return judged_transcript(question, Transcript(words=words_of(text)))


def judged_transcript(question: Question, transcript: Transcript) -> Assessment:
    """The same for what was heard."""
    return _JUDGE.assess(
        Assess(
            turn_id=1,
            question=question,
            prompt=question.prompt,
            transcript=transcript,
            standing=tuple((criterion.id, "missed") for criterion in question.criteria),
        )
    )


def met_weight(question: Question, assessment: Assessment) -> float:
    """The share of the question's weight whose criteria are met, in [0, 1]."""
    met = {v.criterion_id for v in assessment.verdicts if v.verdict == "met"}
    total = sum(criterion.weight for criterion in question.criteria)
    return sum(c.weight for c in question.criteria if c.id in met) / total

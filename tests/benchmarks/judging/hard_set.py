"""Twelve questions from two fields, seven kinds of answers to each, every criterion judged by hand.

The rubrics, the answers and the verdicts were written by different people; neither of the first two
saw the other's work, and nobody saw what any judge says. Half of each field's questions are for
development, half for the test. On answers of other lengths, long ones that say nothing that is
asked for and short ones that say it all, nothing is fitted: without them length alone ranks well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ruamel.yaml import YAML

from voice_interviewer.core.assessment import Verdict
from voice_interviewer.core.bank import Bank, Question

FOLDER = Path(__file__).parent / "hard_set"
Half = Literal["development", "test"]
Kind = Literal["strong", "other_words", "partial", "vague", "contrary", "off_topic", "injected"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OtherLength = Literal["rambling", "brief"]
OTHER_LENGTHS: tuple[OtherLength, ...] = get_args(OtherLength)
TEST = {
    *("sre-slo", "sre-migration", "sre-stale-read"),
    *("nurse-handover", "nurse-delirium", "nurse-hypo"),
}


@dataclass(frozen=True)
class Answer:
    """One answer, and what a person says of every criterion."""

    question: Question
    kind: Kind | OtherLength
    text: str
    verdicts: dict[str, Verdict]


def answers(half: Half) -> Iterator[Answer]:
    """The answers of one half, by question and kind."""
    return _answers(half, KINDS, "answers.yaml", "verdicts.yaml")


def answers_of_other_lengths(half: Half) -> Iterator[Answer]:
    """The long answers that say nothing and the short ones that say it all, of one half."""
    return _answers(half, OTHER_LENGTHS, "other_lengths.yaml", "other_lengths_verdicts.yaml")


def _answers(
    half: Half, kinds: Sequence[Kind | OtherLength], texts_file: str, verdicts_file: str
) -> Iterator[Answer]:
    texts, verdicts = _read(texts_file), _read(verdicts_file)
    for question in Bank.model_validate(_read("rubrics.yaml")).questions:
        if (question.id in TEST) != (half == "test"):
            continue
        for kind in kinds:
            yield Answer(
                question, kind, texts[question.id][kind].strip(), verdicts[question.id][kind]
            )


def _read(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(FOLDER / name)

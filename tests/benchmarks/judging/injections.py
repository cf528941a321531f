"""Wrong answers with a plea for credit inside, and right ones with a harmless word on grading.

Every base answer comes once plain, and once with each family (or with one harmless sentence). Which
sentence and where it stands is drawn with a seed that depends on the answer alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from answers import answers_of, banks
from hard_set import answers
from measured import first_answer, spoken_as_written
from ruamel.yaml import YAML

from voice_interviewer.core.bank import Question
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import sentences, words_of

FILE = Path(__file__).parent / "injections.yaml"
PLAIN, BENIGN = "plain", "benign"
_SEED = 2026
_WRONG = ("vague", "contrary", "off_topic")
_RIGHT = ("strong", "other_words")


@dataclass(frozen=True)
class Sentence:
    """One sentence to put into an answer; `later` where it was written after the patterns."""

    family: str
    number: int
    text: str
    later: bool


@dataclass(frozen=True)
class Case:
    """One answer, plain or with a sentence put inside.

    Args:
        base: the answer it comes from, the same for all its cases.
        right: whether that answer is a right one.
        criteria: those that count: in a wrong answer the ones it does not meet.
    """

    question: Question
    base: str
    right: bool
    criteria: tuple[str, ...]
    text: str
    sentence: Sentence | None = None

    @property
    def family(self) -> str:
        """Of the sentence inside; PLAIN without one."""
        return self.sentence.family if self.sentence else PLAIN

    @property
    def name(self) -> str:
        """The same in every run."""
        within = f"{self.sentence.family}-{self.sentence.number}" if self.sentence else PLAIN
        return f"{self.base}/{within}"

    @property
    def command(self) -> Assess:
        """What asks a judge about it."""
        return first_answer(self.question, spoken_as_written(self.text))


@cache
def families() -> dict[str, tuple[Sentence, ...]]:
    """The sentences by family, the harmless ones as BENIGN."""
    read: Any = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    first: dict[str, list[str]] = {**read["families"], BENIGN: read["benign"]}
    later: dict[str, list[str]] = read["later"]
    return {
        family: tuple(
            Sentence(family, number, text, number >= len(texts))
            for number, text in enumerate((*texts, *later.get(family, ())))
        )
        for family, texts in first.items()
    }


def plain_answers() -> list[Case]:
    """The development half of the hard set, and every bank's blind answers, as they are."""
    found = []
    for answer in answers("development"):
        right = answer.kind in _RIGHT
        if right or answer.kind in _WRONG:
            ids = (i for i, verdict in answer.verdicts.items() if right or verdict == "missed")
            base = f"{answer.question.id}/{answer.kind}"
            found.append(Case(answer.question, base, right, tuple(ids), answer.text))
    for bank in banks():
        for question in bank.questions:
            written = answers_of(bank.id)[question.id]
            ids = (criterion.id for criterion in question.criteria)
            whole = Case(question, "", True, tuple(ids), "")
            for kind in ("model", "weak", "wrong"):
                base = f"{bank.id}/{question.id}/{kind}"
                text = written[kind].strip()
                found.append(replace(whole, base=base, right=kind == "model", text=text))
    return [case for case in found if case.criteria]


def with_sentence(case: Case, family: str, *, later: bool = False) -> Case:
    """The same answer with a sentence of this family at its start, its end or between two others.

    Args:
        later: one of those that were written after the patterns.
    """
    chance = random.Random(f"{_SEED}/{case.base}/{family}/{later}")
    chosen = chance.choice([s for s in families()[family] if s.later == later])
    about = case.question.criterion(chance.choice(case.criteria))
    said = chosen.text.replace("{label}", about.label.lower())
    said = said.replace("{statement}", about.statement)
    words = words_of(case.text)
    ends = [0, *(last + 1 for _, last in sentences(words))]
    place = chance.choice(ends)
    texts = [word.text for word in words]
    text = " ".join((*texts[:place], said, *texts[place:]))
    return replace(case, text=text, sentence=chosen)


def shuffled(cases: Sequence[Case]) -> Iterator[Case]:
    """The cases in an order of their own, the same in every run."""
    return iter(random.Random(_SEED).sample(list(cases), len(cases)))

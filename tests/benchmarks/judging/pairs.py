"""Passages written for training, and answers put together from them.

`pairs/*.yaml` hold questions from many fields; for every criterion passages that say it (`met`),
say part of it (`partial`), claim something else (`contrary`) or keep to the topic without saying
it (`beside`). Some also have what a candidate would say to a neighbouring question (`near`): true,
in the same words, and saying none of the criteria. A question may leave out a kind. None of it is
in a bank.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from voice_interviewer.core.bank import Criterion, Probes, Question

FOLDER = Path(__file__).parent / "pairs"
Passage = tuple[str, str]
# Fields that the cross-encoder never saw: on the first its scores are weighed against the words
# (calibrate.py), on the second nothing was fitted at all.
FOR_WEIGHING = {
    *("aviation", "car repair", "event planning", "nursery teaching", "social work", "translation"),
    "policing and fire service",
}
FOR_TEST = {
    *("behavioral", "customer support", "laboratory safety", "photography", "school teaching"),
    "software management",
}
LEFT_OUT = FOR_WEIGHING | FOR_TEST
_KINDS = ("met", "partial", "contrary", "beside")
# What an answer is made of: how likely each kind of passage, or none, is for a criterion.
_MIXTURES = {
    "strong": (0.80, 0.05, 0.0, 0.05, 0.10),
    "mixed": (0.35, 0.15, 0.15, 0.15, 0.20),
    "weak": (0.05, 0.15, 0.10, 0.40, 0.30),
    "contrary": (0.0, 0.05, 0.75, 0.10, 0.10),
    "beside": (0.0, 0.0, 0.05, 0.75, 0.20),
}


@dataclass(frozen=True)
class Written:
    """A question with its passages: criterion id to (kind, text)."""

    field: str
    question: Question
    passages: dict[str, tuple[Passage, ...]]
    vague: tuple[str, ...]
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """An answer put together, and which kind of passage it has for each criterion ("" for none)."""

    written: Written
    text: str
    kinds: dict[str, str]


def written(folder: Path = FOLDER) -> list[Written]:
    """All questions, in the order of the files; `field` is the file's name."""
    read = YAML(typ="safe", pure=True)
    return [
        _written(path.stem, number, entry)
        for path in sorted(folder.glob("*.yaml"))
        for number, entry in enumerate(read.load(path))
    ]


def answers(questions: Sequence[Written], each: int, seed: int) -> Iterator[Made]:
    """`each` answers to every question, of all mixtures in turn."""
    chance = random.Random(seed)
    names = list(_MIXTURES)
    for question in questions:
        for number in range(each):
            yield _answer(question, names[number % len(names)], questions, chance)


def _answer(
    written: Written, mixture: str, others: Sequence[Written], chance: random.Random
) -> Made:
    kinds: dict[str, str] = {}
    parts: list[str] = []
    for criterion_id, passages in written.passages.items():
        kind = chance.choices((*_KINDS, ""), _MIXTURES[mixture])[0]
        texts = [text for name, text in passages if name == kind]
        kinds[criterion_id] = kind if texts else ""
        if texts:
            parts.append(chance.choice(texts))
    if chance.random() < 0.3 and written.vague:
        parts.append(chance.choice(written.vague))
    if chance.random() < 0.15:
        stray = chance.choice(others)
        parts.append(chance.choice(chance.choice(list(stray.passages.values())))[1])
    chance.shuffle(parts)
    return Made(written, " ".join(parts) or "I am not sure.", kinds)


def _written(field: str, number: int, entry: dict[str, Any]) -> Written:
    criteria = tuple(
        Criterion(
            id=f"c{index}",
            label=f"Criterion {index}",
            statement=raw["statement"],
            also=tuple(raw.get("also", ())),
            misconceptions=tuple(raw.get("misconceptions", ())),
            probes=Probes(clarify="How so?"),
        )
        for index, raw in enumerate(entry["criteria"])
    )
    return Written(
        field=field,
        question=Question(
            id=f"{field}-{number}",
            section=field,
            prompt=entry["prompt"],
            hint=entry["field"],
            criteria=criteria,
        ),
        passages={
            criterion.id: tuple((kind, text) for kind in _KINDS for text in raw.get(kind, ()))
            for criterion, raw in zip(criteria, entry["criteria"], strict=True)
        },
        vague=tuple(entry.get("vague", ())),
        near=tuple(entry.get("near", ())),
    )

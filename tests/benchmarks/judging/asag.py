"""Answers written by students and graded by people, one XML file a question.

SAF (short answer feedback, communication networks, three labels) and SciEntsBank (SemEval-2013
task 7, two labels). Training splits are for tuning, the unseen questions for reporting.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "asag"
Name = Literal["saf", "scientsbank"]
Split = Literal["training", "unseen"]

_FOLDERS: dict[tuple[Name, Split], str] = {
    ("saf", "training"): "saf/data/training/english",
    ("saf", "unseen"): "saf/data/unseen_questions/english",
    ("scientsbank", "training"): "sciEntsBank/2way/training",
    ("scientsbank", "unseen"): "sciEntsBank/2way/test-unseen-questions",
}
_GRADES = {"correct": 2, "partially correct": 1, "incorrect": 0}
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+|\n+")
_LEAST_WORDS = 3


@dataclass(frozen=True)
class Graded:
    """A student's answer and its grade: 0 incorrect, 1 partially correct, 2 correct."""

    text: str
    grade: int


@dataclass(frozen=True)
class GradedQuestion:
    """One question with its reference answer, cut into statements, and graded answers."""

    id: str
    prompt: str
    statements: tuple[str, ...]
    answers: tuple[Graded, ...]


def questions(name: Name, split: Split, data: Path = DATA) -> list[GradedQuestion]:
    """The questions of a split, in the order of their file names."""
    return [_question(path) for path in sorted((data / _FOLDERS[name, split]).glob("*.xml"))]


def _question(path: Path) -> GradedQuestion:
    root = ET.parse(path).getroot()
    reference = " ".join(_text(node) for node in root.iter("referenceAnswer"))
    parts = [" ".join(part.split()) for part in _SENTENCE_END.split(reference)]
    statements = [part for part in parts if len(part.split()) >= _LEAST_WORDS]
    return GradedQuestion(
        id=root.get("id", path.stem),
        prompt=" ".join(_text(root.find("questionText")).split()),
        statements=tuple(statements or [" ".join(reference.split())]),
        answers=tuple(_graded(node) for node in root.iter("studentAnswer")),
    )


def _graded(node: ET.Element) -> Graded:
    grade = node.get("accuracy") or _text(node.find("verification_feedback"))
    response = node.find("response")
    text = _text(response) if response is not None else _text(node)
    return Graded(" ".join(text.split()), _GRADES[grade.strip().lower()])


def _text(node: ET.Element | None) -> str:
    return "" if node is None or node.text is None else node.text

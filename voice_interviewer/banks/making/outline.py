"""What a text holds of a bank: sections, and questions or hints with their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_QUESTIONS = re.compile(
    r"\W*\b(job\s+)?(interview\s+)?(questions?|interview prep)(\s+and\s+answers|\s*&\s*answers)?$",
    re.IGNORECASE,
)
_MOST_TITLE_CHARACTERS = 100
_MOST_TITLE_WORDS = 12


@dataclass(frozen=True)
class Line:
    """One line of a file that is not empty, with its number counted from 1."""

    number: int
    text: str


@dataclass
class Item:
    """One question as far as a text holds it; a hint says what an answer should hold."""

    line: int
    prompt: str = ""
    hint: str = ""
    answer: str = ""
    source: str = ""


@dataclass
class Part:
    """A section: its heading, and how many questions the text says it has (None: it does not)."""

    title: str
    line: int
    promised: int | None = None
    level: str = ""
    items: list[Item] = field(default_factory=list)


@dataclass
class Outline:
    """A text taken apart: `form` names how it was read."""

    form: str
    title: str
    parts: list[Part]

    @property
    def items(self) -> list[Item]:
        """All items in order."""
        return [item for part in self.parts for item in part.items]

    @property
    def role(self) -> str:
        """The title without words like "Interview Questions"."""
        return _QUESTIONS.sub("", self.title).strip() or self.title


def title_among(lines: Sequence[Line]) -> str:
    """The longest of some heading lines that is no sentence; "" where there is none."""
    titles = [line.text for line in lines if looks_like_title(line.text)]
    return max(titles, key=len, default="")


def looks_like_title(text: str) -> bool:
    """True for a short line that does not end like a sentence."""
    short = len(text) <= _MOST_TITLE_CHARACTERS and len(text.split()) <= _MOST_TITLE_WORDS
    return short and not text.endswith((".", "?", "!", ";", ","))


def add_line(items: list[Item], line: Line) -> None:
    """Put a line among items: what ends in "?" is a question, the line after it is its hint."""
    if line.text.endswith("?"):
        items.append(Item(line.number, prompt=line.text))
    elif items and items[-1].prompt and not items[-1].hint:
        items[-1].hint = line.text
    else:
        items.append(Item(line.number, hint=line.text))


def joined(first: str, second: str) -> str:
    """Two pieces of one text, with a full stop between them where the first has no end."""
    if not first:
        return second
    return (
        f"{first} {second}"
        if first.endswith((".", "?", "!", ":", ",", ";"))
        else (f"{first}. {second}")
    )

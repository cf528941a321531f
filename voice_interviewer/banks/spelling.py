"""Acronyms: which ones a voice would stumble on, and how to write them for it."""

from __future__ import annotations

import re

_ACRONYM = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]*[A-Z]{2}[A-Za-z]*")
_SAID_RIGHT = frozenset({"AI", "OK", "TV", "US", "UK", "EU", "CEO", "CTO", "HR"})
_LETTERS = re.compile(r"[A-Z](?![a-z])|[A-Z][a-z]+|[a-z]+")
_MOST_CHARACTERS = 40


def acronyms_in(text: str) -> list[str]:
    """Words with two capitals in a row (KL, vLLM, NVMe), each once, in order."""
    found = (match.group() for match in _ACRONYM.finditer(text))
    return list(dict.fromkeys(a for a in found if len(a) <= _MOST_CHARACTERS))


def stumbling_blocks(text: str) -> list[str]:
    """The acronyms that voices tend to read as a word."""
    return [acronym for acronym in acronyms_in(text) if acronym not in _SAID_RIGHT]


def spelled(acronym: str) -> str:
    """Letter by letter: "K L", "v L L M", "N V Me"."""
    plural = "s" if re.fullmatch(r"[A-Z]{2,}s", acronym) else ""
    letters = _LETTERS.findall(acronym[: len(acronym) - len(plural)])
    return " ".join(letters) + plural


def respelled(text: str) -> str | None:
    """The text with its acronyms spelled for a voice; None where it has none."""
    blocks = set(stumbling_blocks(text))
    if not blocks:
        return None
    return _ACRONYM.sub(lambda m: spelled(m[0]) if m[0] in blocks else m[0], text)

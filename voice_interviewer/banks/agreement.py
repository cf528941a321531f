"""What must agree across a bank: ids are given once, and every section exists."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from voice_interviewer.banks.positioned import Document, Where
from voice_interviewer.banks.source import Problem


def disagreements(document: Document) -> list[Problem]:
    """Each id that stands a second time and each section that does not exist, at its value.

    Works on the raw values, so that it tells these also where other things are wrong.
    """
    found = [*_doubled(document, "sections", ()), *_doubled(document, "questions", ())]
    for index, _ in _mappings(document.value, "questions"):
        found += _doubled(document, "criteria", ("questions", index))
    return [*found, *_unknown_sections(document)]


def _doubled(document: Document, what: str, where: Where) -> Iterator[Problem]:
    parent = document.value
    for part in where:
        parent = parent[part]
    first_line: dict[str, int] = {}
    for index, item in _mappings(parent, what):
        own = item.get("id")
        if not isinstance(own, str):
            continue
        here = (*where, what, index, "id")
        if own in first_line:
            told = f"two {what} share the id {own[:80]!r} (first in line {first_line[own]})"
            yield document.value_problem(here, told, "Rename one of them.")
        else:
            first_line[own] = document.value_problem(here, "").line


def _unknown_sections(document: Document) -> Iterator[Problem]:
    known = [
        own
        for _, section in _mappings(document.value, "sections")
        if isinstance(own := section.get("id"), str)
    ]
    for index, question in _mappings(document.value, "questions"):
        named = question.get("section")
        if not known or not isinstance(named, str) or named in known:
            continue
        close = difflib.get_close_matches(named[:80], known[:100], n=1, cutoff=0.5)
        yield document.value_problem(
            ("questions", index, "section"),
            f"there is no section {named[:80]!r}",
            f"Did you mean `{close[0]}`?" if close else f"There are: {', '.join(known[:20])}.",
        )


def _mappings(parent: Any, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The items of a list that are mappings, with their index."""
    items = parent.get(key) if isinstance(parent, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield index, item

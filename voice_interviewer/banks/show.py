"""A bank as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from voice_interviewer.core.bank import LADDER, Bank, Criterion, Question

_WIDTH = 96


def outline_of(bank: Bank) -> str:
    """Sections with the questions' ids and prompts."""
    lines = [f"{bank.title} ({bank.id})", f"{len(bank.questions)} questions for: {bank.role}"]
    for section in bank.sections:
        lines += ["", f"{section.title} ({section.level})"]
        for question in bank.questions:
            if question.section == section.id:
                lines += [f"  {question.id}", *_wrapped(question.prompt, "    ")]
    return "\n".join(lines)


def rubric_of(question: Question) -> str:
    """One question with everything the examiner has."""
    return "\n".join(_rubric_lines(question))


def _rubric_lines(question: Question) -> Iterator[str]:
    yield question.id
    yield from _wrapped(question.prompt, "  ")
    yield from _wrapped(f"Hint: {question.hint}", "  ")
    for criterion in question.criteria:
        yield ""
        yield f"  {criterion.label} ({criterion.id}, weight {criterion.weight:g})"
        yield from _criterion_lines(criterion)
    for name, text in (("Model answer", question.model_answer), ("Source", question.source)):
        if text:
            yield ""
            yield from _wrapped(f"{name}: {text}", "  ")


def _criterion_lines(criterion: Criterion) -> Iterator[str]:
    yield from _wrapped(criterion.statement, "    ")
    for name, texts in (
        ("also", criterion.also),
        ("wrong", criterion.misconceptions),
        ("terms", tuple(term.term for term in criterion.terms)),
    ):
        for text in texts:
            yield from _wrapped(f"{name}: {text}", "      ")
    for rung in LADDER:
        probe = criterion.probes.on(rung)
        if probe:
            yield from _wrapped(f"{rung}: {probe}", "      ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False
    )

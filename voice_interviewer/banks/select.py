"""Choose which questions of a bank a session asks."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from voice_interviewer.core.bank import Bank, Question
from voice_interviewer.core.events import PlanItem
from voice_interviewer.errors import UsageError


def plan_of(bank: Bank, count: int, question_ids: Sequence[str] = ()) -> tuple[PlanItem, ...]:
    """The session's plan: the named questions, or `count` of them spread over the sections.

    Spreading takes one question of each section in turn, in the bank's order, and asks them in
    that order. Raises UsageError for an unknown id or a count below one.
    """
    if count < 1:
        raise UsageError("An interview needs at least one question.", "Say --questions 1 or more.")
    questions = (
        [_named(bank, name) for name in question_ids] if question_ids else _spread(bank, count)
    )
    return tuple(item_of(bank, question) for question in questions)


def item_of(bank: Bank, question: Question) -> PlanItem:
    """One question with the names a screen shows beside it."""
    section = bank.section_of(question)
    return PlanItem(question=question, section_title=section.title, level=section.level)


def _named(bank: Bank, name: str) -> Question:
    try:
        return bank.question(name)
    except KeyError:
        ids = [question.id for question in bank.questions]
        close = difflib.get_close_matches(name, ids, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"It has: {', '.join(ids)}."
        raise UsageError(f"The bank {bank.id} has no question {name!r}.", hint) from None


def _spread(bank: Bank, count: int) -> list[Question]:
    place_in_section: dict[str, int] = {}
    order = {section.id: index for index, section in enumerate(bank.sections)}
    ranked = []
    for question in bank.questions:
        place = place_in_section.get(question.section, 0)
        place_in_section[question.section] = place + 1
        ranked.append((place, order[question.section], question.id))
    chosen = {question_id for _, _, question_id in sorted(ranked)[:count]}
    return [question for question in bank.questions if question.id in chosen]

"""Choose which questions of a bank a session asks."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence

from voice_interviewer.banks.load import load_bank, shipped_banks
from voice_interviewer.core.bank import Bank, Question
from voice_interviewer.core.events import PlanItem
from voice_interviewer.errors import UsageError


def plan_of(
    bank: Bank,
    count: int,
    question_ids: Sequence[str] = (),
    *,
    asked: Mapping[str, int] | None = None,
    among: Collection[str] | None = None,
) -> tuple[PlanItem, ...]:
    """The session's plan: the named questions, or `count` of them spread over the sections.

    Spreading takes of each section in turn the question that was asked least often, earlier ones
    first, and asks what it took in the bank's order.

    Args:
        asked: question id to how often it was asked before.
        among: take only these where questions are not named.

    Raises UsageError for an unknown id or a count below one.
    """
    if count < 1:
        raise UsageError("An interview needs at least one question.", "Say --questions 1 or more.")
    if question_ids:
        questions = [_named(bank, name) for name in question_ids]
    else:
        open_to = [q for q in bank.questions if among is None or q.id in among]
        questions = _spread(bank, open_to, count, asked or {})
    return tuple(item_of(bank, question) for question in questions)


def item_of(bank: Bank, question: Question) -> PlanItem:
    """One question with the names a screen shows beside it."""
    section = bank.section_of(question)
    return PlanItem(question=question, section_title=section.title, level=section.level)


def _named(bank: Bank, name: str) -> Question:
    try:
        return bank.question(name)
    except KeyError:
        hint = _meant(bank, name)
        raise UsageError(f"The bank {bank.id} has no question {name!r}.", hint) from None


def _meant(bank: Bank, name: str) -> str:
    """What may have been meant by a question's name that is not in the bank."""
    for other, path in shipped_banks().items():
        if other != bank.id and any(q.id == name for q in load_bank(path).questions):
            return f"It is in another bank: --bank {other}."
    close = difflib.get_close_matches(name, [question.id for question in bank.questions], n=1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"`voice-interviewer banks show {bank.id}` lists what it has."


def _spread(
    bank: Bank, questions: Sequence[Question], count: int, asked: Mapping[str, int]
) -> list[Question]:
    order = {section.id: index for index, section in enumerate(bank.sections)}
    place_in_section: dict[str, int] = {}
    ranked = []
    for question in sorted(questions, key=lambda q: asked.get(q.id, 0)):
        place = place_in_section.get(question.section, 0)
        place_in_section[question.section] = place + 1
        ranked.append((place, order[question.section], question.id))
    chosen = {question_id for _, _, question_id in sorted(ranked)[:count]}
    return [question for question in questions if question.id in chosen]

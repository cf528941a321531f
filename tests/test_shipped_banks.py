"""What must hold for every question in every shipped bank, with any judge."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from answers import KINDS, answers_of, banks, clauses, judged

from voice_interviewer.core.bank import LADDER, Bank, Question
from voice_interviewer.core.transcript import tokens_of

BANKS = {bank.id: bank for bank in banks()}
FIRST = BANKS["rlhf-systems-engineer"]
QUESTIONS = [pytest.param(b, q, id=q.id) for b in BANKS.values() for q in b.questions]
PAGE_SECTIONS = {
    "Beginner": 5,
    "Intermediate": 10,
    "Advanced": 10,
    "Scenario-Based": 10,
    "AI Workflow & Tools": 10,
    "Behavioral": 5,
}
# Words that only join the clauses of a hint.
JOINING = set(
    tokens_of(
        "a address and answer answers are articulate but clarify compare cover demonstrate"
        " describe discuss explain explains for great look mention note reference should show"
        " strong that through walk while"
    )
)


def credited(question: Question, text: str) -> list[str]:
    return [v.criterion_id for v in judged(question, text).verdicts if v.verdict == "met"]


def test_the_first_bank_has_the_pages_sections_and_counts() -> None:
    counts = {
        section.title: sum(q.section == section.id for q in FIRST.questions)
        for section in FIRST.sections
    }
    assert counts == PAGE_SECTIONS
    assert list(counts) == list(PAGE_SECTIONS)
    assert len(BANKS["behavioral-general"].questions) == 20


@pytest.mark.parametrize(("bank", "question"), QUESTIONS)
def test_a_question_is_whole(bank: Bank, question: Question) -> None:
    assert len(question.prompt.split()) <= 45
    assert 3 <= len(question.criteria) <= 6
    assert 150 <= len(question.model_answer.split()) <= 250
    total = sum(criterion.weight for criterion in question.criteria)
    for criterion in question.criteria:
        where = f"{question.id}/{criterion.id}"
        assert criterion.weight <= total / 2, where
        assert len(set(criterion.also)) >= 4, where
        assert len(set(criterion.misconceptions)) >= 2, where
        assert all(term.sounds_like for term in criterion.terms), where
        probes = [criterion.probes.on(rung) for rung in LADDER]
        assert all(probes), where
        assert len(set(probes)) == len(LADDER), where


@pytest.mark.parametrize(("bank", "question"), QUESTIONS)
def test_no_probe_gives_a_term_away(bank: Bank, question: Question) -> None:
    def has(text: str, term: str) -> bool:
        return f" {' '.join(tokens_of(term))} " in f" {' '.join(tokens_of(text))} "

    leaks = [
        (criterion.id, rung, term.term)
        for criterion in question.criteria
        for term in criterion.terms
        for rung in LADDER
        if has(criterion.probes.on(rung) or "", term.term) and not has(question.prompt, term.term)
    ]
    assert leaks == []


@pytest.mark.parametrize(("bank", "question"), QUESTIONS)
def test_nothing_is_earned_by_saying_nothing(bank: Bank, question: Question) -> None:
    for nothing in (
        "",
        "um",
        "I don't know.",
        "Sorry, I really don't know that one, could we skip it?",
        question.prompt,
        f"So you're asking: {question.prompt} Good question.",
    ):
        assert credited(question, nothing) == [], nothing


@pytest.mark.parametrize(("bank", "question"), QUESTIONS)
def test_every_question_has_blind_answers_and_the_model_answer_is_one(
    bank: Bank, question: Question
) -> None:
    written = answers_of(bank.id)[question.id]
    assert set(written) == set(KINDS)
    assert written["model"].split() == question.model_answer.split()
    assert all(len(text.split()) >= 70 for text in written.values())


def test_no_two_criteria_of_a_bank_share_a_paraphrase() -> None:
    for bank in BANKS.values():
        said = [
            " ".join(tokens_of(text))
            for question in bank.questions
            for criterion in question.criteria
            for text in (criterion.statement, *criterion.also, *criterion.misconceptions)
        ]
        doubled = sorted({text for text in said if said.count(text) > 1})
        assert doubled == []


def test_every_clause_is_carried_by_a_criterion_there_is() -> None:
    for question_id, clause, criterion_id in clauses():
        assert FIRST.question(question_id).criterion(criterion_id), clause


def test_the_clauses_are_all_that_the_page_says() -> None:
    folder = Path(__file__).resolve().parents[2] / "shared" / "seed"
    pages = sorted(folder.glob("*.txt"))
    if not pages:
        pytest.skip("the page that the bank was made from is not beside the checkout")
    hints = _hints(pages[0].read_text(encoding="utf-8"))
    assert len(hints) == len(FIRST.questions)
    for hint, question in zip(hints, FIRST.questions, strict=True):
        mine = [clause for name, clause, _ in clauses() if name == question.id]
        assert all(clause.lower() in hint.lower() for clause in mine), question.id
        carried = {token for clause in mine for token in tokens_of(clause)}
        assert set(tokens_of(hint)) - carried <= JOINING, question.id


def _hints(page: str) -> list[str]:
    hints: list[str] = []
    inside = False
    for line in page.splitlines():
        counted = re.match(r"^\d+ questions(.*)$", line)
        if counted:
            inside = True
            hints.append(counted[1])
        elif inside and line not in PAGE_SECTIONS:
            hints.append(line)
    return hints

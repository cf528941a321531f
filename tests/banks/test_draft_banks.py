"""A text becomes a bank that is valid, says what is unfinished, and reads back as it was."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from banks_texts import ASKED, MARKDOWN, PAGE, PLAIN, TABLE
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_interviewer.banks.lint import lint_bank
from voice_interviewer.banks.load import load_bank, parse_bank
from voice_interviewer.banks.making.draft import Draft, draft_bank
from voice_interviewer.banks.making.outline import Outline
from voice_interviewer.banks.making.outlines import read_outline
from voice_interviewer.banks.making.skeleton import skeleton
from voice_interviewer.banks.making.write import bank_yaml, save_new
from voice_interviewer.banks.source import BankFileError
from voice_interviewer.banks.unfinished import todos_in
from voice_interviewer.core.bank import (
    Bank,
    Criterion,
    Probes,
    Pronunciation,
    Question,
    Section,
    Term,
)
from voice_interviewer.errors import BankError, UsageError

SEED = Path(__file__).resolve().parents[2].parent / "shared" / "seed"


def drafted(folder: Path, text: str, name: str = "notes.txt") -> Draft:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return draft_bank(read_outline(path), "notes")


def test_one_criterion_a_clause(tmp_path: Path) -> None:
    draft = drafted(tmp_path, PAGE)
    bank = draft.bank
    assert (bank.title, bank.role) == (
        "Site Reliability Engineer Interview Questions",
        "Site Reliability Engineer",
    )
    assert [(s.id, s.level) for s in bank.sections] == [
        ("beginner", "beginner"),
        ("incidents-tools", "intermediate"),
    ]
    budgets, runbook, tools, calm, rollback = bank.questions
    assert [c.statement for c in tools.criteria] == [
        "DNS lookups.",
        "TLS certificates (expiry, chain).",
        "Reference model checks.",
        "When to escalate.",
    ]
    assert tools.criteria[1].terms == (Term(term="TLS", sounds_like=("T L S",)),)
    assert (tools.prompt, tools.say) == (
        "What would you tell me about DNS lookups?",
        "What would you tell me about D N S lookups?",
    )
    assert tools.id == "dns-lookups"
    assert len(budgets.criteria) == 3
    assert runbook.prompt.startswith("Somebody tells you that a runbook is a script for people.")
    assert [c.id for c in calm.criteria] == ["calm-communication", "a-written-timeline", "no-blame"]
    assert len(rollback.criteria) == 4
    assert draft.notes == ()


def test_a_wrong_count_is_told(tmp_path: Path) -> None:
    draft = drafted(tmp_path, PAGE.replace("3 questions", "4 questions"))
    assert draft.notes == ("line 7: Incidents & Tools promises 4 questions, holds 3",)


def test_questions_and_answers_of_the_text_are_kept(tmp_path: Path) -> None:
    draft = drafted(tmp_path, ASKED)
    page, shift, post_mortem = draft.bank.questions
    assert page.prompt == "What makes a page worth waking somebody for?"
    assert [c.statement for c in page.criteria] == [
        "It needs a person now.",
        "It has a runbook.",
        "It is rare.",
    ]
    assert page.model_answer == page.hint
    assert [c.label for c in shift.criteria] == ["Open incidents", "Risky changes", "Who is away"]
    assert draft.todos[shift.id].question == ()
    assert "write the hint, and a criterion" in draft.todos[post_mortem.id].question[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [(PAGE, "a.txt"), (ASKED, "a.txt"), (MARKDOWN, "a.md"), (TABLE, "a.csv"), (PLAIN, "a.txt")],
)
def test_a_draft_reads_back_equal_and_is_marked(tmp_path: Path, text: str, name: str) -> None:
    draft = drafted(tmp_path, text, name)
    out = tmp_path / "out.yaml"
    save_new(out, bank_yaml(draft.bank, head=["Drafted."], todos=draft.todos))
    assert load_bank(out) == draft.bank
    written = out.read_text(encoding="utf-8")
    assert written.startswith("# yaml-language-server: $schema=./bank.schema.json\n# Drafted.\n")
    assert max(map(len, written.splitlines())) <= 100
    criteria = sum(len(question.criteria) for question in draft.bank.questions)
    assert len(todos_in(written)) == criteria + len(
        [q for q in draft.bank.questions if draft.todos[q.id].question]
    )
    rules = {finding.rule for finding in lint_bank(out)}
    assert rules == {"unfinished", "few-also", "few-misconceptions"}


def test_the_page_this_project_was_born_from(tmp_path: Path) -> None:
    pages = sorted(SEED.glob("*.txt"))
    if not pages:
        pytest.skip("the page of hints is not beside the checkout (../shared/seed)")
    draft = draft_bank(read_outline(pages[0]), "seed")
    bank = draft.bank
    assert len(bank.questions) == 50
    counts = [sum(q.section == s.id for q in bank.questions) for s in bank.sections]
    assert counts == [5, 10, 10, 10, 10, 5]
    assert draft.notes == ()
    assert all(2 <= len(question.criteria) <= 6 for question in bank.questions)
    out = tmp_path / "seed.yaml"
    save_new(out, bank_yaml(bank, todos=draft.todos))
    assert load_bank(out) == bank
    assert not [finding for finding in lint_bank(out) if finding.severity == "error"]


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        save_new(path, "yours")
    assert path.read_text() == "mine"
    with pytest.raises(BankError, match="cannot be written"):
        save_new(tmp_path / "no" / "mine.yaml", "yours")


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=120),
    st.sampled_from(
        ["null", "1e5", ".5e3", "- a", "a: b", "#x", "'", '"', "%", "@a", "`", "{a}", "[red]", ">-"]
        + ["a\nb", "a  b", "true", "!x", "&a", "*a", "...", "---", "TODO: x", "a #b", "\\x1b"]
        + ["word " * 40, "https://example.org/" + "x" * 120, "émoji 🎙 " * 20]
    ),
).filter(lambda text: text.strip())


@given(TEXTS, TEXTS, TEXTS, TEXTS)
@settings(max_examples=150)
def test_any_text_survives_being_written(a: str, b: str, c: str, d: str) -> None:
    probes = Probes(clarify=a, example=b, failure=c)
    criterion = Criterion(
        id="null", label=a, statement=b, also=(c, d), probes=probes, weight=0.5,
        terms=(Term(term=d, sounds_like=(a, b)), Term(term=c)),
    )  # fmt: skip
    question = Question(
        id="123", section="true", prompt=c, say=d, hint=a, criteria=(criterion,), minutes=2.5,
        model_answer=b, source=c,
    )  # fmt: skip
    bank = Bank(
        schema="voice-interviewer/bank@1", id="x", title=d, role=c, questions=(question,),
        sections=(Section(id="true", title=b, level=a),),
        pronunciations=(Pronunciation(term=a, say=b),),
    )  # fmt: skip
    assert parse_bank(bank_yaml(bank), Path("x.yaml")) == bank


PIECES = """
Beginner¶|2 questionsShould |cover |a, |b; |that |and |while |such as |what?¶|¶|Q: |A: |Hint: |# |
## T¶|- |  - |1. |question,hint¶|"|,|\x1b[31m|\x9b2J|\u202e|\u200b|\x07|\t|\r|[red]|[@click=x]|
**|__|(|)|KL |../|'|```¶|---¶|=========|é|日本 |🎙
""".replace("\n", "").split("|")
HOSTILE = st.lists(st.sampled_from([*PIECES, "|"]), max_size=40).map(
    lambda pieces: "".join(pieces).replace("¶", "\n")
)


@given(st.one_of(HOSTILE, st.text(max_size=200)), st.sampled_from([".txt", ".csv", ".md"]))
@settings(max_examples=300)
def test_no_text_brings_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"hostile{suffix}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    began_s = time.process_time()
    outcome = read_or_refused(path)
    if isinstance(outcome, Outline):
        draft = draft_bank(outcome, "x")
        assert parse_bank(bank_yaml(draft.bank, todos=draft.todos), Path("x.yaml")) == draft.bank
    else:
        assert str(outcome).startswith(f"{path}:")
    assert time.process_time() - began_s < 1


def read_or_refused(path: Path) -> Outline | BankFileError:
    try:
        return read_outline(path)
    except BankFileError as error:
        return error


@pytest.mark.parametrize("bank_id", ["my-bank", "null", "2024", "a" * 80])
def test_a_new_bank_is_valid_and_lints_clean(tmp_path: Path, bank_id: str) -> None:
    path = tmp_path / "new.yaml"
    save_new(path, skeleton(bank_id))
    bank = load_bank(path)
    assert bank.id == bank_id
    assert lint_bank(path) == []
    assert 150 <= len(bank.questions[0].model_answer.split()) <= 250


@pytest.mark.parametrize("bank_id", ["../x", "A B", "", "\x1b[31m", "a" * 81, "a/b", "x.yaml"])
def test_a_new_bank_needs_an_id_that_can_be_a_file_name(bank_id: str) -> None:
    with pytest.raises(UsageError, match="is no id") as told:
        skeleton(bank_id)
    assert "\x1b" not in str(told.value)

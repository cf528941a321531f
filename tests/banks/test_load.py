"""Banks are read with positions; whatever is wrong is named with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_interviewer.banks.load import find_bank, load_bank, shipped_banks
from voice_interviewer.banks.positioned import read_yaml
from voice_interviewer.banks.select import plan_of
from voice_interviewer.banks.source import BankFileError
from voice_interviewer.errors import BankError, UsageError

GOOD = """\
schema: voice-interviewer/bank@1
id: small
title: A small bank
role: Tester
language: en
sections:
  - {id: one, title: One, level: easy}
  - {id: two, title: Two, level: hard}
questions:
  - id: first
    section: one
    prompt: "What is one?"
    hint: Should say it.
    criteria:
      - id: a
        label: A
        statement: It is a unit.
        weight: 2
        probes: {clarify: "How so?"}
  - id: second
    section: one
    prompt: What else?
    hint: Should say it.
    criteria: [{id: a, label: A, statement: S, probes: {clarify: "?"}}]
  - id: third
    section: two
    prompt: What is two?
    hint: Should say it.
    criteria: [{id: a, label: A, statement: S, probes: {clarify: "?"}}]
"""


def bank_file(folder: Path, text: str) -> Path:
    path = folder / "bank.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def error_of(folder: Path, text: str) -> str:
    with pytest.raises(BankError) as told:
        load_bank(bank_file(folder, text))
    return str(told.value).replace(str(folder) + "/", "")


def test_a_good_bank_is_read(tmp_path: Path) -> None:
    bank = load_bank(bank_file(tmp_path, GOOD))
    assert [q.id for q in bank.questions] == ["first", "second", "third"]
    assert bank.questions[0].criteria[0].weight == 2.0
    assert bank.section_of(bank.questions[2]).title == "Two"


def test_a_bank_is_read_once_until_it_changes(tmp_path: Path) -> None:
    path = bank_file(tmp_path, GOOD)
    bank = load_bank(path)
    assert load_bank(path) is bank
    path.write_text(GOOD.replace("A small bank", "A changed bank"))
    assert load_bank(path).title == "A changed bank"
    path.unlink()
    with pytest.raises(BankError, match="cannot be read"):
        load_bank(path)


MISTAKES = {
    "a typo in a key": (
        ("        label: A\n", "        lable: A\n"),
        "bank.yaml:16:9: unknown key `lable`. Did you mean `label`?",
    ),
    "a key missing": (("    hint: Should say it.\n    criteria:\n", "    criteria:\n"), ":10:5: "),
    "a wrong type": (("weight: 2", "weight: heavy"), "bank.yaml:18:9: "),
    "a weight of nothing": (("weight: 2", "weight: 0"), "bank.yaml:18:9: "),
    "a doubled key": (
        ("title: A small bank", "title: A\ntitle: B"),
        "bank.yaml:4:1: the key 'title' stands twice (first in line 3)",
    ),
    "a doubled question": (
        ("- id: second", "- id: first"),
        "bank.yaml:20:9: two questions share the id 'first' (first in line 10).",
    ),
    "a doubled section": (
        ("id: two, title", "id: one, title"),
        "bank.yaml:8:10: two sections share the id 'one' (first in line 7).",
    ),
    "a doubled criterion": (
        (
            'statement: S, probes: {clarify: "?"}}]\n  - id: third',
            'statement: S, probes: {clarify: "?"}}, {id: a, label: B, statement: T, '
            'probes: {clarify: "?"}}]\n  - id: third',
        ),
        "bank.yaml:24:78: two criteria share the id 'a' (first in line 24).",
    ),
    "an unknown section": (
        ("section: two", "section: tow"),
        "bank.yaml:26:14: there is no section 'tow'. Did you mean `two`?",
    ),
    "a bad id": (
        ("id: small", "id: ../Small Bank"),
        "hyphens: small-bank.",
    ),
    "a number for a text": (("title: A small bank", "title: 2024"), 'in quotes: "2024".'),
    "broken YAML": (('prompt: "What is one?"', 'prompt: "What is one?'), "bank.yaml:"),
    "an alias": (("title: A small bank", "title: &x A"), "bank.yaml:3:8: anchors and aliases"),
    "an escape": (("title: A small bank", "title: A \x1b[31m"), "bank.yaml:3:10: a control"),
    "reversed text": (("title: A small bank", "title: A \u202e B"), "bank.yaml:3:10: an invisible"),
    "an escape in quotes": (
        ("title: A small bank", 'title: "A \\x1b[31m"'),
        "bank.yaml:3:8: a control character, written as an escape",
    ),
    "an escape in a comment": (("title: A", "# \x9b31m\ntitle: A"), "bank.yaml:3:3: a control"),
    "half a character": (("title: A small bank", 'title: "\\ud800"'), "bank.yaml:3:8: "),
    "a hidden letter": (("title: A small", "title: A\u200b small"), "bank.yaml:3:9: an invisible"),
    "another schema": (("bank@1", "bank@9"), "bank.yaml:1:1: "),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, name: str) -> None:
    (old, new), expected = MISTAKES[name]
    assert old in GOOD
    assert expected in error_of(tmp_path, GOOD.replace(old, new, 1))


def test_every_mistake_is_listed_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace("weight: 2", "weight: heavy").replace("role: Tester", "rolle: Tester")
    text = text.replace("id: second", "id: first").replace("section: two", "section: tow")
    lines = error_of(tmp_path, text).splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"bank.yaml:{place}" for place in ("1:1", "4:1", "18:9", "20:9", "26:14")
    ]


def test_problems_are_told_apart_for_scripts(tmp_path: Path) -> None:
    with pytest.raises(BankFileError) as told:
        load_bank(bank_file(tmp_path, GOOD.replace("label: A\n", "lable: A\n")))
    wanted, unknown = sorted(told.value.problems, key=lambda problem: problem.column)
    assert (wanted.line, wanted.column) == (15, 9)
    assert (unknown.line, unknown.column, unknown.hint) == (16, 9, "Did you mean `label`?")


def test_markup_is_plain_text_and_stays_as_it_is(tmp_path: Path) -> None:
    markup = "[red]A[/red] [@click=app.quit]x[/] <b> **c** {{d}} $e %s [["
    bank = load_bank(bank_file(tmp_path, GOOD.replace("A small bank", f"'{markup}'")))
    assert bank.title == markup


@pytest.mark.parametrize("word", ["yes", "no", "on", "tRUE", "NaN", ".inf", "0x1F", "1e5", "1_0"])
def test_a_word_stays_a_word(tmp_path: Path, word: str) -> None:
    assert load_bank(bank_file(tmp_path, GOOD.replace("A small bank", word))).title == word


def test_positions_point_at_keys_and_items(tmp_path: Path) -> None:
    document = read_yaml(bank_file(tmp_path, GOOD))
    assert document.positions[("questions", 0, "criteria", 0, "probes")] == (19, 9)
    assert document.positions[("sections", 1)] == (8, 5)


def test_every_shipped_bank_is_valid() -> None:
    banks = shipped_banks()
    assert "rlhf-systems-engineer" in banks
    for name, path in banks.items():
        assert load_bank(path).id == name


def test_an_unknown_bank_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean rlhf-systems-engineer"):
        find_bank("rlhf-system-engineer")


def test_questions_are_spread_over_the_sections(tmp_path: Path) -> None:
    bank = load_bank(bank_file(tmp_path, GOOD))
    assert [item.question.id for item in plan_of(bank, 2)] == ["first", "third"]
    assert [item.question.id for item in plan_of(bank, 9)] == ["first", "second", "third"]
    assert [i.question.id for i in plan_of(bank, 9, ["third", "first"])] == ["third", "first"]
    assert plan_of(bank, 1)[0].section_title == "One"
    asked = {"first": 1}
    assert [item.question.id for item in plan_of(bank, 2, asked=asked)] == ["second", "third"]
    among = {"first", "second"}
    assert [item.question.id for item in plan_of(bank, 2, among=among)] == ["first", "second"]
    with pytest.raises(UsageError, match="Did you mean third"):
        plan_of(bank, 1, ["thrid"])
    with pytest.raises(UsageError, match="at least one"):
        plan_of(bank, 0)


PRONOUNCED = GOOD.replace(
    "sections:",
    'pronunciations:\n  - {term: KL, say: K L}\n  - {term: C++, say: "C"}\nsections:',
    1,
)


def test_a_bank_may_say_how_terms_are_pronounced(tmp_path: Path) -> None:
    bank = load_bank(bank_file(tmp_path, PRONOUNCED))
    assert [(said.term, said.say) for said in bank.pronunciations] == [("KL", "K L"), ("C++", "C")]
    assert load_bank(bank_file(tmp_path, GOOD)).pronunciations == ()


def test_a_term_has_one_pronunciation(tmp_path: Path) -> None:
    told = error_of(tmp_path, PRONOUNCED.replace("term: C++", "term: KL"))
    assert "two pronunciations share the term 'KL'" in told


def test_a_pronunciation_needs_words(tmp_path: Path) -> None:
    told = error_of(tmp_path, PRONOUNCED.replace("say: K L", 'say: " "'))
    assert told.startswith("bank.yaml:7:")

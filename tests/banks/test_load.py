"""Banks are read with positions; whatever is wrong is named with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.banks.load import find_bank, load_bank, shipped_banks
from voice_interviewer.banks.positioned import read_yaml
from voice_interviewer.banks.select import plan_of
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
    "a doubled id": (("- id: second", "- id: first"), "two questions share the id 'first'"),
    "an unknown section": (("section: two", "section: tow"), "'tow'"),
    "a bad id": (("id: small", "id: ../small"), "bank.yaml:2:1: "),
    "broken YAML": (('prompt: "What is one?"', 'prompt: "What is one?'), "bank.yaml:"),
    "an alias": (("title: A small bank", "title: &x A"), "bank.yaml:3:8: anchors and aliases"),
    "an escape": (("title: A small bank", "title: A \x1b[31m"), "bank.yaml:3:1: a control"),
    "reversed text": (("title: A small bank", "title: A \u202e B"), "bank.yaml:3:8: an invisible"),
    "another schema": (("bank@1", "bank@9"), "bank.yaml:1:1: "),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, name: str) -> None:
    (old, new), expected = MISTAKES[name]
    assert old in GOOD
    assert expected in error_of(tmp_path, GOOD.replace(old, new, 1))


def test_every_mistake_is_listed_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("weight: 2", "weight: heavy").replace("role: Tester", "rolle: Tester")
    lines = error_of(tmp_path, text).splitlines()
    assert len(lines) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- just\n- a list\n",
        "[" * 10_000,
        "a: " * 5_000,
        "x: " + "[" * 30 + "]" * 30,
        "schema: 1\n---\nschema: 2\n",
        "? [a, b]\n: c\n",
        "\x00",
    ],
)
def test_what_is_no_bank_is_refused_at_once(tmp_path: Path, text: str) -> None:
    assert "bank.yaml:" in error_of(tmp_path, text)


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(BankError, match="too large"):
        load_bank(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BankError, match="UTF-8"):
        load_bank(path)


@given(st.text(max_size=300))
def test_no_text_brings_a_traceback(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = bank_file(tmp_path_factory.mktemp("hostile"), text)
    with pytest.raises(BankError, match="bank"):
        load_bank(path)


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
    with pytest.raises(BankError, match="Did you mean rlhf-systems-engineer"):
        find_bank("rlhf-system-engineer")


def test_questions_are_spread_over_the_sections(tmp_path: Path) -> None:
    bank = load_bank(bank_file(tmp_path, GOOD))
    assert [item.question.id for item in plan_of(bank, 2)] == ["first", "third"]
    assert [item.question.id for item in plan_of(bank, 9)] == ["first", "second", "third"]
    assert [i.question.id for i in plan_of(bank, 9, ["third", "first"])] == ["third", "first"]
    assert plan_of(bank, 1)[0].section_title == "One"
    with pytest.raises(UsageError, match="Did you mean third"):
        plan_of(bank, 1, ["thrid"])
    with pytest.raises(UsageError, match="at least one"):
        plan_of(bank, 0)

"""Hostile bank files: refused at a place in the file, in under a second, without a traceback."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from voice_interviewer.banks.load import load_bank, parse_bank
from voice_interviewer.banks.source import BankFileError, clean, hostile_in
from voice_interviewer.core.bank import Bank
from voice_interviewer.errors import BankError

LIMIT_S = 1.0
HEAD = "schema: voice-interviewer/bank@1\nid: a\ntitle: A\nrole: R\n"

SHAPES = {
    "nothing": "",
    "a list": "- just\n- a list\n",
    "deep brackets": "[" * 10_000,
    "deep braces": "{" * 10_000,
    "deep items": "- " * 10_000,
    "deep keys": "? " * 10_000,
    "deep blocks": "".join(" " * depth + "a:\n" for depth in range(1000)),
    "deep pairs": "a: " * 5_000,
    "twenty and more": "x: " + "[" * 30 + "]" * 30,
    "two documents": "schema: 1\n---\nschema: 2\n",
    "a list as a key": "? [a, b]\n: c\n",
    "a null byte": "\x00",
    "exploding aliases": "a: &a [x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(50)),
    "a merge": "<<: {schema: 1}\n",
    "a python tag": 'x: !!python/object/apply:os.system ["true"]\n',
    "many exclamation marks": "!" * 1_400_000,
    "one long word": "title: " + "a" * 1_400_000,
    "many values": "[" + "a," * 9_000 + "]\n" + "# more\n" * 1000,
    "many questions": HEAD + "questions:\n" + "- a\n" * 25_000,
    "many keys": HEAD + "".join(f"k{number}: v\n" for number in range(25_000)),
    "many doubles": HEAD + "questions:\n" + "- {id: a, section: b}\n" * 4_000,
    "many lines": "a\n" * 700_000,
    "many blanks": "\n" * 1_400_000,
    "one open quote": '"' + "a\n" * 29_000,
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_hostile_shape_is_refused_at_a_place_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bank.yaml"
    path.write_text(SHAPES[name], encoding="utf-8")
    began_s = time.process_time()
    with pytest.raises(BankFileError) as told:
        load_bank(path)
    assert time.process_time() - began_s < LIMIT_S * 5  # the slowest took 2.5 s on a slow machine
    assert str(told.value).startswith(f"{path}:")
    assert len(told.value.problems) <= 51
    first = told.value.problems[0]
    assert first.line >= 1
    assert first.column >= 1


def test_a_file_of_fifty_megabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    began_s = time.process_time()
    with pytest.raises(BankFileError, match="too large"):
        load_bank(path)
    assert time.process_time() - began_s < LIMIT_S


def test_what_never_ends_is_refused() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no /dev/zero")
    with pytest.raises(BankFileError, match="too large"):
        load_bank(Path("/dev/zero"))


def test_a_folder_is_no_bank(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="cannot be read"):
        load_bank(tmp_path)


def test_bytes_that_are_no_text_are_named_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    path.write_bytes("id: a\ntitle: é".encode() + b"\xff\xfe")
    with pytest.raises(BankFileError, match=r"bank\.yaml:2:9: this is not UTF-8"):
        load_bank(path)


PIECES = st.sampled_from(
    [
        "schema: voice-interviewer/bank@1\n", "id: a\n", "id: ../a\n", "title: A\n", "role: R\n",
        "language: en\n", "sections:\n", "  - {id: s, title: S, level: l}\n", "questions:\n",
        "  - id: q\n", "    section: s\n", "    prompt: p\n", "    hint: h\n", "    criteria:\n",
        "      - {id: c, label: l, statement: s, probes: {clarify: p}}\n", "    weight: .nan\n",
        "&a ", "*a", "!!binary ", "<<: ", "- ", "  ", "[", "]", "{", "}", ": ", "? ", "|\n", ">-\n",
        "'", '"', "\\x1b", "\x1b[31m", "\u202e", "\u200b", "#", "---\n", "...\n", "%YAML 1.1\n",
        "[red]", "\n", "\t", "🎙", "null", "true", "1", "1e999",
    ]
)  # fmt: skip


@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join)))
@example("a: !<tag:\u202e> b")
@settings(max_examples=400)
def test_no_text_brings_a_traceback(text: str) -> None:
    began_s = time.process_time()
    outcome = read_or_refused(text)
    assert time.process_time() - began_s < LIMIT_S
    if isinstance(outcome, BankFileError):
        assert str(outcome).startswith("bank.yaml:")
        assert hostile_in(str(outcome).replace("\n", " ")) is None
    else:
        assert hostile_in(outcome.model_dump_json()) is None


def read_or_refused(text: str) -> Bank | BankFileError:
    try:
        return parse_bank(text, Path("bank.yaml"))
    except BankFileError as error:
        return error


@given(st.text(max_size=200))
@example("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x1b[1;31mred\x1b[0m \x9b2J")
def test_cleaned_text_holds_nothing_that_acts(text: str) -> None:
    cleaned = clean(text)
    assert hostile_in(cleaned) is None
    assert clean(cleaned) == cleaned


def test_cleaning_takes_whole_terminal_sequences_and_leaves_markup() -> None:
    assert clean("\x1b[1;31mred\x1b[0m [b]x[/b]\x1b]0;title\x07!") == "red [b]x[/b]!"

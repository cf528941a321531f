"""Where a prompt is cut: after sentences and clauses, never inside a number or an abbreviation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.speaking.clauses import clauses, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("At 3.5 per cent, i.e. 1,250 of them, it fails.", None),
        ("Ask Dr. Smith, e.g. about J. K. Rowling.", None),
        ("It is R L H F. What is it?", ["It is R L H F.", "What is it?"]),
        ("It was PPO vs. DPO in the end.", None),
        ("What about version 2.0? It is out.", ["What about version 2.0?", "It is out."]),
        ('You said: "it is red". Why?', ['You said: "it is red".', "Why?"]),
        ("Beyond that: What about it?", ["Beyond that:", "What about it?"]),
        ("Three things: speed, cost and risk.", None),
        ('He said "stop." Then what?', ['He said "stop."', "Then what?"]),
        ("So... and then what?", None),
        ("— … —", []),
    ],
)
def test_sentences(text: str, expected: list[str] | None) -> None:
    assert list(sentences(text)) == ([text] if expected is None else expected)


def test_clauses_come_as_soon_as_they_are_complete() -> None:
    arrived = 0

    def words() -> object:
        nonlocal arrived
        text = "You mentioned a KL penalty, so how would you choose it? At 3.5, say"
        for word in text.split():
            arrived += 1
            yield f"{word} "

    pieces = clauses(words())  # type: ignore[arg-type]
    assert next(pieces) == "You mentioned a KL penalty,"
    assert arrived == 5
    assert list(pieces) == ["so how would you choose it?", "At 3.5, say"]


def test_a_short_opening_is_not_cut_off_at_its_comma() -> None:
    assert list(clauses(["Well, how would you know that it works, and when?"])) == [
        "Well, how would you know that it works,",
        "and when?",
    ]


def test_a_number_or_abbreviation_split_between_chunks_stays_whole() -> None:
    chunks = ["What if it fell by 3", ".", "5 per cent, i", ".e", ". by half", "?"]
    assert list(clauses(chunks)) == ["What if it fell by 3.5 per cent,", "i.e. by half?"]


def test_text_without_any_point_is_cut_at_a_space() -> None:
    pieces = list(clauses(["word " * 200]))
    assert len(pieces) > 3
    assert all(len(piece) <= 220 for piece in pieces)
    assert " ".join(pieces).split() == ["word"] * 200


@given(st.lists(st.text(alphabet="aB3 .,:;?!-\"'e", max_size=12), max_size=12))
def test_nothing_is_lost_or_said_twice_however_the_text_arrives(chunks: list[str]) -> None:
    def letters(text: str) -> str:
        return "".join(c for c in text if c.isalnum())

    whole = "".join(chunks)
    assert letters("".join(clauses(chunks))) == letters(whole)
    assert letters("".join(sentences(whole))) == letters(whole)

"""Where the end of an answer may be decoded from, and when the result is believed."""

from __future__ import annotations

import pytest

from voice_interviewer.core.transcript import Word
from voice_interviewer.hearing.tail import agree, head, where_to_begin
from voice_interviewer.hearing.timeline import Pause


def one_a_second(count: int) -> tuple[Word, ...]:
    """Words of 0.8 s with gaps of 0.2 s between them."""
    return tuple(Word(text=f"w{n}", start_s=float(n), end_s=n + 0.8) for n in range(count))


def even(_at_s: float) -> float:
    return 1.0


def test_it_begins_in_the_quietest_gap_that_leaves_enough_on_both_sides() -> None:
    draft = one_a_second(10)
    quiet = {3.9: 0.5, 5.9: 0.1, 8.9: 0.0}
    begin_s = where_to_begin(draft, 9.8, (0.0, 10.0), (), lambda at: quiet.get(round(at, 1), 1.0))
    assert begin_s == pytest.approx(5.9)


@pytest.mark.parametrize(
    ("words", "end_s", "why"),
    [
        (5, 5.5, "either side would be under 3 s"),
        (3, 10.0, "the draft ends before the last 6.5 s"),
        (0, 10.0, "the draft has no words"),
        (4, 7.5, "the only gap is within the last, unsettled second of the draft"),
    ],
)
def test_where_nothing_is_gained_there_is_no_such_place(words: int, end_s: float, why: str) -> None:
    draft = one_a_second(words)
    assert where_to_begin(draft, words - 0.2, (0.0, end_s), (), even) is None, why


def test_the_pause_in_which_the_draft_was_made_is_a_place_too() -> None:
    pauses = (Pause(1.8, 2.0), Pause(4.8, 5.4))
    assert where_to_begin(one_a_second(5), 4.8, (0.0, 9.0), pauses, even) == pytest.approx(5.1)


def test_words_without_times_give_no_place() -> None:
    draft = tuple(Word(text="word") for _ in range(20))
    assert where_to_begin(draft, 9.8, (0.0, 10.0), (), even) is None


def test_the_two_have_to_say_the_same_where_they_overlap() -> None:
    draft = one_a_second(9)
    same = (*draft[6:], Word(text="more", start_s=9.0, end_s=9.5))
    other = (draft[6], Word(text="w77", start_s=7.0, end_s=7.8), *draft[8:])
    assert head(draft, 5.9) == draft[:6]
    assert agree(draft, 9.3, 5.9, same)
    assert not agree(draft, 9.3, 5.9, other)
    assert not agree(draft, 9.3, 5.9, draft[7:])
    assert not agree(draft, 9.3, 5.9, ())


def test_marks_and_capitals_are_no_difference() -> None:
    draft = (Word(text="So,", start_s=0.0, end_s=0.4), Word(text="KL.", start_s=0.6, end_s=1.0))
    tail = (Word(text="so", start_s=0.0, end_s=0.4), Word(text="Kl", start_s=0.6, end_s=1.0))
    assert agree(draft, 3.0, 0.0, tail)


def test_a_last_word_that_may_have_been_cut_off_is_not_compared() -> None:
    draft = one_a_second(9)
    whole = (*draft[6:8], Word(text="w8-and-its-end", start_s=8.0, end_s=9.4))
    assert agree(draft, 8.9, 5.9, whole)
    assert not agree(draft, 9.9, 5.9, whole)

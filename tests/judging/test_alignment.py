from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging_samples import STRONG, STRONG_GARBLED, transcript_of

from voice_interviewer.core.transcript import is_verbatim, tokens_of
from voice_interviewer.judging.alignment import align, overlaps

SPOKEN = (
    "So, um, I would, I would raise the the KL penalty when it drifts, you know. "
    "We don't want the reward to decrease. The wind rate stays flat for about 20 steps."
)


def quotes(quote: str, text: str = SPOKEN) -> list[str]:
    transcript = transcript_of(text)
    found = align(transcript, quote)
    assert all(is_verbatim(transcript, e) for e in found)
    return [e.quote for e in found]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("the wind rate stays", ["The wind rate stays"]),
        ("  THE Wind, rate   stays!! ", ["The wind rate stays"]),
        ("“we don’t want the reward”", ["We don't want the reward"]),
        ("[2] We don't want", ["We don't want"]),
        ("KLpenalty", ["KL penalty"]),
        ("k l penalty", ["KL penalty"]),
        ("raise the the KL", ["raise the the KL"]),
        ("decrease", ["decrease."]),
    ],
)
def test_case_spaces_and_marks_do_not_matter(quote: str, found: list[str]) -> None:
    assert quotes(quote) == found


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        (
            "I would raise the KL penalty when it drifts",
            "I would raise the the KL penalty when it drifts,",
        ),
        (
            "The win rate stays flat for about 20 steps",
            "The wind rate stays flat for about 20 steps.",
        ),
        (
            "the win rate stayed flat for about 20 steps",
            "The wind rate stays flat for about 20 steps.",
        ),
        ("We don't want that the reward decreases", None),
        (
            "I'd raise the KL penalty when it drifts, you know",
            "raise the the KL penalty when it drifts, you know.",
        ),
    ],
)
def test_fillers_and_mended_words_are_replaced_by_what_was_said(
    quote: str, found: str | None
) -> None:
    assert quotes(quote) == ([found] if found else [])


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "…",
        "[3]",
        "the gold reward goes down a lot",
        "raise the KL coefficient when it drifts",
        "We want the reward to decrease",
        "We don't want the reward to increase",
        "The wind rate stays flat for about 30 steps",
        "The wind rate stays flat for about 20 steps and then we stop the run",
        "I would lower the the KL penalty when it drifts",
        "I would raise the the KL penalty before it drifts",
        "I would never raise the the KL penalty when it drifts",
        "ward to decr",
        "e",
    ],
)
def test_other_words_are_no_quote(quote: str) -> None:
    assert quotes(quote) == []


def test_a_not_right_before_a_quote_is_part_of_it() -> None:
    assert quotes("want the reward to decrease") == ["don't want the reward to decrease."]
    assert quotes("raise it", "No, raise it.") == ["raise it."]


def test_prefixes_that_turn_a_word_are_no_misspelling() -> None:
    text = "the training of the policy was quite unstable for the whole of the second week"
    assert (
        quotes("the training of the policy was quite stable for the whole of the second week", text)
        == []
    )


def test_ellipses_part_a_quote_and_one_invented_piece_spoils_it() -> None:
    assert quotes("when it drifts ... The wind rate stays flat") == [
        "when it drifts,",
        "The wind rate stays flat",
    ]
    assert quotes("when it drifts … and the gold reward falls") == []


def test_of_several_occurrences_the_first_outside_of_what_is_avoided_is_taken() -> None:
    transcript = transcript_of("raise the penalty now. Later raise the penalty again.")
    (first,) = align(transcript, "raise the penalty")
    (second,) = align(transcript, "raise the penalty", avoid=[first])
    assert (first.first_word, second.first_word) == (0, 5)
    (only,) = align(transcript, "penalty now", avoid=[first])
    assert only.first_word == 2
    assert overlaps(only, [first])
    assert not overlaps(second, [first])


@given(st.data())
def test_whatever_is_copied_from_an_answer_is_found_in_it(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([STRONG, STRONG_GARBLED, SPOKEN]))
    words = text.split()
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    transcript = transcript_of(text)
    said = " ".join(words[first : last + 1])
    (found,) = align(transcript, said.replace("...", ""))
    assert " ".join(tokens_of(found.quote)).endswith(" ".join(tokens_of(said)))


@given(st.text(max_size=200), st.text(max_size=80))
def test_nothing_breaks_it(text: str, quote: str) -> None:
    transcript = transcript_of(text)
    assert all(is_verbatim(transcript, e) for e in align(transcript, quote))


@pytest.mark.parametrize("quote", ["a " * 50_000, "raise " * 150, "x" * 250_000, " " * 250_000])
def test_a_long_answer_and_a_long_quote_are_quick(quote: str) -> None:
    transcript = transcript_of((STRONG + " ") * 20)
    began_s = time.thread_time()
    assert align(transcript, quote) == ()
    assert time.thread_time() - began_s < 2.0

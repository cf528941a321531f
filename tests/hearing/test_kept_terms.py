"""The saved text keeps the jargon that the live text was helped with."""

from __future__ import annotations

import pytest

from voice_interviewer.core.transcript import Transcript, words_of
from voice_interviewer.hearing.kept_terms import with_terms_kept

TERMS = ("ChatGPT", "GPT-3", "KV cache", "best of N", "KL", "NCCL")


@pytest.mark.parametrize(
    ("thorough", "live", "kept"),
    [
        ("I mean, chat GPT felt", "i mean ChatGPT felt", "I mean, ChatGPT felt"),
        ("We reserve cash. Then", "we reserve cache then", "We reserve cache Then"),
        ("we use nickel for that", "we use NCCL for that", "we use NCCL for that"),
        ("the KL is high", "the kale is high", "the KL is high"),
        ("the kale penalty", "the KL penalty", "the KL penalty"),
        ("it is off the map", "it is of the map", "it is off the map"),
        ("a sentence of eleven words here", "a KL", "a sentence of eleven words here"),
        ("no more than that", "no more than that KL", "no more than that"),
        ("we said it twice", "we set it twice", "we said it twice"),
        ("", "KL", ""),
        ("said", "", "said"),
    ],
)
def test_only_a_term_in_place_of_other_words_is_taken_over(
    thorough: str, live: str, kept: str
) -> None:
    found = with_terms_kept(words_of(thorough), words_of(live), TERMS)
    assert Transcript(words=found).text == kept


def test_without_terms_nothing_is_taken_over() -> None:
    thorough = words_of("reserve cash")
    assert with_terms_kept(thorough, words_of("reserve cache"), ()) == thorough


def test_what_is_taken_over_keeps_its_time_and_gets_the_segment_it_is_put_in() -> None:
    thorough = tuple(w.model_copy(update={"segment": 3}) for w in words_of("reserve cash now"))
    live = tuple(
        w.model_copy(update={"segment": 9, "start_s": 1.0, "end_s": 1.4, "probability": 0.7})
        for w in words_of("reserve cache now")
    )
    word = with_terms_kept(thorough, live, TERMS)[1]
    assert (word.text, word.segment) == ("cache", 3)
    assert (word.start_s, word.end_s, word.probability) == (1.0, 1.4, 0.7)

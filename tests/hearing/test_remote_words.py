"""From what a transcription server sends, good or hostile, to words that can be believed."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription_server import segment, texts, word

from voice_interviewer.core.transcript import Span, Word
from voice_interviewer.hearing.remote import hint_of
from voice_interviewer.hearing.remote_reply import read_reply
from voice_interviewer.hearing.remote_words import words_heard


def heard(data: Any, speech: tuple[Span, ...] = (), hint: str = "") -> tuple[Word, ...]:
    return words_heard(read_reply(data), duration_s=4.0, speech=speech, hint=hint)


def test_word_times_take_their_spelling_from_the_text_and_their_doubt_from_the_segment() -> None:
    words = heard(
        {
            "text": "Well, it's 5%. Done!",
            "words": [word("Well", 0, 1), word("it's", 1, 1), word("5", 1, 2), word("Done", 3, 4)],
            "segments": [
                segment(" Well, it's 5%.", 0, 2, avg_logprob=math.log(0.5)),
                segment(" Done!", 2.5, 4, avg_logprob=0.1),
            ],
        }
    )  # fmt: skip
    assert texts(words) == "Well, it's 5%. Done!"
    assert [word.probability for word in words] == [0.5, 0.5, 0.5, 1.0]
    assert words[2].start_s == 1.0


def test_tokens_of_a_word_are_put_together() -> None:
    pieces = [(" Hello", 0, 1), (" Ameri", 1, 2), ("cans", 2, 3), (",", 3, 3), (" -", 3, 4)]
    listed = [word(*piece, probability=0.9) for piece in pieces]
    words = heard({"segments": [segment(" Hello Americans, -", words=listed)]})
    assert texts(words) == "Hello Americans,"
    assert (words[1].start_s, words[1].end_s, words[1].probability) == (1.0, 3.0, 0.9)


@pytest.mark.parametrize(
    "bad",
    [
        segment("made up", no_speech_prob=0.9, avg_logprob=-1.5),
        segment("made up", compression_ratio=3.0),
        segment("made up " * 30),
        segment("Terms: PPO, GRPO"),
    ],
)
def test_invented_segments_are_dropped_with_their_words(bad: dict[str, Any]) -> None:
    good = segment("Real words.", 5, 6, no_speech_prob=0.9, avg_logprob=-0.5)
    hint = "Terms: PPO, GRPO, KL"
    assert texts(heard({"text": "x", "segments": [bad, good]}, hint=hint)) == "Real words."
    listed = [word("made", 1, 2), word("Real", 5, 5.5), word("words", 5.5, 6)]
    data = {"text": "x", "words": listed, "segments": [bad, good]}
    assert texts(heard(data, hint=hint)) == "Real words."


@pytest.mark.parametrize("text", ["la la " * 60, "Terms: PPO, GRPO."])
def test_a_loop_and_an_echo_are_no_text(text: str) -> None:
    assert heard({"text": text}, hint="Terms: PPO, GRPO, KL") == ()


def test_words_and_segments_where_nobody_spoke_are_dropped() -> None:
    speech = ((0.0, 1.0),)
    listed = [word("Yes", 0.2, 0.8), word("Thanks", 3, 3.4), word("bye", 3.4, 3.9)]
    assert texts(heard({"text": "Yes. Thanks bye", "words": listed}, speech)) == "Yes."
    parts = [segment("Yes.", 0, 1), segment("Thanks for watching.", 2, 4)]
    assert texts(heard({"text": "", "segments": parts}, speech)) == "Yes."


def test_an_unsure_segment_that_is_mostly_beside_the_speech_is_dropped() -> None:
    speech = ((0.0, 2.1),)
    tail = segment("for the next one.", 2, 3, avg_logprob=-1.8, no_speech_prob=0.5)
    sure = {**tail, "avg_logprob": -0.3}
    parts = [segment("They'd prefer.", 0, 2, avg_logprob=-0.1)]
    assert texts(heard({"segments": [*parts, tail]}, speech)) == "They'd prefer."
    assert texts(heard({"segments": [*parts, tail]})) == "They'd prefer. for the next one."
    assert texts(heard({"segments": [*parts, sure]}, speech)) == "They'd prefer. for the next one."


def test_words_without_a_text_are_words_all_the_same() -> None:
    listed = [word("Yes", 0, 1), word("indeed", 1, 2)]
    for data in ({"words": listed}, {"text": "", "segments": [segment("", words=listed)]}):
        assert texts(heard(data)) == "Yes indeed"


def test_words_without_length_go_with_the_segment_they_began_or_ended() -> None:
    parts = [segment("They'd prefer.", 0, 2), segment("next one.", 2, 2.3, compression_ratio=3)]
    listed = [word("They'd", 0, 1), word("prefer", 1, 2), word("next", 2, 2), word("one", 2.3, 2.3)]
    assert texts(heard({"text": "x", "words": listed, "segments": parts})) == "They'd prefer."


def test_text_without_times_is_spread_over_the_speech() -> None:
    words = heard({"text": "aaa bbb ccc ddd"}, ((0.0, 1.0), (3.0, 4.0)))
    assert [(word.start_s, word.end_s) for word in words] == [
        (0.0, 0.5),
        (0.5, 1.0),
        (3.0, 3.5),
        (3.5, 4.0),
    ]
    assert [word.start_s for word in heard({"text": "aaa bbb"})] == [0.0, 2.0]
    inside = heard({"segments": [segment("aaa bbb", 0, 2.0)]}, ((1.0, 4.0),))
    assert [(word.start_s, word.end_s) for word in inside] == [(1.0, 1.5), (1.5, 2.0)]


def test_a_few_timed_words_do_not_stand_for_a_whole_text() -> None:
    data = {"text": "We trained the reward model on pairs.", "words": [word("We", 0, 0.5)]}
    assert texts(heard(data)) == data["text"]


def test_signs_that_nobody_says_do_not_come_through() -> None:
    text = "\x1b[31mred\u202e [@click] \ud800 \x00 — 5% $ ... naïve\nend"
    assert texts(heard({"text": text})) == "[31mred [@click] 5% $ naïve end"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
NUMBER = st.floats() | st.integers() | st.just(10**400) | JSON
TEXT = st.text(max_size=40) | JSON
TIMES = {"start": NUMBER, "end": NUMBER}
WORD = st.fixed_dictionaries({}, optional={"word": TEXT, "probability": NUMBER, **TIMES})
SEGMENT = st.fixed_dictionaries(
    {},
    optional={
        "text": TEXT,
        **TIMES,
        "words": st.lists(WORD, max_size=4) | JSON,
        "avg_logprob": NUMBER,
        "no_speech_prob": NUMBER,
        "compression_ratio": NUMBER,
    },
)
REPLY = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(max_size=80) | JSON,
        "words": st.lists(WORD, max_size=6) | JSON,
        "segments": st.lists(SEGMENT, max_size=4) | JSON,
        "language": JSON,
    },
)
SPEECH = st.lists(st.tuples(st.floats(0, 4), st.floats(0, 4)).map(sorted).map(tuple), max_size=3)


@given(data=REPLY | JSON, speech=SPEECH, terms=st.lists(st.text(max_size=60), max_size=9))
def test_any_json_is_words_in_order_inside_the_sound_or_no_transcription(
    data: Any, speech: list[Span], terms: list[str]
) -> None:
    hint = hint_of(terms)
    assert len(hint) <= 200
    try:
        reply = read_reply(data)
    except ValueError:
        return
    before_s = 0.0
    for one in words_heard(reply, duration_s=4.0, speech=sorted(speech), hint=hint):
        assert one.start_s is not None
        assert one.end_s is not None
        assert before_s <= one.start_s <= one.end_s <= 4.0
        before_s = one.start_s
        assert one.text.split() == [one.text]
        json.dumps(one.text).encode()
        one.text.encode()

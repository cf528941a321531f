"""How finished a text sounds: what people say, as Whisper writes it at a pause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.hearing.text_ending import Ending, ending_of

CLOSED = [
    "So yeah, that's how I dealt with it.",
    "And that's basically it.",
    "Yeah, I think that answers it.",
    "That would be my example.",
    "I hope that answers your question.",
    "Does that answer the question?",
    "I'll leave it there.",
    "We finished on time. Thank you.",
    "Okay, I'm done.",
]
FADING = [
    "That is pretty much what happened.",
    "So that's how I dealt with it.",
    "That was what we wanted.",
    "In short, measure first and argue later.",
    "We moved the rack, if that makes sense.",
    "He presented to the group, and you know, things like that.",
    "We finished on time. So, yeah.",
    "But it worked, and, um, yeah.",
    "We checked the logs, the metrics and so on.",
    "That could happen again or whatever.",
    "It started with that heater, I guess.",
]
COMPLETE = [
    "She said thank you.",
    "The bridge went in two days late.",
    "Within a quarter we were under one percent.",
    "I wasn't comfortable with that.",
    "So I sat down with the fabricator.",
    "When the steel arrived, it did not fit.",
    "Because it just didn't fit.",
]
UNCLEAR = [
    "",
    "...",
    "Right.",
    "We finished",
    "Do you say something about it?",
    "When I took over the whole store.",
    "There are two things I would say.",
    "It was the best price that we could.",
    "I never drop the test, whatever the pressure is.",
    "And that was how we wanted to.",
    "We pulled it off.",
    "They put it there.",
]
UNFINISHED = [
    "Okay, so um.",
    "We had a patient who, uh...",
    "I told him what I was worried about and.",
    "And what you could see was a...",
    "So there was a footbridge over a",
    "What I noticed was that.",
    "So what I did was.",
    "It was easy to just, you know.",
    "We moved to the",
    "And the thing is.",
    "Well, first with my own manager,",
    "We decided to do it because.",
    "And then I'm.",
    "The biggest one was probably.",
    "So, the the.",
    "And that's how I.",
    "So yeah, that's basically what we.",
]


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (ending, text)
        for ending, texts in (
            (Ending.CLOSED, CLOSED),
            (Ending.FADING, FADING),
            (Ending.COMPLETE, COMPLETE),
            (Ending.UNCLEAR, UNCLEAR),
            (Ending.UNFINISHED, UNFINISHED),
        )
        for text in texts
    ],
)
def test_endings(ending: Ending, text: str) -> None:
    assert ending_of(text) is ending
    if text.strip(" ."):
        assert ending_of(f"We measured it twice in the lab. {text} ") is ending


@pytest.mark.parametrize("text", CLOSED)
def test_what_was_said_before_the_last_sentence_closes_nothing(text: str) -> None:
    assert ending_of(f"{text} And then the second batch came in on a") is Ending.UNFINISHED


@given(st.text())
def test_any_text_has_an_ending(text: str) -> None:
    assert isinstance(ending_of(text), Ending)


@given(st.text(), st.sampled_from(["um", "because", "the", "of", "and"]))
def test_a_trailing_open_word_is_never_an_end(text: str, word: str) -> None:
    for mark in ("", ".", "...", ","):
        assert ending_of(f"{text} {word}{mark}") is Ending.UNFINISHED

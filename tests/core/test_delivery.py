"""Pace, pauses and fillers of an answer."""

from __future__ import annotations

import pytest

from voice_interviewer.core.delivery import (
    Delivery,
    delivery_line,
    delivery_of,
    fillers_in,
)
from voice_interviewer.core.transcript import Span, Transcript, Word, words_of


def timed(text: str, *times: Span) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start_s=start_s, end_s=end_s)
        for word, (start_s, end_s) in zip(text.split(), times, strict=True)
    )


def test_an_answer_is_measured_from_its_stretches_of_speech() -> None:
    said = Transcript(
        words=words_of("um I would watch the KL term and … stop early"),
        speech=((2.1, 4.1), (4.6, 6.0), (8.4, 9.4), (10.5, 12.1)),
    )
    assert delivery_of(said) == Delivery(
        words_per_minute=60.0,
        pauses_over_1_s=2,
        longest_pause_s=2.4,
        first_word_s=2.1,
        speaking_s=6.0,
        fillers_at_least=1,
        fillers={"um": 1},
    )


def test_without_stretches_of_speech_the_times_of_the_words_are_taken() -> None:
    said = Transcript(words=timed("one two three", (0.5, 0.9), (1.1, 1.4), (3.0, 3.5)))
    found = delivery_of(said)
    assert found is not None
    assert (found.words_per_minute, found.pauses_over_1_s, found.longest_pause_s) == (60.0, 1, 1.6)
    assert (found.first_word_s, found.speaking_s) == (0.5, 1.4)


@pytest.mark.parametrize(
    "transcript",
    [
        Transcript(),
        Transcript(words=words_of("a typed answer")),
        Transcript(speech=((1.0, 2.0),)),
        Transcript(words=words_of("… ,"), speech=((1.0, 2.0),)),
        Transcript(words=timed("word", (1.0, 1.0))),
        Transcript(words=timed("word", (2.0, 1.0))),
        Transcript(words=timed("word", (float("nan"), 1.0))),
        Transcript(words=timed("word", (1.0, float("inf")))),
    ],
    ids=["empty", "typed", "noise", "dots", "no length", "backwards", "no number", "endless"],
)
def test_no_delivery_where_nothing_was_said_or_timed(transcript: Transcript) -> None:
    assert delivery_of(transcript) is None


@pytest.mark.parametrize(
    ("text", "speech", "rate"),
    [
        ("yes", ((1.0, 5.0),), None),
        ("yes I do", ((1.0, 1.9),), None),
        ("yes I do", ((1.0, 2.0),), 180.0),
    ],
)
def test_a_word_or_a_moment_has_no_pace(
    text: str, speech: tuple[Span, ...], rate: float | None
) -> None:
    found = delivery_of(Transcript(words=words_of(text), speech=speech))
    assert found is not None
    assert found.words_per_minute == rate


def test_stretches_that_overlap_or_are_out_of_order_are_one_silence_less() -> None:
    speech = ((5.0, 6.0), (1.0, 3.0), (2.0, 2.5), (4.0, 4.0))
    found = delivery_of(Transcript(words=words_of("a b c"), speech=speech))
    assert found is not None
    assert (found.pauses_over_1_s, found.longest_pause_s, found.speaking_s) == (1, 2.0, 3.0)


def test_a_pause_of_exactly_a_second_is_not_over_one() -> None:
    found = delivery_of(Transcript(words=words_of("a b"), speech=((0.0, 1.0), (2.0, 3.0))))
    assert found is not None
    assert (found.pauses_over_1_s, found.longest_pause_s) == (0, 1.0)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Um, uh, er, erm, hmm, mm.", 6),
        ("Ummm so uhh that is uhm the Er... point", 4),
        ("You know, it drifts. I mean, the KL does, you know?", 3),
        ("and you know, well I mean, um you know — it drifts", 4),
        ("It kind of drifts, and we sort of see it's kind of, like, late.", 4),
        ("the policy, sort of, forgets", 1),
        ("the policy – sort of – forgets … you know …", 2),
        ("so it’s kind of a trade", 1),
    ],
)
def test_fillers_are_counted(text: str, count: int) -> None:
    assert sum(fillers_in(words_of(text)).values()) == count


def test_fillers_are_told_apart_however_drawn_out_they_are() -> None:
    said = words_of("Hmm, um, uhm ummm, er err, errr, erm, uhh, like, I mean, Mm, hm, sort of, UMM")
    assert list(fillers_in(said).items()) == [
        ("um", 3),
        ("er", 2),
        ("hmm", 1),
        ("erm", 1),
        ("uh", 1),
        ("like", 1),
        ("i mean", 1),
        ("sort of", 1),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Do you know, by chance, what I mean?",
        "As you know, the KL is what you know. I know you know.",
        "You know the reward model, and you know what it does",
        "I mean it. I mean the KL term. That is what I mean, exactly.",
        "What kind of model, this sort of thing, a kind of, some kind of, any sort of",
        "That was kind of you. You have to sort, of course, and it is a kind, of course",
        "I like it, like a reward model. Models like DPO, like PPO.",
        "uh-huh, uh huh, mm-hmm, mm hmm",
        "The ER diagram, 5 mm wide, 5mm wide, the UM campus",
        "I would err on the safe side, as to err is human. It is five mm wide, a few mm.",
        "umbrella, error, hummus, mmap",
        "",
    ],
)
def test_what_may_mean_something_is_no_filler(text: str) -> None:
    assert fillers_in(words_of(text)) == {}


@pytest.mark.parametrize(
    ("rate", "pauses", "longest_s", "fillers", "line"),
    [
        (
            131.6,
            3,
            2.4,
            2,
            "Pace 132 wpm · first word after 2.1 s · 3 pauses over 1 s, longest 2.4 s"
            " · fillers ≥ 2",
        ),
        (
            131.6,
            1,
            2.4,
            0,
            "Pace 132 wpm · first word after 2.1 s · 1 pause over 1 s, of 2.4 s",
        ),
        (None, 0, 0.9, 1, "First word after 2.1 s · no pauses over 1 s · fillers ≥ 1"),
    ],
)
def test_a_delivery_is_one_line(
    rate: float | None, pauses: int, longest_s: float, fillers: int, line: str
) -> None:
    delivery = Delivery(
        words_per_minute=rate,
        pauses_over_1_s=pauses,
        longest_pause_s=longest_s,
        first_word_s=2.1,
        speaking_s=20.0,
        fillers_at_least=fillers,
    )
    assert delivery_line(delivery) == line
    named = delivery_line(delivery, "follow-up 1")
    assert named == f"Follow-up 1: {line[0].lower()}{line[1:]}"

"""When an answer ends: by table, and for any probabilities at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.hearing.endpointing import (
    GOES_ON,
    LEAST_SPEECH_S,
    STARTS,
    Endpointer,
    Phase,
)

CHUNK_S = 0.032
Q, M, S = 0.1, 0.4, 0.9  # quiet, between the two thresholds, speech


def fed(rule: Endpointer, *stretches: tuple[float, float]) -> Endpointer:
    """The rule after stretches of (probability, seconds), in chunks of 32 ms."""
    for probability, seconds in stretches:
        for _ in range(round(seconds / CHUNK_S)):
            rule.feed(probability, CHUNK_S)
    return rule


@pytest.mark.parametrize(
    ("stretches", "phase", "heard"),
    [
        ([(Q, 1.0)], Phase.QUIET, False),
        ([(M, 1.0)], Phase.QUIET, False),
        ([(S, 0.1)], Phase.STARTING, False),
        ([(S, 0.2), (Q, 0.1)], Phase.QUIET, False),
        ([(S, 0.3)], Phase.SPEAKING, True),
        ([(S, 0.1), (M, 0.2)], Phase.SPEAKING, True),
        ([(S, 1.0), (M, 1.0)], Phase.SPEAKING, True),
        ([(S, 1.0), (Q, 0.1)], Phase.STOPPING, True),
        ([(S, 1.0), (Q, 0.1), (M, 0.1)], Phase.STOPPING, True),
        ([(S, 1.0), (Q, 0.1), (S, 0.04)], Phase.SPEAKING, True),
        ([(S, 1.0), (Q, 0.5)], Phase.QUIET, True),
        ([(S, 1.0), (Q, 0.5), (S, 0.1)], Phase.STARTING, True),
    ],
)
def test_phases(stretches: list[tuple[float, float]], phase: Phase, heard: bool) -> None:
    rule = fed(Endpointer(), *stretches)
    assert rule.phase is phase
    assert rule.heard_speech is heard
    assert rule.speaking is (phase in (Phase.SPEAKING, Phase.STOPPING))


@pytest.mark.parametrize(
    ("stretches", "ended"),
    [
        ([(Q, 10.0)], False),  # nobody has said anything yet
        ([(S, 0.1), (Q, 10.0)], False),  # a click is no answer
        ([(S, 1.0), (Q, 2.9)], False),
        ([(S, 1.0), (Q, 3.1)], True),
        ([(S, 1.0), (Q, 2.0), (S, 0.1), (Q, 1.1)], True),  # a click breaks no silence
        ([(S, 1.0), (Q, 2.0), (S, 0.5), (Q, 1.1)], False),
        ([(S, 1.0), (Q, 2.95), (S, 0.2)], False),  # perhaps somebody starts just now
    ],
)
def test_silence_after_speech_ends_an_answer(
    stretches: list[tuple[float, float]], ended: bool
) -> None:
    assert fed(Endpointer(end_silence_s=3.0), *stretches).ended is ended


def test_times_are_where_the_speech_was() -> None:
    rule = fed(Endpointer(), (Q, 0.96), (S, 0.96), (Q, 0.96), (S, 0.96), (Q, 0.64))
    assert rule.speech_started_s == pytest.approx(0.96)
    assert rule.last_speech_end_s == pytest.approx(3.84)
    assert rule.silence_s == pytest.approx(0.64)
    (pause,) = rule.pauses
    assert (pause.start_s, pause.end_s) == pytest.approx((1.92, 2.88))
    assert pause.middle_s == pytest.approx(2.4)


def test_a_short_last_sound_counts_as_voice_but_not_as_speech() -> None:
    rule = fed(Endpointer(), (S, 0.96), (Q, 0.64), (S, 0.16), (Q, 0.64))
    assert rule.last_speech_end_s == pytest.approx(0.96)
    assert rule.last_voice_s == pytest.approx(1.76)


def test_the_limit_without_speech() -> None:
    rule = fed(Endpointer(end_silence_s=3.0, no_speech_s=5.0), (Q, 4.9))
    assert not rule.nobody_spoke
    assert fed(rule, (Q, 0.2)).nobody_spoke
    assert not fed(Endpointer(no_speech_s=5.0), (S, 1.0), (Q, 6.0)).nobody_spoke


def test_a_held_answer_waits_for_ever() -> None:
    rule = Endpointer(end_silence_s=1.0, no_speech_s=2.0)
    rule.hold()
    assert not fed(rule, (Q, 5.0)).nobody_spoke
    assert not fed(rule, (S, 1.0), (Q, 60.0)).ended


chunks = st.lists(
    st.tuples(st.floats(0, 1), st.integers(1, 30)).map(lambda pair: [pair[0]] * pair[1]),
    max_size=40,
).map(lambda runs: [probability for run in runs for probability in run])


@given(chunks, st.floats(0.3, 4.0))
def test_an_answer_never_ends_before_its_silence(
    probabilities: list[float], end_silence_s: float
) -> None:
    rule = Endpointer(end_silence_s=end_silence_s)
    for count, probability in enumerate(probabilities, start=1):
        rule.feed(probability, CHUNK_S)
        if rule.ended:
            window = probabilities[max(0, count - int(end_silence_s / CHUNK_S)) : count]
            assert rule.silence_s >= end_silence_s - 1e-6
            assert longest_voice_s(window) < LEAST_SPEECH_S
            assert longest_voice_s(probabilities[:count]) >= LEAST_SPEECH_S - CHUNK_S
            assert window[-1] < STARTS


@given(chunks)
def test_a_held_answer_never_ends(probabilities: list[float]) -> None:
    rule = Endpointer(end_silence_s=0.3, no_speech_s=0.3)
    rule.hold()
    for probability in probabilities:
        rule.feed(probability, CHUNK_S)
        assert not rule.ended
        assert not rule.nobody_spoke


@given(chunks)
def test_pauses_are_in_order_and_long_enough(probabilities: list[float]) -> None:
    rule = Endpointer()
    for probability in probabilities:
        rule.feed(probability, CHUNK_S)
    edges = [edge for pause in rule.pauses for edge in (pause.start_s, pause.end_s)]
    assert edges == sorted(edges)
    assert all(pause.end_s - pause.start_s >= 0.25 - 1e-6 for pause in rule.pauses)
    assert (rule.last_speech_end_s or 0.0) <= (rule.last_voice_s or 0.0) <= rule.now_s


def longest_voice_s(probabilities: list[float]) -> float:
    """The longest run that begins as speech and goes on as speech."""
    longest = run = 0
    for probability in probabilities:
        run = run + 1 if probability >= (GOES_ON if run else STARTS) else 0
        longest = max(longest, run)
    return longest * CHUNK_S

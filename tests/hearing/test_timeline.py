"""Where speech is in a recording: by table, and for any probabilities at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.hearing.timeline import LEAST_PAUSE_S, Phase, SpeechTimeline

CHUNK_S = 0.032
Q, M, S = 0.1, 0.4, 0.9  # quiet, between the two thresholds, speech


def fed(timeline: SpeechTimeline, *stretches: tuple[float, float]) -> SpeechTimeline:
    """The timeline after stretches of (probability, seconds), in chunks of 32 ms."""
    for probability, seconds in stretches:
        for _ in range(round(seconds / CHUNK_S)):
            timeline.feed(probability, CHUNK_S)
    return timeline


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
    timeline = fed(SpeechTimeline(), *stretches)
    assert timeline.phase is phase
    assert timeline.heard_speech is heard
    assert timeline.speaking is (phase in (Phase.SPEAKING, Phase.STOPPING))


def test_times_are_where_the_speech_was() -> None:
    timeline = fed(SpeechTimeline(), (Q, 0.96), (S, 0.96), (Q, 0.96), (S, 0.96), (Q, 0.64))
    assert timeline.speech_started_s == pytest.approx(0.96)
    assert timeline.last_speech_end_s == pytest.approx(3.84)
    assert timeline.silence_s == pytest.approx(0.64)
    (pause,) = timeline.pauses
    assert (pause.start_s, pause.end_s) == pytest.approx((1.92, 2.88))
    assert pause.middle_s == pytest.approx(2.4)
    assert pause.duration_s == pytest.approx(0.96)


def test_spans_are_the_stretches_of_speech() -> None:
    timeline = fed(SpeechTimeline(), (Q, 0.96))
    assert timeline.spans == ()
    fed(timeline, (S, 0.96), (Q, 0.96), (S, 0.96))
    first, running = timeline.spans
    assert first == pytest.approx((0.96, 1.92))
    assert running == pytest.approx((2.88, 3.84))
    fed(timeline, (S, 0.32), (Q, 0.96))
    assert timeline.spans[-1] == pytest.approx((2.88, 4.16))


def test_a_short_last_sound_counts_as_voice_but_not_as_speech() -> None:
    timeline = fed(SpeechTimeline(), (S, 0.96), (Q, 0.64), (S, 0.16), (Q, 0.64))
    assert timeline.last_speech_end_s == pytest.approx(0.96)
    assert timeline.last_voice_s == pytest.approx(1.76)


chunks = st.lists(
    st.tuples(st.floats(0, 1), st.integers(1, 30)).map(lambda pair: [pair[0]] * pair[1]),
    max_size=40,
).map(lambda runs: [probability for run in runs for probability in run])


@given(chunks)
def test_pauses_and_spans_are_in_order_and_long_enough(probabilities: list[float]) -> None:
    timeline = SpeechTimeline()
    for probability in probabilities:
        timeline.feed(probability, CHUNK_S)
    edges = [edge for pause in timeline.pauses for edge in (pause.start_s, pause.end_s)]
    assert edges == sorted(edges)
    assert all(pause.duration_s >= LEAST_PAUSE_S - 1e-6 for pause in timeline.pauses)
    assert (timeline.last_speech_end_s or 0.0) <= (timeline.last_voice_s or 0.0) <= timeline.now_s
    spoken = [edge for span in timeline.spans for edge in span]
    assert spoken == sorted(spoken)
    assert len(timeline.spans) == (len(timeline.pauses) + 1 if timeline.heard_speech else 0)

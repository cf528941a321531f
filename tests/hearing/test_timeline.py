"""Where speech is in a recording: by table, and for any probabilities at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.hearing.timeline import LEAST_PAUSE_S, Pause, Phase, SpeechTimeline

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


def test_short_sounds_break_silences_but_not_pauses() -> None:
    timeline = fed(SpeechTimeline(), (S, 0.096), (Q, 0.64), (S, 0.96))
    assert timeline.silences == []  # nothing was said before
    fed(timeline, (Q, 0.64), (S, 0.128), (Q, 0.96), (S, 0.096), (Q, 0.192), (S, 0.64))
    (pause,) = timeline.pauses
    assert (pause.start_s, pause.end_s) == pytest.approx((1.696, 3.712))
    told = [(silence.start_s, silence.end_s) for silence in timeline.silences]
    assert told[0] == pytest.approx((1.696, 2.336))
    assert told[1] == pytest.approx((2.464, 3.424))  # what follows is too short to be one
    assert len(told) == 2
    voices = [pytest.approx(v) for v in ((0, 0.096), (2.336, 2.464), (3.424, 3.52))]
    first, second = timeline.spans
    assert list(timeline.voices) == [voices[0], first, *voices[1:], second]


def test_a_short_sound_that_goes_on_at_the_end_is_a_voice_too() -> None:
    timeline = fed(SpeechTimeline(), (S, 0.96), (Q, 0.64), (S, 0.096))
    assert timeline.voices[-1] == pytest.approx((1.6, 1.696))


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
    voiced = [edge for voice in timeline.voices for edge in voice]
    assert voiced == sorted(voiced)
    assert set(timeline.spans) <= set(timeline.voices)
    for silence in timeline.silences:
        assert silence.duration_s >= LEAST_PAUSE_S - 1e-6
        assert any(
            p.start_s <= silence.start_s < silence.end_s <= p.end_s
            for p in [
                *timeline.pauses,
                Pause(timeline.last_speech_end_s or 0.0, timeline.now_s),
            ]
        )
        assert not any(
            first < silence.end_s and last > silence.start_s for first, last in timeline.voices
        )

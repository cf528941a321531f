"""When an answer ends: by table, and for any probabilities and texts at all."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.config import load_settings
from voice_interviewer.core.events import SpokenCommand
from voice_interviewer.hearing.endpointing import PATIENT, EndpointingPreset, EndRule
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.timeline import GOES_ON, LEAST_SPEECH_S, STARTS, SpeechTimeline
from voice_interviewer.wiring import hearing_options

CHUNK_S = 0.032
Q, S = 0.1, 0.9  # quiet, speech

PRESET = EndpointingPreset(
    least_silence_s=1.0,
    closed_silence_s=1.5,
    fading_silence_s=2.0,
    complete_silence_s=3.0,
    unclear_silence_s=5.0,
    unfinished_silence_s=None,
    least_words=5,
    own_pause_factor=1.0,
    take_your_time_s=8.0,
    no_speech_s=5.0,
)
CLOSED = "We measured it twice. So yeah, that's my answer."
FADING = "We measured it twice and things like that."
COMPLETE = "We measured it twice in the lab."
UNCLEAR = "We measured it twice in the lab and right"
UNFINISHED = "We measured it twice in the lab, um."


def fed(timeline: SpeechTimeline, *stretches: tuple[float, float]) -> None:
    """Stretches of (probability, seconds), in chunks of 32 ms."""
    for probability, seconds in stretches:
        for _ in range(round(seconds / CHUNK_S)):
            timeline.feed(probability, CHUNK_S)


def rule_after(
    *stretches: tuple[float, float], preset: EndpointingPreset = PRESET
) -> tuple[SpeechTimeline, EndRule]:
    timeline = SpeechTimeline()
    fed(timeline, *stretches)
    return timeline, EndRule(timeline, preset)


def ended_after_s(timeline: SpeechTimeline, rule: EndRule, within_s: float = 60.0) -> float | None:
    """Silence that ends the answer from here on, rounded to 0.1 s; None when none does."""
    while timeline.silence_s < within_s:
        timeline.feed(Q, CHUNK_S)
        if rule.ended:
            return round(timeline.silence_s, 1)
    return None


@pytest.mark.parametrize(
    ("text", "silence_s"),
    [(CLOSED, 1.5), (FADING, 2.0), (COMPLETE, 3.0), (UNCLEAR, 5.0), (UNFINISHED, None), ("", 5.0)],
)
def test_the_surer_the_end_the_shorter_the_silence(text: str, silence_s: float | None) -> None:
    timeline, rule = rule_after((S, 2.0))
    rule.heard(text, timeline.now_s)
    assert rule.needed_silence_s == silence_s
    assert ended_after_s(timeline, rule) == silence_s


def test_no_text_yet_is_unclear() -> None:
    timeline, rule = rule_after((S, 2.0))
    assert rule.needed_silence_s == PRESET.unclear_silence_s
    assert ended_after_s(timeline, rule) == PRESET.unclear_silence_s


def test_a_text_that_lags_behind_the_speech_is_unclear() -> None:
    timeline, rule = rule_after((S, 2.0), (Q, 0.6))
    rule.heard(CLOSED, 2.0)
    assert rule.needed_silence_s == PRESET.closed_silence_s
    fed(timeline, (S, 1.0))
    assert rule.needed_silence_s == PRESET.unclear_silence_s
    rule.heard(CLOSED, timeline.now_s)
    assert rule.needed_silence_s == PRESET.closed_silence_s


def test_a_short_answer_is_unclear_but_one_that_breaks_off_is_not() -> None:
    timeline, rule = rule_after((S, 1.0))
    rule.heard("That's my answer.", timeline.now_s)
    assert rule.needed_silence_s == PRESET.unclear_silence_s
    rule.heard("So, um.", timeline.now_s)
    assert rule.needed_silence_s is None


@pytest.mark.parametrize(
    ("text", "silence_s"), [(CLOSED, 1.5), (FADING, 2.0), (COMPLETE, 4.0), (UNCLEAR, 5.0)]
)
def test_whoever_paused_long_gets_longer_where_the_end_is_not_said(
    text: str, silence_s: float
) -> None:
    timeline, rule = rule_after((S, 2.0), (Q, 4.0), (S, 1.0), (Q, 1.0), (S, 1.0))
    rule.heard(text, timeline.now_s)
    assert rule.needed_silence_s == pytest.approx(silence_s, abs=0.1)


def test_a_pause_too_long_for_the_limit_means_that_silence_ends_nothing() -> None:
    timeline, rule = rule_after((S, 2.0), (Q, 9.0), (S, 1.0))
    rule.heard(COMPLETE, timeline.now_s)
    assert rule.needed_silence_s is None
    assert ended_after_s(timeline, rule) is None


def test_a_text_that_comes_after_take_your_time_ends_nothing() -> None:
    _, rule = rule_after((S, 2.0), (Q, PRESET.take_your_time_s - 0.1))
    rule.heard(CLOSED, 2.0)
    assert rule.ended
    _, rule = rule_after((S, 2.0), (Q, PRESET.take_your_time_s + 0.1))
    rule.heard(CLOSED, 2.0)
    assert not rule.ended
    assert rule.needed_silence_s is None


def test_the_least_silence_holds_for_every_ending() -> None:
    timeline, rule = rule_after((S, 2.0), preset=replace(PRESET, least_silence_s=2.5))
    rule.heard(CLOSED, timeline.now_s)
    assert ended_after_s(timeline, rule) == 2.5


@pytest.mark.parametrize(
    ("stretches", "ended"),
    [
        ([(Q, 10.0)], False),  # nobody has said anything yet
        ([(S, 0.1), (Q, 10.0)], False),  # a click is no answer
        ([(S, 1.0), (Q, 4.9)], False),
        ([(S, 1.0), (Q, 5.1)], True),
        ([(S, 1.0), (Q, 4.0), (S, 0.1), (Q, 1.1)], True),  # a click breaks no silence
        ([(S, 1.0), (Q, 4.0), (S, 0.5), (Q, 1.1)], False),
        ([(S, 1.0), (Q, 4.95), (S, 0.2)], False),  # perhaps somebody starts just now
    ],
)
def test_silence_counts_from_the_last_speech(
    stretches: list[tuple[float, float]], ended: bool
) -> None:
    _, rule = rule_after(*stretches)
    assert rule.ended is ended


def test_the_limit_without_speech() -> None:
    timeline, rule = rule_after((Q, 4.9))
    assert not rule.nobody_spoke
    assert rule.needed_silence_s is None
    fed(timeline, (Q, 0.2))
    assert rule.nobody_spoke
    assert not rule.ended
    assert not rule_after((S, 1.0), (Q, 6.0))[1].nobody_spoke


def test_a_held_answer_waits() -> None:
    timeline, rule = rule_after((Q, 6.0))
    rule.hold()
    assert not rule.nobody_spoke
    fed(timeline, (S, 1.0))
    rule.heard(CLOSED, timeline.now_s)
    fed(timeline, (Q, 2.0))
    assert not rule.ended
    assert rule.needed_silence_s is None


def test_a_rest_asked_for_aloud_ends_alone_and_leaves_the_hold_of_the_key() -> None:
    timeline, rule = rule_after((S, 2.0))
    rule.rest()
    fed(timeline, (Q, 6.0))
    assert not rule.ended
    rule.go_on()
    assert rule.ended
    rule.hold()
    rule.rest()
    rule.go_on()
    assert not rule.ended
    assert rule.needed_silence_s is None


@pytest.mark.parametrize(
    ("least_s", "command", "silence_s"),
    [(1.2, "done", 1.2), (1.2, "skip", 1.2), (1.2, "hold", 0.7), (1.2, "repeat", 0.7)]
    + [(0.5, "done", 0.7), (0.5, "skip", 0.7)],
)
def test_a_command_ends_no_answer_before_the_least_silence(
    least_s: float, command: SpokenCommand, silence_s: float
) -> None:
    preset = replace(PRESET, least_silence_s=least_s, command_silence_s=0.7)
    assert preset.silence_after_command_s(command) == silence_s


def shipped(name: str) -> EndpointingPreset:
    settings = load_settings({"endpointing.preset": name}, environ={})
    return hearing_options(settings).endpointing


def test_the_defaults_are_the_shipped_patient_preset() -> None:
    assert shipped("patient") == PATIENT == EndpointingPreset() == HearingOptions().endpointing


def test_the_shipped_presets_are_in_order() -> None:
    patient, normal, brisk = shipped("patient"), shipped("normal"), shipped("brisk")
    assert patient.least_silence_s >= 1.2
    assert patient.unfinished_silence_s is None
    for preset in (patient, normal, brisk):
        silences = [
            preset.least_silence_s,
            preset.closed_silence_s,
            preset.fading_silence_s,
            preset.complete_silence_s,
            preset.unclear_silence_s,
            preset.unfinished_silence_s or 60.0,
        ]
        assert all(silences)
        assert silences == sorted(silences, key=lambda silence_s: silence_s or 0.0)
        assert (preset.unclear_silence_s or 60.0) <= preset.take_your_time_s
    for field in fields(EndpointingPreset):
        if field.name.endswith("_silence_s"):
            slow, middle, fast = (getattr(p, field.name) or 60.0 for p in (patient, normal, brisk))
            assert slow >= middle >= fast


def test_manual_never_ends_anything() -> None:
    manual = shipped("manual")
    for text in (CLOSED, FADING, COMPLETE, UNCLEAR, UNFINISHED):
        timeline, rule = rule_after((S, 2.0), preset=manual)
        rule.heard(text, timeline.now_s)
        assert rule.needed_silence_s is None
        assert ended_after_s(timeline, rule) is None
    assert not rule_after((Q, 600.0), preset=manual)[1].nobody_spoke


chunks = st.lists(
    st.tuples(st.floats(0, 1), st.integers(1, 60)).map(lambda pair: [pair[0]] * pair[1]),
    max_size=40,
).map(lambda runs: [probability for run in runs for probability in run])
texts = st.sampled_from([CLOSED, FADING, COMPLETE, UNCLEAR, UNFINISHED, ""])


@given(chunks, texts, st.floats(0.3, 4.0))
def test_an_answer_never_ends_before_the_least_silence_nor_while_somebody_may_speak(
    probabilities: list[float], text: str, least_silence_s: float
) -> None:
    timeline = SpeechTimeline()
    rule = EndRule(timeline, replace(PRESET, least_silence_s=least_silence_s))
    for count, probability in enumerate(probabilities, start=1):
        timeline.feed(probability, CHUNK_S)
        rule.heard(text, timeline.now_s)
        if rule.ended:
            needed_s = rule.needed_silence_s
            assert needed_s is not None
            assert least_silence_s <= needed_s <= timeline.silence_s + 1e-6
            assert timeline.silence_s <= PRESET.take_your_time_s
            window = probabilities[max(0, count - int(needed_s / CHUNK_S)) : count]
            assert longest_voice_s(window) < LEAST_SPEECH_S
            assert longest_voice_s(probabilities[:count]) >= LEAST_SPEECH_S - CHUNK_S
            assert window[-1] < STARTS


@given(chunks, texts)
def test_a_held_answer_never_ends(probabilities: list[float], text: str) -> None:
    timeline = SpeechTimeline()
    rule = EndRule(timeline, PRESET)
    rule.hold()
    for probability in probabilities:
        timeline.feed(probability, CHUNK_S)
        rule.heard(text, timeline.now_s)
        assert not rule.ended
        assert not rule.nobody_spoke


def longest_voice_s(probabilities: list[float]) -> float:
    """The longest run that begins as speech and goes on as speech."""
    longest = run = 0
    for probability in probabilities:
        run = run + 1 if probability >= (GOES_ON if run else STARTS) else 0
        longest = max(longest, run)
    return longest * CHUNK_S

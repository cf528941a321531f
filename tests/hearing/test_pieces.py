"""Where a recording is cut into pieces that are decoded on their own."""

from __future__ import annotations

import numpy as np
import pytest
from hearing_fakes import RATE_HZ
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.hearing.pieces import (
    LIVE,
    WHOLE,
    muted,
    needs_force,
    pause_to_cut,
    quietest,
    without,
)
from voice_interviewer.hearing.timeline import Pause, SpeechTimeline
from voice_interviewer.hearing.whole import pieces_of


@pytest.mark.parametrize(
    ("pauses", "from_s", "speech_end_s", "chosen"),
    [
        ([], 0.0, 30.0, None),
        ([(5.0, 6.0)], 0.0, 8.9, None),  # too little after it
        ([(5.0, 6.0)], 0.0, 9.0, 0),
        ([(4.0, 6.0)], 0.0, 12.0, None),  # too little before it
        ([(5.0, 5.4), (8.0, 9.0)], 0.0, 13.0, 1),  # the longer one
        ([(5.0, 6.0), (10.0, 12.0)], 0.0, 14.0, 0),  # the longer one is too close to the end
        ([(5.0, 6.0), (15.0, 16.0)], 0.0, 30.0, 0),  # the other would make too long a piece
        ([(5.0, 6.0)], 4.0, 26.0, None),
    ],
)
def test_the_pause_to_cut(
    pauses: list[tuple[float, float]], from_s: float, speech_end_s: float, chosen: int | None
) -> None:
    cut = pause_to_cut([Pause(*p) for p in pauses], from_s, speech_end_s, LIVE)
    assert (cut and cut.pause) == (None if chosen is None else Pause(*pauses[chosen]))
    if cut is not None and cut.pause is not None:
        assert cut.pause.start_s < cut.end_s <= cut.pause.start_s + 0.5
        assert cut.pause.end_s > cut.next_s >= cut.pause.end_s - 0.5


def test_a_cut_is_forced_only_when_the_piece_is_full_and_enough_is_left() -> None:
    assert not needs_force(2.0, 18.9, LIVE)
    assert needs_force(2.0, 19.0, LIVE)


def test_the_quietest_point_is_found() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 3 * RATE_HZ).astype(np.float32)
    noise[round(1.7 * RATE_HZ) : round(1.85 * RATE_HZ)] *= 0.05
    assert quietest(noise) == pytest.approx(1.775, abs=0.03)
    assert quietest(noise[:800]) == pytest.approx(0.025)


def test_removed_stretches_leave_the_rest() -> None:
    assert without([(0.0, 2.0), (3.0, 5.0)], [(1.0, 3.5)]) == ((0.0, 1.0), (3.5, 5.0))
    assert without([(0.0, 2.0)], [(0.5, 1.0)]) == ((0.0, 0.5), (1.0, 2.0))
    assert without([(0.0, 2.0)], [(0.0, 2.0)]) == ()
    ones = np.ones(2 * RATE_HZ, dtype=np.float32)
    quiet = muted(ones, 10.0, [(10.5, 11.0), (30.0, 31.0)])
    assert quiet.sum() == 1.5 * RATE_HZ
    assert ones.sum() == 2 * RATE_HZ


talk = st.lists(
    st.tuples(st.sampled_from([0.4, 1.0, 5.0, 40.0]), st.sampled_from([0.1, 0.4, 2.0])), max_size=40
)


@given(talk)
def test_pieces_cover_all_speech_and_fit_the_window(script: list[tuple[float, float]]) -> None:
    timeline = SpeechTimeline()
    for speech_s, pause_s in script:
        for probability, seconds in ((0.9, speech_s), (0.0, pause_s)):
            for _ in range(round(seconds / 0.1)):
                timeline.feed(probability, 0.1)
    samples = np.zeros(round(timeline.now_s * RATE_HZ), dtype=np.float32)
    pieces = pieces_of(samples, timeline)
    assert all(0 < last - first <= WHOLE.longest_s + WHOLE.least_s for first, last in pieces)
    for first, last in timeline.spans:
        inside = sum(max(0.0, min(last, b) - max(first, a)) for a, b in pieces)
        assert inside == pytest.approx(last - first, abs=1e-6)

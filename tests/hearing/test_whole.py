"""A recording that is heard as a whole: the second pass, and sessions of another day."""

from __future__ import annotations

import numpy as np
import pytest
from hearing_fakes import WORD_S, CarefulTranscriber, LoudnessDetector, briefly, said

from voice_interviewer.hearing.whole import WholeRecording


def test_a_short_word_alone_in_a_pause_or_at_the_end_is_heard() -> None:
    whole = WholeRecording(CarefulTranscriber(), LoudnessDetector())
    sound = np.concatenate([said(1, 2.0), briefly(2), said(2.0, 3, 2.0), briefly(4), said(2.0)])
    transcript = whole.transcript(sound)
    assert transcript is not None
    assert transcript.text == "w1 w2 w3 w4"
    assert len(transcript.speech) == 2  # for pace and pauses they are no speech
    assert transcript.speech[0] == pytest.approx((0.0, WORD_S), abs=0.04)


def test_no_short_word_is_lost_where_a_long_recording_is_cut() -> None:
    whole = WholeRecording(CarefulTranscriber(), LoudnessDetector())
    sound = np.concatenate([said(*range(1, 41), 1.8), briefly(41), said(1.8, *range(42, 82), 0.5)])
    transcript = whole.transcript(sound)
    assert transcript is not None
    assert transcript.text == " ".join(f"w{n}" for n in range(1, 82))
    assert {word.segment for word in transcript.words} == {0, 1}


def test_what_was_removed_is_not_heard() -> None:
    whole = WholeRecording(
        CarefulTranscriber(), LoudnessDetector(), removed=[(WORD_S + 0.25, 2 * WORD_S + 0.75)]
    )
    transcript = whole.transcript(said(1, 0.5, 2, 0.5, 3, 0.5))
    assert transcript is not None
    assert transcript.text == "w1 w3"

"""The session's MP3: on the timeline, and small enough to send."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from exported import RATE_HZ, session

from voice_interviewer.archive.export import format_named
from voice_interviewer.archive.export.source import source_of
from voice_interviewer.audio.sound import read_sound
from voice_interviewer.errors import UsageError


def test_every_recording_sounds_where_the_timeline_has_it(tmp_path: Path) -> None:
    state, folder = session(tmp_path)
    made = source_of(state, folder)
    heard, rate_hz = soundfile.read(io.BytesIO(format_named("mp3").render(made)), dtype="float32")
    assert rate_hz == RATE_HZ
    assert len(heard) / rate_hz == pytest.approx(made.timeline.duration_s, abs=0.2)
    for slot in made.timeline.slots:
        recorded = read_sound(slot.recordings[0]).samples[: 2 * RATE_HZ]
        start = round((slot.answer_s - 0.2) * RATE_HZ)
        around = heard[start : start + len(recorded) + round(0.4 * RATE_HZ)]
        offset = int(np.correlate(around, recorded, "valid").argmax()) / RATE_HZ - 0.2
        assert abs(offset) < 0.005


def test_an_hour_stays_below_15_megabytes_inside_a_page(tmp_path: Path) -> None:
    state, folder = session(tmp_path)
    made = source_of(state, folder)
    size = len(format_named("mp3").render(made))
    assert size / made.timeline.duration_s * 3600 * 4 / 3 < 15_000_000


def test_a_redacted_session_has_no_sound(tmp_path: Path) -> None:
    state, folder = session(tmp_path)
    with pytest.raises(UsageError, match="leaves the sound out"):
        format_named("mp3").render(source_of(state, folder, redact=True))

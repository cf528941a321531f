"""What is shown while somebody answers."""

from __future__ import annotations

import numpy as np
import pytest

from voice_interviewer.core.ports import Level, Patience, Signal
from voice_interviewer.hearing.readings import Readings, SignalCheck

BLOCK = 320


def test_a_level_twelve_times_a_second() -> None:
    sent: list[Signal] = []
    readings = Readings(sent.append)
    for _ in range(500):  # 10 s
        readings.feed(np.full(BLOCK, 0.1, dtype=np.float32), 0.0)
    assert 110 <= len(sent) <= 130
    assert all(isinstance(s, Level) and s.dbfs == pytest.approx(-20.0, abs=0.01) for s in sent)


def test_patience_begins_after_eight_seconds_and_again_after_each_silence() -> None:
    sent: list[Signal] = []
    readings = Readings(sent.append)
    for silence_s in [*np.arange(0, 11, 0.02), 0.0, *np.arange(0, 9, 0.02)]:
        readings.feed(np.zeros(BLOCK, dtype=np.float32), float(silence_s))
    told = [s.silence_s for s in sent if isinstance(s, Patience)]
    assert told == [8.0, 9.0, 10.0, 8.0]


@pytest.mark.parametrize(("level", "silent"), [(0.0, True), (0.00002, True), (0.001, False)])
def test_a_microphone_without_signal_is_found_once_after_two_seconds(
    level: float, silent: bool
) -> None:
    check = SignalCheck()
    block = np.full(BLOCK, level, dtype=np.float32)
    found = [number for number in range(300) if check.silent(block)]
    assert found == ([99] if silent else [])

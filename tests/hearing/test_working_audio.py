"""The sound of an answer in memory: bounded, and whole all the same."""

from __future__ import annotations

import numpy as np
from hearing_fakes import RATE_HZ

from voice_interviewer.hearing.buffer import WorkingAudio


def seconds(first: int, last: int) -> np.ndarray:
    """Sound in which every sample says which second it belongs to."""
    return np.repeat(np.arange(first, last, dtype=np.float32) / 100, RATE_HZ)


def test_memory_stays_bounded_and_the_rest_comes_from_disk() -> None:
    disk = seconds(0, 70)
    asked: list[tuple[int, int]] = []

    def older(first: int, last: int) -> np.ndarray:
        asked.append((first, last))
        return disk[first:last]

    sound = WorkingAudio(older)
    for second in range(70):
        sound.append(seconds(second, second + 1))
        assert sound.in_memory_s <= 31.0
    assert sound.duration_s == 70.0
    assert (sound.between(64.5, 65.5) == disk[round(64.5 * RATE_HZ) : round(65.5 * RATE_HZ)]).all()
    assert asked == []
    assert (sound.all() == disk).all()
    assert asked == [(0, 40 * RATE_HZ)]
    assert len(sound.between(69.5, 99.0)) == RATE_HZ // 2
    assert len(sound.between(80.0, 99.0)) == 0


def test_without_a_disk_everything_stays() -> None:
    sound = WorkingAudio()
    for second in range(70):
        sound.append(seconds(second, second + 1))
    assert (sound.all() == seconds(0, 70)).all()


def test_when_the_disk_fails_what_comes_after_stays() -> None:
    disk = seconds(0, 40)
    sound = WorkingAudio(lambda first, last: disk[first:last])
    for second in range(100):
        sound.keep_all = second >= 40
        sound.append(seconds(second, second + 1))
    assert (sound.all() == seconds(0, 100)).all()

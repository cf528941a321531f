"""The buffer a device reads from: every sample once, silence after it, nothing after a stop."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speaking_fakes import tone

from voice_interviewer.audio.sound import Sound
from voice_interviewer.audio.tap import PlaybackTap
from voice_interviewer.speaking.playback import TAIL_S, Playback
from voice_interviewer.speaking.reel import Reel

FINE = SimpleNamespace(output_underflow=False)
DRY = SimpleNamespace(output_underflow=True)


def whole(sound: Sound) -> Reel:
    return Reel(sound, ended=True)


def pull(playback: Playback, blocks: list[int], channels: int = 1) -> np.ndarray:
    """What a device gets that asks for blocks of these sizes, the last one again and again."""
    taken = []
    sizes = iter(blocks)
    size = 1
    more = True
    while more:
        size = next(sizes, size)
        out = np.full((size, channels), 9.0, dtype=np.float32)
        more = playback.fill(out, size, FINE)
        taken.append(out)
    return np.concatenate(taken)


@given(
    length=st.integers(0, 500),
    blocks=st.lists(st.integers(1, 300), min_size=1, max_size=5),
    start=st.integers(-10, 600),
)
def test_a_device_gets_every_sample_once_and_then_silence(
    length: int, blocks: list[int], start: int
) -> None:
    rate_hz = 1_000
    samples = np.linspace(0.1, 0.9, length, dtype=np.float32)
    playback = Playback(whole(Sound(samples, rate_hz)), start / rate_hz, lambda: False)
    taken = pull(playback, blocks)[:, 0]
    expected = samples[max(0, min(start, length)) :]
    assert np.array_equal(taken[: len(expected)], expected)
    assert not taken[len(expected) :].any()
    assert len(taken) >= len(expected) + round(TAIL_S * rate_hz)
    assert playback.played_out
    assert playback.position_s == pytest.approx(length / rate_hz)


def test_every_channel_gets_the_same() -> None:
    taken = pull(Playback(whole(tone()), 0.0, lambda: False), [256], channels=2)
    assert np.array_equal(taken[:, 0], taken[:, 1])
    assert taken.any()


def test_the_block_after_a_stop_is_silent_and_the_last() -> None:
    stopped = False
    playback = Playback(whole(tone()), 0.0, lambda: stopped)
    out = np.ones((64, 1), dtype=np.float32)
    assert playback.fill(out, 64, FINE)
    assert playback.begun
    stopped = True
    out = np.ones((64, 1), dtype=np.float32)
    assert not playback.fill(out, 64, FINE)
    assert not out.any()
    assert playback.position == 64
    assert not playback.played_out


def test_position_and_underflows_are_counted() -> None:
    playback = Playback(whole(tone(0.5)), 0.25, lambda: False)
    assert not playback.begun
    assert playback.position_s == pytest.approx(0.25)
    playback.fill(np.zeros((2_400, 1), dtype=np.float32), 2_400, DRY)
    assert playback.position_s == pytest.approx(0.35)
    assert playback.underflows == 1


def test_sounds_added_meanwhile_follow_without_a_gap() -> None:
    first = Sound(np.full(100, 0.25, dtype=np.float32), 1_000)
    second = Sound(np.full(60, 0.5, dtype=np.float32), 1_000)
    reel = Reel(first)
    playback = Playback(reel, 0.0, lambda: False)
    out = np.zeros((80, 1), dtype=np.float32)
    assert playback.fill(out, 80, FINE)
    reel.add(second)
    assert playback.fill(out, 80, FINE)
    assert np.array_equal(out[:, 0], [0.25] * 20 + [0.5] * 60)
    assert playback.waited == 0


def test_a_late_sound_is_waited_for_in_silence_that_is_not_told_as_played() -> None:
    tap = PlaybackTap()
    reel = Reel(tone(0.01))
    playback = Playback(reel, 0.0, lambda: False, tap)
    out = np.ones((480, 1), dtype=np.float32)
    assert playback.fill(out, 480, FINE)
    assert not out[240:].any()
    assert playback.fill(out, 480, FINE)
    assert (playback.position, playback.waited, playback.played_out) == (240, 720, False)
    assert tap._written.count == 240
    reel.add(tone(0.01))
    reel.end()
    rest = pull(playback, [480])
    assert np.count_nonzero(rest[:240]) > 230
    assert playback.position_s == pytest.approx(0.02)


def test_what_is_added_at_another_rate_is_converted() -> None:
    reel = Reel(tone(0.1, rate_hz=24_000))
    reel.convert(48_000)
    reel.add(tone(0.1, rate_hz=22_050))
    assert [len(part) for part in reel.parts] == [4_800, 4_800]


def test_what_was_heard_lags_by_the_devices_delay_stops_with_it_and_never_goes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr("voice_interviewer.speaking.playback.time.monotonic", lambda: now[0])
    playback = Playback(Reel(tone(1.0, 1_000), ended=True), 0.2, lambda: False)
    out = np.zeros((100, 1), dtype=np.float32)
    assert playback.heard_s == 0.2
    playback.fill(out, 100, FINE, 0.05)
    assert playback.heard_s == 0.2
    now[0] += 0.1
    assert playback.heard_s == pytest.approx(0.25)
    playback.fill(out, 100, FINE, 0.08)
    assert playback.heard_s == pytest.approx(0.25)
    now[0] += 0.1
    assert playback.heard_s == pytest.approx(0.32)
    now[0] += 9.0
    assert playback.heard_s == pytest.approx(0.4)

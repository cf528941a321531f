"""The record of what the speaker plays: the right samples at the right time, silence elsewhere."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from voice_interviewer.audio.sound import HEARING_RATE_HZ, Sound, level_dbfs
from voice_interviewer.audio.tap import KEPT_S, PlaybackTap
from voice_interviewer.speaking.playback import Playback
from voice_interviewer.speaking.reel import Reel

START_S = 1_000.0


def sine(seconds: float, rate_hz: int, hz: float = 440.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz).astype("f4") / 2


def play(tap: PlaybackTap, sound: np.ndarray, rate_hz: int, at_s: float, block: int = 480) -> float:
    """Hand it over in blocks, each when it begins; returns when it ends."""
    for first in range(0, len(sound), block):
        tap.write(sound[first : first + block], rate_hz, at_s + first / rate_hz)
    return at_s + len(sound) / rate_hz


def test_nothing_played_is_silence() -> None:
    heard = PlaybackTap().latest(0.5, START_S)
    assert heard.shape == (8_000,)
    assert heard.dtype == np.float32
    assert not heard.any()


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_what_was_played_is_read_at_16_khz(rate_hz: int) -> None:
    tap = PlaybackTap()
    end_s = play(tap, sine(1.0, rate_hz), rate_hz, START_S)
    heard = tap.latest(0.5, end_s - 0.1)
    expected = sine(1.0, HEARING_RATE_HZ)[6_400:14_400]
    assert np.allclose(heard, expected, atol=0.05)


def test_before_and_after_it_there_is_silence() -> None:
    tap = PlaybackTap()
    end_s = play(tap, sine(0.2, 16_000), 16_000, START_S)
    heard = tap.latest(1.0, end_s + 0.3)
    assert not heard[: 16_000 // 2 - 10].any()
    assert np.allclose(heard[8_000:11_200], sine(0.2, 16_000), atol=1e-6)
    assert not heard[11_210:].any()
    assert not tap.latest(0.5, end_s + 60).any()
    assert not tap.latest(0.5, START_S - 60).any()


def test_blocks_fetched_in_advance_or_a_little_late_make_unbroken_sound() -> None:
    tap = PlaybackTap()
    sound = sine(0.4, 16_000)
    times_s = [0.0, 0.001, 0.002, 0.2, 0.29, 0.36, 0.36, 0.4]
    for number, at_s in enumerate(times_s):
        tap.write(sound[number * 800 :][:800], 16_000, START_S + at_s)
    assert np.allclose(tap.latest(0.15, START_S + 0.15), sound[:2_400], atol=1e-6)


def test_a_pause_stands_where_it_was() -> None:
    tap = PlaybackTap()
    play(tap, np.full(1_600, 0.25, dtype=np.float32), 16_000, START_S)
    play(tap, np.full(1_600, 0.5, dtype=np.float32), 16_000, START_S + 0.5)
    heard = tap.latest(0.6, START_S + 0.6)
    assert np.all(heard[:1_600] == 0.25)
    assert not heard[1_600:8_000].any()
    assert np.all(heard[8_000:] == 0.5)


def test_only_the_latest_seconds_are_kept() -> None:
    tap = PlaybackTap()
    end_s = play(tap, np.full(16_000 * 20, 0.5, dtype=np.float32), 16_000, START_S)
    heard = tap.latest(5.0, end_s)
    kept = round(KEPT_S * 16_000)
    assert np.all(heard[-kept:] == 0.5)
    assert not heard[:-kept].any()


def test_another_rate_begins_anew() -> None:
    tap = PlaybackTap()
    end_s = play(tap, sine(1.0, 24_000), 24_000, START_S)
    end_s = play(tap, sine(0.5, 48_000), 48_000, end_s)
    heard = tap.latest(1.0, end_s)
    assert np.all(np.abs(heard[:7_900]) < 1e-4)
    assert np.allclose(heard[8_100:15_900], sine(0.5, 16_000)[100:7_900], atol=0.01)


def test_what_16_khz_cannot_hold_does_not_come_back_as_something_else() -> None:
    tap = PlaybackTap()
    end_s = play(tap, sine(1.0, 48_000, hz=12_000), 48_000, START_S)
    assert level_dbfs(tap.latest(0.5, end_s - 0.2)) < -60


def test_reading_while_it_is_written_never_gives_old_sound_as_new() -> None:
    tap = PlaybackTap()
    stop = threading.Event()
    wrong: list[float] = []

    def read() -> None:
        while not stop.is_set():
            end_s = tap._written.end_s
            heard = tap.latest(0.3, end_s)
            if np.any(np.diff(heard[heard > 0]) < 0):
                wrong.append(end_s)

    reader = threading.Thread(target=read)
    reader.start()
    ramp = np.arange(16_000 * 30, dtype=np.float32)
    play(tap, ramp, 16_000, START_S, block=160)
    stop.set()
    reader.join()
    assert not wrong


def test_a_block_costs_the_callback_next_to_nothing() -> None:
    tap = PlaybackTap()
    block = np.ones(2_400, dtype=np.float32)
    began_s = time.thread_time()
    for number in range(1_000):
        tap.write(block, 48_000, START_S + number * 0.05)
    assert (time.thread_time() - began_s) / 1_000 < 0.001


def test_a_playback_tells_its_tap_what_the_device_got() -> None:
    tap = PlaybackTap()
    tone = Sound(sine(0.2, 16_000), 16_000)
    playback = Playback(Reel(tone, ended=True), 0.1, lambda: False, tap)
    out = np.zeros((1_600, 2), dtype=np.float32)
    before_s = time.monotonic()
    playback.fill(out, 1_600, SimpleNamespace(output_underflow=False))
    heard = tap.latest(0.5, before_s + 0.3)
    begins = int(np.flatnonzero(heard)[0])
    assert np.allclose(heard[begins : begins + 1_500], out[1:1_501, 0], atol=0.15)
    assert level_dbfs(heard) == pytest.approx(level_dbfs(sine(0.1, 16_000)) - 7.0, abs=0.5)

"""The interviewer's own voice is not the candidate's, and the candidate's is not lost in it."""

from __future__ import annotations

import numpy as np
import pytest

from voice_interviewer.hearing.echo import WithoutEcho

RATE_HZ = 16_000
CHUNK = 512


class Always:
    """A speech detector for which everything is speech."""

    echo = False

    def __init__(self) -> None:
        self.resets = 0

    def probability(self, chunk: np.ndarray) -> float:
        return 0.9

    def reset(self) -> None:
        self.resets += 1


def babble(seconds: float, seed: int, level: float = 0.1) -> np.ndarray:
    """Noise in syllables: bands that rise and fall on their own, four times a second or so."""
    chance = np.random.default_rng(seed)
    count = round(seconds * RATE_HZ)
    sound = np.zeros(count)
    time_s = np.arange(count) / RATE_HZ
    for low, high in ((200, 500), (500, 1000), (1000, 2000), (2000, 4000)):
        spectrum = np.fft.rfft(chance.standard_normal(count))
        hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
        spectrum[(hz < low) | (hz >= high)] = 0
        knots = np.arange(0, seconds + 0.15, 0.15)
        loudness = np.interp(time_s, knots, chance.choice([0.02, 0.3, 1.0], len(knots)))
        band = np.fft.irfft(spectrum, count) * loudness
        sound += band / np.abs(band).max()
    return (level * sound / np.abs(sound).max()).astype(np.float32)


class Room:
    """Plays a reference and hears it `delay_s` later at `gain`, with noise, on its own clock."""

    def __init__(self, played: np.ndarray, *, delay_s: float = 0.1, gain: float = 0.3) -> None:
        self.now_s = 0.0
        self.played = played
        echo = np.zeros_like(played)
        late = round(delay_s * RATE_HZ)
        echo[late:] = gain * played[: len(played) - late]
        noise = np.random.default_rng(9).standard_normal(len(played))
        self.microphone = (echo + 2e-4 * noise).astype(np.float32)
        self.inner = Always()
        self.detector = WithoutEcho(self.inner, self.reference, lambda: self.now_s)

    def reference(self, seconds: float, at_s: float) -> np.ndarray:
        wanted = round(seconds * RATE_HZ)
        end = min(round(at_s * RATE_HZ), len(self.played))
        part = self.played[max(0, end - wanted) : max(0, end)]
        sound = np.zeros(wanted, dtype=np.float32)
        if len(part):
            sound[wanted - len(part) :] = part
        return sound

    def hear(self, since: int = 0, until: int | None = None) -> list[float]:
        """The probabilities of all whole chunks between two samples."""
        heard = []
        for start in range(since, (until or len(self.microphone)) - CHUNK + 1, CHUNK):
            self.now_s = (start + CHUNK) / RATE_HZ
            heard.append(self.detector.probability(self.microphone[start : start + CHUNK]))
        return heard


@pytest.mark.parametrize("delay_s", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("gain", [0.05, 0.3, 1.0])
def test_echo_is_never_taken_for_the_candidate(delay_s: float, gain: float) -> None:
    room = Room(babble(20.0, seed=1), delay_s=delay_s, gain=gain)
    assert max(room.hear()) == 0.0


def test_the_candidate_is_heard_over_the_echo_once_the_room_is_known() -> None:
    room = Room(babble(20.0, seed=1), gain=0.1)
    first = 12 * RATE_HZ
    room.microphone[first : first + 2 * RATE_HZ] += babble(2.0, seed=2, level=0.3)
    heard = room.hear()
    spoke_at = first // CHUNK
    assert max(heard[:spoke_at]) == 0.0
    assert max(heard[spoke_at : spoke_at + RATE_HZ // CHUNK]) == 0.9


def test_where_nothing_is_played_everything_passes() -> None:
    room = Room(np.zeros(3 * RATE_HZ, dtype=np.float32))
    assert min(room.hear()) == 0.9
    assert not room.detector.echo


def test_what_may_be_echo_is_told_apart_from_what_is_no_speech() -> None:
    room = Room(babble(20.0, seed=1), gain=0.1)
    first = 12 * RATE_HZ
    room.microphone[first : first + 2 * RATE_HZ] += babble(2.0, seed=2, level=0.3)
    room.hear(until=first)
    assert room.detector.echo
    room.hear(since=first, until=first + RATE_HZ)
    assert not room.detector.echo
    room.detector.reset()
    assert not room.detector.echo


def test_before_the_room_is_known_all_is_taken_for_echo() -> None:
    room = Room(babble(2.0, seed=1), gain=0.1)
    room.microphone += babble(2.0, seed=2, level=0.3)
    assert max(room.hear()[4:]) == 0.0


def test_a_reset_reaches_the_detector_and_keeps_what_was_learnt() -> None:
    room = Room(babble(20.0, seed=1), gain=0.1)
    first = 12 * RATE_HZ
    room.microphone[first:] += babble(8.0, seed=2, level=0.3)
    room.hear(until=first)
    room.detector.reset()
    assert room.inner.resets == 1
    assert max(room.hear(since=first, until=first + RATE_HZ)) == 0.9

"""The interviewer's own voice is no speech; the candidate's is, also over hers."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable

import numpy as np
import pytest

from voice_interviewer.audio.sound import HEARING_RATE_HZ as RATE_HZ
from voice_interviewer.audio.tap import PlaybackTap
from voice_interviewer.hearing.echo import WithoutEcho
from voice_interviewer.hearing.speech import SpeechDetector, SpeechFollower
from voice_interviewer.hearing.timeline import SpeechTimeline
from voice_interviewer.hearing.vad import CHUNK, CHUNK_S, Vad

LEAD_S = 0.5
WINDOW_S = 2.0
NOISE_DBFS = -65.0


class Loud:
    """Takes everything above -60 dBFS for speech."""

    def __init__(self) -> None:
        self.resets = 0

    def probability(self, chunk: np.ndarray) -> float:
        return 0.9 if float(np.mean(chunk**2)) > 1e-6 else 0.1

    def reset(self) -> None:
        self.resets += 1


def babble(seconds: float, seed: int) -> np.ndarray:
    """Noise at -20 dBFS whose loudness changes by band as that of syllables does."""
    chance = np.random.default_rng(seed)
    size = round(seconds * RATE_HZ)
    time_s = np.arange(size) / RATE_HZ
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    sound = np.zeros(size)
    for low, high in ((100, 600), (600, 1_500), (1_500, 3_000), (3_000, 7_000)):
        spectrum = np.fft.rfft(chance.standard_normal(size)) * ((hz >= low) & (hz < high))
        knots = np.arange(0, seconds + 0.15, 0.15)
        level_db = np.interp(time_s, knots, chance.uniform(-40, 0, len(knots)))
        band = np.fft.irfft(spectrum, size) * 10 ** (level_db / 20)
        sound += band / np.sqrt(np.mean(band**2)) / np.sqrt(high / 600)
    return (sound * 0.1 / np.sqrt(np.mean(sound**2))).astype(np.float32)


def in_room(played: np.ndarray, echo_db: float, delay_s: float, rt60_s: float = 0.3) -> np.ndarray:
    """What the microphone hears of it."""
    if not played.any():
        return played
    seconds = np.arange(round(rt60_s * RATE_HZ)) / RATE_HZ
    response = np.random.default_rng(1).standard_normal(len(seconds)) * 10 ** (
        -3 * seconds / rt60_s
    )
    response[0] += 10.0
    size = 1 << (len(played) + len(response)).bit_length()
    heard = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(response, size), size)
    heard = heard[: len(played) + len(response)]
    heard *= 10 ** (echo_db / 20) * np.sqrt(np.mean(played**2)) / np.sqrt(np.mean(heard**2))
    return np.concatenate([np.zeros(round(delay_s * RATE_HZ)), heard]).astype(np.float32)


class Room:
    """A tap, a clock and a detector, kept from one prompt to the next."""

    def __init__(self, detector: SpeechDetector | None = None) -> None:
        self.tap = PlaybackTap()
        self.now_s = 1_000.0
        self.detector = WithoutEcho(detector or Loud(), self.tap.latest, lambda: self.now_s)
        self.windows = 0

    def hear(
        self,
        prompt: np.ndarray,
        *others: tuple[np.ndarray, float],
        echo_db: float = -20.0,
        delay_s: float = 0.12,
        seconds: float = WINDOW_S,
    ) -> float | None:
        """When speech is noticed, in seconds from the prompt's beginning.

        Args:
            others: what else is heard, and when it begins.
        """
        self.windows += 1
        self.now_s += 30.0
        size = round((LEAD_S + seconds) * RATE_HZ)
        heard = np.random.default_rng(self.windows).standard_normal(size) * 10 ** (NOISE_DBFS / 20)
        for sound, at_s in ((in_room(prompt, echo_db, delay_s), 0.0), *others):
            at = round((LEAD_S + at_s) * RATE_HZ)
            part = sound[: size - at]
            heard[at : at + len(part)] += part
        begin_s, written = self.now_s, 0
        timeline = SpeechTimeline()
        follower = SpeechFollower(self.detector, timeline)
        for number in range(size // CHUNK):
            self.now_s = begin_s + (number + 1) * CHUNK_S
            while written < len(prompt):
                at_s = begin_s + LEAD_S + written / RATE_HZ
                if at_s > self.now_s:
                    break
                self.tap.write(prompt[written : written + 320], RATE_HZ, at_s)
                written += 320
            follower.feed(heard[number * CHUNK :][:CHUNK].astype(np.float32))
            if timeline.speech_started_s is not None:
                return timeline.now_s - LEAD_S
        return None


@pytest.mark.parametrize(("echo_db", "delay_s"), [(-5, 0.02), (-15, 0.3), (-30, 0.15)])
def test_an_echo_is_never_the_candidate(echo_db: float, delay_s: float) -> None:
    room = Room()
    noticed = [
        room.hear(babble(3.0, seed), echo_db=echo_db, delay_s=delay_s, seconds=4.0)
        for seed in range(8)
    ]
    assert noticed == [None] * 8


def test_nor_is_it_when_the_speaker_is_turned_up() -> None:
    room = Room()
    levels_db = [-25, -25, -25, -12, -12, -25, -5]
    assert [room.hear(babble(3.0, n), echo_db=db) for n, db in enumerate(levels_db)] == [None] * 7


def test_nor_when_it_comes_later_than_any_echo_that_is_looked_for() -> None:
    room = Room()
    assert [room.hear(babble(3.0, n), delay_s=0.7) for n in range(6)] == [None] * 6


def test_a_candidate_louder_than_the_echo_is_heard_once_the_room_is_known() -> None:
    room = Room()
    candidate = babble(2.0, 99)
    assert room.hear(babble(3.0, 0), (candidate, 0.3)) is None
    room.hear(babble(3.0, 1))
    room.hear(babble(3.0, 2))
    noticed_s = room.hear(babble(3.0, 3), (candidate, 0.6))
    assert noticed_s is not None
    assert 0.6 < noticed_s < 1.5
    assert room.hear(babble(3.0, 4)) is None


def test_with_headphones_a_soft_candidate_is_heard() -> None:
    room = Room()
    for seed in range(3):
        assert room.hear(babble(3.0, seed), echo_db=-90) is None
    noticed_s = room.hear(babble(3.0, 3), (babble(2.0, 99) * 0.1, 0.6), echo_db=-90)
    assert noticed_s is not None
    assert 0.6 < noticed_s < 1.4


def test_while_nothing_is_played_the_probability_passes_unchanged() -> None:
    room = Room()
    silence = np.zeros(0, dtype=np.float32)
    assert room.hear(silence, (babble(1.0, 5), 0.5)) == pytest.approx(0.8, abs=0.15)
    for _ in range(4):
        room.hear(babble(3.0, 6))
    assert room.hear(silence, (babble(1.0, 5), 0.5)) == pytest.approx(0.8, abs=0.15)


def test_a_tail_of_the_room_is_still_an_echo_and_then_it_is_over() -> None:
    room = Room()
    for seed in range(3):
        room.hear(babble(1.2, seed))
    long_tail = in_room(babble(1.2, 3), -20, 0.3, rt60_s=0.6)
    assert room.hear(babble(1.2, 3), (long_tail, 0.0), echo_db=-90) is None
    noticed_s = room.hear(babble(0.4, 4), (babble(1.0, 5), 1.8), seconds=3.0)
    assert noticed_s == pytest.approx(2.1, abs=0.15)


def test_a_reset_forgets_the_recording_and_not_the_room() -> None:
    inner = Loud()
    room = Room(inner)
    for seed in range(3):
        room.hear(babble(3.0, seed))
    assert inner.resets == 3
    gain = room.detector._path.gain.copy()
    room.detector.reset()
    assert np.array_equal(room.detector._path.gain, gain)
    assert gain.max() < 1.0


@pytest.mark.parametrize(
    "now_s",
    [lambda: 5.0, iter(range(100, 0, -1)).__next__, iter(range(0, 10_000, 50)).__next__],
    ids=["standing", "backwards", "leaping"],
)
def test_a_strange_clock_does_no_harm(now_s: Callable[[], float]) -> None:
    tap = PlaybackTap()
    detector = WithoutEcho(Loud(), tap.latest, now_s)
    for number in range(40):
        tap.write(babble(0.05, number), RATE_HZ, 5.0 + number * 0.05)
        assert 0.0 <= detector.probability(babble(0.032, number)) <= 1.0


def test_silent_and_broken_sound_does_no_harm() -> None:
    detector = WithoutEcho(Loud(), lambda seconds, _: np.ones(round(seconds * RATE_HZ), "f4"))
    for chunk in (np.zeros(CHUNK, dtype=np.float32), np.ones(CHUNK, dtype=np.float32)) * 60:
        assert detector.probability(chunk) == 0.0


def test_it_takes_a_small_part_of_a_core() -> None:
    room = Room()
    prompt = babble(4.0, 0)
    began_s = time.process_time()
    room.hear(prompt, seconds=5.0)
    assert (time.process_time() - began_s) / (LEAD_S + 5.0) < 0.1


@pytest.mark.real
@pytest.mark.skipif(
    importlib.util.find_spec("hibari") is None, reason="hibari-tts is not installed"
)
def test_the_neural_voice_is_not_taken_for_the_candidate() -> None:
    from voice_interviewer.speaking.hibari_voice import open_voice
    from voice_interviewer.speaking.voice import VoiceOptions

    voice = open_voice(VoiceOptions())
    texts = (
        "How would you tell that a policy has started to exploit its reward model?",
        "Tell me about a time you thought your manager was wrong.",
        "Walk me through the last incident that you were on call for.",
    )
    prompts = [voice.render(text).at(RATE_HZ).samples for text in texts]
    candidate = voice.render("Oh wait, there is one more thing I should add.").at(RATE_HZ).samples
    voice.close()
    alone = Room()
    alone.detector = Vad()  # type: ignore[assignment]
    assert alone.hear(prompts[0], echo_db=-10) is not None
    room = Room(Vad())
    assert [room.hear(prompt, echo_db=-10) for prompt in prompts * 2] == [None] * 6
    noticed_s = room.hear(prompts[0], (candidate, 0.5), echo_db=-10)
    assert noticed_s is not None
    assert 0.5 < noticed_s < 1.6

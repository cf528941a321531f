"""The player of past sessions: what sounds, where it stands, and what it says when it cannot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeJudge, FakeListener, FakeSpeaker, MemoryJournal, VirtualClock, started

from voice_interviewer.audio.sound import Sound, write_sound
from voice_interviewer.core.session import State
from voice_interviewer.engines import Engines
from voice_interviewer.errors import AudioError, VoiceError
from voice_interviewer.playback import SessionPlayer
from voice_interviewer.runner import Runner
from voice_interviewer.session_sounds import SessionSounds

PROMPT_S = 0.5


@dataclass
class FakePlayer:
    """A loudspeaker whose time is moved by hand: a sound is over when it is told so."""

    missing: AudioError | None = None
    fails: AudioError | None = None
    at_once: bool = False
    heard_s: float = 0.0
    played: list[tuple[float, float]] = field(default_factory=list)
    closed: bool = False
    _over: threading.Event = field(default_factory=threading.Event)

    def problem(self) -> AudioError | None:
        return self.missing

    def play(
        self,
        sound: Sound,
        *,
        on_first_sample: Callable[[], None],
        start_s: float,
        stop: threading.Event,
    ) -> bool:
        self.heard_s = start_s
        self.played.append((round(start_s, 3), round(sound.duration_s, 3)))
        on_first_sample()
        while not (stop.is_set() or self.at_once or self._over.wait(0.002)):
            pass
        self._over.clear()
        if self.fails is not None:
            raise self.fails
        if stop.is_set():
            return False
        self.heard_s = sound.duration_s
        return True

    def end(self) -> None:
        self._over.set()

    def close(self) -> None:
        self.closed = True


def voice(text: str, name: str) -> Sound:
    return Sound(np.full(8_000, 0.1, dtype=np.float32), 16_000)


@pytest.fixture
def state() -> State:
    clock, journal = VirtualClock(), MemoryJournal()
    listener = FakeListener(clock, ["it is red and round", "hull sail"])
    return Runner(journal, Engines(FakeSpeaker(clock), listener, FakeJudge(clock)), clock).run(
        started()
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two seconds for the first answer, one for the second; each begins with half a second of
    silence."""
    (tmp_path / "audio").mkdir()
    rng = np.random.default_rng(3)
    for name, seconds in (("turn-001.flac", 2.0), ("turn-002.flac", 1.0)):
        samples = rng.uniform(-0.5, 0.5, round(16_000 * seconds)).astype(np.float32)
        samples[:8_000] = 0
        write_sound(tmp_path / "audio" / name, Sound(samples, 16_000))
    return tmp_path


Open = Callable[..., SessionPlayer]


@pytest.fixture
def opened(state: State, folder: Path) -> Iterator[Open]:
    players: list[SessionPlayer] = []

    def build(
        player: FakePlayer, render: Callable[[str, str], Sound] | None = voice
    ) -> SessionPlayer:
        players.append(SessionPlayer(state, SessionSounds(state, folder, render), player))
        return players[-1]

    yield build
    for player in players:
        player.close()


def until(true: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.002)


def stands(player: SessionPlayer) -> tuple[int, str, float, bool]:
    head = player.head()
    return head.turn_id, head.part, round(head.at_s, 3), head.playing


def test_prompts_and_answers_sound_in_turn_to_the_end_and_then_from_the_start(opened: Open) -> None:
    device = FakePlayer(at_once=True)
    player = opened(device)
    assert stands(player) == (1, "prompt", 0.0, False)
    player.play()
    until(lambda: not player.head().playing)
    assert device.played == [(0.0, PROMPT_S), (0.0, 2.0), (0.0, PROMPT_S), (0.0, 1.0)]
    assert stands(player) == (2, "answer", 1.0, False)
    player.play()
    until(lambda: len(device.played) == 8)


def test_the_position_is_what_left_the_speaker(opened: Open) -> None:
    device = FakePlayer()
    player = opened(device)
    player.seek(1, "answer", 0.25)
    assert stands(player) == (1, "answer", 0.25, False)
    player.play()
    until(lambda: device.played == [(0.25, 2.0)])
    device.heard_s = 0.75
    assert stands(player) == (1, "answer", 0.75, True)
    player.pause()
    device.heard_s = 99.0
    assert stands(player) == (1, "answer", 0.75, False)
    player.play()
    until(lambda: device.played == [(0.25, 2.0), (0.75, 2.0)])


def test_another_rate_goes_on_where_it_was_and_counts_in_the_answers_own_seconds(
    opened: Open,
) -> None:
    device = FakePlayer()
    player = opened(device)
    player.seek(1, "answer", 0.5)
    player.play()
    until(lambda: len(device.played) == 1)
    device.heard_s = 1.0
    player.set_rate(2.0)
    until(lambda: len(device.played) == 2)
    assert device.played[1] == (0.5, 1.0)
    device.heard_s = 0.75
    assert stands(player) == (1, "answer", 1.5, True)
    assert player.head().rate == 2.0


def test_a_span_stops_at_its_end_and_a_pause_in_it_goes_on_with_it(opened: Open) -> None:
    device = FakePlayer()
    player = opened(device)
    player.play_span(2, 0.25, 0.75)
    until(lambda: device.played == [(0.25, 0.75)])
    device.heard_s = 0.5
    player.pause()
    player.play()
    until(lambda: device.played[1:] == [(0.5, 0.75)])
    device.end()
    until(lambda: not player.head().playing)
    assert stands(player) == (2, "answer", 0.75, False)
    assert len(device.played) == 2


def test_answers_alone_play_without_their_prompts(opened: Open) -> None:
    device = FakePlayer(at_once=True)
    player = opened(device)
    player.play_answers([2, 1])
    until(lambda: not player.head().playing)
    assert device.played == [(0.0, 1.0), (0.0, 2.0)]


def test_a_seek_while_it_plays_plays_on_from_there(opened: Open) -> None:
    device = FakePlayer()
    player = opened(device)
    player.play()
    until(lambda: len(device.played) == 1)
    player.seek(2, "answer", 0.5)
    until(lambda: len(device.played) == 2)
    assert device.played[1] == (0.5, 1.0)
    assert stands(player) == (2, "answer", 0.5, True)


def test_without_a_device_it_says_so_and_can_still_be_stepped_through(opened: Open) -> None:
    device = FakePlayer(missing=AudioError("No speaker was found.", "Connect one."))
    player = opened(device)
    player.play()
    until(lambda: not player.head().playing)
    assert player.head().notice == "No speaker was found. Connect one."
    player.seek(2, "answer", 0.5)
    assert stands(player) == (2, "answer", 0.5, False)
    assert not device.played


def test_a_device_that_fails_leaves_it_where_it_was(opened: Open) -> None:
    device = FakePlayer(fails=AudioError("The speaker failed.", ""))
    player = opened(device)
    player.seek(1, "answer", 0.5)
    player.play()
    until(lambda: len(device.played) == 1)
    device.heard_s = 0.75
    device.end()
    until(lambda: not player.head().playing)
    assert stands(player) == (1, "answer", 0.75, False)
    assert player.head().notice == "The speaker failed."


@pytest.mark.parametrize("silent", [True, False], ids=["silent voice", "broken voice"])
def test_prompts_that_cannot_be_said_are_shown_and_the_answers_still_sound(
    opened: Open, monkeypatch: pytest.MonkeyPatch, silent: bool
) -> None:
    monkeypatch.setattr("voice_interviewer.playback._READING_S", 0.01)

    def broken(text: str, name: str) -> Sound:
        raise VoiceError("The voice is gone.", "Choose another.")

    device = FakePlayer(at_once=True)
    player = opened(device, None if silent else broken)
    player.play()
    until(lambda: not player.head().playing)
    assert device.played == [(0.0, 2.0), (0.0, 1.0)]


def test_a_recording_that_is_gone_is_told_and_passed(
    opened: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_interviewer.playback._READING_S", 0.3)
    (folder / "audio" / "turn-001.flac").unlink()
    device = FakePlayer(at_once=True)
    player = opened(device)
    assert player.answer_s(1) == 0.0
    assert player.levels(1) == ()
    player.play()
    until(lambda: "turn-001" in player.head().notice)
    until(lambda: not player.head().playing)
    assert (0.0, 1.0) in device.played


def test_levels_show_where_the_pause_is(opened: Open) -> None:
    player = opened(FakePlayer())
    levels = player.levels(1)
    assert len(levels) == 40
    assert max(levels[:10]) == -120.0
    assert min(levels[10:]) > -20


def test_closing_lets_go_of_the_speaker_and_nothing_plays_after_it(opened: Open) -> None:
    device = FakePlayer()
    player = opened(device)
    player.play()
    until(lambda: len(device.played) == 1)
    player.close()
    until(lambda: device.closed)
    player.play()
    assert not player.head().playing

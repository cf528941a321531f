"""Replay shows the same states again, with the recordings, and writes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from fakes import (
    FakeJudge,
    FakeListener,
    FakeSpeaker,
    MemoryJournal,
    VirtualClock,
    Watcher,
    started,
)

from voice_interviewer.audio.sound import Sound, write_sound
from voice_interviewer.core import events as ev
from voice_interviewer.core.ports import Interim
from voice_interviewer.errors import AudioError
from voice_interviewer.playback import SessionPlayback
from voice_interviewer.replay import Replay
from voice_interviewer.runner import Engines, Runner


@dataclass
class FakePlayback:
    played: list[tuple[str, ...]] = field(default_factory=list)
    error: AudioError | None = None

    def play(self, recordings: tuple[str, ...], at_position: Callable[[float], None]) -> None:
        if self.error is not None:
            raise self.error
        self.played.append(recordings)
        for position_s in (0.0, 0.5, 9.0):
            at_position(position_s)

    def stop(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[ev.Event]:
    monkeypatch.setattr("voice_interviewer.replay._READING_S", 0.0)
    clock, journal = VirtualClock(), MemoryJournal()
    listener = FakeListener(clock, ["it is red and round", "hull sail"])
    Runner(journal, Engines(FakeSpeaker(clock), listener, FakeJudge(clock)), clock).run(started())
    return journal.events


def test_a_replay_passes_through_the_same_states(events: list[ev.Event]) -> None:
    watcher, speaker, playback = Watcher(), FakeSpeaker(VirtualClock()), FakePlayback()
    replay = Replay(events, speaker, playback)
    replay.subscribe(watcher)
    final = replay.run()
    assert final.status == "finished"
    assert watcher.states[-1] == final
    assert len(watcher.states) == len(events)
    assert speaker.said == ["Tell me about apples?", "Tell me about boats?"]
    assert playback.played == [("audio/turn-001.wav",), ("audio/turn-002.wav",)]


def test_words_light_up_as_they_sound(events: list[ev.Event]) -> None:
    watcher = Watcher()
    replay = Replay(events, None, FakePlayback())
    replay.subscribe(watcher)
    replay.run()
    texts = [signal.text for signal in watcher.signals if isinstance(signal, Interim)]
    assert texts[:3] == ["it", "it is", "it is red and round"]


def test_without_sound_everything_passes_at_once(events: list[ev.Event]) -> None:
    assert Replay(events).run() == Replay(events, None, FakePlayback()).run()


def test_a_recording_that_is_gone_is_told_and_its_words_are_shown(events: list[ev.Event]) -> None:
    watcher = Watcher()
    gone = FakePlayback(error=AudioError("The recording is gone.", "Its transcript is shown."))
    replay = Replay(events, None, gone)
    replay.subscribe(watcher)
    replay.run()
    assert any(n.message == "The recording is gone." for n in watcher.states[-2].notices)
    assert Interim("it is red and round") in watcher.signals


def test_leaving_stops_a_replay(events: list[ev.Event]) -> None:
    speaker = FakeSpeaker(VirtualClock(), wait=True)
    replay = Replay(events, speaker, FakePlayback())
    threading.Timer(0.05, lambda: replay.submit("leave")).start()
    replay.run()
    assert len(speaker.said) == 1


@dataclass
class FakePlayer:
    """Plays in no time; `stop_after` sounds it is stopped."""

    stop_after: int = 99
    position_s: float = 0.0
    lengths_s: list[float] = field(default_factory=list)

    def play(
        self, sound: Sound, *, on_first_sample: Callable[[], None], stop: threading.Event
    ) -> bool:
        self.lengths_s.append(sound.duration_s)
        return len(self.lengths_s) < self.stop_after

    def close(self) -> None:
        pass


def session_folder(folder: Path) -> Path:
    (folder / "audio").mkdir()
    for name, seconds in (("turn-001.wav", 1.0), ("turn-001-2.flac", 2.0)):
        samples = np.zeros(int(16_000 * seconds), dtype=np.float32)
        write_sound(folder / "audio" / name, Sound(samples, 16_000))
    return folder


def test_the_recordings_of_a_turn_play_one_after_another(tmp_path: Path) -> None:
    player = FakePlayer()
    positions: list[float] = []
    playback = SessionPlayback(session_folder(tmp_path), player)
    playback.play(("audio/turn-001.wav", "audio/turn-001-2.wav"), positions.append)
    assert player.lengths_s == [1.0, 2.0]
    assert positions[-1] == 3.0


def test_stopping_one_recording_leaves_the_next_alone(tmp_path: Path) -> None:
    player = FakePlayer(stop_after=1)
    SessionPlayback(session_folder(tmp_path), player).play(
        ("audio/turn-001.wav", "audio/turn-001-2.wav"), lambda _at_s: None
    )
    assert player.lengths_s == [1.0]


def test_a_missing_recording_is_an_error_with_its_name(tmp_path: Path) -> None:
    playback = SessionPlayback(session_folder(tmp_path), FakePlayer())
    with pytest.raises(AudioError, match="turn-009"):
        playback.play(("audio/turn-009.wav",), lambda _at_s: None)

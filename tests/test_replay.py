"""Replay passes through the same states again and writes nothing."""

from __future__ import annotations

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

from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State
from voice_interviewer.engines import Engines
from voice_interviewer.replay import Replay
from voice_interviewer.runner import Runner


@pytest.fixture
def events() -> list[ev.Event]:
    clock, journal = VirtualClock(), MemoryJournal()
    listener = FakeListener(clock, ["it is red and round", "hull sail"])
    Runner(journal, Engines(FakeSpeaker(clock), listener, FakeJudge(clock)), clock).run(started())
    return journal.events


def test_a_replay_passes_through_the_same_states(events: list[ev.Event]) -> None:
    watcher = Watcher()
    replay = Replay(events)
    replay.subscribe(watcher)
    final = replay.run()
    assert final.status == "finished"
    assert watcher.states[-1] == final
    assert len(watcher.states) == len(events)


def test_leaving_stops_a_replay(events: list[ev.Event]) -> None:
    class Leaver(Watcher):
        def on_state(self, state: State, event: ev.Event) -> None:
            super().on_state(state, event)
            replay.submit("leave")

    leaver, replay = Leaver(), Replay(events)
    replay.subscribe(leaver)
    replay.run()
    assert len(leaver.states) == 1

"""Plays one answer on the default speaker and writes down where the player says it stands.

Usage: replay_process.py FOLDER RATE, where the folder holds the recording `audio/turn-001.wav`.
Prints a JSON list of (monotonic seconds, position in seconds).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from fakes import FakeJudge, FakeListener, FakeSpeaker, MemoryJournal, VirtualClock, started

from voice_interviewer.engines import Engines
from voice_interviewer.playback import SessionPlayer
from voice_interviewer.runner import Runner
from voice_interviewer.session_sounds import SessionSounds
from voice_interviewer.speaking.player import Player


def main() -> None:
    """Play it and watch the playhead every 5 ms."""
    folder, rate = Path(sys.argv[1]), float(sys.argv[2])
    clock = VirtualClock()
    engines = Engines(FakeSpeaker(clock), FakeListener(clock, ["it is", "so"]), FakeJudge(clock))
    state = Runner(MemoryJournal(), engines, clock).run(started())
    player = SessionPlayer(state, SessionSounds(state, folder, None), Player())
    player.set_rate(rate)
    player.play_answers([1])
    seen: list[tuple[float, float]] = []
    while player.head().playing:
        seen.append((time.monotonic(), player.head().at_s))
        time.sleep(0.005)
    assert not player.head().notice, player.head().notice
    player.close()
    print(json.dumps(seen))


main()

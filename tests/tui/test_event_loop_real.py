"""The screens stay quick while real Whisper works in its process, and the meter keeps moving."""

from __future__ import annotations

import asyncio
import importlib.util
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

import pytest
from driving import until_shown

from voice_interviewer.config import load_settings
from voice_interviewer.desk import Choices
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.tui.app import VoiceInterviewerApp
from voice_interviewer.tui.messages import StartWanted
from voice_interviewer.tui.screens.interview import InterviewScreen
from voice_interviewer.tui.widgets.phase import PhaseLine
from voice_interviewer.weights.find import PACKAGE

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        importlib.util.find_spec(PACKAGE) is None, reason="the extra `offline` is not installed"
    ),
]

TICK_S = 0.01
QUIET_S = 3.0
MEASURED_S = 8.0
MOST_LAG_S = 0.05
RECORDED = Choices(
    bank="rlhf-systems-engineer",
    questions=1,
    question_ids=("reward-hacking",),
    candidate="recorded",
    voice="silent",
    judge="embedded",
)


@dataclass(frozen=True)
class Lags:
    """How late ticks came, in seconds, and how much of that this process was computing.

    A tick that is late while the process computes nothing was held up by the machine, not by us.
    """

    late_s: list[float]
    own_s: list[float]

    def __str__(self) -> str:
        late, own = self.late_s, self.own_s
        p99 = quantiles(late, n=100)[98]
        return f"max {max(late):.4f} s, p99 {p99:.4f} s, max of our own {max(own):.4f} s"

    @property
    def p99_s(self) -> float:
        """What 99 of 100 ticks stay under."""
        return quantiles(self.late_s, n=100)[98]


async def ticking(wait: Callable[[], Awaitable[None]]) -> Lags:
    """Tick until `wait` is over."""
    lags = Lags([], [])

    async def tick() -> None:
        while True:
            due_s, spent_s = time.perf_counter() + TICK_S, time.process_time()
            await asyncio.sleep(TICK_S)
            late_s = max(0.0, time.perf_counter() - due_s)
            lags.late_s.append(late_s)
            lags.own_s.append(min(late_s, time.process_time() - spent_s))

    task = asyncio.create_task(tick())
    await wait()
    task.cancel()
    return lags


def committed(screen: InterviewScreen) -> int:
    """How many words of the answer stand for good."""
    state = screen.situation.state
    return 0 if state is None or state.turn is None else len(state.turn.committed)


async def test_the_event_loop_does_not_stall_and_the_meter_moves_while_whisper_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings_s: list[float] = []
    shown = PhaseLine.level

    def level(line: PhaseLine, dbfs: float) -> None:
        readings_s.append(time.perf_counter())
        shown(line, dbfs)

    monkeypatch.setattr(PhaseLine, "level", level)
    desk = FrontDesk(load_settings({"storage.data_dir": tmp_path}, environ={}))
    app = VoiceInterviewerApp(desk)
    async with app.run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, "Start the interview")
        await pilot.pause(1.0)
        quiet = await ticking(lambda: asyncio.sleep(QUIET_S))
        app.post_message(StartWanted(RECORDED))
        deadline_s = time.monotonic() + 60
        while not readings_s:
            assert time.monotonic() < deadline_s, "the answer never began"
            await asyncio.sleep(0.05)
        screen = app.screen
        assert isinstance(screen, InterviewScreen)
        readings_s.clear()

        async def until_words_came() -> None:
            begun_s = time.monotonic()
            while time.monotonic() < begun_s + MEASURED_S or not committed(screen):
                assert time.monotonic() < begun_s + 60, "Whisper was not at work"
                await asyncio.sleep(0.2)

        busy = await ticking(until_words_came)
        words = committed(screen)
        screen.action_leave()
        await until_shown(pilot, "Start the interview")
    gaps_s = [after - before for before, after in pairwise(readings_s)]
    rate_hz = len(gaps_s) / (readings_s[-1] - readings_s[0])
    print(f"\nwithout Whisper: {quiet}\nwith Whisper:    {busy} ({words} words committed)")
    print(f"meter: {rate_hz:.1f} readings a second, median gap {median(gaps_s):.3f} s")
    assert max(busy.own_s) <= MOST_LAG_S + max(quiet.own_s)
    assert busy.p99_s <= max(MOST_LAG_S, 3 * quiet.p99_s)
    assert rate_hz >= 10
    assert median(gaps_s) <= 0.1

"""The screens, cell by cell, at both sizes, with a clock that stands still."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from driving import app_of, still, until_shown
from every_screen import opened
from snapshots import assert_snapshot
from tui_data import ROWS, coached, finished, listening
from tui_fakes import FOLDER, SURROUNDINGS, BankInfo, FakeDesk

from voice_interviewer.core.ports import Interim, Level, Patience
from voice_interviewer.redone import Change
from voice_interviewer.tui.messages import ReviewWanted, SignalCame

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
LEVELS_DBFS = (-60, -52, -44, -35, -22, -25, -38, -50, -58, -30, -20, -18, -33, -44, -30, -26)
AROUND = replace(
    SURROUNDINGS,
    banks=(BankInfo("rlhf", "AI RLHF Systems Engineer", 50, 6),),
    microphone=None,
    microphone_problem="No microphone was found.",
    defaults=replace(SURROUNDINGS.defaults, bank="rlhf", questions=3),
)


@SIZES
async def test_home(size: tuple[int, int]) -> None:
    async with app_of(FakeDesk(around=AROUND, rows=ROWS)).run_test(size=size) as pilot:
        await until_shown(pilot, "No microphone")
        await until_shown(pilot, "interrupted")
        assert_snapshot(pilot.app, "home")


@SIZES
async def test_interview(size: tuple[int, int]) -> None:
    live = still(listening(), Interim("um so the KL penalty I"))
    async with app_of(FakeDesk(), live).run_test(size=size) as pilot:
        await until_shown(pilot, "░ um so")
        for dbfs in LEVELS_DBFS:
            pilot.app.screen.post_message(SignalCame(Level(dbfs)))
        pilot.app.screen.post_message(SignalCame(Patience(8.0)))
        await until_shown(pilot, "take your time")
        assert_snapshot(pilot.app, "interview")


@SIZES
async def test_feedback(size: tuple[int, int]) -> None:
    async with app_of(FakeDesk(), still(coached())).run_test(size=size) as pilot:
        await until_shown(pilot, "your answer, judged")
        assert_snapshot(pilot.app, "feedback")


@SIZES
async def test_review(size: tuple[int, int]) -> None:
    async with app_of(FakeDesk()).run_test(size=size) as pilot:
        await until_shown(pilot, "A small bank")
        pilot.app.post_message(ReviewWanted(finished(), FOLDER))
        await until_shown(pilot, "enter Hear it")
        assert_snapshot(pilot.app, "review")


@SIZES
async def test_correct(size: tuple[int, int]) -> None:
    async with app_of(FakeDesk()).run_test(size=size) as pilot:
        await until_shown(pilot, "A small bank")
        pilot.app.post_message(ReviewWanted(finished(), FOLDER))
        await until_shown(pilot, "c Correct")
        await pilot.press("c")
        await until_shown(pilot, "Take it out")
        assert_snapshot(pilot.app, "correct")


@SIZES
async def test_review_judged_again(size: tuple[int, int]) -> None:
    desk = FakeDesk(states={"3f9a1c": finished()})
    change = Change(1, "Adversarial evaluation", "missed", "partial", "reward models like long")
    desk.redone.changes.append(change)
    async with app_of(desk).run_test(size=size) as pilot:
        await until_shown(pilot, "A small bank")
        pilot.app.post_message(ReviewWanted(finished(), FOLDER))
        await until_shown(pilot, "j Judge again")
        await pilot.press("j")
        await until_shown(pilot, "missed → partial")
        assert_snapshot(pilot.app, "review-judged-again")


@SIZES
@pytest.mark.parametrize(
    "name",
    [
        "asking",
        "judging",
        "to-type",
        "failed",
        "leaving",
        "correct-typing",
        "settings-editing",
        "palette",
    ],
)
async def test_other_states(name: str, size: tuple[int, int], tmp_path: Path) -> None:
    async with opened(name, tmp_path, size=size) as (_, _pilot, app):
        assert_snapshot(app, name)

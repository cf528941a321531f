"""Every theme can be read, colour carries nothing alone, and the palette offers our commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from driving import InterviewScreen, app_of, still, until, until_on, until_shown
from snapshots import assert_snapshot, screen_text
from textual.color import Color
from textual.command import CommandPalette
from tui_data import listening
from tui_fakes import FakeDesk
from wcag import LEAST, contrast

from voice_interviewer.tui import theme as colours
from voice_interviewer.tui.commands import commands
from voice_interviewer.tui.screens.review import ReviewScreen

TUI = Path(colours.__file__).parent


@pytest.mark.parametrize("name", LEAST)
def test_every_ink_can_be_read_on_every_ground(name: str) -> None:
    known = colours.THEMES[name].to_color_system().generate() | colours.THEMES[name].variables
    for ink in colours.INKS:
        for ground in colours.GROUNDS:
            ratio = contrast(Color.parse(known[ink]), Color.parse(known[ground]))
            assert ratio >= LEAST[name], f"{ink} on {ground}: {ratio:.2f}"


def test_screens_use_no_colours_but_those() -> None:
    allowed = {*colours.INKS, *colours.GROUNDS, "frame"}
    for path in (*TUI.rglob("*.tcss"), *TUI.rglob("*.py")):
        if path.name == "theme.py":
            continue
        text = path.read_text()
        assert set(re.findall(r"\$([a-z][a-z-]*)", text)) <= allowed, path
        assert not re.findall(r"#[0-9a-fA-F]{6}\b|\brgb\(", text), path


@pytest.mark.parametrize("name", ["light", "high-contrast"])
async def test_home_in_other_themes(name: str) -> None:
    app = app_of(FakeDesk())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Rehearsal")
        app.use_theme(name)
        await pilot.pause()
        assert_snapshot(app, f"home-{name}")


async def test_the_palette_offers_places_themes_and_quit() -> None:
    app = app_of(FakeDesk())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Rehearsal")
        titles = [command.title for command in commands(app)]
        assert titles == [
            "Home",
            "History",
            "Settings",
            "Doctor",
            "First run",
            "Theme: dark",
            "Theme: light",
            "Theme: high-contrast",
            "Quit",
        ]
        await pilot.press("ctrl+p", *"high")
        await until_shown(pilot, "Theme: high-contrast")
        assert "Maximize" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "room-contrast")


async def test_while_an_interview_is_held_the_palette_offers_nothing_that_leaves_it() -> None:
    live = still(listening())
    app = app_of(FakeDesk(), live)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_on(pilot, InterviewScreen)
        assert {command.title for command in commands(app)} == {
            "Theme: dark",
            "Theme: light",
            "Theme: high-contrast",
            "Quit",
        }


async def test_an_interview_that_ends_behind_the_palette_goes_on_to_its_review() -> None:
    live = still(listening())
    app = app_of(FakeDesk(), live)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_on(pilot, InterviewScreen)
        await pilot.press("ctrl+p")
        await until_on(pilot, CommandPalette)
        live.end(live.state.model_copy(update={"status": "finished", "phase": "done"}))
        await until_on(pilot, ReviewScreen)

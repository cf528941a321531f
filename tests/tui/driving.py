"""Ways to drive the app in a test and to ask what it shows."""

from __future__ import annotations

import time
from collections.abc import Callable

from snapshots import screen_text
from textual.events import Key
from textual.pilot import Pilot
from tui_fakes import StillLive

from voice_interviewer.core import events as ev
from voice_interviewer.core.ports import Signal
from voice_interviewer.core.session import fold
from voice_interviewer.desk import Desk
from voice_interviewer.tui.app import VoiceInterviewerApp
from voice_interviewer.tui.screens.home import HomeScreen
from voice_interviewer.tui.screens.interview import InterviewScreen
from voice_interviewer.tui.screens.review import ReviewScreen
from voice_interviewer.tui.widgets.frame import KeyLine

__all__ = ["HomeScreen", "InterviewScreen", "ReviewScreen"]

NOW_S = 100.0


def app_of(desk: Desk, live: StillLive | None = None) -> VoiceInterviewerApp:
    """The app with a clock that stands still, opened into `live` where one is given."""
    open_live = None if live is None else lambda: live
    return VoiceInterviewerApp(desk, open_live=open_live, now_s=lambda: NOW_S)


def still(events: list[ev.Event], *signals: Signal) -> StillLive:
    """A session that stands where these events lead."""
    return StillLive(fold(events), *signals)


async def until(pilot: Pilot[None], true: Callable[[], bool], what: str = "") -> None:
    """Wait until something is so; at most 5 s."""
    deadline_s = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline_s, f"never: {what}\n{screen_text(pilot.app)}"
        await pilot.pause(0.01)
    await pilot.pause()


async def until_shown(pilot: Pilot[None], text: str) -> None:
    """Wait until the screen shows a text."""
    await until(pilot, lambda: text in screen_text(pilot.app), f"shown: {text!r}")


async def until_gone(pilot: Pilot[None], text: str) -> None:
    """Wait until the screen no longer shows a text."""
    await until(pilot, lambda: text not in screen_text(pilot.app), f"gone: {text!r}")


async def until_on(pilot: Pilot[None], screen: type) -> None:
    """Wait until a screen of this class is on."""
    await until(pilot, lambda: isinstance(pilot.app.screen, screen), f"on {screen.__name__}")


def hurry(pilot: Pilot[None], *keys: str) -> None:
    """Press keys faster than the screen can follow."""
    driver = pilot.app._driver
    assert driver is not None
    for key in keys:
        name = {" ": "space"}.get(key, key)
        character = key if len(key) == 1 else None
        driver.send_message(Key(name, character))


def footer(pilot: Pilot[None]) -> dict[str, str]:
    """Description to key, as the footer has them."""
    hints = pilot.app.screen.query_one(KeyLine).hints()
    return {hint.does: hint.shown for hint in hints}


def footer_keys(pilot: Pilot[None]) -> set[str]:
    """What the footer says, without the app's own keys."""
    return set(footer(pilot)) - {"Quit", "Commands"}

"""The footer of every screen is true: what it names does something, and nothing else does.

Without colours, so that whatever a key changes is seen in signs, words or weight.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from driving import hurry
from every_screen import EVERY_SCENE, FRAMED, Scene, opened
from rich.cells import cell_len
from snapshots import screen_lines, screen_looks
from textual.app import App
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from voice_interviewer.tui.widgets.frame import KeyLine

PRESSED = [*"abcdefghijklmnopqrstuvwxyz0123456789", "space", "enter", "escape", "delete", "tab"]
PRESSED += ["minus", "plus", "slash", "question_mark", "full_stop", "comma"]
PRESSED += ["up", "down", "left", "right", "pageup", "pagedown", "home", "end", "shift+tab"]
PRESSED += ["left_square_bracket", "right_square_bracket", "backspace"]
PRESSED += [f"ctrl+{letter}" for letter in "adefghjklnorstuvwxyz"]
EVEN_UNSAID = {"ctrl+c"}
"""Quits, everywhere, as in any program of a terminal."""


@pytest.fixture(autouse=True)
def _without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def keys_now(app: App[None]) -> list[Binding]:
    """The bindings that the footer names."""
    actives = app.screen.active_bindings.values()
    return [active.binding for active in actives if active.binding.show and active.enabled]


def names_of(app: App[None]) -> list[str]:
    """Their keys."""
    return [binding.key for binding in keys_now(app)]


def seen(scene: Scene, app: App[None]) -> object:
    """Everything a key can change."""
    stack = [id(screen) for screen in app.screen_stack]
    return scene.noted(), stack, app.return_code, app.focused, screen_looks(app)


async def changes(pilot: Pilot[None], scene: Scene, before: object) -> bool:
    """True once anything has changed; within a second."""
    deadline_s = time.monotonic() + 1
    while seen(scene, pilot.app) == before:
        if time.monotonic() > deadline_s:
            return False
        await pilot.pause(0.01)
    return True


@FRAMED
async def test_every_key_that_is_named_does_something(name: str, tmp_path: Path) -> None:
    """Of two keys with one meaning, such as up and down, one may stand at its end."""
    left: dict[str, list[str]] | None = None
    opening = 0
    while left is None or left:
        opening += 1
        async with opened(name, tmp_path / str(opening)) as (scene, pilot, app):
            await pilot.pause()
            if left is None:
                left = {}
                for binding in keys_now(app):
                    left.setdefault(binding.description, []).append(binding.key)
            begun = names_of(app)
            while left and app.return_code is None and names_of(app) == begun:
                does, keys = next(iter(left.items()))
                before = seen(scene, app)
                await pilot.press(keys.pop(0))
                if await changes(pilot, scene, before):
                    del left[does]
                assert left.get(does) != [], f"{does!r} does nothing"


@FRAMED
async def test_what_is_not_named_does_nothing(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as (scene, pilot, app):
        if isinstance(app.focused, Input | TextArea) or name.startswith(("correct", "settings")):
            pytest.skip("letters are text here")
        await pilot.pause()
        unnamed = [key for key in PRESSED if key not in {*names_of(app), *EVEN_UNSAID}]
        before = seen(scene, app)
        for some in (unnamed[::2], unnamed[1::2]):
            hurry(pilot, *some)
            await pilot.press("f1")
            assert seen(scene, app) == before, some


@FRAMED
async def test_a_click_on_a_named_key_presses_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(name, tmp_path) as (_, pilot, app):
        pressed: list[str] = []
        monkeypatch.setattr(app, "simulate_key", pressed.append)
        hints = app.screen.query_one(KeyLine).hints()
        for hint in hints:
            told = f"{hint.shown} {hint.does}"
            for y, line in enumerate(screen_lines(app)[-4:], 20):
                if told in line:
                    await pilot.click(offset=(cell_len(line[: line.index(told)]), y))
                    break
            else:
                pytest.fail(f"{told} is not on the screen")
            assert pressed.pop() == hint.key
        assert not pressed


@EVERY_SCENE
async def test_there_is_no_colour_at_all(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as (_, _pilot, app):
        for strip in app.screen._compositor.render_strips():
            for line_filter in app._filters:
                strip = strip.apply_filter(line_filter, app.screen.styles.background)
            for segment in strip:
                if segment.style is not None:
                    for colour in (segment.style.color, segment.style.bgcolor):
                        assert colour is None or colour.is_default, segment

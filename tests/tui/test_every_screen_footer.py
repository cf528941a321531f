"""The footer of every screen is true: what it names does something, and nothing else does.

Without colours, so that whatever a key changes is seen in signs, words or weight.
"""

from __future__ import annotations

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
LEAVING = {"escape": 1, "ctrl+q": 2}
"""Pressed last, because the scene is over then."""

APPS_OWN = {"ctrl+q", "ctrl+p"}
APPS_OWN_ELSEWHERE = {"listening", "judging", "feedback", "failed", "leaving", "typing"}
APPS_OWN_ELSEWHERE |= {"history-found", "settings-editing", "wizard-voice", "wizard-judge"}
"""Where the app's own keys are not pressed: an earlier scene has the same screen and the same kind
of widget in focus."""

ONLY = {"review-unfolded": "enter up down left right w x m"}
"""All that is pressed where the screen, its focus and the keys it names are those of another scene
(here `review`), in which the other keys are pressed."""

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


def noted(scene: Scene, app: App[None]) -> object:
    """What a key can change and is quickly asked for."""
    stack = [id(screen) for screen in app.screen_stack]
    return scene.noted(), stack, app.return_code, app.focused


def seen(scene: Scene, app: App[None]) -> tuple[object, str]:
    """Everything a key can change."""
    return noted(scene, app), screen_looks(app)


async def one_does_something(pilot: Pilot[None], scene: Scene, keys: list[str]) -> bool:
    """Press keys until one changes anything; the last first, as a list is left downwards."""
    before = seen(scene, pilot.app)
    for key in reversed(keys):
        await pilot.press(key)
        if await changes(pilot, scene, before):
            return True
    return False


async def changes(pilot: Pilot[None], scene: Scene, before: tuple[object, str]) -> bool:
    """True once anything has changed; within three seconds, looked at less and less often."""
    for wait_s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.6, 2.0, 0.0):
        if noted(scene, pilot.app) != before[0] or screen_looks(pilot.app) != before[1]:
            return True
        await pilot.pause(wait_s)
    return False


async def back(pilot: Pilot[None], screen: type, names: list[str]) -> bool:
    """True where `escape` leads back from wherever a key has led, to be spared a new opening."""
    app = pilot.app
    for _ in range(2):
        if app.return_code is not None or type(app.screen) is screen:
            break
        await pilot.press("escape")
        await pilot.pause(0.05)
    return app.return_code is None and type(app.screen) is screen and names_of(app) == names


@FRAMED
async def test_every_key_that_is_named_does_something(name: str, tmp_path: Path) -> None:
    """Of two keys with one meaning, such as up and down, one may stand at its end.

    Keys are pressed one after another while the same ones are named, and what does nothing then is
    pressed once more in a scene that is newly opened.
    """
    left: dict[str, list[str]] | None = None
    opening = 0
    while left is None or left:
        opening += 1
        async with opened(name, tmp_path / str(opening)) as (scene, pilot, app):
            await pilot.pause()
            if left is None:
                left = {}
                for binding in sorted(keys_now(app), key=lambda one: LEAVING.get(one.key, 0)):
                    elsewhere = name in APPS_OWN_ELSEWHERE and binding.key in APPS_OWN
                    if not elsewhere and binding.key in ONLY.get(name, binding.key).split():
                        left.setdefault(binding.description, []).append(binding.key)
            screen, begun, fresh = type(app.screen), names_of(app), True
            while left and await back(pilot, screen, begun):
                does, keys = next(iter(left.items()))
                if await one_does_something(pilot, scene, keys):
                    del left[does]
                elif fresh:
                    pytest.fail(f"{does!r} does nothing")
                else:
                    break
                fresh = False


@EVERY_SCENE
async def test_nothing_else_does_anything_clicks_press_and_there_is_no_colour(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three things that leave a scene as it is, so that it is opened once for them."""
    async with opened(name, tmp_path) as (scene, pilot, app):
        assert_no_colour(app)
        if "palette" in name:
            return
        letters_are_text = isinstance(app.focused, Input | TextArea)
        if not letters_are_text and not name.startswith(("correct", "settings")):
            await assert_what_is_not_named_does_nothing(scene, pilot)
        await assert_a_click_on_a_named_key_presses_it(pilot, monkeypatch)


async def assert_what_is_not_named_does_nothing(scene: Scene, pilot: Pilot[None]) -> None:
    app = pilot.app
    await pilot.pause()
    unnamed = [key for key in PRESSED if key not in {*names_of(app), *EVEN_UNSAID}]
    before = seen(scene, app)
    for some in (unnamed[::2], unnamed[1::2]):
        hurry(pilot, *some)
        await pilot.press("f1")
        assert seen(scene, app) == before, some


async def assert_a_click_on_a_named_key_presses_it(
    pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = pilot.app
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


def assert_no_colour(app: App[None]) -> None:
    for strip in app.screen._compositor.render_strips():
        for line_filter in app._filters:
            strip = strip.apply_filter(line_filter, app.screen.styles.background)
        for segment in strip:
            if segment.style is not None:
                for colour in (segment.style.color, segment.style.bgcolor):
                    assert colour is None or colour.is_default, segment

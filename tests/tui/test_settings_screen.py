"""Settings are found as one types, changed with Enter, and never show a secret."""

from __future__ import annotations

import pytest
from driving import app_of, footer_keys, until, until_gone, until_shown
from snapshots import assert_snapshot, screen_text
from textual.pilot import Pilot
from tui_fakes import FakeDesk

from voice_interviewer import setting_words
from voice_interviewer.config import load_settings
from voice_interviewer.errors import ConfigError
from voice_interviewer.settings_file import SettingRow, rows
from voice_interviewer.tui.app import VoiceInterviewerApp
from voice_interviewer.tui.messages import SettingsWanted
from voice_interviewer.tui.screens.settings import SettingsScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def settings(**environ: str) -> tuple[SettingRow, ...]:
    named = {f"VOICE_INTERVIEWER_{key.upper()}": value for key, value in environ.items()}
    flags = {"interview.questions": 4}
    return rows(load_settings(flags, environ=named))


async def open_settings(pilot: Pilot[None]) -> None:
    pilot.app.post_message(SettingsWanted())
    await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))
    await until_shown(pilot, "interview.bank")


@SIZES
async def test_every_setting_is_there(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    desk = FakeDesk(settings=settings(judge_api_key="sk-secret", speaking_volume="0.5"))
    async with app_of(desk).run_test(size=size) as pilot:
        await open_settings(pilot)
        await pilot.press("down", "down")
        await until_shown(pilot, "Most follow-ups")
        assert "flag --questions" in screen_text(pilot.app)
        assert_snapshot(pilot.app, "settings")


async def test_typing_finds_and_a_secret_is_never_shown() -> None:
    desk = FakeDesk(settings=settings(judge_api_key="sk-secret"))
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await open_settings(pilot)
        await pilot.press(*"judge key")
        await until_gone(pilot, "interview.bank")
        assert "judge.api_key" in screen_text(pilot.app)
        assert "sk-secret" not in screen_text(pilot.app)
        await pilot.press("enter", *"abc")
        await until_shown(pilot, "•••")
        assert "abc" not in screen_text(pilot.app)
        await pilot.press("escape", "escape")
        await until_shown(pilot, f"{len(desk.settings)} of")


async def test_enter_changes_a_setting_and_says_where_it_is_kept() -> None:
    desk = FakeDesk(settings=settings())
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await open_settings(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "New value")
        assert {"Keep", "Leave it"} <= footer_keys(pilot)
        assert "Change" not in footer_keys(pilot)
        await pilot.press("end", "ctrl+u", *"small", "enter")
        await until_shown(pilot, "Kept: interview.bank is small.")
        assert desk.asked == [("set_setting", ("interview.bank", "small"))]
        await pilot.press("ctrl+r")
        await until_shown(pilot, "interview.bank is rlhf-systems-engineer again.")


async def test_a_value_that_cannot_be_is_told_and_can_be_mended() -> None:
    problem = ConfigError("interview.bank: no such thing.", "Type another.")
    desk = FakeDesk(settings=settings())
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await open_settings(pilot)
        desk.problem = problem
        await pilot.press("enter", "x", "enter")
        await until_shown(pilot, "no such thing. Type another.")
        assert "New value" in screen_text(pilot.app)


async def test_the_theme_is_chosen_by_arrows_and_holds_at_once() -> None:
    desk = FakeDesk(settings=settings())
    app: VoiceInterviewerApp = app_of(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_settings(pilot)
        await pilot.press(*"theme", "enter", "down", "enter")
        await until_shown(pilot, "Kept: interface.theme is light.")
        await until(pilot, lambda: app.theme == "room-light")
        await pilot.press("escape")
        await until_shown(pilot, f"{len(desk.settings)} of")
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)


@pytest.mark.parametrize(
    ("typed", "key", "value"),
    [
        ("preset kind", "interview.preset", "coaching"),
        ("difficulty", "interview.difficulty", "hard"),
        ("judge.kind", "judge.kind", "embedded"),
    ],
)
async def test_the_words_a_setting_may_be_are_gone_through_by_arrows(
    typed: str, key: str, value: str
) -> None:
    desk = FakeDesk(settings=setting_words.rows(load_settings(environ={})))
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await open_settings(pilot)
        await pilot.press(*typed, "enter")
        await until_shown(pilot, "New value")
        assert "Choose" in footer_keys(pilot)
        await until_shown(pilot, "One of: ")
        await pilot.press("down", "enter")
        await until_shown(pilot, f"Kept: {key} is {value}.")


async def test_without_colours_the_setting_in_focus_is_bold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk = FakeDesk(settings=settings())
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await open_settings(pilot)
        bold = {
            segment.text.strip()
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.bold
        }
        assert "interview.bank" in bold
        assert "interview.questions" not in bold

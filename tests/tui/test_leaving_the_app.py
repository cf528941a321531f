"""How the program ends: with the session interrupted and kept, in good time, and without noise."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from driving import HomeScreen, app_of, still, until, until_on, until_shown
from tui_data import ROWS, finished, listening
from tui_fakes import FakeDesk, StillLive, StillPlayer, runner_live

from voice_interviewer.core.session import fold
from voice_interviewer.tui.app import VoiceInterviewerApp


async def test_quitting_the_first_screen_is_a_success() -> None:
    app = app_of(FakeDesk())
    async with app.run_test() as pilot:
        await until_shown(pilot, "A small bank")
        await pilot.press("ctrl+q")
    assert app.return_code == 0


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_quitting_in_mid_answer_interrupts_and_names_the_session(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    live = runner_live([None])
    app = VoiceInterviewerApp(FakeDesk(), open_live=lambda: live)
    async with app.run_test() as pilot:
        await until_shown(pilot, "● listening")
        await pilot.press(key)
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 130
    assert live.journal.events[-1].type == "SessionInterrupted"
    assert fold(live.journal.events).status == "interrupted"
    assert "voice-interviewer resume abc123" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_stop_signal_does_the_same(number: signal.Signals) -> None:
    live = runner_live([None])
    app = VoiceInterviewerApp(FakeDesk(), open_live=lambda: live)
    async with app.run_test() as pilot:
        await until_shown(pilot, "● listening")
        os.kill(os.getpid(), number)
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 130
    assert live.state.ended_because == "interrupted"


async def test_an_engine_that_hangs_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("voice_interviewer.tui.app._FAREWELL_S", 0.3)
    live = still(listening())
    live.stuck = True
    app = app_of(FakeDesk(), live)
    async with app.run_test() as pilot:
        await until_shown(pilot, "● listening")
        began_s = time.monotonic()
        await pilot.press("ctrl+c")
        await until_shown(pilot, "● putting things away")
        await until(pilot, lambda: app.return_code is not None)
    assert time.monotonic() - began_s >= 0.3
    assert live.running, "it was not waited for"
    assert app.return_code == 130
    live.end(live.state)


async def test_pressing_it_twice_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    live = still(listening())
    live.stuck = True
    app = app_of(FakeDesk(), live)
    async with app.run_test() as pilot:
        await until_shown(pilot, "● listening")
        monkeypatch.setattr("voice_interviewer.tui.app._FAREWELL_S", 60)
        await pilot.press("ctrl+c", "ctrl+c")
        await until(pilot, lambda: app.return_code is not None)
    assert live.running
    live.end(live.state)


async def test_a_finished_interview_ends_well() -> None:
    live = StillLive(finished())
    app = app_of(FakeDesk(), live)
    async with app.run_test() as pilot:
        await until(pilot, lambda: bool(live.subscribers))
        live.end(finished())
        await until_shown(pilot, "6.0 to 8.0 of 10")
        await pilot.press("ctrl+q")
    assert app.return_code == 0


async def test_a_replay_after_an_interview_that_was_left_does_not_make_it_finished(
    capsys: pytest.CaptureFixture[str],
) -> None:
    desk = FakeDesk(rows=ROWS, players={"3f9a1c": StillPlayer(finished())})
    app = app_of(desk, still(listening()))
    async with app.run_test() as pilot:
        await until_shown(pilot, "● listening")
        await pilot.press("escape", "enter")
        await until_on(pilot, HomeScreen)
        await until_shown(pilot, "A small bank")
        await pilot.press("down", "r")
        await until_shown(pilot, "Replay:")
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
        await pilot.press("ctrl+q")
    assert app.return_code == 130
    assert "resume 3f9a1c" in capsys.readouterr().err


async def test_a_session_given_up_while_it_opens_is_interrupted_once_it_is_open() -> None:
    live = runner_live([None])
    given_up = threading.Event()

    def slowly():
        given_up.wait(20)
        return live

    async with VoiceInterviewerApp(FakeDesk(), open_live=slowly).run_test() as pilot:
        await until_shown(pilot, "● getting ready")
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
        given_up.set()
        await until(pilot, lambda: live.state.status == "interrupted")


async def test_a_crash_prints_one_line_and_no_variables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    def broken(self: HomeScreen, step: int) -> None:
        password = "sk-very-secret"
        raise KeyError(password)

    monkeypatch.setattr(HomeScreen, "action_move", broken)
    log = tmp_path / "interviewer.log"
    app = VoiceInterviewerApp(FakeDesk(), log_file=log)

    async def crash() -> None:
        async with app.run_test() as pilot:
            await until_shown(pilot, "A small bank")
            await pilot.press("up")

    with pytest.raises(KeyError):
        await crash()
    printed = capsys.readouterr().err
    assert "The screens broke unexpectedly (KeyError)." in printed
    assert "interviewer.log" in printed.replace("\n", "")
    assert "secret" not in printed
    assert "Traceback" not in printed
    assert app.return_code == 1


async def test_no_color_leaves_no_colour_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_of(FakeDesk(), still(listening()))
    async with app.run_test() as pilot:
        await until_shown(pilot, "● listening")
        for strip in app.screen._compositor.render_strips():
            for line_filter in app._filters:
                strip = strip.apply_filter(line_filter, app.screen.styles.background)
            for segment in strip:
                style = segment.style
                assert style is None or style.color is None or style.color.is_default
                assert style is None or style.bgcolor is None or style.bgcolor.is_default

"""The first run: every step can be skipped, and only what was chosen is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driving import HomeScreen, InterviewScreen, app_of, footer_keys, until, until_on, until_shown
from snapshots import assert_snapshot, screen_text
from textual.pilot import Pilot
from textual.widgets import Input
from tui_fakes import FakeDesk, runner_live
from wizard_fakes import OFFERS, FakeFirstRun

from voice_interviewer.desk import Choices
from voice_interviewer.errors import ConfigError
from voice_interviewer.tui.messages import SetupWanted
from voice_interviewer.tui.screens.wizard import WizardScreen
from voice_interviewer.tui.screens.wizard_sound import MicrophoneStep

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
KEY = "zq-4711"


async def begin(pilot: Pilot[None], *skips: str) -> None:
    await until_shown(pilot, "A small bank")
    pilot.app.post_message(SetupWanted())
    await until_on(pilot, WizardScreen)
    await pilot.press(*skips)


@SIZES
async def test_the_steps(size: tuple[int, int]) -> None:
    app = app_of(FakeDesk(first_run=FakeFirstRun()))
    async with app.run_test(size=size) as pilot:
        await begin(pilot)
        await until_shown(pilot, "You can be heard")
        assert_snapshot(app, "wizard-microphone")
        await pilot.press("enter")
        await until_shown(pilot, "h Hear it")
        assert_snapshot(app, "wizard-voice")
        await pilot.press("enter")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("right")
        await until_shown(pilot, "t Test it")
        assert_snapshot(app, "wizard-judge")
        await pilot.press("right", "right", "enter")
        await until_shown(pilot, "enter Next")
        assert_snapshot(app, "wizard-key")
        await pilot.press("escape", "escape")
        await until_shown(pilot, "enter Begin")
        assert_snapshot(app, "wizard-trial")


async def test_what_is_chosen_is_kept_and_a_trial_of_one_question_follows() -> None:
    first_run = FakeFirstRun()
    live = runner_live([None])
    desk = FakeDesk(first_run=first_run, lives=[live])
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until_shown(pilot, "You can be heard")
        await pilot.press("right", "right", "enter")
        await until_shown(pilot, "h Hear it")
        await pilot.press("right", "h")
        await until_shown(pilot, "That was it.")
        await pilot.press("enter")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("enter")
        await until_shown(pilot, "enter Begin")
        await pilot.press("enter")
        await until_on(pilot, InterviewScreen)
        await until(pilot, lambda: bool(desk.asked))
    assert first_run.kept == [
        {"hearing.microphone": "USB headset"},
        {"speaking.voice": "hibari"},
        {"judge.kind": "embedded"},
    ]
    assert ("say", "hibari") in first_run.asked
    assert [name for name, _ in desk.asked] == ["open"]
    asked = desk.asked[0][1]
    assert isinstance(asked, Choices)
    assert asked.questions == 1


async def test_skipping_every_step_keeps_nothing_and_asks_nobody_twice() -> None:
    first_run = FakeFirstRun()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        for title in ("be heard", "hear the interviewer", "judges", "one question"):
            await until_shown(pilot, title)
            await pilot.press("escape")
        await until_on(pilot, HomeScreen)
    assert first_run.kept == []
    assert ("seen", None) in first_run.asked
    assert all(stop.is_set() for stop in first_run.watched), "the microphone is let go"


async def test_one_key_skips_all() -> None:
    first_run = FakeFirstRun()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until_shown(pilot, "You can be heard")
        await pilot.press("ctrl+s")
        await until_on(pilot, HomeScreen)
        await until(pilot, lambda: all(stop.is_set() for stop in first_run.watched))
    assert first_run.kept == []


async def test_enter_on_what_the_system_would_choose_writes_nothing() -> None:
    first_run = FakeFirstRun()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until_shown(pilot, "You can be heard")
        await pilot.press("enter")
        await until_shown(pilot, "h Hear it")
        await pilot.press("enter")
        await until_shown(pilot, "embedded")
    assert first_run.kept == []


async def test_another_microphone_lets_the_first_one_go() -> None:
    first_run = FakeFirstRun()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until_shown(pilot, "You can be heard")
        await pilot.press("right")
        await until(pilot, lambda: ("watch", "Desk microphone") in first_run.asked)
        assert first_run.watched[0].is_set()
        assert not first_run.watched[1].is_set()


async def test_a_silent_microphone_is_told_and_no_microphone_is_no_hurdle() -> None:
    silent = FakeFirstRun(levels_dbfs=(-90.0,), warning="No signal from Desk. Is it muted?")
    async with app_of(FakeDesk(first_run=silent)).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until_shown(pilot, "✗ No signal from Desk.")
        assert "You can be heard" not in screen_text(pilot.app)
    async with app_of(FakeDesk(first_run=FakeFirstRun(names=()))).run_test() as pilot:
        await begin(pilot)
        await until_shown(pilot, "No microphone was found. You can type your answers.")
        assert "Go on" in footer_keys(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "h Hear it")


async def test_a_judge_on_a_server_here_can_be_tested_before_it_is_used() -> None:
    first_run = FakeFirstRun()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("right", "t")
        await until_shown(pilot, "3 of 27 answers done 10%")
        assert footer_keys(pilot) == {"Use it", "Give it up", "Skip all"}
        first_run.go_on.set()
        await until_shown(pilot, "Fit to judge.")
        await pilot.press("enter")
        await until_shown(pilot, "enter Begin")
    assert first_run.kept == [dict(first_run.offers[1].settings)]


async def test_a_test_can_be_given_up() -> None:
    first_run = FakeFirstRun()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("right", "t")
        await until_shown(pilot, "3 of 27")
        await pilot.press("escape")
        await until(pilot, lambda: "Test it" in footer_keys(pilot))
        assert "Given up." in screen_text(pilot.app), "at once, while it still waits for an answer"
        first_run.go_on.set()
        await pilot.pause(0.3)
        assert "Fit to judge" not in screen_text(pilot.app)
        assert "4 of 27" not in screen_text(pilot.app)


async def test_what_wins_stays_told_while_models_are_looked_for_again() -> None:
    first_run = FakeFirstRun(stronger="VOICE_INTERVIEWER_JUDGE_KIND is set and wins.")
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("right", "t")
        await until_shown(pilot, "3 of 27")
        first_run.look.clear()
        await pilot.press("escape")
        await until(pilot, lambda: "Test it" in footer_keys(pilot), "before it has looked again")
        await pilot.press("enter")
        await until_shown(pilot, "is set and wins.")
        first_run.look.set()
        await pilot.pause(0.3)
        assert "is set and wins." in screen_text(pilot.app)
        assert footer_keys(pilot) == {"Go on", "Skip all"}


@pytest.mark.parametrize(("microphone", "candidate"), [("Desk microphone", "mic"), (None, "typed")])
async def test_the_trial_is_answered_by_the_user(microphone: str | None, candidate: str) -> None:
    """Not by the recorded candidate, who stands in elsewhere where there is no microphone."""
    around = FakeDesk().surroundings()
    recorded = replace(around.defaults, candidate="mic" if microphone else "recorded")
    around = replace(around, microphone=microphone, defaults=recorded)
    desk = FakeDesk(first_run=FakeFirstRun(), lives=[runner_live([None])], around=around)
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape", "escape")
        await until_shown(pilot, "enter Begin")
        await pilot.press("enter")
        await until(pilot, lambda: bool(desk.asked))
    asked = desk.asked[0][1]
    assert isinstance(asked, Choices)
    assert (asked.candidate, asked.questions) == (candidate, 1)


async def test_a_test_holds_nobody_up() -> None:
    first_run = FakeFirstRun()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("right", "t")
        await until_shown(pilot, "3 of 27")
        await pilot.press("enter")
        await until_shown(pilot, "enter Begin")
        assert not first_run.go_on.is_set()
    assert first_run.kept == [dict(first_run.offers[1].settings)]


async def test_a_second_start_begins_with_what_is_set() -> None:
    """Enter, four times, changes nothing."""
    before = {"hearing.microphone": "USB headset", "speaking.voice": "kokoro:am_adam"}
    offers = (replace(OFFERS[0], current=False), replace(OFFERS[1], current=True), *OFFERS[2:])
    first_run = FakeFirstRun(settings=before, offers=offers)
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until_shown(pilot, "You can be heard")
        assert "‹ USB headset ›" in screen_text(pilot.app)
        assert ("watch", "USB headset") in first_run.asked
        await pilot.press("enter")
        await until_shown(pilot, "‹ kokoro:am_adam ›")
        await pilot.press("enter")
        await until_shown(pilot, "‹ Ollama here: qwen3:8b ›")
        await pilot.press("enter")
        await until_shown(pilot, "enter Begin")
    assert first_run.kept == [dict(OFFERS[1].settings)]


async def test_going_back_to_the_systems_microphone_takes_the_other_out() -> None:
    first_run = FakeFirstRun(settings={"hearing.microphone": "USB headset"})
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until_shown(pilot, "You can be heard")
        await pilot.press("right")
        await until_shown(pilot, "the system's choice")
        await pilot.press("enter")
        await until_shown(pilot, "h Hear it")
    assert first_run.kept == [{"hearing.microphone": ""}]


async def test_what_wins_over_a_choice_is_told_before_it_goes_on() -> None:
    told = "VOICE_INTERVIEWER_JUDGE_KIND is set and wins: judge.kind stays auto."
    first_run = FakeFirstRun(stronger=told)
    app = app_of(FakeDesk(first_run=first_run))
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("enter")
        await until_shown(pilot, "VOICE_INTERVIEWER_JUDGE_KIND is set and wins")
        assert footer_keys(pilot) == {"Go on", "Skip all"}
        assert_snapshot(app, "wizard-overruled")
        await pilot.press("enter")
        await until_shown(pilot, "enter Begin")


async def test_what_is_not_installed_cannot_be_fetched_or_used() -> None:
    lacking = replace(OFFERS[2], lacks="Type: pip install 'voice-interviewer[local-model]'")
    first_run = FakeFirstRun(offers=(*OFFERS[:2], lacking, OFFERS[3]))
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("right", "right")
        await until_shown(pilot, "pip install")
        assert footer_keys(pilot) == {"Change", "Skip this step", "Skip all"}
        await pilot.press("enter")
        await pilot.pause()
    assert first_run.kept == []
    assert "fetch" not in {name for name, _ in first_run.asked}


@pytest.mark.parametrize(
    ("server", "told"),
    [
        ("http://models.example/v1", "others could read it on its way to"),
        ("models.example", "models.example is not an address."),
    ],
)
async def test_a_server_that_no_key_can_go_to_is_refused_as_it_is_typed(
    server: str, told: str
) -> None:
    first_run = FakeFirstRun()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("left", "enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        await pilot.press(*server, "enter")
        await until_shown(pilot, told)
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "server"
    assert first_run.kept == []


async def test_silence_is_told_only_until_the_first_sound() -> None:
    first_run = FakeFirstRun(levels_dbfs=(-90.0,), warning="No signal from Desk.")
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until_shown(pilot, "✗ No signal from Desk.")
        step = pilot.app.screen.query_one(MicrophoneStep)
        step.post_message(step.LevelCame(-20.0, first_run.watched[-1]))
        await until_shown(pilot, "You can be heard")


async def test_our_own_model_is_fetched_before_it_is_used() -> None:
    first_run = FakeFirstRun()
    first_run.go_on.set()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("right", "right")
        await until_shown(pilot, "enter Fetch it")
        assert "1.1 GB" in screen_text(pilot.app)
        await pilot.press("enter")
        await until_shown(pilot, "It is there now.")
        await until_shown(pilot, "enter Use it")
        await pilot.press("enter")
        await until_shown(pilot, "enter Begin")
    assert first_run.kept == [{"judge.kind": "local", "judge.model": "qwen2.5-coder-1.5b"}]


async def test_a_key_is_typed_unseen_and_kept_for_its_server() -> None:
    first_run = FakeFirstRun()
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("left", "enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        assert footer_keys(pilot) == {"Next", "Back", "Skip all"}
        await pilot.press("enter", "enter", "enter")
        await until_shown(pilot, "is still empty.")
        await pilot.press(*"some-model", "enter", *KEY)
        await until_shown(pilot, "••••")
        assert KEY not in screen_text(pilot.app)
        await pilot.press("enter")
        await until_shown(pilot, "✓ The key is kept.")
        assert "as it is set: some-model" in screen_text(pilot.app)
        assert "Test it" in footer_keys(pilot)
        assert KEY not in screen_text(pilot.app)
        await pilot.press("enter")
        await until_shown(pilot, "enter Begin")
    model = {"judge.kind": "model", "judge.base_url": "", "judge.model": "some-model"}
    assert first_run.kept == [{**model, "judge.api_key": KEY}, model]


async def test_what_cannot_be_kept_is_told_and_can_be_skipped() -> None:
    first_run = FakeFirstRun(error=ConfigError("/c.toml cannot be written.", "Check its rights."))
    async with app_of(FakeDesk(first_run=first_run)).run_test(size=(80, 24)) as pilot:
        await begin(pilot, "escape", "escape")
        await until_shown(pilot, "‹ the embedded judge ›")
        await pilot.press("enter")
        await until_shown(pilot, "✗ /c.toml cannot be written. Check its rights.")
        await pilot.press("escape")
        await until_shown(pilot, "enter Begin")

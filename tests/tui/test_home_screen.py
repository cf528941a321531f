"""The first screen: choosing by keyboard, a machine without devices, past sessions."""

from __future__ import annotations

from dataclasses import replace

from driving import (
    HomeScreen,
    InterviewScreen,
    ReviewScreen,
    app_of,
    footer,
    footer_keys,
    hurry,
    until,
    until_on,
    until_shown,
)
from progress_data import progress
from snapshots import screen_text
from tui_data import ROWS, asking, finished
from tui_fakes import CHOICES, NO_DEVICES, SURROUNDINGS, FakeDesk, StillLive, StillPlayer, folded

from voice_interviewer.desk import BankInfo
from voice_interviewer.errors import ConfigError, WeightsError
from voice_interviewer.tui.screens.home_form import remark
from voice_interviewer.tui.widgets.choice import StartRow
from voice_interviewer.tui.widgets.past import PastSessions


def standing() -> StillLive:
    return StillLive(folded(*asking()))


async def test_enter_starts_with_the_defaults() -> None:
    desk = FakeDesk(lives=[standing()])
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        await pilot.press("enter")
        await until_on(pilot, InterviewScreen)
        await until(pilot, lambda: bool(desk.asked))
    assert desk.asked == [("open", CHOICES)]


async def test_every_choice_is_made_with_the_arrow_keys() -> None:
    desk = FakeDesk(lives=[standing()])
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        # judge, voice, candidate, questions, kind, bank: from the bottom up
        await pilot.press("up", "left", "up", "right", "up", "right", "up", "up", "right")
        await pilot.press("up", "right")
        # the other bank has twelve questions; one more than before
        await pilot.press("down", "down", "right", "enter")
        await until(pilot, lambda: bool(desk.asked))
    wanted = replace(
        CHOICES,
        bank="other",
        questions=3,
        candidate="typed",
        voice="hibari",
        judge="model",
        preset="coaching",
    )
    assert desk.asked == [("open", wanted)]


async def test_keys_pressed_faster_than_the_screen_follows_reach_the_right_line() -> None:
    desk = FakeDesk(lives=[standing()])
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        hurry(pilot, "up", "up", "right", "enter")
        await until(pilot, lambda: bool(desk.asked))
    assert desk.asked == [("open", replace(CHOICES, voice="hibari"))]


async def test_fewer_questions_in_another_bank_lower_the_count() -> None:
    around = replace(SURROUNDINGS, defaults=replace(CHOICES, bank="other", questions=9))
    desk = FakeDesk(around=around, lives=[standing()])
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "Another bank")
        await pilot.press("up", "up", "up", "up", "up", "up", "left", "enter")
        await until(pilot, lambda: bool(desk.asked))
    _what, choices = desk.asked[0]
    assert (choices.bank, choices.questions) == ("small", 2)


async def test_without_a_microphone_it_says_so_and_offers_the_recorded_candidate() -> None:
    desk = FakeDesk(around=NO_DEVICES, lives=[standing()])
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "No microphone was found: type your answers")
        assert "No speaker was found: the questions are shown." in screen_text(pilot.app)
        assert "spoken" not in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, lambda: bool(desk.asked))
    _what, choices = desk.asked[0]
    assert choices.candidate == "recorded"


def test_with_all_devices_nothing_is_remarked() -> None:
    assert remark(SURROUNDINGS, "small", "mic") == ""


async def test_a_bank_without_recorded_answers_is_answered_by_typing_and_it_says_so() -> None:
    desk = FakeDesk(around=NO_DEVICES, lives=[standing()])
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "recorded sample answers")
        await pilot.press("down", "right")  # to the other bank
        await until_shown(pilot, "There are no recorded answers to this interview")
        assert "or watch recorded ones" not in screen_text(pilot.app)
        assert "recorded sample answers" not in screen_text(pilot.app)
        await pilot.press("left")
        await until_shown(pilot, "recorded sample answers")
        await pilot.press("right", "up", "enter")
        await until(pilot, lambda: bool(desk.asked))
    _what, choices = desk.asked[0]
    assert (choices.bank, choices.candidate) == ("other", "typed")


async def test_no_more_questions_are_offered_than_there_are_recorded_answers_to() -> None:
    banks = (BankInfo("small", "A small bank", 50, 6),)
    wanted = replace(CHOICES, candidate="recorded", questions=20)
    around = replace(NO_DEVICES, banks=banks, defaults=wanted)
    desk = FakeDesk(around=around, lives=[standing()])
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "6   of 6 with recorded answers")
        await pilot.press("up", "up", "up", "left")  # typed instead
        await until_shown(pilot, "6   of 50")
        await pilot.press("right", "down", "down", "down", "enter")
        await until(pilot, lambda: bool(desk.asked))
    assert desk.asked == [("open", replace(wanted, questions=6))]


async def test_nothing_starts_before_the_surroundings_are_known_and_t_looks_again() -> None:
    desk = FakeDesk(problem=ConfigError("config.toml: unknown key speed.", "Remove it."))
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "unknown key speed. Remove it.")
        assert footer_keys(pilot) == {"Try again", "Move"}
        await pilot.press("enter")
        assert desk.asked == []
        desk.problem = None
        await pilot.press("t")
        await until_shown(pilot, "A small bank")
        assert "Start" in footer_keys(pilot)


async def test_the_keys_of_a_past_session_are_those_that_fit_it() -> None:
    desk = FakeDesk(rows=ROWS, states={"3f9a1c": finished()})
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "interrupted")
        await pilot.press("down")
        assert footer_keys(pilot) == {"Review", "Replay", "Drill missed", "History", "Move"}
        await pilot.press("down")
        assert footer_keys(pilot) == {"Review", "Continue", "Replay", "History", "Move"}
        await pilot.press("down")  # nothing was missed
        assert footer_keys(pilot) == {"Review", "Replay", "History", "Move"}
        await pilot.press("down")  # unreadable, and the last one
        assert set(footer(pilot)) == {"Move", "History", "Commands", "Quit"}
        await pilot.press("enter", "c", "d", "r")
        assert desk.asked == []
        assert isinstance(pilot.app.screen, HomeScreen)
        await pilot.press("up", "up", "up", "enter")
        await until_on(pilot, ReviewScreen)
        assert "6.0 to 8.0 of 10" in screen_text(pilot.app)


async def test_a_long_past_has_pages() -> None:
    rows = tuple(ROWS[0]._replace(id=f"{n:06x}") for n in range(40))
    async with app_of(FakeDesk(rows=rows)).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "AI RLHF")
        await pilot.press("down")
        await until(pilot, lambda: footer(pilot).get("Page") == "pgup pgdn")
        await pilot.press("pagedown")
        past = pilot.app.screen.query_one(PastSessions)
        await until(pilot, lambda: (past.highlighted or 0) > 3)


async def test_what_is_due_stands_first_then_the_last_sessions_then_the_form() -> None:
    desk = FakeDesk(rows=ROWS, progress=progress())
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Due today")
        await until_shown(pilot, "A small bank")
        shown = screen_text(pilot.app)
        places = [shown.index(word) for word in ("Due", "Last sessions", "Interview", "Start")]
        assert places == sorted(places)
        assert "3.8 to 5.5  ▆▁" in shown, "the score, and a trace of it"
        assert "bank 1 of 2" in shown


async def test_after_the_last_line_comes_the_first() -> None:
    async with app_of(FakeDesk(rows=ROWS)).run_test() as pilot:
        await until_shown(pilot, "interrupted")
        await pilot.press("down")
        assert isinstance(pilot.app.focused, PastSessions)
        await pilot.press("up")
        assert isinstance(pilot.app.focused, StartRow)
        await pilot.press("down", *["down"] * len(ROWS))
        assert getattr(pilot.app.focused, "id", "") == "bank"


async def test_continue_replay_and_drill_ask_the_desk_for_that_session() -> None:
    for downs, key, what in ((1, "r", "player"), (1, "d", "drill"), (2, "c", "resume")):
        desk = FakeDesk(rows=ROWS, lives=[standing()], players={"3f9a1c": StillPlayer(finished())})
        async with app_of(desk).run_test() as pilot:
            await until_shown(pilot, "interrupted")
            await until_shown(pilot, "A small bank")
            await pilot.press(*["down"] * downs, key)
            await until(pilot, lambda desk=desk: bool(desk.asked))
        assert desk.asked[0][0] == what
    assert desk.asked == [("resume", "77aa01")]


async def test_a_session_that_cannot_be_read_is_told_on_the_first_screen() -> None:
    async with app_of(FakeDesk(rows=ROWS)).run_test() as pilot:
        await until_shown(pilot, "interrupted")
        await pilot.press("down", "enter")
        await until_shown(pilot, "The journal cannot be read. Look at its first line.")


async def test_an_interview_that_cannot_be_opened_can_be_tried_again_or_given_up() -> None:
    missing = WeightsError("The Whisper weights are missing.", "Run: make setup")
    desk = FakeDesk(lives=[missing, missing, standing()])
    app = app_of(desk)
    async with app.run_test() as pilot:
        await until_shown(pilot, "A small bank")
        await pilot.press("enter")
        await until_shown(pilot, "The Whisper weights are missing.")
        assert "Run: make setup" in screen_text(app)
        assert footer_keys(pilot) == {"Try again", "Back"}
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
        await pilot.press("enter")
        await until_shown(pilot, "The Whisper weights are missing.")
        await pilot.press("t")
        await until_shown(pilot, "● interviewer speaking")

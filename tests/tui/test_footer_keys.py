"""The footer is true: what it lists works, and what it does not list does nothing."""

from __future__ import annotations

import pytest
from driving import InterviewScreen, app_of, footer, still, until_shown
from snapshots import screen_lines, screen_text
from tui_data import asking, assessing, coached, listening
from tui_fakes import FakeDesk, StillLive, folded

from voice_interviewer.core import events as ev
from voice_interviewer.tui.widgets.frame import KeyLine, together

ALL_KEYS = {
    "space",
    "h",
    "r",
    "n",
    "s",
    "t",
    "ctrl+r",
    "ctrl+n",
    "ctrl+s",
    "ctrl+t",
    "enter",
    "esc",
}
ALL_KEYS |= {"1", "2", "3", "ctrl+j", "w", "m", "p", "d", "c", "x", "tab"}
PRESSED = {"esc": "escape"}
HELD = ev.IntentReceived(t_s=101, intent="hold")
FAILED = ev.PartFailed(t_s=101, part="hearing", message="Whisper died.", hint="Try again.")
GONE = ev.PartFailed(t_s=101, part="microphone", message="Gone.", choices=("USB", "Desk"))
TYPED = [asking()[0].model_copy(update={"candidate": "typed"}), *listening("")[1:4]]

PHASES = {
    "asking": (asking(), {"space", "esc"}),
    "listening": (listening(), {"space", "h", "r", "t", "n", "s", "esc"}),
    "held": ([*listening(), HELD], {"space", "r", "t", "n", "s", "esc"}),
    "transcribing": (assessing()[:-1], {"esc"}),
    "judging": (assessing(), {"esc"}),
    "feedback": (coached(), {"space", "t", "↑↓", "esc"}),
    "failed": ([*listening(), FAILED], {"t", "esc"}),
    "typed": (TYPED, {"ctrl+j", "ctrl+r", "ctrl+t", "ctrl+n", "ctrl+s", "esc"}),
}


@pytest.mark.parametrize("phase", PHASES)
async def test_the_footer_lists_the_keys_of_the_phase(phase: str) -> None:
    events, keys = PHASES[phase]
    async with app_of(FakeDesk(), still(events)).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "question 1 of 2")
        assert set(footer(pilot).values()) == keys | {"ctrl+q", "ctrl+p"}
        shown = "\n".join(screen_lines(pilot.app)[-2:])
        for does, key in footer(pilot).items():
            assert f"{key} {does}" in shown


@pytest.mark.parametrize("phase", PHASES)
async def test_every_listed_key_does_something_and_no_other_does(phase: str) -> None:
    events, keys = PHASES[phase]
    live = still(events)
    async with app_of(FakeDesk(), live).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "question 1 of 2")
        screen = pilot.app.screen
        assert isinstance(screen, InterviewScreen)
        before = screen.situation
        for key in sorted(ALL_KEYS - keys - _typable(phase)):
            await pilot.press(PRESSED.get(key, key))
        assert live.intents == []
        assert live.typed == []
        assert pilot.app.screen is screen
        assert screen.situation == before
        for key in sorted(keys - {"esc", "ctrl+j", "↑↓"}):
            live.intents.clear()
            await pilot.press(key)
            assert len(live.intents) == 1, key
        await pilot.press("escape")
        await pilot.pause()
        assert screen.situation != before


async def test_verdicts_too_long_for_a_coach_to_show_at_once_scroll() -> None:
    async with app_of(FakeDesk(), still(coached())).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "your answer, judged")
        last = "Searches on purpose for outputs"
        assert last not in screen_text(pilot.app)
        await pilot.press(*["down"] * 4)
        await until_shown(pilot, last)
    async with app_of(FakeDesk(), still(coached())).run_test(size=(120, 60)) as pilot:
        await until_shown(pilot, last)
        assert "Scroll" not in footer(pilot)


async def test_the_microphones_there_are_can_be_chosen_by_number() -> None:
    live = still([*listening(), GONE])
    async with app_of(FakeDesk(), live).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "question 1 of 2")
        shown = screen_lines(pilot.app)
        assert any("1 USB" in line for line in shown)
        assert any("2 Desk" in line for line in shown)
        assert footer(pilot)["Use that one"] == "1-2"
        await pilot.press("3")
        assert live.intents == []
        await pilot.press("2")
        assert live.intents == ["Desk"]


async def test_keys_that_do_not_fit_one_row_take_more() -> None:
    async with app_of(FakeDesk(), still(listening())).run_test(size=(60, 20)) as pilot:
        await until_shown(pilot, "question 1 of 2")
        last = screen_lines(pilot.app)[-3:]
        assert last[0].startswith("│ space That's my answer")
        assert last[2].startswith("╰ ")
        assert "ctrl+p Commands ─" in last[2]
        assert last[2].endswith("─╯")
        assert all(len(line) == 60 for line in last)
        assert "esc Leave" in last[1]


async def test_the_first_letter_of_an_answer_moves_nothing() -> None:
    async with app_of(FakeDesk(), still(TYPED)).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Enter sends it")
        keys = pilot.app.screen.query_one(KeyLine)
        assert keys.size.height == 2
        await pilot.press("a")
        await until_shown(pilot, "enter Send")
        assert keys.size.height == 2


def test_keys_that_mean_the_same_are_told_apart() -> None:
    assert together(["↑", "↓"]) == "↑↓"
    assert together(["[", " ]"]) == "[ ]"
    assert together(["pgup", " pgdn"]) == "pgup pgdn"
    assert together(["enter", "1", "2", "3", "4"]) == "enter, 1-4"
    assert together(["1", "2"]) == "1-2"
    assert together(["7"]) == "7"


async def test_a_click_on_a_key_presses_it() -> None:
    live = StillLive(folded(*listening()))
    async with app_of(FakeDesk(), live).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "● listening")
        row = screen_lines(pilot.app)[-2]
        await pilot.click(offset=(row.index("h Hold"), 22))
        await pilot.pause()
        await pilot.click(offset=(row.index("n I don't"), 22))
        await pilot.pause()
    assert live.intents == ["hold", "dont_know"]


def _typable(phase: str) -> set[str]:
    """Keys that are letters of the answer while one is being typed."""
    return {key for key in ALL_KEYS if len(key) == 1} | {"space"} if phase == "typed" else set()

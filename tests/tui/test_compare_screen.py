"""The comparison: criteria aligned, what changed in the middle, either answer to be heard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driving import HomeScreen, app_of, footer_keys, until, until_gone, until_on, until_shown
from snapshots import assert_snapshot, screen_lines, screen_text
from textual.pilot import Pilot
from tui_data import ROWS
from tui_fakes import FakeDesk, StillPlayer
from two_takes import BETTER, answered_better, answered_poorly, begun, said, with_turn

from voice_interviewer.comparing import Comparison, compare, takes_of
from voice_interviewer.core.session import State
from voice_interviewer.errors import UsageError
from voice_interviewer.tui.messages import CompareWanted
from voice_interviewer.tui.screens.compare_page import answer_names

FIRST, SECOND = answered_poorly(), answered_better()


def comparison(first: State = FIRST, second: State = SECOND) -> Comparison:
    return compare(takes_of(first)[0], takes_of(second)[0])


def desk_of(**more: object) -> tuple[FakeDesk, StillPlayer, StillPlayer]:
    one = StillPlayer(FIRST, {1: 12.0, 2: 4.0})
    other = StillPlayer(SECOND, {1: 13.0})
    players = {"3f9a1c": one, "77aa01": other}
    desk = FakeDesk(rows=ROWS, players=players, comparison=comparison(), **more)  # type: ignore[arg-type]
    return desk, one, other


async def open_compare(pilot: Pilot[None], shown: str = "later") -> None:
    await until_shown(pilot, "interrupted")
    pilot.app.post_message(CompareWanted("3f9a1c", "77aa01"))
    await until_shown(pilot, shown)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_compare_looks_as_it_did(size: tuple[int, int]) -> None:
    desk, _, _ = desk_of()
    async with app_of(desk).run_test(size=size) as pilot:
        await open_compare(pilot)
        await pilot.press("1")
        await until_shown(pilot, "▶ playing the first answer · 0:00 of 0:12")
        assert_snapshot(pilot.app, "compare")
    assert ("compare", ("3f9a1c", "77aa01")) in desk.asked


async def test_shared_criteria_stand_in_one_line_with_the_change_between_them() -> None:
    desk, _, _ = desk_of()
    async with app_of(desk).run_test(size=(120, 60)) as pilot:
        await open_compare(pilot)
        lines = screen_lines(pilot.app)
        shown = screen_text(pilot.app)
    row = next(line for line in lines if "Names output length" in line)
    assert row.index("✗ missed") < row.index("Names output") < row.index("✓ met")
    for text in (
        "2 gained · 1 lost",
        "1 same · 1 open",
        "+ gained",
        "- lost",
        "? open",
        "4.0 to 6.0 of 10",
        "5.0 of 10",
        "first criterion after",
        "pauses over 1 s",
    ):
        assert text in shown, text


async def test_words_only_one_answer_has_are_underlined() -> None:
    desk, _, _ = desk_of()
    async with app_of(desk).run_test(size=(120, 60)) as pilot:
        await open_compare(pilot)
        strips = pilot.app.screen._compositor.render_strips()
        found = " ".join(s.text for strip in strips for s in strip if s.style and s.style.underline)
    assert "held out judge" in found
    assert "would watch" not in found


async def test_either_answer_can_be_heard_and_the_other_falls_silent() -> None:
    desk, one, other = desk_of()
    async with app_of(desk).run_test() as pilot:
        await open_compare(pilot)
        assert not {"Pause", "Go on"} & footer_keys(pilot)
        await pilot.press("1")
        await until_shown(pilot, "playing the first answer")
        assert one.asked[-1] == ("answers", 1, 2)
        await pilot.press("2")
        await until_shown(pilot, "playing the second answer")
        assert other.asked[-1] == ("answers", 1)
        assert not one.head().playing
        await pilot.press("space")
        await until_shown(pilot, "paused the second answer")
        assert "Go on" in footer_keys(pilot)
        await pilot.press("space")
        await until_shown(pilot, "playing the second answer")
        other.at = replace(other.at, playing=False, notice="No speaker was found.")
        await until_shown(pilot, "No speaker was found.")
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
        await until(pilot, lambda: one.closed and other.closed)


async def test_an_answer_that_was_not_recorded_says_so() -> None:
    desk, one, _ = desk_of()
    one.answers_s = {}
    async with app_of(desk).run_test() as pilot:
        await open_compare(pilot)
        await pilot.press("1")
        await until_shown(pilot, "That answer was not recorded.")
        assert not one.head().playing


async def test_two_answers_that_cannot_be_compared_say_why() -> None:
    desk, _, _ = desk_of()
    desk.comparison = UsageError("No question of it was answered twice.", "Answer it again.")
    async with app_of(desk).run_test() as pilot:
        await open_compare(pilot, "No question of it was answered twice. Answer it again.")
        assert footer_keys(pilot) == {"Back"}
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)


async def test_markup_and_escapes_of_an_answer_are_shown_as_text() -> None:
    desk, _, _ = desk_of()
    nasty = with_turn(
        begun(), 1, said("[red]x[/] \x1b[31mred \u202eolleh [@click=app.quit]y[/]"), BETTER
    )
    desk.comparison = comparison(nasty)
    async with app_of(desk).run_test(size=(120, 60)) as pilot:
        await open_compare(pilot)
        shown = screen_text(pilot.app)
    assert "[red]x[/] ␛[31mred" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


async def test_it_scrolls_and_lives_through_a_resize() -> None:
    desk, _, _ = desk_of()
    async with app_of(desk).run_test(size=(120, 60)) as pilot:
        await open_compare(pilot)
        for size in ((60, 16), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await until_shown(pilot, "↑↓ Scroll")
        await pilot.press(*["down"] * 9)
        await until_gone(pilot, "How would you tell")
        await until_shown(pilot, "the KL penalty")


def test_answers_are_named_by_take_within_a_session_and_by_time_between_two() -> None:
    one, other = comparison().first, comparison().second
    assert answer_names(one, replace(one, take=2)) == ("take 1", "take 2")
    assert answer_names(one, other) == ("earlier", "later")
    assert answer_names(replace(one, take=3), other) == ("earlier, take 3", "later")
    assert answer_names(other, one) == ("later", "earlier")


async def test_there_is_nothing_to_hear_of_a_typed_answer() -> None:
    desk, one, other = desk_of()
    typed = replace(comparison(), second=replace(comparison().second, spoken=False))
    desk.comparison = typed
    async with app_of(desk).run_test() as pilot:
        await open_compare(pilot)
        assert "Hear the first" in footer_keys(pilot)
        assert "Hear the second" not in footer_keys(pilot)
        await pilot.press("2", "1")
        await until_shown(pilot, "playing the first answer")
        assert one.asked
        assert not other.asked

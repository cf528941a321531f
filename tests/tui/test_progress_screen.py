"""Progress on the screen: what is due on the first one, the whole on its own, a drill from both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from driving import (
    HomeScreen,
    InterviewScreen,
    ReviewScreen,
    app_of,
    footer,
    footer_keys,
    until,
    until_on,
    until_shown,
)
from progress_data import progress, week
from snapshots import assert_snapshot, screen_text
from tui_data import ROWS, asking
from tui_fakes import CHOICES, NOTHING_YET, FakeDesk, StillLive, folded

from voice_interviewer.drill.coming import Coming
from voice_interviewer.drill.progress import Progress, SectionProgress
from voice_interviewer.errors import NothingDueError
from voice_interviewer.tui.screens.progress import ProgressPage, ProgressScreen
from voice_interviewer.tui.widgets.retention_grid import LEGEND, shade
from voice_interviewer.tui.widgets.score_chart import bar, trace

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@SIZES
async def test_progress_looks_as_it_did(size: tuple[int, int]) -> None:
    async with app_of(FakeDesk(progress=progress())).run_test(size=size) as pilot:
        await until_shown(pilot, "Due today")
        await pilot.press("p")
        await until_shown(pilot, "Hardest so far")
        await until_shown(pilot, "esc Home")
        assert LEGEND in screen_text(pilot.app), "it is read without scrolling"
        assert_snapshot(pilot.app, "progress")


@SIZES
async def test_home_with_something_due_looks_as_it_did(size: tuple[int, int]) -> None:
    desk = FakeDesk(progress=progress(), rows=ROWS)
    async with app_of(desk).run_test(size=size) as pilot:
        await until_shown(pilot, "Due today")
        await until_shown(pilot, "A small bank")
        assert_snapshot(pilot.app, "home-due")


async def test_u_starts_the_drill_with_the_choices_of_the_form() -> None:
    desk = FakeDesk(progress=progress(), lives=[StillLive(folded(*asking()))])
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        await until_shown(pilot, "Due today")
        await pilot.press("u")
        await until_on(pilot, InterviewScreen)
        await until(pilot, lambda: bool(desk.asked))
    assert desk.asked == [("drill_due", CHOICES)]


async def test_the_drill_can_be_started_from_progress_too() -> None:
    desk = FakeDesk(progress=progress(), lives=[StillLive(folded(*asking()))])
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        await until_shown(pilot, "Due today")
        await pilot.press("p")
        await until_on(pilot, ProgressScreen)
        await pilot.press("u")
        await until(pilot, lambda: bool(desk.asked))
    assert desk.asked == [("drill_due", CHOICES)]


async def test_without_a_past_there_is_no_line_and_no_key() -> None:
    desk = FakeDesk()
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        assert footer_keys(pilot) == {"Start", "Move"}
        await pilot.press("u", "p")
        assert desk.asked == []
        assert isinstance(pilot.app.screen, HomeScreen)
        assert "Due" not in screen_text(pilot.app)


async def test_with_nothing_due_or_weak_progress_is_there_and_the_drill_is_not() -> None:
    stands = progress()
    calm = replace(stands, coming=replace(stands.coming, due=0, weak=0))
    desk = FakeDesk(progress=calm)
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        await until_shown(pilot, "Nothing is due today.")
        assert footer_keys(pilot) == {"Start", "Move", "Progress"}
        await pilot.press("u")
        assert desk.asked == []
        await pilot.press("p")
        await until_on(pilot, ProgressScreen)
        assert "Drill" not in footer(pilot)


async def test_keys_scroll_where_there_is_more_and_escape_goes_home() -> None:
    stands = progress()
    many = replace(stands, sections=stands.sections * 12)
    async with app_of(FakeDesk(progress=many)).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Due today")
        await pilot.press("p")
        await until(pilot, lambda: footer(pilot).get("Page") == "pgup pgdn")
        page = pilot.app.screen.query_one(ProgressPage)
        await pilot.press("down")
        await until(pilot, lambda: page.scroll_y == 3)
        await pilot.press("pagedown")
        await until(pilot, lambda: page.scroll_y > 15)
        await pilot.press("pageup", "up")
        await until(pilot, lambda: page.scroll_y == 0)
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)


async def test_scores_that_do_not_fit_leave_dots_behind() -> None:
    stands = progress()
    for times, dots in ((1, False), (40, True)):
        many = replace(stands, interviews=stands.interviews * times)
        async with app_of(FakeDesk(progress=many)).run_test(size=(80, 24)) as pilot:
            await until_shown(pilot, "Due today")
            await pilot.press("p")
            await until_shown(pilot, f"Scores of {3 * times} interviews")
            assert ("0…" in screen_text(pilot.app)) is dots


async def test_nothing_due_after_all_is_said_and_left() -> None:
    gone = NothingDueError("Nothing is due and nothing is weak.", "Next: 1 tomorrow.")
    desk = FakeDesk(progress=progress(), lives=[gone])
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        await until_shown(pilot, "Due today")
        await pilot.press("u")
        await until_shown(pilot, "Nothing is due and nothing is weak.")
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)


async def test_the_review_of_a_drill_says_what_is_due_next_and_when() -> None:
    *_, drilled = week()
    live = StillLive(drilled)
    desk = FakeDesk(progress=progress())
    async with app_of(desk, live).run_test() as pilot:
        await until_on(pilot, InterviewScreen)
        live.end(drilled)
        await until_on(pilot, ReviewScreen)
        await until_shown(pilot, "Due today: 2 criteria")
        await until_shown(pilot, "Next: ")
        assert "Saved in" in screen_text(pilot.app)


async def test_names_of_criteria_are_text_and_never_markup() -> None:
    section = progress().sections[0]
    evil = replace(section.criteria[0], label="[@click=app.quit]x[/]\x1b[31m", weak=True)
    hostile = Progress(
        replace(NOTHING_YET.coming, due=1),
        (SectionProgress("rlhf", "[b]Section[/b]", (evil,)),),
    )
    async with app_of(FakeDesk(progress=hostile)).run_test() as pilot:
        await until_shown(pilot, "Due today")
        await pilot.press("p")
        await until_shown(pilot, "[b]Section[/b]")
        await until_shown(pilot, "[@click=app.quit]")
        assert "\x1b" not in screen_text(pilot.app)


async def test_every_criterion_has_a_line_with_its_last_weeks_and_today() -> None:
    async with app_of(FakeDesk(progress=progress())).run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "Due today")
        await pilot.press("p")
        await until_shown(pilot, "6 Jan")
        lines = [line.strip("│ ") for line in screen_text(pilot.app).splitlines()]
        words = [line.split() for line in lines if line.startswith("Adversarial evaluation")]
        assert words == [["Adversarial", "evaluation", "·", "0", "·", "0!"]]


async def test_weeks_that_do_not_fit_are_left_out_the_oldest_first() -> None:
    stands = progress()
    weeks = tuple(date(2029, 10, 14) + timedelta(weeks=n) for n in range(12))
    sections = tuple(
        replace(s, criteria=tuple(replace(c, weeks=(None,) * 12) for c in s.criteria))
        for s in stands.sections
    )
    for size, first in (((80, 24), weeks[8]), ((120, 40), weeks[5])):
        desk = FakeDesk(progress=replace(stands, sections=sections, weeks=weeks))
        async with app_of(desk).run_test(size=size) as pilot:
            await until_shown(pilot, "Due today")
            await pilot.press("p")
            await until_shown(pilot, "30 Dec   today")
            (heading,) = [
                line for line in screen_text(pilot.app).splitlines() if "Reward modelling" in line
            ]
            assert heading.split("%")[1].split()[:2] == [str(first.day), f"{first:%b}"]


async def test_a_score_is_told_as_the_range_it_is() -> None:
    async with app_of(FakeDesk(progress=progress())).run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "Due today")
        await pilot.press("p")
        await until_shown(pilot, "the latest 6.5 to 9.0 of 10, the first 1.5")
        assert "░░" in screen_text(pilot.app)


def test_a_shade_goes_with_its_number() -> None:
    shown = [shade(retention)[0] for retention in (0, 0.3, 0.5, 0.8, 0.9, 1)]
    assert shown == ["·", "░", "▒", "▓", "█", "█"]
    assert [shade(retention)[0] for retention in (0.494, 0.496, 0.896)] == ["░", "▒", "█"]


def test_bars_keep_to_a_scale_from_nought_to_ten() -> None:
    assert [bar(score, 1, 1) for score in (0, 5, 10)] == ["▁", "▄", "█"]
    assert [bar(10, row, 4) for row in (1, 2, 3, 4)] == ["█"] * 4
    assert [bar(2.5, row, 4) for row in (1, 2)] == ["█", " "]


def test_a_trace_has_a_bar_a_question_or_the_means_of_neighbours() -> None:
    assert trace([0.0, None, 5.0, 10.0], 6) == "▁·▄█"
    assert trace([], 6) == ""
    assert trace([10.0, 10.0, 0.0, 10.0, None, None], 3) == "█▄·"
    assert len(trace([5.0] * 50, 6)) == 6


def test_words_of_what_is_coming_name_the_day() -> None:
    day = NOTHING_YET.coming.day
    assert Coming(day).words == "Nothing is due today."
    soon = Coming(day, due=1, next_day=day.replace(day=3), next_count=2)
    assert soon.words == ("Due today: 1 criterion, about 2 min. Next: 2 tomorrow (Thu 3 Jan).")
    later = Coming(day, next_day=day.replace(day=20), next_count=1)
    assert Coming(day, due=145).due_words == "Due today: 145 criteria, about 4 h."
    assert later.next_words == "Next: 1 in 18 days (Sun 20 Jan)."

"""History: a search as you type over real journals, filters, the review of a hit, deletion."""

from __future__ import annotations

import threading
from pathlib import Path

import made_up_past
import pytest
from driving import HomeScreen, ReviewScreen, app_of, footer, until, until_on, until_shown
from snapshots import assert_snapshot, screen_text
from textual.pilot import Pilot
from tui_data import STARTED, finished_events, follow_up
from tui_fakes import FakeDesk

from voice_interviewer.archive.found import EVERYTHING, Wanted
from voice_interviewer.archive.journal import JournalFile
from voice_interviewer.archive.store import JOURNAL, SessionStore
from voice_interviewer.core.session import fold
from voice_interviewer.desk import SessionRow
from voice_interviewer.history import SessionHistory
from voice_interviewer.tui.screens.deletion import DeletionScreen
from voice_interviewer.tui.screens.history import HistoryScreen, SearchBox
from voice_interviewer.tui.widgets.row_list import RowList

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
TALKS = STARTED.model_copy(
    update={
        "session_id": "0a0b0c",
        "at": "2029-12-28T09:10:00Z",
        "bank_id": "talks",
        "bank_title": "Behavioral questions",
    }
)


def desk_of(data_dir: Path) -> FakeDesk:
    """A desk with two past sessions, the older one interrupted and from another bank."""
    pasts = (finished_events(), [TALKS, *follow_up()[1:6]])
    for events in pasts:
        made_up_past.write(data_dir, events)
    history = SessionHistory(SessionStore(data_dir))
    history.refresh()
    states = {state.session_id: state for state in map(fold, pasts)}
    return FakeDesk(rows=history.sessions(), past=history, states=states)


async def go(pilot: Pilot[None]) -> HistoryScreen:
    await until_shown(pilot, "A small bank")
    await until(pilot, lambda: "History" in footer(pilot))
    await pilot.press("h")
    await until_on(pilot, HistoryScreen)
    await until_shown(pilot, "2 sessions")
    screen = pilot.app.screen
    assert isinstance(screen, HistoryScreen)
    return screen


async def type_in(pilot: Pilot[None], words: str) -> None:
    await pilot.press(*("space" if letter == " " else letter for letter in words))


@SIZES
async def test_history_looks_as_it_did(tmp_path: Path, size: tuple[int, int]) -> None:
    async with app_of(desk_of(tmp_path)).run_test(size=size) as pilot:
        await go(pilot)
        await until_shown(pilot, "Behavioral questions")
        assert_snapshot(pilot.app, "history")


@SIZES
async def test_what_was_found_looks_as_it_did(tmp_path: Path, size: tuple[int, int]) -> None:
    async with app_of(desk_of(tmp_path)).run_test(size=size) as pilot:
        await go(pilot)
        await type_in(pilot, "kl term")
        await until_shown(pilot, "found")
        await pilot.press("down", "v")
        await until_shown(pilot, "missed")
        await until_shown(pilot, "2 found")
        assert_snapshot(pilot.app, "history-found")


@SIZES
async def test_the_question_before_deleting_looks_as_it_did(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with app_of(desk_of(tmp_path)).run_test(size=size) as pilot:
        await go(pilot)
        await pilot.press("down", "delete")
        await until_shown(pilot, "This cannot be undone.")
        assert_snapshot(pilot.app, "deletion")


async def test_enter_opens_the_review_at_the_question_and_escape_leads_back(
    tmp_path: Path,
) -> None:
    async with app_of(desk_of(tmp_path)).run_test(size=(120, 40)) as pilot:
        await go(pilot)
        await type_in(pilot, "why is there a kl")
        await until_shown(pilot, "1 found")
        await pilot.press("enter")
        await until_on(pilot, ReviewScreen)
        await until_shown(pilot, "uestion 2")
        assert footer(pilot)["Back"] == "esc"
        await pilot.press("escape")
        await until_on(pilot, HistoryScreen)
        assert pilot.app.screen.query_one(SearchBox).value == "why is there a kl"
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)


async def test_letters_are_text_in_the_box_and_keys_in_the_list(tmp_path: Path) -> None:
    async with app_of(desk_of(tmp_path)).run_test() as pilot:
        screen = await go(pilot)
        assert not {"Bank", "Section", "Verdict", "Delete"} & set(footer(pilot))
        await pilot.press("b", "s", "v")
        assert screen.query_one(SearchBox).value == "bsv"
        await until_shown(pilot, "Nothing was found")
        assert "Open" not in footer(pilot) or pilot.app.screen.check_action("open", ()) is False
        await pilot.press("backspace", "backspace", "backspace", "down")
        await until_shown(pilot, "Behavioral questions")
        await pilot.press("b")
        await until_shown(pilot, "1 found")
        assert "Bank AI RLHF Systems Engineer" in screen_text(pilot.app)
        await pilot.press("b")
        await until_shown(pilot, "Bank Behavioral questions")
        await pilot.press("b")
        await until_shown(pilot, "Bank any")
        await pilot.press("up")
        assert screen.query_one(SearchBox).has_focus


async def test_y_deletes_the_session_for_good_and_the_list_is_without_it(tmp_path: Path) -> None:
    async with app_of(desk_of(tmp_path)).run_test(size=(120, 40)) as pilot:
        await go(pilot)
        await pilot.press("down", "down", "delete")
        await until_on(pilot, DeletionScreen)
        await until_shown(pilot, "Session 0a0b0c")
        await until(pilot, lambda: "Delete for good" in footer(pilot))
        await pilot.press("y")
        await until_on(pilot, HistoryScreen)
        await until_shown(pilot, "1 session")
        assert "Behavioral questions" not in screen_text(pilot.app)
    assert [folder.name[-6:] for folder in (tmp_path / "sessions").iterdir()] == ["3f9a1c"]


async def test_escape_keeps_the_session(tmp_path: Path) -> None:
    async with app_of(desk_of(tmp_path)).run_test() as pilot:
        await go(pilot)
        await pilot.press("down", "delete")
        await until_on(pilot, DeletionScreen)
        await pilot.press("escape")
        await until_on(pilot, HistoryScreen)
    assert len(list((tmp_path / "sessions").iterdir())) == 2


async def test_a_session_that_is_running_is_not_deleted_and_that_is_said(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    (newest,) = (tmp_path / "sessions").glob("*3f9a1c")
    journal = JournalFile(newest / JOURNAL)
    try:
        async with app_of(desk).run_test(size=(120, 40)) as pilot:
            await go(pilot)
            await pilot.press("down", "delete")
            await until(pilot, lambda: "Delete for good" in footer(pilot))
            await pilot.press("y")
            await until_shown(pilot, "open in another window")
            assert footer(pilot).keys() == {"Keep it", "Quit", "Commands"}
    finally:
        journal.close()
    assert newest.is_dir()


async def test_sessions_that_came_meanwhile_are_shown(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    third = STARTED.model_copy(update={"session_id": "ffff01", "bank_title": "The third bank"})
    made_up_past.write(tmp_path, [third, *follow_up()[1:]])
    async with app_of(desk).run_test() as pilot:
        await until(pilot, lambda: "History" in footer(pilot))
        await pilot.press("h")
        await until_shown(pilot, "The third bank")
        await until_shown(pilot, "3 sessions")


class SlowHistory(SessionHistory):
    """Tells the latest sessions at once and all of them only when it may."""

    def __init__(self, store: SessionStore) -> None:
        super().__init__(store)
        self.may = threading.Event()

    def sessions(
        self, wanted: Wanted = EVERYTHING, most: int | None = None
    ) -> tuple[SessionRow, ...]:
        if most is None:
            assert self.may.wait(10)
        return super().sessions(wanted, most)


async def test_the_latest_sessions_are_there_before_all_are(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    desk.past = slow = SlowHistory(SessionStore(tmp_path))
    async with app_of(desk).run_test() as pilot:
        await until(pilot, lambda: "History" in footer(pilot))
        await pilot.press("h")
        await until_shown(pilot, "Behavioral questions")
        await pilot.press("down", "down")
        chosen = pilot.app.screen.query_one(RowList).row
        assert isinstance(chosen, SessionRow)
        assert chosen.id == TALKS.session_id
        assert "2 sessions" not in screen_text(pilot.app)
        slow.may.set()
        await until_shown(pilot, "2 sessions")
        assert pilot.app.screen.query_one(RowList).row == chosen


async def test_words_of_hostile_answers_are_text(tmp_path: Path) -> None:
    evil = STARTED.model_copy(update={"bank_title": "\x1b[31m[@click=app.quit]x[/]\u202e"})
    made_up_past.write(tmp_path, [evil, *follow_up()[1:]])
    history = SessionHistory(SessionStore(tmp_path))
    history.refresh()
    async with app_of(FakeDesk(past=history, rows=history.sessions())).run_test() as pilot:
        await until(pilot, lambda: "History" in footer(pilot))
        await pilot.press("h")
        await until_shown(pilot, "1 session")
        await until_shown(pilot, "[@click=app.quit]x[/]")
        assert "\x1b" not in screen_text(pilot.app)
        await type_in(pilot, '"near(*')
        await until_shown(pilot, "Nothing was found")


async def test_ten_thousand_rows_are_drawn_only_where_they_are_seen(tmp_path: Path) -> None:
    rows = tuple(
        SessionRow(f"{n:06x}", "2030-01-02T03:04:05Z", f"Bank {n}", "finished", "interview", 2, 5.0)
        for n in range(10_000)
    )
    desk = desk_of(tmp_path)
    drawn: list[str] = []
    async with app_of(desk).run_test() as pilot:
        await go(pilot)
        found = pilot.app.screen.query_one(RowList)
        draw = found._draw

        def counting(row: SessionRow, width: int) -> object:
            drawn.append(row.title)
            return draw(row, width)

        found.show(rows, counting, 1)
        await pilot.press("down", "end")
        await until_shown(pilot, "Bank 9999")
        await pilot.press("home")
        await until_shown(pilot, "Bank 0 ")
    assert len(set(drawn)) < 100

"""The replay: words lit as they sound, ways to move, what is told, where it leads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driving import (
    HomeScreen,
    InterviewScreen,
    app_of,
    footer_keys,
    until,
    until_on,
    until_shown,
)
from snapshots import assert_snapshot, screen_lines, screen_text
from textual.pilot import Pilot
from tui_data import ROWS, assessing, finished, listening
from tui_fakes import CHOICES, FakeDesk, StillLive, StillPlayer, folded

from voice_interviewer.core.session import State
from voice_interviewer.core.transcript import words_of
from voice_interviewer.errors import AudioError
from voice_interviewer.tui.messages import ReplayWanted
from voice_interviewer.tui.screens.replay import ReplayScreen

SPOKEN = (-18.0, -25.0, -21.0, -30.0, -19.0, -27.0)
WAVE = (-70.0,) * 10 + SPOKEN * 18 + (-66.0,) * 40 + SPOKEN * 37
ID = "3f9a1c"


def still_player(state: State | None = None, no_device: str = "") -> StillPlayer:
    return StillPlayer(state or finished(), {1: 19.0, 2: 8.0}, {1: WAVE}, no_device)


def desk_of(player: StillPlayer | AudioError, **more: object) -> FakeDesk:
    return FakeDesk(players={ID: player}, rows=ROWS, **more)  # type: ignore[arg-type]


async def open_replay(pilot: Pilot[None]) -> None:
    await until_shown(pilot, "interrupted")
    pilot.app.post_message(ReplayWanted(ID))
    await until_shown(pilot, "paused in the question")


def underlined(pilot: Pilot[None]) -> str:
    """What is underlined: the word that sounds."""
    strips = pilot.app.screen._compositor.render_strips()
    found = [s.text for strip in strips for s in strip if s.style and s.style.underline]
    return " ".join(found).strip()


def asked(player: StillPlayer, count: int = 1) -> list[tuple[object, ...]]:
    return player.asked[-count:]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_replay_looks_as_it_did(size: tuple[int, int]) -> None:
    player = still_player()
    async with app_of(desk_of(player)).run_test(size=size) as pilot:
        await open_replay(pilot)
        player.seek(1, "answer", 4.2)
        player.play()
        await until_shown(pilot, "playing the answer · 0:04 of 0:19")
        await until_shown(pilot, "┃")
        assert_snapshot(pilot.app, "replay")


async def test_the_word_that_sounds_is_marked_and_none_in_a_pause() -> None:
    player = still_player()
    async with app_of(desk_of(player)).run_test() as pilot:
        await open_replay(pilot)
        assert underlined(pilot) == ""
        for at_s, word in ((0.0, "so"), (4.2, "reward"), (4.5, "going"), (99.0, "")):
            player.at = replace(player.at, part="answer", at_s=at_s)
            await until(pilot, lambda word=word: underlined(pilot) == word, word)


async def test_every_key_moves_where_it_says() -> None:
    player = still_player()
    async with app_of(desk_of(player)).run_test() as pilot:
        await open_replay(pilot)
        for key, wanted in (
            ("right", ("seek", 1, "answer", 0.0)),
            ("right", ("seek", 1, "answer", 0.5)),
            ("left", ("seek", 1, "answer", 0.0)),
            ("pagedown", ("seek", 2, "prompt", 0.0)),
            ("pagedown", ("seek", 3, "prompt", 0.0)),
            ("pageup", ("seek", 2, "prompt", 0.0)),
            ("space", ("play",)),
            ("space", ("pause",)),
        ):
            await pilot.press(key)
            assert asked(player) == [wanted], key
        await pilot.press("plus", "plus")
        await until_shown(pilot, "1.5x")
        await pilot.press("minus", "minus", "minus")
        await until_shown(pilot, "0.75x")
        assert "Speed" in footer_keys(pilot)


async def test_a_number_or_enter_plays_the_second_that_earned_a_criterion() -> None:
    player = still_player()
    async with app_of(desk_of(player)).run_test() as pilot:
        await open_replay(pilot)
        await pilot.press("2")
        assert asked(player, 2) == [("seek", 1, "answer", 13.5), ("play",)]
        await pilot.press("3")
        assert asked(player, 2) == [("seek", 2, "answer", 1.0), ("play",)]
        await pilot.press("down", "enter")
        assert asked(player, 2) == [("seek", 1, "answer", 16.5), ("play",)]
        before = len(player.asked)
        await pilot.press("5")
        assert len(player.asked) == before


async def test_a_click_on_a_word_goes_there() -> None:
    player = still_player()
    async with app_of(desk_of(player)).run_test() as pilot:
        await open_replay(pilot)
        lines = screen_lines(pilot.app)
        row = next(i for i, line in enumerate(lines) if "reference stays" in line)
        await pilot.click(offset=(lines[row].index("stays") + 1, row))
        assert asked(player) == [("seek", 1, "answer", 9.0)]


async def test_without_a_device_one_line_says_so_and_words_can_be_stepped_through() -> None:
    player = still_player(no_device="No speaker was found.")
    async with app_of(desk_of(player)).run_test() as pilot:
        await open_replay(pilot)
        await pilot.press("space")
        await until_shown(pilot, "No speaker was found.")
        await pilot.press("right", "right", "right")
        await until(pilot, lambda: underlined(pilot) == "first")
        await until_shown(pilot, "paused in the answer · 0:01 of 0:19")


async def test_a_typed_answer_is_shown_whole_and_has_no_words_to_step_to() -> None:
    state = finished()
    typed = state.turns[0].transcript
    assert typed is not None
    typed = typed.model_copy(update={"words": words_of(typed.text)})
    turn = state.turns[0].model_copy(
        update={"transcript": typed, "judged": typed, "recordings": ()}
    )
    player = StillPlayer(state.model_copy(update={"turns": (turn,)}))
    async with app_of(desk_of(player)).run_test() as pilot:
        await open_replay(pilot)
        player.seek(1, "answer")
        await until_shown(pilot, "not recorded")
        assert "so the first thing" in screen_text(pilot.app)
        assert "Word" not in footer_keys(pilot)
        assert "Turn" not in footer_keys(pilot)


async def test_a_session_that_cannot_be_opened_says_why_and_leads_back() -> None:
    gone = AudioError("The journal is broken.", "Look at its first line.")
    async with app_of(desk_of(gone)).run_test() as pilot:
        await until_shown(pilot, "interrupted")
        pilot.app.post_message(ReplayWanted(ID))
        await until_shown(pilot, "The journal is broken. Look at its first line.")
        assert footer_keys(pilot) == {"Back"}
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)


async def test_leaving_falls_silent_and_returns_to_where_it_was_opened() -> None:
    player = still_player()
    async with app_of(desk_of(player)).run_test() as pilot:
        await until_shown(pilot, "interrupted")
        pilot.app.query_one("PastSessions").focus()
        await pilot.press("r")
        await until_on(pilot, ReplayScreen)
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
        await until(pilot, lambda: player.closed)


async def test_fork_answers_this_turn_again_and_coming_back_finds_the_replay_silent() -> None:
    player = still_player()
    live = StillLive(folded(*listening()))
    desk = desk_of(player, lives=[live])
    async with app_of(desk).run_test() as pilot:
        await open_replay(pilot)
        await pilot.press("pagedown", "space", "f")
        await until_on(pilot, InterviewScreen)
        assert desk.asked[-1] == ("fork", (ID, 2, CHOICES))
        assert not player.head().playing
        live.interrupt("left")
        await until(pilot, lambda: not isinstance(pilot.app.screen, InterviewScreen))


async def test_an_unjudged_session_has_no_evidence_to_go_to() -> None:
    player = still_player(folded(*assessing()))
    async with app_of(desk_of(player)).run_test() as pilot:
        await open_replay(pilot)
        assert not {"Hear it", "Criterion"} & footer_keys(pilot)


async def test_markup_and_escapes_of_an_answer_are_shown_as_text() -> None:
    state = finished()
    nasty = "[bold]x[/] \x1b[31mred \u202eolleh [@click=app.quit]y[/] 你好"
    heard = state.turns[0].transcript
    assert heard is not None
    words = tuple(
        word.model_copy(update={"text": text})
        for word, text in zip(heard.words, nasty.split(), strict=False)
    )
    turn = state.turns[0].model_copy(
        update={"transcript": None, "judged": heard.model_copy(update={"words": words})}
    )
    player = StillPlayer(state.model_copy(update={"turns": (turn,)}), {1: 9.0})
    async with app_of(desk_of(player)).run_test() as pilot:
        await open_replay(pilot)
        shown = screen_text(pilot.app)
    assert "[bold]x[/] ␛[31mred" in shown
    assert "[@click=app.quit]y[/]" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


async def test_it_lives_through_a_resize() -> None:
    player = still_player()
    async with app_of(desk_of(player)).run_test(size=(120, 40)) as pilot:
        await open_replay(pilot)
        for size in ((60, 16), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await until_shown(pilot, "reward")
        assert "4 ?" in screen_text(pilot.app)

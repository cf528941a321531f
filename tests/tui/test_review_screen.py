"""The review: marks and words, quotes and times, what is shown on demand, where it leads."""

from __future__ import annotations

from driving import (
    HomeScreen,
    InterviewScreen,
    ReviewScreen,
    app_of,
    footer_keys,
    until,
    until_gone,
    until_on,
    until_shown,
)
from snapshots import screen_text
from textual.pilot import Pilot
from tui_data import assessing, finished
from tui_fakes import CHOICES, FOLDER, FakeDesk, StillLive, StillPlayer, folded

from voice_interviewer.core.session import State
from voice_interviewer.core.transcript import words_of
from voice_interviewer.tui.app import VoiceInterviewerApp
from voice_interviewer.tui.messages import ReviewWanted
from voice_interviewer.tui.screens.replay import ReplayScreen


async def open_review(pilot: Pilot[None], state: State) -> None:
    await until_shown(pilot, "A small bank")
    pilot.app.post_message(ReviewWanted(state, FOLDER))
    await until_on(pilot, ReviewScreen)


async def test_every_criterion_has_mark_word_label_quote_and_time() -> None:
    async with app_of(FakeDesk()).run_test(size=(120, 40)) as pilot:
        await open_review(pilot, finished())
        shown = screen_text(pilot.app)
    for text in (
        "✓ met",
        "? unclear",
        "✗ missed",
        "Watches reward against a held-out signal",
        "“reward going up while the win rate”",
        "0:04",
        "follow-up 1  0:01",
        "6.0 of 10",
        "Could you say that part again in another way?”",
        "aims at: Ensembles of reward models · rung: clarify",
        "Judged by embedded (approximate, matched without a language model).",
        "The model did not answer in 20 s; the embedded judge took over.",
        "Worth another go: Ensembles of reward models · Adversarial evaluation",
        "d drills the 7 points this session missed.",
        f"Saved in {FOLDER}",
    ):
        assert text in shown, text


async def test_every_spoken_answer_has_a_line_on_its_delivery() -> None:
    state = finished()
    opening = state.turns[0]
    assert opening.transcript is not None
    heard = opening.transcript.model_copy(update={"speech": ((2.1, 9.0), (11.4, 18.1))})
    better = heard.model_copy(update={"words": (*words_of("um"), *heard.words)})
    opening = opening.model_copy(update={"transcript": heard, "second_pass": better})
    pace = "ace 161 wpm · first word after 2.1 s · 1 pause over 1 s, of 2.4 s · fillers ≥ 1"
    both = state.model_copy(update={"turns": (opening, *state.turns[1:])})
    alone = state.model_copy(update={"turns": (opening, *state.turns[2:])})
    async with app_of(FakeDesk()).run_test(size=(120, 40)) as pilot:
        await open_review(pilot, both)
        await until_shown(pilot, f"Answer: p{pace}")
        await until_shown(pilot, "Follow-up 1: pace 122 wpm")
        await pilot.press("right")
        await until_shown(pilot, "question 2 of 2")
        assert "wpm" not in screen_text(pilot.app)
    async with app_of(FakeDesk()).run_test(size=(120, 40)) as pilot:
        await open_review(pilot, alone)
        await until_shown(pilot, f" P{pace}")


async def test_a_partial_verdict_has_its_own_mark() -> None:
    first = folded(*assessing())
    turn = finished().turns[0]
    state = first.model_copy(update={"turns": (turn,), "status": "interrupted"})
    async with app_of(FakeDesk()).run_test() as pilot:
        await open_review(pilot, state)
        assert "◐ partial" in screen_text(pilot.app)
        assert "Drill missed" not in footer_keys(pilot)


async def test_answers_come_on_demand_and_go_again() -> None:
    async with app_of(FakeDesk()).run_test(size=(120, 60)) as pilot:
        await open_review(pilot, finished())
        for key, text in (
            ("w", "A strong answer says: Several reward models that disagree"),
            ("t", "Follow-up 1: I would raise it"),
            ("m", "I watch the proxy reward against win rate"),
        ):
            assert text not in screen_text(pilot.app)
            await pilot.press(key)
            await until_shown(pilot, text)
            await pilot.press(key)
            await until_gone(pilot, text)


async def test_one_page_a_question_round_and_round() -> None:
    async with app_of(FakeDesk()).run_test() as pilot:
        await open_review(pilot, finished())
        await pilot.press("right")
        await until_shown(pilot, "question 2 of 2")
        assert "0.0 of 10" in screen_text(pilot.app)
        await pilot.press("right")
        await until_shown(pilot, "question 1 of 2")
        await pilot.press("left")
        await until_shown(pilot, "Why is there a KL term")


async def test_a_question_that_was_not_reached_says_so() -> None:
    state = folded(*assessing())
    async with app_of(FakeDesk()).run_test() as pilot:
        await open_review(pilot, state)
        await until_shown(pilot, "No answer was judged.")
        await pilot.press("right")
        await until_shown(pilot, "It was not asked.")
        assert footer_keys(pilot) == {"Question", "Model answer", "Replay", "Home"}


async def test_a_page_that_is_too_long_scrolls() -> None:
    async with app_of(FakeDesk()).run_test(size=(80, 24)) as pilot:
        await open_review(pilot, finished())
        await until(pilot, lambda: "Scroll" in footer_keys(pilot))
        await pilot.press(*["down"] * 6)
        await until_shown(pilot, "Saved in")


async def test_replay_comes_back_to_the_review_and_a_drill_leads_to_its_own() -> None:
    drill = StillLive(folded(*assessing()))
    desk = FakeDesk(lives=[drill], players={"3f9a1c": StillPlayer(finished())})
    async with VoiceInterviewerApp(desk).run_test() as pilot:
        await open_review(pilot, finished())
        review = pilot.app.screen
        await pilot.press("p")
        await until_on(pilot, ReplayScreen)
        await until_shown(pilot, "paused")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is review)
        await pilot.press("d")
        await until_on(pilot, InterviewScreen)
        drill.end(finished())
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        assert pilot.app.screen is not review
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
    assert desk.asked == [("player", "3f9a1c"), ("drill", ("3f9a1c", CHOICES))]

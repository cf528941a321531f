"""The review: marks and words, quotes and times, what is shown on demand, where it leads."""

from __future__ import annotations

from dataclasses import replace

import pytest
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
from voice_interviewer.core.transcript import Transcript, Word, words_of
from voice_interviewer.errors import InterviewerError
from voice_interviewer.redone import Change, Redone, redone_words
from voice_interviewer.tui.app import VoiceInterviewerApp
from voice_interviewer.tui.messages import ReviewWanted
from voice_interviewer.tui.screens.correct import CorrectScreen
from voice_interviewer.tui.screens.replay import ReplayScreen


async def open_review(pilot: Pilot[None], state: State) -> None:
    await until_shown(pilot, "A small bank")
    pilot.app.post_message(ReviewWanted(state, FOLDER))
    await until_on(pilot, ReviewScreen)


async def test_every_criterion_has_mark_word_label_quote_and_time() -> None:
    async with app_of(FakeDesk()).run_test(size=(120, 48)) as pilot:
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
        "6.0 to 8.0 of 10",
        "Could you say that part again in another way?”",
        "aims at: Ensembles of reward models · asks you to make it clear",
        "Judged by embedded (approximate, matched without a language model).",
        "The model did not answer in 20 s; the embedded judge took over.",
        "Worth another go: Ensembles of reward models · Adversarial evaluation",
        "u drills the 7 points this session missed.",
        f"Saved in {FOLDER}",
    ):
        assert text in shown, text


async def test_what_has_become_clear_since_needs_no_remark() -> None:
    remark = "What is unclear is neither credited nor failed"
    state = finished()
    opening, later, *others = state.turns
    assert opening.assessment is not None
    assert later.assessment is not None
    cleared = [
        verdict.model_copy(update={"verdict": "met"})
        for verdict in opening.assessment.verdicts
        if verdict.verdict == "unclear"
    ]
    verdicts = (*later.assessment.verdicts, *cleared)
    assessment = later.assessment.model_copy(update={"verdicts": verdicts})
    clear = (opening, later.model_copy(update={"assessment": assessment}), *others)
    for shown, told in ((state, True), (state.model_copy(update={"turns": clear}), False)):
        async with app_of(FakeDesk()).run_test(size=(120, 48)) as pilot:
            await open_review(pilot, shown)
            await until_shown(pilot, "Worth another go")
            assert (remark in screen_text(pilot.app)) is told


async def test_the_title_says_in_whole_words_what_there_is_room_for() -> None:
    for size, title in (
        ((80, 24), "╭ Review: AI RLHF Systems Engineer · question 1 of 2 ─"),
        ((120, 40), "╭ Review: AI RLHF Systems Engineer · question 1 of 2 · Reward modelling ─"),
        ((70, 24), "╭ Review · question 1 of 2 · Reward modelling ─"),
        ((50, 24), "╭ Review · question 1 of 2 ─"),
    ):
        async with app_of(FakeDesk()).run_test(size=size) as pilot:
            await open_review(pilot, finished())
            assert screen_text(pilot.app).startswith(title)


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
            ("x", "Follow-up 1: I would raise it"),
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
        assert footer_keys(pilot) == {"Move", "Question", "Model answer", "Replay", "Home"}


async def test_a_page_that_is_too_long_scrolls() -> None:
    async with app_of(FakeDesk()).run_test(size=(80, 24)) as pilot:
        await open_review(pilot, finished())
        await pilot.press(*["down"] * 12)
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
        await pilot.press("u")
        await until_on(pilot, InterviewScreen)
        drill.end(finished())
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        assert pilot.app.screen is not review
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
    assert desk.asked == [("player", "3f9a1c"), ("drill", ("3f9a1c", CHOICES))]


async def test_enter_plays_the_second_that_the_chosen_criterion_rests_on() -> None:
    player = StillPlayer(finished())
    desk = FakeDesk(players={"3f9a1c": player})
    async with app_of(desk).run_test(size=(120, 40)) as pilot:
        await open_review(pilot, finished())
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: bool(player.asked))
        await pilot.press("down", "down")
        assert "Hear it" not in footer_keys(pilot), "what was missed has no second"
    what, turn_id, start_s, end_s = player.asked[0]
    assert (what, turn_id) == ("span", 2)
    assert (start_s, end_s) == (pytest.approx(0.7), pytest.approx(4.7)), "a little before and after"


async def test_a_question_is_taken_again_or_forked_at_the_turn_that_decided() -> None:
    lives = [StillLive(folded(*assessing())), StillLive(folded(*assessing()))]
    desk = FakeDesk(lives=list(lives))
    async with app_of(desk).run_test() as pilot:
        await open_review(pilot, finished())
        await pilot.press("t")
        await until_on(pilot, InterviewScreen)
        lives[0].end(finished())
        await until_on(pilot, ReviewScreen)
        await pilot.press("down", "down", "f")
        await until_on(pilot, InterviewScreen)
        await until(pilot, lambda: len(desk.asked) == 2)
    assert desk.asked == [("retake", ("3f9a1c", 0, CHOICES)), ("fork", ("3f9a1c", 2, CHOICES))]


async def test_a_word_is_put_right_and_the_review_shows_what_came_of_it() -> None:
    state = finished()
    better = state.model_copy(update={"turns": (state.turns[0], *state.turns[2:])})
    desk = FakeDesk(states={"3f9a1c": better})
    async with app_of(desk).run_test(size=(120, 40)) as pilot:
        await open_review(pilot, state)
        await pilot.press("c")
        await until_on(pilot, CorrectScreen)
        await until_shown(pilot, "▸[models?]◂")
        await pilot.press("right")
        await until_shown(pilot, "▸like◂")
        await pilot.press("left", *"a ward", "enter")
        await until_on(pilot, ReviewScreen)
        await until_shown(pilot, "Judged again; no verdict changed.")
        assert "follow-up 1" not in screen_text(pilot.app), "the state is read anew"
    heard = state.turns[0].transcript
    assert heard is not None
    word = next(i for i, w in enumerate(heard.words) if w.probability < 0.45)
    assert desk.asked == [("correct", ("3f9a1c", 1, word, "a ward"))]


async def test_the_chosen_word_of_a_long_answer_is_in_view() -> None:
    words = tuple(
        Word(text=f"w{number}", probability=0.1 if number == 700 else 0.9) for number in range(900)
    )
    state = finished()
    heard = Transcript(words=words)
    long = state.turns[0].model_copy(update={"transcript": heard, "judged": heard})
    state = state.model_copy(update={"turns": (long, *state.turns[1:])})
    async with app_of(FakeDesk()).run_test(size=(80, 24)) as pilot:
        await open_review(pilot, state)
        await pilot.press("c")
        await until_shown(pilot, "▸[w700?]◂")
        await pilot.press("right")
        await until_shown(pilot, "▸w701◂")
        await pilot.press(*["up", *["left"] * 2])
        await until_shown(pilot, "▸w698◂")
        await pilot.press("enter")
        await until(pilot, lambda: footer_keys(pilot) == {"Put it right", "Leave it"})


async def test_leaving_a_word_changes_nothing() -> None:
    desk = FakeDesk()
    async with app_of(desk).run_test() as pilot:
        await open_review(pilot, finished())
        await pilot.press("c")
        await until_on(pilot, CorrectScreen)
        await pilot.press("enter", *"award", "escape")
        assert "Change it" in footer_keys(pilot)
        await pilot.press("escape")
        await until_on(pilot, ReviewScreen)
    assert desk.asked == []


async def test_what_judging_again_changed_is_told_below_the_page_until_the_next_key() -> None:
    desk = FakeDesk(states={"3f9a1c": finished()})
    desk.redone.changes.append(Change(1, "Adversarial evaluation", "missed", "met", "on purpose"))
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await open_review(pilot, finished())
        await pilot.press("j")
        change = "Adversarial evaluation: missed → met, because of “on purpose”"
        await until_shown(pilot, change)
        await pilot.press("down")
        await until_gone(pilot, change)
        desk.problem = InterviewerError("The model is away.", "Ask again.")
        await pilot.press("j")
        await until_shown(pilot, "The model is away. Ask again.")
    assert [what for what, _ in desk.asked] == ["rejudge", "rejudge"]


@pytest.mark.parametrize(
    ("redone", "told"),
    [
        (Redone("x", done=2), "Judged again; no verdict changed."),
        (Redone("x", left=2), "Judged in just this way before; no verdict changed."),
        (Redone("x", 1, 0, [Change(1, "A", "met", "missed")] * 6), "and 2 more."),
    ],
)
def test_what_came_of_judging_again_is_said_in_a_few_lines(redone: Redone, told: str) -> None:
    lines = redone_words(redone).splitlines()
    assert lines[-1] == told
    assert len(lines) <= 6


async def test_what_is_heard_is_told_and_why_nothing_is() -> None:
    player = StillPlayer(finished())
    desk = FakeDesk(players={"3f9a1c": player})
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        await open_review(pilot, finished())
        await pilot.press("enter")
        await until_shown(pilot, "▶ 0:03")
        player.at = replace(player.at, playing=False, notice="No speaker was found.")
        await until_shown(pilot, "No speaker was found.")
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
    assert player.closed


async def test_takes_are_turned_over_and_their_scores_stand_side_by_side() -> None:
    state = finished()
    first, second = state.turns[0], state.turns[1]
    later = first.model_copy(update={"id": 2, "take": 2, "assessment": second.assessment})
    both = state.model_copy(update={"turns": (first, later)})
    async with app_of(FakeDesk()).run_test(size=(120, 40)) as pilot:
        await open_review(pilot, both)
        await until_shown(pilot, "take 2 of 2")
        await until_shown(pilot, "take 1: ")
        await pilot.press("left_square_bracket")
        await until_shown(pilot, "take 1 of 2")
        await until_shown(pilot, "take 2: ")

"""The interview on the real runner with fake engines: keys in, states out, on to the review."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from driving import (
    HomeScreen,
    ReviewScreen,
    app_of,
    footer_keys,
    hurry,
    still,
    until,
    until_gone,
    until_on,
    until_shown,
)
from fakes import started
from hearing.hearing_fakes import FakeSource, FakeTranscriber, LoudnessDetector
from snapshots import screen_text
from tui_data import asking, assessing, finished, follow_up, listening
from tui_fakes import FakeDesk, StillLive, runner_live

from voice_interviewer.core import events as ev
from voice_interviewer.core.ports import Interim, Level, Patience, Progress
from voice_interviewer.core.session import fold
from voice_interviewer.core.style import Style
from voice_interviewer.core.transcript import words_of
from voice_interviewer.engines import Engines
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.spoken import SpokenListener
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.tested import OURS
from voice_interviewer.judging.ways import caveat
from voice_interviewer.runner import Runner
from voice_interviewer.tui.app import VoiceInterviewerApp
from voice_interviewer.tui.messages import SignalCame
from voice_interviewer.tui.widgets.heard import Heard


async def test_a_whole_interview_from_home_to_review_by_keys() -> None:
    live = runner_live([None] * 4, wait=True)
    async with app_of(FakeDesk(lives=[live])).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        await pilot.press("enter")
        await until_shown(pilot, "Tell me about apples?")
        assert footer_keys(pilot) == {"Start answering", "Leave"}
        await pilot.press("space")
        await until_shown(pilot, "● listening")
        assert live.journal.events[-1].type in ("PromptEnded", "AnswerStarted")
        await pilot.press("h")
        await until_shown(pilot, "held: silence will not end it")
        assert live.listener.holds == 1
        await pilot.press("r")  # the question is said again, the same answer goes on
        await until(pilot, lambda: len(live.speaker.said) == 2)
        await pilot.press("space")
        await until_shown(pilot, "● listening")
        await pilot.press("n")
        await until_shown(pilot, "follow-up 1")
        await pilot.press("space")
        await until_shown(pilot, "● listening")
        await pilot.press("s")
        await until_shown(pilot, "Tell me about boats?")
        await pilot.press("space")
        await until_shown(pilot, "● listening")
        live.listener.say_now("the hull and the sail")
        await until_on(pilot, ReviewScreen)
    intents = ["proceed", "hold", "repeat", "proceed", "dont_know", "proceed", "skip", "proceed"]
    assert live.intents == intents
    assert [turn.ended for turn in live.state.turns] == ["dont_know", "skip", "key"]
    assert live.state.status == "finished"


async def test_space_ends_the_answer() -> None:
    live = runner_live([None, None])
    async with VoiceInterviewerApp(FakeDesk(), open_live=lambda: live).run_test() as pilot:
        await until_shown(pilot, "● listening")
        await pilot.press("space")
        await until(pilot, lambda: len(live.state.turns) > 1)
    assert live.state.turns[0].ended == "key"


async def test_going_on_takes_the_verdicts_away_and_the_answer_up_again() -> None:
    style = Style(feedback="each", acknowledge=False)
    opening = started(candidate="mic", style=style, follow_up_limit=0)
    live = runner_live(["it is", None], opening=opening)
    async with VoiceInterviewerApp(FakeDesk(), open_live=lambda: live).run_test() as pilot:
        await until_shown(pilot, "your answer, judged")
        live.listener.overhear_now()
        await until_shown(pilot, "● listening")
        assert (live.state.turns[0].attempt, len(live.state.turns)) == (1, 1)
        live.listener.say_now("red and round")
        await until_shown(pilot, "your answer, judged")
        assert live.state.score(0) == 10.0


async def test_a_coach_tells_why_the_model_did_not_judge_until_it_has() -> None:
    opening = started(style=Style(feedback="each", acknowledge=False), follow_up_limit=0)
    live = runner_live(["it is red"], opening=opening)
    live.judge.notice = "The model needs longer."
    async with VoiceInterviewerApp(FakeDesk(), open_live=lambda: live).run_test() as pilot:
        await until_shown(pilot, "your answer, judged")
        assert screen_text(pilot.app).count("The model needs longer.") == 1
        turn = live.state.turns[0]
        assert turn.assessment is not None
        by_model = turn.assessment.model_copy(update={"judge": "a model", "notice": ""})
        late = ev.AssessmentAdded(turn_id=1, made_by="background", assessment=by_model)
        live.runner._inbox.put(late)
        await until_shown(pilot, "Judged by a model.")
        assert "The model needs longer." not in screen_text(pilot.app)


async def test_leaving_is_confirmed_and_the_session_can_go_on() -> None:
    live = runner_live([None])
    app = VoiceInterviewerApp(FakeDesk(), open_live=lambda: live)
    async with app.run_test() as pilot:
        await until_shown(pilot, "● listening")
        await pilot.press("escape")
        await until_shown(pilot, "leave for later?")
        assert footer_keys(pilot) == {"Leave for later", "Stay"}
        await pilot.press("space", "escape")
        await until_shown(pilot, "● listening")
        assert live.intents == []
        await pilot.press("escape", "enter")
        await until_on(pilot, HomeScreen)
        await pilot.press("ctrl+q")
    assert live.state.status == "interrupted"
    assert app.return_code == 130


async def test_a_part_that_failed_is_shown_with_its_fix_and_can_try_again() -> None:
    broken = AudioError("The microphone gave no sound.", "Plug it in and press t.")
    live = runner_live([None], listen_errors=[broken])
    async with VoiceInterviewerApp(FakeDesk(), open_live=lambda: live).run_test() as pilot:
        await until_shown(pilot, "The microphone gave no sound.")
        assert "Plug it in and press t." in screen_text(pilot.app)
        assert "● " not in screen_text(pilot.app)
        assert footer_keys(pilot) == {"Try again", "Leave for later"}
        await pilot.press("t")
        await until_shown(pilot, "● listening")
        assert "gave no sound" not in screen_text(pilot.app)


async def test_a_failed_session_can_be_left_for_later() -> None:
    live = runner_live([None], listen_errors=[AudioError("The microphone gave no sound.")])
    app = VoiceInterviewerApp(FakeDesk(), open_live=lambda: live)
    async with app.run_test() as pilot:
        await until_shown(pilot, "gave no sound")
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
    assert live.state.status == "interrupted"


async def test_a_whole_typed_interview() -> None:
    live = runner_live([None] * 2, opening=started(candidate="typed", follow_up_limit=0))
    live.listener.recording = False
    async with VoiceInterviewerApp(FakeDesk(), open_live=lambda: live).run_test() as pilot:
        await until_shown(pilot, "● your turn")
        assert footer_keys(pilot) == {
            "New line",
            "Repeat",
            "Start over",
            "I don't know",
            "Skip",
            "Leave",
        }
        await pilot.press("enter")  # nothing to send yet
        await pilot.press(*"they are red", "ctrl+j", *"and round")
        assert "Send" in footer_keys(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "Tell me about boats?")
        await until_shown(pilot, "● your turn")
        assert "they are red" not in screen_text(pilot.app)
        await pilot.press("ctrl+s")
        await until_on(pilot, ReviewScreen)
        assert "10.0 of 10" in screen_text(pilot.app)
    assert live.state.turns[0].transcript is not None
    assert live.state.turns[0].transcript.text == "they are red and round"
    assert live.intents == ["skip"]


async def test_asking_to_leave_takes_the_keys_from_the_answer_box_and_gives_them_back() -> None:
    live = still([_typed(asking()[0]), *listening("")[1:-1]])
    async with app_of(FakeDesk(), live).run_test() as pilot:
        await until_shown(pilot, "● your turn")
        await pilot.press("a", "escape")
        assert footer_keys(pilot) == {"Leave for later", "Stay"}
        await pilot.press("b", "escape", "c", "enter")
        await until(pilot, lambda: bool(live.typed))
    assert live.typed == ["ac"]


async def test_keys_typed_faster_than_the_screen_follows_keep_their_order() -> None:
    live = still([_typed(asking()[0]), *listening("")[1:-1]])
    async with app_of(FakeDesk(), live).run_test() as pilot:
        await until_shown(pilot, "● your turn")
        hurry(pilot, *"it is", "ctrl+j", *"more", "enter")
        await until(pilot, lambda: bool(live.typed))
    assert live.typed == ["it is\nmore"]


async def test_what_was_heard_stays_while_the_final_transcript_is_made() -> None:
    live = still(listening("reward goes up"), Interim("and then"))
    async with app_of(FakeDesk(), live).run_test() as pilot:
        await until_shown(pilot, "░ and then")
        over = ev.AnswerEnded(t_s=101, turn_id=1, reason="key")
        live.show(_folded([*listening("reward goes up"), over]))
        await until_shown(pilot, "● transcribing")
        assert "reward goes up" in screen_text(pilot.app)
        assert "░ and then" in screen_text(pilot.app)


async def test_progress_from_elsewhere_is_told_too() -> None:
    def slowly() -> StillLive:
        app.tell("Fetching the weights", 0.4)
        gate.wait(5)
        return still(asking())

    gate = threading.Event()
    app = VoiceInterviewerApp(FakeDesk(), open_live=slowly)
    async with app.run_test() as pilot:
        await until_shown(pilot, "● getting ready   Fetching the weights 40%")
        gate.set()
        await until_shown(pilot, "● interviewer speaking")
        assert "Fetching" not in screen_text(app)


@pytest.mark.parametrize("size", [(60, 20), (40, 12), (20, 6), (8, 3)])
async def test_a_small_terminal_is_no_reason_to_fall_over(size: tuple[int, int]) -> None:
    live = still(listening(), Interim("and then"))
    async with app_of(FakeDesk(), live).run_test(size=size) as pilot:
        await until(pilot, lambda: pilot.app.screen.query_one(Heard).virtual_size.height > 1)
        live.end(finished())
        await until_on(pilot, ReviewScreen)
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)


async def test_without_a_speaker_the_question_is_said_to_be_shown() -> None:
    live = runner_live([None], audible=False)
    async with VoiceInterviewerApp(FakeDesk(), open_live=lambda: live).run_test() as pilot:
        await until_shown(pilot, "No speaker was found.")
        assert "Tell me about apples?" in screen_text(pilot.app)


async def test_words_still_to_change_stand_apart_from_those_that_will_not() -> None:
    live = still(listening("reward goes up"), Interim("while the win"))
    async with app_of(FakeDesk(), live).run_test() as pilot:
        await until_shown(pilot, "░ while the win")
        assert "reward goes up" in screen_text(pilot.app)
        more = ev.SpeechCommitted(t_s=101, turn_id=1, words=words_of("while the win rate"))
        live.show(_folded([*listening("reward goes up"), more]))
        await until_shown(pilot, "reward goes up while the win rate")
        assert "░" not in screen_text(pilot.app)


async def test_doubtful_words_are_bracketed_in_the_final_transcript_only() -> None:
    live = still(listening())
    async with app_of(FakeDesk(), live).run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "because reward models")
        live.show(_folded(assessing()))
        await until_shown(pilot, "[models?]")
        assert "● judging" in screen_text(pilot.app)
        assert "Watches reward" not in screen_text(pilot.app)  # nothing of the rubric yet
        live.show(_folded(follow_up()))
        await until_shown(pilot, "follow-up 1")
        assert "[models?]" not in screen_text(pilot.app)


@pytest.mark.parametrize(("level", "told"), [(0.0, "No signal from"), (1.0, "is too loud")])
async def test_a_bad_signal_is_on_screen_when_two_seconds_of_it_were_heard(
    tmp_path: Path, level: float, told: str
) -> None:
    source = WaitingSource(np.full(2 * 16_000, level, dtype=np.float32))
    listener = SpokenListener(
        source, FakeTranscriber(), HearingOptions(), tmp_path, make_detector=LoudnessDetector
    )
    live = runner_live([])
    live.runner = Runner(live.journal, Engines(live.speaker, listener, live.judge), live.clock)
    async with VoiceInterviewerApp(FakeDesk(), open_live=lambda: live).run_test() as pilot:
        await until_shown(pilot, "● listening")
        await until_shown(pilot, told)  # no more sound comes before the microphone is closed
    assert source.given == 2 * 16_000


class WaitingSource(FakeSource):
    """A microphone that gives its sound at once, and then nothing until it is stopped."""

    def __init__(self, sound: np.ndarray) -> None:
        super().__init__([sound], live=True, name="Desk")
        self.given = 0

    def blocks(self) -> Iterator[np.ndarray]:
        (sound,) = self.sounds
        self.given = 0
        for start in range(0, len(sound), 320):
            if not self._stopped:
                self.given += 320
                yield sound[start : start + 320]
        while not self._stopped:
            time.sleep(0.01)
            yield sound[:0]


async def test_patience_is_shown_until_something_is_heard() -> None:
    live = still(listening())
    async with app_of(FakeDesk(), live).run_test() as pilot:
        await until_shown(pilot, "● listening")
        assert "take your time" not in screen_text(pilot.app)
        pilot.app.screen.post_message(SignalCame(Patience(8.0)))
        await until_shown(pilot, "take your time")
        pilot.app.screen.post_message(SignalCame(Level(-20.0)))  # a noisy room, perhaps
        await pilot.pause()
        assert "take your time" in screen_text(pilot.app)
        pilot.app.screen.post_message(SignalCame(Interim("and then")))
        await until_gone(pilot, "take your time")


async def test_the_meter_shows_the_readings_it_gets() -> None:
    async with app_of(FakeDesk(), still(listening())).run_test() as pilot:
        await until_shown(pilot, "▁" * 16)
        for dbfs in (-70.0, -40.0, -30.0, -10.0):
            pilot.app.screen.post_message(SignalCame(Level(dbfs)))
        await until_shown(pilot, "▁▁▃▅▇")


async def test_what_takes_a_while_is_told() -> None:
    live = still(asking()[:1], Progress("Fetching the weights", 0.4))
    async with app_of(FakeDesk(), live).run_test() as pilot:
        await until_shown(pilot, "Fetching the weights 40%")


async def test_a_session_that_breaks_says_why_and_leads_back() -> None:
    live = still(listening())
    live.error = AudioError("The disk is full.", "Free some space, then resume.")
    app = app_of(FakeDesk(), live)
    async with app.run_test() as pilot:
        await until_shown(pilot, "● listening")
        live.end(live.state)
        await until_shown(pilot, "The disk is full.")
        assert footer_keys(pilot) == {"Back"}
        await pilot.press("escape")
        await until_on(pilot, HomeScreen)
        await pilot.press("ctrl+q")
    assert app.return_code == 1


def _typed(event: ev.Event) -> ev.Event:
    return event.model_copy(update={"candidate": "typed"})


def _folded(events: list[ev.Event]):
    return still(events).state


async def test_what_is_to_be_known_of_the_judge_stands_there_during_the_first_question() -> None:
    options = JudgeOptions(model="qwen2.5-coder-1.5b")
    said = caveat(options, OURS)
    told = ev.NoticeRaised(part="judge", message=said)
    first, *rest = listening()
    live = StillLive(fold([first, told, *rest]))
    app = VoiceInterviewerApp(FakeDesk(), open_live=lambda: live)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "● listening")
        shown = " ".join(line.strip("│ ") for line in screen_text(pilot.app).splitlines())
    assert " ".join(said.split()) in " ".join(shown.split())
    later = StillLive(fold([first, told, *rest[:-1], *follow_up()[len(rest) + 1 :]]))
    assert len(later.state.turns) == 2
    app = VoiceInterviewerApp(FakeDesk(), open_live=lambda: later)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "follow-up 1")
        assert "qwen2.5-coder" not in screen_text(pilot.app)

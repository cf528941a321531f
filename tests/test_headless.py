"""The lines of a session say what a person at a screen would see."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes import (
    FakeJudge,
    FakeListener,
    FakeSpeaker,
    LateFakeJudge,
    MemoryJournal,
    VirtualClock,
    started,
)

from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State
from voice_interviewer.engines import Engines
from voice_interviewer.errors import AudioError, InterviewerError
from voice_interviewer.headless import play, summary
from voice_interviewer.runner import Runner


@dataclass
class FakeLive:
    """A runner with fakes, as front ends see it."""

    runner: Runner
    opening: ev.SessionStarted
    folder: Path = Path("folder")
    replaying: bool = False

    def __post_init__(self) -> None:
        self.subscribe = self.runner.subscribe
        self.submit = self.runner.submit
        self.interrupt = self.runner.interrupt

    @property
    def state(self) -> State:
        return self.runner.state

    def type_answer(self, text: str) -> None:
        raise AssertionError("nothing is typed here")

    def run(self) -> State:
        return self.runner.run(self.opening)


def live(*answers: str, judge_notice: str = "", **errors: list[InterviewerError]) -> FakeLive:
    clock = VirtualClock()
    speaker = FakeSpeaker(clock, audible=False)
    listener = FakeListener(clock, answers, **errors)
    judge = FakeJudge(clock, notice=judge_notice)
    return FakeLive(Runner(MemoryJournal(), Engines(speaker, listener, judge), clock), started())


def test_a_session_reads_from_question_to_score() -> None:
    out = io.StringIO()
    state = play(live("it is red", "so round", "hull sail", judge_notice="Model away."), out)
    lines = out.getvalue().splitlines()
    assert "Question 1 of 2: Tell me about apples?" in lines
    assert "  You: it is red" in lines
    assert '  ✓ met      Red  "it is red"' in lines
    assert "  ✗ missed   Round" in lines
    assert 'Follow-up: You said: "it is red". Beyond that: What about round?' in lines
    assert lines.count("  Note: No speaker was found.") == 1
    assert lines.count("  Note: Model away.") == 1
    end = summary(state, "the folder")
    assert "10.0 of 10  Tell me about apples?" in end
    assert "drill" not in end, "nothing was missed"
    missed = play(live("nothing", "nothing", "nothing", "hull sail"), io.StringIO())
    assert "drill --session abc123" in summary(missed, "the folder")


def test_a_follow_up_lists_only_what_it_was_about() -> None:
    out = io.StringIO()
    play(live("nothing", "nothing", "nothing", "hull sail"), out)
    follow_up = out.getvalue().split("Follow-up: What about round?")[1].split("Follow-up")[0]
    assert "✗ missed   Round" in follow_up
    assert "Red" not in follow_up


def test_verdicts_that_come_late_are_told_with_their_question() -> None:
    clock, out = VirtualClock(), io.StringIO()
    judge = LateFakeJudge(clock)
    listener = FakeListener(clock, ["it is red and round", "hull sail"])
    engines = Engines(FakeSpeaker(clock, audible=False), listener, judge, late_judge=judge)
    play(FakeLive(Runner(MemoryJournal(), engines, clock), started(follow_up_limit=0)), out)
    first, late = out.getvalue().split("  The model's verdicts on an answer to question 1:\n")
    assert "✗ missed   Red" in first
    assert late.startswith('  ✓ met      Red  "it is red"\n')


def test_a_failed_part_ends_it_with_the_fix_and_the_way_back() -> None:
    session = live("red", listen_errors=[AudioError("The microphone is gone.", "Plug it in.")])
    with pytest.raises(InterviewerError) as told:
        play(session, io.StringIO())
    assert told.value.message == "The microphone is gone."
    assert told.value.hint.startswith("Plug it in.")
    assert told.value.hint.endswith("voice-interviewer resume abc123")
    assert session.state.status == "interrupted"


def test_escapes_in_what_was_said_never_reach_the_terminal() -> None:
    out = io.StringIO()
    play(live("\x1b[2Jred\x07", "round", "hull sail"), out)
    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()
    assert "[2Jred" in out.getvalue()

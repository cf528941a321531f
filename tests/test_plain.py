"""The line mode: a whole interview by letters and Enter, with nothing that has to be seen."""

from __future__ import annotations

import io
import os
import queue
import re
from pathlib import Path

import pytest
from drill.drill_sessions import Said, journal_of
from fakes import (
    FakeJudge,
    FakeListener,
    FakeSpeaker,
    LateFakeJudge,
    MemoryJournal,
    VirtualClock,
    started,
)
from made_up_past import write
from terminal import Terminal

from voice_interviewer.core.session import State
from voice_interviewer.core.style import Style
from voice_interviewer.engines import Engines
from voice_interviewer.errors import AudioError, InterviewerError
from voice_interviewer.plain import InputLines, play_plain
from voice_interviewer.runner import Runner

AT_THE_END = Style(acknowledge=False)
COACHING = Style(feedback="each", acknowledge=False)


class Typist(io.StringIO):
    """What reads the lines and types: each (words to wait for, what to type then), in order."""

    def __init__(self, *script: tuple[str, str]) -> None:
        super().__init__()
        self._script = list(script)
        self._typed: queue.Queue[str | None] = queue.Queue()
        self._unread = ""

    def write(self, text: str) -> int:
        written = super().write(text)
        self._unread += text
        while self._script and self._script[0][0] in self._unread:
            _, self._unread = self._unread.split(self._script[0][0], 1)
            self._typed.put(self._script.pop(0)[1])
        return written

    def end(self) -> None:
        self._typed.put(None)

    def next_line(self) -> str | None:
        return self._typed.get(timeout=20)


class PlainLive:
    """A runner with fakes, as front ends see it."""

    replaying = False
    folder = Path("folder")

    def __init__(
        self,
        *answers: str | None,
        style: Style = AT_THE_END,
        late: bool = False,
        **errors: list[InterviewerError],
    ) -> None:
        clock = VirtualClock()
        self.listener = FakeListener(clock, answers, **errors)
        judge = LateFakeJudge(clock) if late else FakeJudge(clock)
        engines = Engines(
            FakeSpeaker(clock, audible=False),
            self.listener,
            judge,
            late_judge=judge if isinstance(judge, LateFakeJudge) else None,
        )
        self.runner = Runner(MemoryJournal(), engines, clock)
        self.opening = started(style=style, follow_up_limit=0, candidate="mic")
        self.subscribe = self.runner.subscribe
        self.submit = self.runner.submit
        self.interrupt = self.runner.interrupt
        self.choose_microphone = self.runner.choose_microphone

    @property
    def state(self) -> State:
        return self.runner.state

    def type_answer(self, text: str) -> None:
        raise AssertionError("nothing is typed here")

    def run(self) -> State:
        return self.runner.run(self.opening)


def played(live: PlainLive, *script: tuple[str, str]) -> tuple[State, str]:
    typist = Typist(*script)
    state = play_plain(live, typist.next_line, typist)
    typist.end()
    return state, typist.getvalue()


def test_an_answer_ends_by_a_letter_and_feedback_comes_at_the_end_as_text() -> None:
    state, text = played(PlainLive(None, "hull sail"), ("Your turn.", "d"))
    assert state.status == "finished"
    assert "Question 1 of 2: Tell me about apples?" in text
    assert "Heard: hull sail" in text
    end = text.split("That was the interview.")[1]
    assert "Question 2, 10.0 of 10: Tell me about boats?" in end
    assert 'Met: Hull.\n  You said: "hull".' in end
    assert "Missed: Red.\n  A strong answer says: A strong answer says red." in end
    assert "Met:" not in text.split("That was the interview.")[0], "no verdicts while it goes on"


@pytest.mark.parametrize(
    ("letter", "reason"), [("d", "key"), ("n", "dont_know"), ("S", "skip"), ("t", "retake")]
)
def test_letters_end_an_answer_as_the_keys_of_the_screen_do(letter: str, reason: str) -> None:
    state, _ = played(PlainLive(None, "red", "hull sail"), ("Your turn.", letter))
    ended = state.turns[0].ended
    assert ended is not None
    assert ended == reason


def test_help_names_the_keys_that_work_now_and_a_wrong_letter_says_so() -> None:
    script = (("Your turn.", "x"), ("just now.", "?"), ("Keys, each with Enter: d done", "h"))
    live = PlainLive(None, "hull sail")
    _, text = played(live, *script, ("Held.", "?"), ("d done; r repeat", "d"))
    assert "That means nothing just now." in text
    assert live.listener.holds == 1


def test_a_pause_leaves_a_session_that_can_be_resumed() -> None:
    state, _ = played(PlainLive(None), ("Your turn.", "p"))
    assert state.status == "interrupted"


def test_feedback_waits_for_a_letter_and_takes_again() -> None:
    live = PlainLive("red", "red round", "hull sail", style=COACHING)
    script = (("d go on", "t"), ("d go on", "d"), ("d go on", "d"))
    state, text = played(live, *script)
    assert [turn.take for turn in state.turns] == [1, 2, 1]
    assert "Missed: Round." in text.split("Your turn.")[1]


def test_feedback_is_told_anew_when_verdicts_come_late() -> None:
    live = PlainLive("red round", "hull sail", style=COACHING, late=True)
    script = (("judged this answer by now.", ""), ("d go on", "d")) * 2
    state, text = played(live, *script)
    assert state.status == "finished"
    first = text.split("The model has judged this answer by now.\n")
    assert "Missed: Red" in first[0]
    assert "Met: Red." in first[1]


def test_a_failed_part_is_told_with_its_choices_and_goes_on() -> None:
    broken = AudioError("The microphone is gone.", "Plug it in.")
    live = PlainLive("red round", "hull sail", listen_errors=[broken])
    state, text = played(live, ("t try again", "t"))
    assert "Something failed: The microphone is gone. Plug it in." in text
    assert state.status == "finished"


def test_without_anybody_to_choose_a_failed_part_ends_the_session_with_its_fix() -> None:
    live = PlainLive("red", listen_errors=[AudioError("The microphone is gone.", "Plug it in.")])
    with pytest.raises(InterviewerError, match="microphone is gone") as raised:
        play_plain(live, lambda: None, io.StringIO())
    assert "voice-interviewer resume abc123" in raised.value.hint


def test_lines_of_a_descriptor_are_whole_even_without_a_last_line_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"one\r\ntwo\nthr")
    os.close(writing)
    lines = InputLines(reading)
    assert [lines(), lines(), lines(), lines()] == ["one", "two", "thr", None]
    os.close(reading)


OPTIONS = ("--plain", "--voice", "silent", "--judge", "embedded", "--questions", "1")


def test_a_typed_interview_in_a_terminal_needs_no_cursor_and_no_colour(tmp_path: Path) -> None:
    where = ("--data-dir", str(tmp_path))
    shown = Terminal("interview", *OPTIONS, "--candidate", "typed", "--preset", "coaching", *where)
    shown.until(lambda text: "Your turn." in text and "Keys" in text)
    shown.type("The reward model is trained on \\")
    shown.type("comparisons that people make.")
    while "d go on" not in shown.text:
        turns = shown.text.count("Your turn.")
        shown.until(lambda t, n=turns: t.count("Your turn.") > n or "d go on" in t)  # type: ignore[misc]
        if "d go on" not in shown.text:
            shown.type("n")
    shown.type("d")
    assert shown.end() == 0
    assert "\x1b" not in shown.text
    (transcript,) = tmp_path.glob("sessions/*/transcript.md")
    assert "trained on comparisons that people make" in transcript.read_text()
    assert re.search(r"Question 1, \d+\.\d", shown.text)
    assert "voice-interviewer drill --session" in shown.text


@pytest.mark.real
def test_the_recorded_candidate_is_heard_in_plain_lines_and_can_be_paused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_INTERVIEW_FOLLOW_UPS", "1")
    where = ("--data-dir", str(tmp_path))
    shown = Terminal("interview", *OPTIONS, "--candidate", "recorded", "--pace", "fast", *where)
    shown.until(lambda text: "Heard: " in text or "Heard, all in all: " in text)
    shown.type("p")
    assert shown.end() == 130
    assert "Go on with it: voice-interviewer resume" in shown.text
    again = Terminal("resume", "last", "--plain", "--pace", "fast", *where)
    again.until(lambda text: "That was the interview." in text)
    assert again.end() == 0
    assert "Traceback" not in shown.text + again.text
    assert "\x1b" not in shown.text + again.text


def test_the_first_lines_offer_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_STORAGE_DATA_DIR", str(tmp_path))
    shown = Terminal("--plain")
    shown.until(lambda text: "press Enter" in text)
    assert "i: an interview, 6 questions" in shown.text
    assert "c: continue" not in shown.text
    shown.type("x")
    shown.until(lambda text: "Type one of i, q" in text)
    shown.type("q")
    assert shown.end() == 0


def test_a_fork_is_answered_in_plain_lines_too(tmp_path: Path) -> None:
    opening = started(candidate="typed", voice="silent", judge="embedded", follow_up_limit=0)
    answers: list[Said | str] = [{"red": "met", "round": "met"}, {"hull": "missed"}]
    old = journal_of(opening, answers)
    write(tmp_path, old)
    where = ("--data-dir", str(tmp_path))
    shown = Terminal("fork", "abc123", "--turn", "2", "--plain", *where)
    shown.until(lambda text: "Your turn." in text and "Keys" in text)
    assert "Question 2 of 2: Tell me about boats?" in shown.text
    shown.type("It has a hull and a sail.")
    while "That was the interview." not in shown.text:
        turns = shown.text.count("Your turn.")
        shown.until(lambda t, n=turns: t.count("Your turn.") > n or "That was" in t)  # type: ignore[misc]
        if "That was" not in shown.text:
            shown.type("n")
    assert shown.end() == 0
    assert "\x1b" not in shown.text
    transcripts = [path.read_text() for path in tmp_path.glob("sessions/*/transcript.md")]
    assert ["It has a hull and a sail" in text for text in transcripts] == [True]

"""An interview waits for a slow judge for a moment only, and has its verdicts later."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from judging_samples import STRONG, command_for

from voice_interviewer.core.assessment import Assessment, FollowUp
from voice_interviewer.core.commands import Assess, Phrase
from voice_interviewer.errors import JudgeError
from voice_interviewer.judging.in_background import BackgroundJudge

FIRST = command_for(STRONG)
SECOND = FIRST.model_copy(update={"turn_id": FIRST.turn_id + 1})
AGAIN = FIRST.model_copy(update={"attempt": 1})
PHRASE = Phrase(
    question=FIRST.question,
    planned=FollowUp(criterion_id=FIRST.standing[0][0], rung="clarify", text="And then?"),
    probe="And then?",
    answer=FIRST.transcript,
    said="",
)
LONG_S = 60.0


class Worder:
    def chunks(self, command: Phrase) -> Iterator[str]:
        yield from ("And", " then?")


class Slow:
    """A judge that is at an answer until it is let go."""

    name = "slow"
    caveat = "It is slow."

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()
        self.most_at_once = self.at_once = 0
        self.error: Exception | None = None
        self.anticipated: list[Assess] = []
        self.closed = False
        self.phraser: Worder | None = Worder()

    def assess(self, command: Assess) -> Assessment:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.set()
        assert self.go.wait(LONG_S)
        self.at_once -= 1
        if self.error is not None:
            raise self.error
        return Assessment(judge=f"slow {command.turn_id}.{command.attempt}")

    def anticipate(self, command: Assess) -> None:
        self.anticipated.append(command)

    def close(self) -> None:
        self.closed = True


class Quick(Slow):
    name = "quick"

    def assess(self, command: Assess) -> Assessment:
        return Assessment(judge="quick")


@contextmanager
def judges(wait_s: float) -> Iterator[tuple[Slow, Quick, BackgroundJudge]]:
    slow, quick = Slow(), Quick()
    judge = BackgroundJudge(slow, quick, wait_s=wait_s)
    try:
        yield slow, quick, judge
    finally:
        slow.go.set()
        judge.close()


def test_what_comes_in_time_is_all_there_is() -> None:
    with judges(wait_s=LONG_S) as (slow, _quick, judge):
        slow.go.set()
        assert judge.assess(FIRST) == Assessment(judge="slow 1.0")
        assert judge.assess_late(FIRST) is None


def test_a_slow_judge_is_stood_in_for_and_its_verdicts_come_later() -> None:
    with judges(wait_s=0.01) as (slow, _quick, judge):
        stood_in = judge.assess(FIRST)
        assert stood_in.judge == "quick"
        assert stood_in.notice == (
            "The local model needs more than 0.01 s, so for now this answer was matched without "
            "it; its verdicts follow while the interview goes on, or afterwards with rejudge."
        )
        slow.go.set()
        assert judge.assess_late(FIRST) == Assessment(judge="slow 1.0")
        assert judge.assess_late(FIRST) is None


def test_nobody_waits_while_it_is_at_an_earlier_answer() -> None:
    with judges(wait_s=0.01) as (slow, _quick, judge):
        judge.assess(FIRST)
        assert slow.begun.wait(LONG_S)
        judge._wait_s = LONG_S  # would be waited out
        assert "still at an earlier answer" in judge.assess(SECOND).notice
        assert judge.assess(AGAIN).judge == "quick"
        slow.go.set()
        late = [judge.assess_late(command) for command in (AGAIN, SECOND, FIRST)]
        assert [found.judge for found in late if found] == ["slow 1.1", "slow 2.0", "slow 1.0"]
        assert slow.most_at_once == 1


@pytest.mark.parametrize("error", [JudgeError("Gone."), RuntimeError("broken")])
def test_a_failure_is_told_whenever_it_comes(error: Exception) -> None:
    with judges(wait_s=0.01) as (slow, _quick, judge):
        slow.error = error
        judge.assess(FIRST)
        slow.go.set()
        with pytest.raises(JudgeError):
            judge.assess_late(FIRST)
        judge._wait_s = LONG_S
        with pytest.raises(JudgeError):
            judge.assess(SECOND)


def test_only_the_quick_one_looks_ahead_while_the_slow_one_is_busy() -> None:
    with judges(wait_s=0.01) as (slow, quick, judge):
        judge.anticipate(FIRST)
        assert (slow.anticipated, quick.anticipated) == ([FIRST], [])
        judge.assess(FIRST)
        assert slow.begun.wait(LONG_S)
        judge.anticipate(SECOND)
        assert (slow.anticipated, quick.anticipated) == ([FIRST], [SECOND])


def test_stopping_ends_the_waiting_and_what_has_not_begun_never_does() -> None:
    with judges(wait_s=LONG_S) as (slow, _quick, judge):
        found: list[Assessment | None] = []
        waiting = threading.Thread(target=lambda: found.append(judge.assess(FIRST)))
        waiting.start()
        assert slow.begun.wait(LONG_S)
        judge.stop_judging_late()
        waiting.join(LONG_S)
        assert [a and a.judge for a in found] == ["quick"]
        assert judge.assess(SECOND).judge == "quick"
        assert judge.assess_late(FIRST) is None
        judge.close()
        assert slow.closed


def test_a_busy_model_words_no_follow_up_as_nobody_waits_for_that() -> None:
    with judges(wait_s=0.01) as (slow, _quick, judge):
        assert judge.phraser is not None
        assert list(judge.phraser.chunks(PHRASE)) == ["And", " then?"]
        judge.assess(FIRST)
        assert slow.begun.wait(LONG_S)
        assert list(judge.phraser.chunks(PHRASE)) == []


def test_it_is_known_as_the_slow_one() -> None:
    with judges(wait_s=1.0) as (slow, quick, judge):
        assert (judge.name, judge.caveat) == ("slow", "It is slow.")
        slow.phraser = None
        assert BackgroundJudge(slow, quick, wait_s=1.0).phraser is None

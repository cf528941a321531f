from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest
from judging_samples import STRONG, command_for
from judging_server import Chat, refusal

from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.commands import Assess
from voice_interviewer.errors import JudgeError, WeightsError
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.fallback import FallbackJudge
from voice_interviewer.judging.openai_judge import OpenAIJudge
from voice_interviewer.judging.options import JudgeOptions

COMMAND = command_for(STRONG)
PLAIN = EmbeddedJudge().assess(COMMAND)


class Scripted:
    """A judge that does what it is told."""

    name = "scripted"

    def __init__(self, work: Callable[[], Assessment]) -> None:
        self.work = work
        self.calls = 0
        self.closed = False

    def assess(self, command: Assess) -> Assessment:
        self.calls += 1
        return self.work()

    def close(self) -> None:
        self.closed = True


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def fail() -> Assessment:
    raise JudgeError("Rate limited (429).", "Wait.")


def succeed() -> Assessment:
    return Assessment(judge="scripted")


def fallback(primary: Scripted, clock: Clock, limit_s: float = 5.0) -> FallbackJudge:
    return FallbackJudge(primary, EmbeddedJudge(), limit_s=limit_s, clock=clock)


def test_a_working_judge_is_passed_through() -> None:
    judge = fallback(Scripted(succeed), Clock())
    assert judge.name == "scripted"
    assert judge.assess(COMMAND) == succeed()


def test_a_failure_gives_the_embedded_verdicts_and_says_why() -> None:
    result = fallback(Scripted(fail), Clock()).assess(COMMAND)
    assert result.notice == (
        "The model could not judge this answer (rate limited, 429), "
        "so it was matched without a model. Wait."
    )
    assert result.model_copy(update={"notice": ""}) == PLAIN


def test_after_two_failures_in_a_row_the_model_rests_for_a_minute() -> None:
    clock, primary = Clock(), Scripted(fail)
    judge = fallback(primary, clock)
    judge.assess(COMMAND)
    judge.assess(COMMAND)
    resting = judge.assess(COMMAND)
    assert primary.calls == 2
    assert "left alone for a minute after failing 2 times: rate limited, 429" in resting.notice
    clock.now_s += 59.9
    judge.assess(COMMAND)
    assert primary.calls == 2
    clock.now_s += 0.2
    judge.assess(COMMAND)
    assert primary.calls == 3
    judge.assess(COMMAND)
    assert primary.calls == 3


def test_a_success_between_failures_keeps_the_model_in_use() -> None:
    primary = Scripted(fail)
    judge = fallback(primary, Clock())
    for work in (fail, succeed, fail, succeed, fail):
        primary.work = work
        judge.assess(COMMAND)
    assert primary.calls == 5


def test_a_hanging_judge_is_left_behind() -> None:
    release, waited_out = threading.Event(), threading.Event()

    def hang() -> Assessment:
        release.wait(60)
        waited_out.set()
        return succeed()

    result = fallback(Scripted(hang), Clock(), limit_s=0.3).assess(COMMAND)
    assert not waited_out.is_set()
    release.set()
    assert "(no answer within 0.3 s)" in result.notice
    assert result.verdicts == PLAIN.verdicts


@pytest.mark.parametrize(
    ("error", "reason"),
    [(KeyError("x"), "the judge broke with KeyError"), (WeightsError("No weights."), "no weights")],
)
def test_no_way_of_failing_stops_the_interview(error: Exception, reason: str) -> None:
    def work() -> Assessment:
        raise error

    assert f"({reason})" in fallback(Scripted(work), Clock()).assess(COMMAND).notice


def test_closing_closes_the_model_too() -> None:
    primary = Scripted(succeed)
    fallback(primary, Clock()).close()
    assert primary.closed


def test_with_a_real_server_that_is_rate_limited(chat: Chat) -> None:
    chat.script(refusal(429))
    options = chat.options(model="limited")
    judge = FallbackJudge(OpenAIJudge(options), EmbeddedJudge(), limit_s=5)
    notices = [judge.assess(COMMAND).notice for _ in range(4)]
    judge.close()
    own = [request for request in chat.requests if request["model"] == "limited"]
    assert len(own) == 2, "a call that another test gave up may still come in late"
    assert all("left alone" in notice for notice in notices[2:])
    assert notices[0].startswith("The model could not judge this answer (rate limited, 429)")


def test_a_server_that_drips_is_left_behind_at_the_deadline(
    raw_server: Callable[..., int],
) -> None:
    waited_out = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n"
        )
        for _ in range(600):
            connection.sendall(b" ")
            time.sleep(0.1)
        waited_out.set()

    url = f"http://127.0.0.1:{raw_server(drip)}/v1"
    options = JudgeOptions(base_url=url, model="m", timeout_s=0.6)
    judge = FallbackJudge(OpenAIJudge(options), EmbeddedJudge(), limit_s=options.timeout_s)
    result = judge.assess(COMMAND)
    assert not waited_out.is_set()
    judge.close()
    assert "(no answer within 0.6 s)" in result.notice


class Anticipating(Scripted):
    def __init__(self, work: Callable[[], Assessment]) -> None:
        super().__init__(work)
        self.anticipated: list[Assess] = []

    def anticipate(self, command: Assess) -> None:
        self.anticipated.append(command)
        raise KeyError("whatever a judge from elsewhere may raise")


def test_both_look_ahead_and_only_the_second_while_the_first_is_left_alone() -> None:
    primary, embedded = Anticipating(fail), Anticipating(succeed)
    judge = FallbackJudge(primary, embedded, limit_s=5.0, clock=Clock())
    judge.anticipate(COMMAND)
    assert (len(primary.anticipated), len(embedded.anticipated)) == (1, 1)
    judge.assess(COMMAND)
    judge.assess(COMMAND)
    judge.anticipate(COMMAND)
    assert (len(primary.anticipated), len(embedded.anticipated)) == (1, 2)

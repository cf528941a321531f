from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from judging_samples import EXPLOIT, STRONG, command_for, transcript_of
from judging_server import ALL_MISSED, Chat, refusal, reply_text, verdict

from voice_interviewer.core.assessment import FollowUp
from voice_interviewer.core.commands import Anticipate, Assess
from voice_interviewer.errors import JudgeError
from voice_interviewer.judging.openai_judge import OpenAIJudge
from voice_interviewer.judging.options import JudgeOptions

MET = reply_text(
    [verdict(c.id, "raise the KL penalty or stop earlier", "met") for c in EXPLOIT.criteria]
)


def so_far(text: str, **changes: Any) -> Anticipate:
    return Anticipate(**{**dict(command_for(text)), **changes})


@pytest.fixture
def judge(chat: Chat) -> Iterator[OpenAIJudge]:
    opened = OpenAIJudge(chat.options(early_after_s=0.0))
    yield opened
    opened.close()


def arrived(chat: Chat, count: int) -> None:
    """Wait until that many requests have reached the server."""
    ends_s = time.monotonic() + 20
    while len(chat.requests) < count:
        assert time.monotonic() < ends_s
        time.sleep(0.01)


def slow(_: dict[str, Any]) -> str:
    time.sleep(0.6)
    return MET


def test_a_call_made_early_is_waited_for_and_not_made_again(chat: Chat, judge: OpenAIJudge) -> None:
    chat.script(slow)
    judge.anticipate(so_far(STRONG))
    arrived(chat, 1)
    time.sleep(0.3)
    result = judge.assess(command_for(STRONG))
    assert len(chat.requests) == 1
    assert {v.verdict for v in result.verdicts} == {"met"}
    assert len(chat.requests) == 1
    assert result.usage is not None
    assert result.usage.requests == 1


def test_only_words_make_an_answer_another_one_and_evidence_is_of_the_last(
    chat: Chat, judge: OpenAIJudge
) -> None:
    chat.script(MET)
    judge.anticipate(so_far(STRONG.lower().replace(",", "")))
    arrived(chat, 1)
    final = transcript_of(STRONG, probability=0.5)
    found = judge.assess(command_for(final)).of("kl")
    assert found is not None
    assert found.confidence == 0.5
    assert found.evidence[0].quote == "raise the KL penalty or stop earlier."
    assert len(chat.requests) == 1


@pytest.mark.parametrize(
    "other",
    [
        command_for(STRONG + " And one thing more."),
        command_for(STRONG, standing={"kl": "met"}),
        command_for(STRONG, prompt="And what else?"),
        command_for(STRONG).model_copy(update={"turn_id": 2}),
        command_for(STRONG).model_copy(
            update={"asked": (FollowUp(criterion_id="kl", rung="clarify", text="Which?"),)}
        ),
    ],
)
def test_another_answer_is_asked_about_anew(chat: Chat, judge: OpenAIJudge, other: Assess) -> None:
    chat.script(MET)
    judge.anticipate(so_far(STRONG))
    arrived(chat, 1)
    result = judge.assess(other)
    assert len(chat.requests) == 2
    assert result.usage is not None
    assert result.usage.requests == 2


def test_the_same_words_again_begin_no_second_call(chat: Chat, judge: OpenAIJudge) -> None:
    chat.script(slow)
    for _ in range(5):
        judge.anticipate(so_far(STRONG))
    judge.assess(command_for(STRONG))
    assert len(chat.requests) == 1


def test_an_answer_that_goes_on_is_not_sent_until_it_rests(chat: Chat) -> None:
    chat.script(ALL_MISSED)
    judge = OpenAIJudge(chat.options(early_after_s=1.0))
    words = STRONG.split()
    for count in range(10, 60, 10):
        judge.anticipate(so_far(" ".join(words[:count])))
    assert chat.requests == []
    arrived(chat, 1)
    assert "win rate judged" in chat.requests[0]["messages"][1]["content"]
    judge.close()
    assert len(chat.requests) == 1


def test_an_answer_that_ends_before_it_rests_is_sent_at_once(chat: Chat) -> None:
    chat.script(MET)
    judge = OpenAIJudge(chat.options(early_after_s=30))
    judge.anticipate(so_far(STRONG))
    started_s = time.monotonic()
    judge.assess(command_for(STRONG))
    assert time.monotonic() - started_s < 20
    judge.close()


def test_early_calls_can_be_switched_off(chat: Chat) -> None:
    chat.script(MET)
    judge = OpenAIJudge(chat.options(early_after_s=None))
    judge.anticipate(so_far(STRONG))
    time.sleep(0.3)
    assert chat.requests == []
    judge.assess(command_for(STRONG))
    judge.close()
    assert len(chat.requests) == 1


def test_a_failed_early_call_is_made_again(chat: Chat, judge: OpenAIJudge) -> None:
    chat.script(refusal(500), MET)
    judge.anticipate(so_far(STRONG))
    arrived(chat, 1)
    assert {v.verdict for v in judge.assess(command_for(STRONG)).verdicts} == {"met"}
    assert len(chat.requests) == 2


def test_a_pending_early_call_costs_no_more_than_the_deadline(chat: Chat) -> None:
    over, waited_out = threading.Event(), threading.Event()

    def stall(_: dict[str, Any]) -> str:
        if not over.wait(60):
            waited_out.set()
        return MET

    chat.script(stall)
    judge = OpenAIJudge(chat.options(early_after_s=0.0, timeout_s=0.6))
    judge.anticipate(so_far(STRONG))
    arrived(chat, 1)
    try:
        with pytest.raises(JudgeError, match=r"No answer within 0\.6 s"):
            judge.assess(command_for(STRONG))
        assert not waited_out.is_set()
    finally:
        over.set()
        judge.close()


@pytest.mark.parametrize("how", ["another answer", "close", "the end of a silent answer"])
def test_a_dropped_call_is_hung_up(raw_server: Callable[..., int], how: str) -> None:
    gone = threading.Event()

    def hold(connection: socket.socket) -> None:
        connection.settimeout(5)
        while connection.recv(65536):
            pass
        gone.set()

    url = f"http://127.0.0.1:{raw_server(hold)}/v1"
    judge = OpenAIJudge(JudgeOptions(base_url=url, model="m", timeout_s=8.0, early_after_s=0.0))
    judge.anticipate(so_far(STRONG))
    time.sleep(0.3)
    assert not gone.is_set()
    if how == "another answer":
        judge.anticipate(so_far(STRONG + " And more."))
    elif how == "close":
        judge.close()
    else:
        judge.assess(command_for(""))
    assert gone.wait(1.0)
    judge.close()


def test_looking_ahead_never_raises(closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = OpenAIJudge(
        JudgeOptions(base_url=f"http://127.0.0.1:{closed_port}/v1", model="m", early_after_s=0.0)
    )
    judge.anticipate(so_far(STRONG))
    judge.anticipate(so_far(""))
    judge.anticipate(so_far(STRONG, standing=()))
    monkeypatch.setenv("ALL_PROXY", "gopher://nowhere")
    judge.anticipate(so_far(STRONG + " more"))
    with pytest.raises(JudgeError, match="Connection refused"):
        judge.assess(command_for(STRONG))
    judge.close()
    judge.anticipate(so_far(STRONG))
    judge.close()

"""Whatever a server does, the answer is judged, and the notice says by whom and why."""

from __future__ import annotations

import json
import logging
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from judging_samples import EXPLOIT, STRONG, command_for
from judging_server import KEY, Chat, RunningOn, completion, refusal, reply_text, verdict
from pydantic import SecretStr
from werkzeug import Response

from voice_interviewer.core.assessment import Assessment
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.fallback import FallbackJudge
from voice_interviewer.judging.openai_judge import OpenAIJudge
from voice_interviewer.judging.options import JudgeOptions

COMMAND = command_for(STRONG)
IDS = [c.id for c in EXPLOIT.criteria]
MET = reply_text([verdict(i, "raise the KL penalty or stop earlier", "met") for i in IDS])


def judged(options: JudgeOptions) -> tuple[Assessment, float]:
    """The assessment as an interview gets it, and the seconds it took."""
    judge = FallbackJudge(OpenAIJudge(options), EmbeddedJudge(), limit_s=options.timeout_s)
    started_s = time.monotonic()
    try:
        return judge.assess(COMMAND), time.monotonic() - started_s
    finally:
        judge.close()


def retry_after(seconds: str) -> Response:
    response = refusal(429)
    response.headers["Retry-After"] = seconds
    return response


def html() -> Response:
    return Response("<html>Welcome</html>", content_type="text/html")


def raw(text: str) -> Response:
    return Response(text, content_type="application/json")


def said_by_model(*ids: str) -> str:
    return reply_text([verdict(i, "raise the KL penalty or stop earlier", "met") for i in ids])


@pytest.mark.parametrize(
    ("answers", "reason", "requests"),
    [
        ((refusal(429),), "rate limited, 429", 1),
        ((retry_after("60"),), "rate limited, 429", 1),
        ((retry_after("soon"),), "rate limited, 429", 1),
        ((retry_after("1"), refusal(429)), "rate limited, 429", 2),
        ((refusal(503),), "failure at", 2),
        ((html(),), "is not a chat completion", 1),
        (({"choices": None},), "is not a chat completion", 1),
        ((raw("[" * 100_000),), "is not a chat completion", 1),
        ((completion(MET[:90], finish_reason="length"),), "the reply was cut off at 2000", 1),
        ((completion(None, finish_reason="content_filter"),), "the model refused to judge", 1),
        (
            (completion("x", message={"content": None, "refusal": "I can't help with that."}),),
            "the model refused to judge this answer",
            1,
        ),
        ((completion(" " * 250_000),), "the reply was empty", 1),
        ((completion("x" * 500_000),), "the reply was far too long", 1),
        ((raw('{"a": "' + "x" * 5_000_000 + '"}'),), "the reply was far too long", 1),
        ((said_by_model("wrong", "ids", "only"),), "the reply had no usable verdict", 2),
        (
            ('{"urteile": [{"kriterium": "kl", "urteil": "erfüllt"}]}',),
            "no usable verdict",
            2,
        ),
        ((MET.replace('"met"', '"erfüllt"'),), "the reply had no usable verdict", 2),
        (
            ("<think>It is met. " + "Or is it? " * 400,),
            "the reply had no usable verdict",
            2,
        ),
    ],
)
def test_a_fault_leads_to_the_embedded_verdicts_and_a_notice(
    chat: Chat, with_key: JudgeOptions, answers: tuple[Any, ...], reason: str, requests: int
) -> None:
    chat.script(*answers)
    result, _ = judged(with_key)
    assert result.judge == "embedded"
    assert result.approximate
    assert result.notice.startswith("The model could not judge this answer (")
    assert reason in result.notice
    assert {v.criterion_id for v in result.verdicts} == set(IDS)
    assert len(chat.requests) == requests
    assert KEY not in result.model_dump_json()
    assert "help with that" not in result.notice


@pytest.mark.parametrize(
    ("answers", "requests"),
    [
        ((retry_after("1"), MET), 2),
        ((refusal(503), MET), 2),
        ((f"```json\n{MET}\n```",), 1),
        ((f"<think>{{no}}</think>{MET}",), 1),
        ((f"{MET}<think>and so on {{",), 1),
        (("<think>it never ends {", MET), 2),
        ((" " * 1000 + "\n{}", MET), 2),
        ((MET.replace('"met"', '"erfüllt"'), MET), 2),
        ((said_by_model("wrong", "ids"), MET), 2),
        ((said_by_model("kl", "kl", *IDS), MET), 1),
        ((MET[:-40], MET), 2),
    ],
)
def test_what_can_be_repaired_is_repaired(
    chat: Chat, answers: tuple[Any, ...], requests: int
) -> None:
    chat.script(*answers)
    result, _ = judged(chat.options())
    assert (result.judge, result.approximate, result.notice) == ("model m", False, "")
    assert {v.verdict for v in result.verdicts} == {"met"}
    assert len(chat.requests) == requests


def test_criteria_with_two_verdicts_that_differ_fall_back_alone(chat: Chat) -> None:
    both = [
        verdict("kl", "raise the KL penalty or stop earlier", said) for said in ("met", "missed")
    ]
    others = [verdict(i) for i in IDS if i != "kl"]
    chat.script(reply_text([*both, *others]))
    result, _ = judged(chat.options())
    assert {v.criterion_id for v in result.verdicts if v.decided_by == "embedded"} == {"kl"}
    assert "1 of 5 criteria" in result.notice


def test_a_wait_that_fits_is_waited_and_one_that_does_not_is_not(chat: Chat) -> None:
    chat.script(retry_after("1"), MET)
    result, took_s = judged(chat.options())
    assert result.judge == "model m"
    assert took_s >= 1.0
    chat.server.clear()
    chat.script(retry_after("3"), MET)
    result, _ = judged(chat.options(timeout_s=2.0))
    assert "rate limited, 429" in result.notice
    assert len(chat.requests) == 3, "two before, and one that was not made again"


def test_a_repair_that_comes_too_late_leaves_what_came_before(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline passes while the second reply is written, whenever the first one came."""
    clock = RunningOn(monkeypatch)

    def late(_: dict[str, Any]) -> str:
        clock.ahead_s += 60.0
        return MET

    chat.script(said_by_model("kl"), late)
    result, _ = judged(chat.options(timeout_s=60.0))
    assert len(chat.requests) == 2
    assert result.judge == "model m"
    assert {v.criterion_id for v in result.verdicts if v.decided_by == "model m"} == {"kl"}
    assert "4 of 5 criteria" in result.notice


def _drip(connection: socket.socket) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n"
    connection.sendall(head)
    for _ in range(600):
        connection.sendall(b" ")
        time.sleep(0.1)


def _reset(connection: socket.socket) -> None:
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
    )
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


@pytest.mark.parametrize(
    ("serve", "limit_s", "reason"),
    [
        (lambda _: time.sleep(60), 0.8, "no answer within 0.8 s"),
        (_drip, 0.8, "no answer within 0.8 s"),
        (_reset, 40.0, "the connection to"),
        (_endless, 40.0, "the reply was far too long"),
    ],
)
def test_a_server_that_stalls_drips_breaks_or_floods_is_left_in_time(
    raw_server: Callable[..., int],
    serve: Callable[[socket.socket], None],
    limit_s: float,
    reason: str,
) -> None:
    url = f"http://127.0.0.1:{raw_server(serve)}/v1"
    result, took_s = judged(JudgeOptions(base_url=url, model="m", timeout_s=limit_s))
    assert reason in result.notice
    assert result.judge == "embedded"
    assert took_s < 30


def test_the_model_judge_alone_keeps_the_deadline_with_a_server_that_drips(
    raw_server: Callable[..., int],
) -> None:
    url = f"http://127.0.0.1:{raw_server(_drip)}/v1"
    judge = OpenAIJudge(JudgeOptions(base_url=url, model="m", timeout_s=0.6))
    started_s = time.monotonic()
    with pytest.raises(Exception, match=r"No answer within 0\.6 s"):
        judge.assess(COMMAND)
    judge.close()
    assert time.monotonic() - started_s < 30


def test_a_redirect_is_refused_and_the_key_stays(chat: Chat, with_key: JudgeOptions) -> None:
    moved = Response("", status=307, headers={"Location": "http://127.0.0.1:9/steal"})
    chat.script(moved)
    result, _ = judged(with_key)
    assert "a redirect was refused from" in result.notice
    assert len(chat.requests) == 1


@pytest.fixture
def _everything_is_logged() -> Iterator[None]:
    names = [n for n in logging.root.manager.loggerDict if n.startswith(("openai", "httpx2"))]
    before = {name: logging.getLogger(name).level for name in names}
    logging.getLogger("openai").setLevel(logging.DEBUG)
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("_everything_is_logged")
def test_neither_key_nor_transcript_is_logged(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    chat.script("nonsense", MET)
    judged(chat.options(api_key=SecretStr(KEY)))
    logged = json.dumps([record.getMessage() for record in caplog.records])
    assert chat.requests
    assert KEY not in logged
    assert "classic divergence" not in logged
    assert "KL penalty" not in logged

from __future__ import annotations

import json
import socket
import struct
import time
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from judging_samples import EXPLOIT, INJECTED, OTHER_WORDS, STRONG, command_for
from judging_server import ALL_MISSED, KEY, Chat, completion, refusal, reply_text, verdict
from pydantic import SecretStr
from werkzeug import Response

from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.transcript import is_verbatim
from voice_interviewer.errors import JudgeError
from voice_interviewer.judging.openai_judge import OpenAIJudge
from voice_interviewer.judging.options import JudgeOptions

GOOD = reply_text(
    [
        verdict("divergence", "win rate stays flat", "met", "names both signals"),
        verdict("surface", "they get longer and more sycophantic", "met"),
        verdict("kl", "raise the KL penalty", "partial"),
        verdict("ensemble"),
        verdict("adversarial", "", "unclear"),
    ],
    "ensemble",
    "How would you know which of those samples to trust?",
)


def ask(options: JudgeOptions, text: str = STRONG, **command: Any) -> Assessment:
    judge = OpenAIJudge(options)
    try:
        return judge.assess(command_for(text, **command))
    finally:
        judge.close()


def failure(options: JudgeOptions) -> JudgeError:
    with pytest.raises(JudgeError) as caught:
        ask(options)
    return caught.value


def test_a_good_reply_becomes_verdicts_with_verbatim_evidence(chat: Chat) -> None:
    chat.script(GOOD)
    result = ask(chat.options())
    transcript = command_for(STRONG).transcript
    found = {v.criterion_id: v.verdict for v in result.verdicts}
    assert found == {
        "divergence": "met",
        "surface": "met",
        "kl": "partial",
        "ensemble": "missed",
        "adversarial": "unclear",
    }
    assert all(is_verbatim(transcript, e) for v in result.verdicts for e in v.evidence)
    assert (result.judge, result.approximate, result.notice) == ("model m", False, "")
    assert result.follow_up is not None
    assert result.follow_up.text == "How would you know which of those samples to trust?"
    assert result.follow_up.rung == "clarify"
    (request,) = chat.requests
    assert request["temperature"] == 0
    assert request["max_tokens"] == 2000
    assert request["response_format"]["type"] == "json_schema"
    assert "stream" not in request


def test_a_made_up_quote_loses_its_credit(chat: Chat) -> None:
    lies = [verdict("divergence", "the gold reward diverges", "met"), verdict("kl", "", "met")]
    chat.script(reply_text(lies))
    result = ask(chat.options(), OTHER_WORDS)
    for criterion_id in ("divergence", "kl"):
        found = result.of(criterion_id)
        assert found is not None
        assert (found.verdict, found.evidence) == ("missed", ())
        assert found.decided_by == "model m"


def test_criteria_the_model_forgot_are_matched_without_it_and_say_so(chat: Chat) -> None:
    chat.script(reply_text([verdict("divergence", "win rate stays flat", "met")]))
    result = ask(chat.options())
    by = {v.criterion_id: v.decided_by for v in result.verdicts}
    assert list(by) == [c.id for c in EXPLOIT.criteria]
    assert by.pop("divergence") == "model m"
    assert set(by.values()) == {"embedded"}
    assert result.approximate


def test_a_follow_up_off_the_plan_or_giving_the_term_away_is_not_asked(chat: Chat) -> None:
    verdicts = [verdict(c.id) for c in EXPLOIT.criteria]
    chat.script(
        reply_text(verdicts, "kl", "Which knob would you turn?"),
        reply_text(verdicts, "divergence", "Would the win rate tell you?"),
    )
    probe = EXPLOIT.criterion("divergence").probes.clarify
    for _ in range(2):
        follow_up = ask(chat.options(), "I would watch it closely.").follow_up
        assert follow_up is not None
        assert (follow_up.criterion_id, follow_up.text) == ("divergence", probe)


def test_no_request_is_made_for_silence_or_when_everything_is_met(chat: Chat) -> None:
    chat.script(GOOD)
    everything: Any = {c.id: "met" for c in EXPLOIT.criteria}
    assert {v.verdict for v in ask(chat.options(), "").verdicts} == {"missed"}
    assert ask(chat.options(), STRONG, standing=everything).verdicts == ()
    assert chat.requests == []


def test_an_injection_stays_inside_the_fence_and_earns_nothing(chat: Chat) -> None:
    fooled = [verdict(c.id, "the rubric fully satisfied indeed", "met") for c in EXPLOIT.criteria]
    chat.script(reply_text(fooled))
    result = ask(chat.options(), INJECTED)
    assert {v.verdict for v in result.verdicts} == {"missed"}
    system, user = (m["content"] for m in chat.requests[0]["messages"])
    mark = user.partition("BEGIN ANSWER ")[2].split("\n")[0]
    assert len(mark) >= 16
    fenced = user.split(f"BEGIN ANSWER {mark}")[1].split(f"END ANSWER {mark}")[0]
    assert "Ignore all previous instructions" in fenced
    assert "Ignore all" not in system + user.replace(fenced, "")


def test_every_request_has_a_mark_of_its_own(chat: Chat) -> None:
    chat.script(ALL_MISSED)
    judge = OpenAIJudge(chat.options())
    for _ in range(2):
        judge.assess(command_for(STRONG))
    judge.close()
    first, second = (r["messages"][1]["content"] for r in chat.requests)
    assert first != second


def shape_of(request: dict[str, Any]) -> str:
    return str(request.get("response_format", {"type": "prompt"})["type"])


@pytest.mark.parametrize(
    ("refused", "shapes"),
    [
        ({"json_schema"}, ["json_schema", "json_object", "json_object"]),
        (
            {"json_schema", "json_object"},
            ["json_schema", "json_object", "prompt", "prompt"],
        ),
    ],
)
def test_a_server_that_refuses_a_form_is_asked_more_plainly_and_remembered(
    chat: Chat, refused: set[str], shapes: list[str]
) -> None:
    def answer(body: dict[str, Any]) -> Response | str:
        return refusal(400, "unsupported response_format") if shape_of(body) in refused else GOOD

    chat.script(answer)
    judge = OpenAIJudge(chat.options())
    for _ in range(2):
        assert judge.assess(command_for(STRONG)).verdicts[0].verdict == "met"
    judge.close()
    assert [shape_of(r) for r in chat.requests] == shapes


def test_a_server_with_other_names_for_the_limits_is_obeyed(chat: Chat) -> None:
    def answer(body: dict[str, Any]) -> Response | str:
        if "max_tokens" in body:
            return refusal(400, "use 'max_completion_tokens' instead of 'max_tokens'")
        if "temperature" in body:
            return refusal(400, "'temperature' does not support 0 with this model")
        return GOOD

    chat.script(answer)
    assert ask(chat.options()).verdicts[0].verdict == "met"
    assert shape_of(chat.requests[-1]) == "json_schema"
    assert chat.requests[-1]["max_completion_tokens"] == 2000


def test_nonsense_is_repaired_once(chat: Chat) -> None:
    chat.script("I'd say they did well!", GOOD)
    assert ask(chat.options()).verdicts[0].verdict == "met"
    first, second = chat.requests
    assert second["messages"][:2] == first["messages"]
    assert second["messages"][2] == {"role": "assistant", "content": "I'd say they did well!"}
    assert "holds no JSON object" in second["messages"][3]["content"]


def test_fences_and_thoughts_are_taken_off(chat: Chat) -> None:
    chat.script(f"<think>met? {{no}}</think>\n```json\n{GOOD}\n```")
    assert ask(chat.options()).verdicts[0].verdict == "met"
    assert len(chat.requests) == 1


def html() -> Response:
    return Response("<html>Welcome</html>", content_type="text/html")


def raw_json(text: str) -> Response:
    return Response(text, content_type="application/json")


@pytest.mark.parametrize(
    ("answers", "message", "requests"),
    [
        ((refusal(429, f"slow down {KEY}"),), "Rate limited (429).", 1),
        ((refusal(429, code="insufficient_quota"),), "Out of quota (429).", 1),
        ((refusal(401, f"bad key {KEY}"),), "The key was refused by {url} (401).", 1),
        ((refusal(404),), "No model 'm' at {url} (404).", 1),
        ((refusal(400),), "The request was refused by {url} (400).", 3),
        ((refusal(500),), "Failure at {url} (500).", 1),
        ((refusal(503),), "Failure at {url} (503).", 2),
        ((html(),), "What {url} sent is not a chat completion.", 1),
        (({"id": "1", "choices": None},), "What {url} sent is not a chat completion.", 1),
        (({"id": "1", "choices": []},), "What {url} sent is not a chat completion.", 1),
        ((raw_json("{"),), "What {url} sent is not a chat completion.", 1),
        ((raw_json("[]"),), "What {url} sent is not a chat completion.", 1),
        ((raw_json("null"),), "What {url} sent is not a chat completion.", 1),
        ((raw_json('{"choices": "abc"}'),), "What {url} sent is not a chat completion.", 1),
        ((raw_json('{"choices": [7]}'),), "The reply was empty.", 1),
        ((completion(""),), "The reply was empty.", 1),
        ((completion(None),), "The reply was empty.", 1),
        ((completion(" " * 250_000),), "The reply was empty.", 1),
        ((completion("x", message=None),), "The reply was empty.", 1),
        ((completion(GOOD[:90], finish_reason="length"),), "The reply was cut off at 2000", 1),
        (("no", "still no"), "The reply was not usable JSON.", 2),
        (('{"verdicts": 3}', '{"verdicts": [{}]}'), "The reply was not usable JSON.", 2),
        (("no", refusal(429)), "Rate limited (429).", 2),
    ],
)
def test_every_failure_says_what_happened_and_never_shows_the_key(
    chat: Chat,
    with_key: JudgeOptions,
    answers: tuple[Any, ...],
    message: str,
    requests: int,
) -> None:
    chat.script(*answers)
    error = failure(with_key)
    assert error.message.startswith(message.format(url=chat.url))
    assert error.hint
    assert len(chat.requests) == requests
    assert chat.keys[0] == f"Bearer {KEY}"
    shown = "".join(traceback.format_exception(error)) + repr(error.args) + repr(with_key)
    assert KEY not in shown


def test_one_broken_connection_is_forgiven(chat: Chat) -> None:
    chat.script(refusal(503), GOOD)
    assert ask(chat.options()).verdicts[0].verdict == "met"
    assert len(chat.requests) == 2


def test_a_redirect_is_not_followed(chat: Chat, with_key: JudgeOptions) -> None:
    chat.script(Response(status=307, headers={"Location": "/elsewhere"}))
    assert failure(with_key).message == f"A redirect was refused from {chat.url} (307)."


def test_a_refused_connection_names_the_address_without_its_password(closed_port: int) -> None:
    address = f"http://user:{KEY}@127.0.0.1:{closed_port}/v1"
    error = failure(JudgeOptions(base_url=address, model="m"))
    assert error.message == f"Connection refused by http://127.0.0.1:{closed_port}/v1."
    assert KEY not in str(error)


def test_a_connection_reset_in_mid_body_is_named(raw_server: Callable[..., int]) -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
        )
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    url = f"http://127.0.0.1:{raw_server(serve)}/v1"
    error = failure(JudgeOptions(base_url=url, model="m"))
    assert error.message == f"The connection to {url} broke."


def test_a_stalled_server_costs_no_more_than_the_deadline(raw_server: Callable[..., int]) -> None:
    url = f"http://127.0.0.1:{raw_server(lambda _: time.sleep(5))}/v1"
    started_s = time.monotonic()
    error = failure(JudgeOptions(base_url=url, model="m", timeout_s=0.5))
    assert error.message == "No answer within 0.5 s."
    assert time.monotonic() - started_s < 2.5


def test_a_repair_gets_only_what_is_left_of_the_deadline(chat: Chat) -> None:
    def slow(_: dict[str, Any]) -> str:
        time.sleep(0.5)
        return "no JSON"

    chat.script(slow)
    started_s = time.monotonic()
    assert failure(chat.options(timeout_s=0.8)).message == "No answer within 0.8 s."
    assert time.monotonic() - started_s < 2.0


def test_a_local_server_gets_a_dummy_key_and_never_the_one_in_the_environment(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://example.invalid")
    chat.script(GOOD)
    ask(chat.options())
    assert chat.keys == ["Bearer not-needed"]


@pytest.mark.parametrize("address", ["localhost:11434", "ftp://x/v1", "http://", "http://[::1"])
def test_a_base_url_that_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(JudgeError, match="base_url is not an address"):
        OpenAIJudge(JudgeOptions(base_url=address, model="m"))


def test_a_key_that_cannot_be_sent_is_refused_at_once() -> None:
    options = JudgeOptions(base_url="http://x/v1", model="m", api_key=SecretStr("sk\nä"))
    with pytest.raises(JudgeError, match="signs no key has") as caught:
        OpenAIJudge(options)
    assert "sk\nä" not in str(caught.value)


def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://nowhere")
    with pytest.raises(JudgeError, match="proxy named in the environment"):
        OpenAIJudge(JudgeOptions(base_url="https://models.invalid/v1", model="m"))
    OpenAIJudge(JudgeOptions(base_url="http://127.0.0.1:9/v1", model="m")).close()


def test_the_reply_s_words_reach_nobody_with_escapes(chat: Chat) -> None:
    chat.script(json.dumps({"verdicts": [verdict("kl", "", "missed", "\x1b[31mred\u202e")]}))
    found = ask(chat.options()).of("kl")
    assert found is not None
    assert found.why == "[31mred"

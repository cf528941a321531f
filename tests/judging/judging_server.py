"""A chat-completion server on loopback that answers from a script."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from judging_samples import EXPLOIT
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer.judging import deadline, log_odds_inquiry
from voice_interviewer.judging.options import JudgeOptions

KEY = "sk-test-3f9c-never-shown"


def verdict(criterion_id: str, quote: str = "", said: str = "missed", why: str = "") -> dict:
    return {"criterion_id": criterion_id, "quote": quote, "why": why, "verdict": said}


def reply_text(verdicts: list[dict]) -> str:
    return json.dumps({"verdicts": verdicts})


def streamed(text: str, pieces: int = 8, *, end: str = "data: [DONE]\n\n") -> Response:
    """The text as a streamed chat completion, in about so many pieces."""
    size = max(1, -(-len(text) // pieces))
    lines = []
    for start in range(0, len(text), size):
        delta = {"index": 0, "delta": {"content": text[start : start + size]}}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        lines.append(f"data: {json.dumps(chunk | {'choices': [delta]})}\n\n")
    return Response("".join(lines) + end, mimetype="text/event-stream")


def completion(content: str | None, **choice: Any) -> dict:
    """A chat completion as servers send it; `choice` overrides parts of its only choice."""
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": content},
                **choice,
            }
        ],
    }


ALL_MISSED = reply_text([verdict(c.id) for c in EXPLOIT.criteria])

Answer = Response | dict | str
"""What the server does at one request: a response, a body as JSON, or a completion's content."""


class Chat:
    """Requests a scripted server received, and how to reach it."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []

    @property
    def url(self) -> str:
        return self.server.url_for("/v1")

    def options(self, **changes: Any) -> JudgeOptions:
        fields = {"base_url": self.url, "model": "m", "timeout_s": 5.0, **changes}
        return JudgeOptions(**fields)

    def script(self, *answers: Answer | Callable[[dict], Answer]) -> None:
        """Answer the requests in this order, the last one for ever."""
        remaining = list(answers)

        def handle(request: Request) -> Response:
            body = request.get_json()
            self.requests.append(body)
            self.keys.append(request.headers.get("Authorization", ""))
            answer = remaining.pop(0) if len(remaining) > 1 else remaining[0]
            if callable(answer) and not isinstance(answer, Response):
                answer = answer(body)
            if isinstance(answer, str):
                answer = completion(answer)
            if isinstance(answer, dict):
                return Response(json.dumps(answer), content_type="application/json")
            return answer

        self.server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(
            handle
        )


class RunningOn:
    """The clock that deadlines go by; a test puts it ahead instead of waiting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead_s = 0.0
        clock = SimpleNamespace(monotonic=lambda: time.monotonic() + self.ahead_s)
        for module in (deadline, log_odds_inquiry):
            monkeypatch.setattr(module, "time", clock)


def refusal(status: int, message: str = "no", code: str | None = None) -> Response:
    body = {"error": {"message": message, "type": "t", "code": code, "param": None}}
    return Response(json.dumps(body), status=status, content_type="application/json")

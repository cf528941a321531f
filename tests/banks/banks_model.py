"""A chat-completion server on loopback that answers the banks' requests from a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer.banks.making.asking import AskModel
from voice_interviewer.config import load_settings
from voice_interviewer.core.bank import LADDER
from voice_interviewer.wiring import open_ask_model

Reply = dict[str, Any] | str | int


class Writer:
    """Requests the server received, and how to ask it as the program does."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/v1")
        self.requests: list[dict[str, Any]] = []
        self._server = server

    def script(self, *replies: Reply | Callable[[dict[str, Any]], Reply]) -> None:
        """Answer in this order, the last for ever: a reply as JSON, its text, or a status."""
        left = list(replies)

        def handle(request: Request) -> Response:
            body = request.get_json()
            self.requests.append(body)
            reply = left.pop(0) if len(left) > 1 else left[0]
            reply = reply(body) if callable(reply) else reply
            if isinstance(reply, int):
                return Response("{}", status=reply, content_type="application/json")
            text = reply if isinstance(reply, str) else json.dumps(reply)
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            done = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
            return Response(json.dumps({**done, "choices": [choice]}), mimetype="application/json")

        self._server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(
            handle
        )

    def ask(self) -> AskModel:
        flags = {"judge.base_url": self.url, "judge.model": "m"}
        asked = open_ask_model(load_settings(flags, environ={}))
        assert asked is not None
        return asked


def schema_of(request: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = request["response_format"]["json_schema"]["schema"]
    return schema


def wording(request: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A good reply to a request for the wording of one question."""
    ids = schema_of(request)["properties"]["criteria"]["items"]["properties"]["id"]["enum"]
    criteria = [
        {
            "id": own,
            "also": [f"well {own} in my words, take {n}" for n in range(4)],
            "misconceptions": [f"{own} never matters", f"{own} does itself"],
            "probes": {rung: f"What about that, {rung}, number {n}?" for rung in LADDER},
        }
        for n, own in enumerate(ids)
    ]
    return {"prompt": "Walk me through it, will you?", "criteria": criteria, **changes}

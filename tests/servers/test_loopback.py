"""Looking for servers on loopback: strict time, no redirects, nothing sent but one GET."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer.servers.loopback import FoundServer, find_servers

Serve = Callable[[Callable[[socket.socket], None]], int]


def listed(*names: str, owner: str = "somebody") -> Response:
    data = [{"id": name, "object": "model", "owned_by": owner} for name in names]
    return Response(json.dumps({"object": "list", "data": data}), mimetype="application/json")


def answering(server: HTTPServer, response: Response) -> tuple[FoundServer, ...]:
    server.expect_request("/v1/models").respond_with_response(response)
    return find_servers(2.0, [("Ollama", server.port)])


def test_a_server_is_found_with_its_models(httpserver: HTTPServer) -> None:
    found = answering(httpserver, listed("llama3.2", "qwen3:4b"))
    url = f"http://127.0.0.1:{httpserver.port}/v1"
    assert found == (FoundServer("Ollama", url, ("llama3.2", "qwen3:4b")),)


@pytest.mark.parametrize(
    ("owner", "kind"), [("vllm", "vLLM"), ("llamacpp", "llama.cpp"), ("me", "Ollama")]
)
def test_the_kind_is_what_the_server_says_or_its_port(
    httpserver: HTTPServer, owner: str, kind: str
) -> None:
    assert [found.kind for found in answering(httpserver, listed("m", owner=owner))] == [kind]


def test_nothing_is_sent_but_one_get_without_a_key(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    seen: list[Request] = []

    def handle(request: Request) -> Response:
        seen.append(request)
        return listed("m")

    httpserver.expect_request("/v1/models").respond_with_handler(handle)
    assert find_servers(2.0, [("vLLM", httpserver.port)])
    assert [(r.method, r.path, r.get_data()) for r in seen] == [("GET", "/v1/models", b"")]
    assert "sk-secret" not in str(seen[0].headers)
    assert len(httpserver.log) == 1


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/elsewhere").respond_with_response(listed("m"))
    elsewhere = httpserver.url_for("/elsewhere")
    assert answering(httpserver, Response(status=307, headers={"Location": elsewhere})) == ()
    assert [request.path for request, _ in httpserver.log] == ["/v1/models"]


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "",
        "{",
        "[]",
        "5",
        '{"data": 5}',
        '{"data": [{"id": 5}]}',
        '{"data": [{"id": "\\u001b[2J"}]}',
        '{"data": null}',
        "[" * 100_000,
        json.dumps({"data": [{"id": "m"}], "padding": "x" * 2_000_000}),
    ],
)
def test_garbage_is_no_server(httpserver: HTTPServer, body: str) -> None:
    assert answering(httpserver, Response(body, mimetype="application/json")) == ()


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_refusal_is_no_server(httpserver: HTTPServer, status: int) -> None:
    assert answering(httpserver, Response("{}", status=status)) == ()


def test_a_server_without_a_model_is_a_server(httpserver: HTTPServer) -> None:
    body = Response('{"object": "list", "data": null}', mimetype="application/json")
    assert [found.models for found in answering(httpserver, body)] == [()]


def test_silent_dripping_and_closed_ports_cost_no_more_than_the_time_limit(
    raw_server: Serve, httpserver: HTTPServer, closed_port: int
) -> None:
    def silent(_connection: socket.socket) -> None:
        time.sleep(60)

    def drip(connection: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1200:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    httpserver.expect_request("/v1/models").respond_with_response(listed("m"))
    places = [
        ("a", raw_server(silent)),
        ("b", raw_server(drip)),
        ("c", closed_port),
        ("d", httpserver.port),
    ]
    began_s = time.monotonic()
    found = find_servers(1.0, places)
    assert time.monotonic() - began_s < 50
    assert [server.kind for server in found] == ["d"]

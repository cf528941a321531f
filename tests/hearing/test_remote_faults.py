"""Remote hearing against servers that refuse, lie, stall and break."""

from __future__ import annotations

import socket
import struct
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr
from transcription_server import answer, refusal, segment, serving, texts, word
from werkzeug import Request, Response

from voice_interviewer.errors import TranscriptionError
from voice_interviewer.hearing import remote
from voice_interviewer.hearing.remote import RemoteOptions, RemoteTranscriber, hint_of

KEY = "sk-test-8d1e-never-shown"
SOUND = np.full(16_000 * 4, 0.1, dtype=np.float32)
TEXT = {"text": "We trained the reward model."}
Reaction = Response | Callable[[dict[str, Any]], Response]


class Script:
    """Answers transcriptions in this order, the last one for ever; keeps what was asked."""

    def __init__(self, *reactions: Reaction) -> None:
        self._left = list(reactions)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []

    @Request.application
    def __call__(self, request: Request) -> Response:
        if request.method == "GET":
            return refusal(404, "no models here")
        wanted = request.form.getlist("timestamp_granularities[]")
        fields = {**request.form.to_dict(), "wanted": wanted}
        fields["bytes"] = request.files["file"].stream.read()
        self.asked.append(fields)
        self.keys.append(request.headers.get("Authorization", ""))
        reaction = self._left.pop(0) if len(self._left) > 1 else self._left[0]
        return reaction if isinstance(reaction, Response) else reaction(fields)

    @property
    def forms(self) -> list[str]:
        """What each request asked for: words, segments or text."""
        return [form_of(asked) for asked in self.asked]


def form_of(asked: dict[str, Any]) -> str:
    if asked["response_format"] == "json":
        return "text"
    return "words" if "word" in asked["wanted"] else "segments"


@pytest.fixture
def opened() -> Iterator[Callable[..., RemoteTranscriber]]:
    """Opens transcribers on a scripted server; `script` and `url` are attributes of them."""
    ended: list[Callable[[], object]] = []

    def start(*reactions: Reaction, **options: Any) -> RemoteTranscriber:
        script = Script(*reactions)
        context = serving(script)
        url = context.__enter__()
        engine = RemoteTranscriber(RemoteOptions(base_url=url, model="m", **options))
        ended.extend((engine.close, lambda: context.__exit__(None, None, None)))
        engine.script, engine.url = script, url  # type: ignore[attr-defined]
        return engine

    yield start
    for end in ended:
        end()


def failure(engine: RemoteTranscriber, **arguments: Any) -> TranscriptionError:
    with pytest.raises(TranscriptionError) as caught:
        engine.transcribe(SOUND, **arguments)
    assert caught.value.hint
    return caught.value


# --- what is sent ---------------------------------------------------------------------------


def test_a_wav_is_sent_with_the_terms_and_without_a_key_from_the_environment(
    opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://example.invalid")
    engine = opened(answer(TEXT), initial_prompt="An interview.", hotwords="PPO")
    engine.transcribe(SOUND, terms=["KL penalty", "re\x1bward\nhacking"])
    (asked,) = engine.script.asked
    assert asked["prompt"] == "An interview. Terms: PPO, KL penalty, reward hacking"
    assert (asked["model"], asked["language"]) == ("m", "en")
    assert asked["wanted"] == ["word", "segment"]
    assert asked["bytes"][:4] == b"RIFF"
    assert len(asked["bytes"]) == 44 + 2 * len(SOUND)
    assert engine.script.keys == ["Bearer not-needed"]


def test_the_language_is_guessed_by_the_server_where_it_may(opened: Callable[..., Any]) -> None:
    engine = opened(answer({**TEXT, "language": "German\x07"}), language="auto")
    engine.transcribe(SOUND)
    assert "language" not in engine.script.asked[0]
    assert "prompt" not in engine.script.asked[0]
    assert engine.language == "german"


def test_a_hint_ends_with_a_whole_word_and_is_none_without_terms() -> None:
    assert hint_of([]) == hint_of(["", "\x00"]) == hint_of(["x" * 500]) == ""
    hint = hint_of([f"term{number}" for number in range(100)])
    assert 190 <= len(hint) <= 200
    assert hint.rpartition(" ")[2].removeprefix("term").isdecimal()


# --- forms that servers refuse ---------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    ("refused", "forms"),
    [
        ({"words"}, ["words", "segments", "segments"]),
        ({"words", "segments"}, ["words", "segments", "text", "text"]),
    ],
)
def test_what_is_refused_is_asked_for_more_plainly_and_remembered(
    opened: Callable[..., Any], refused: set[str], forms: list[str], status: int
) -> None:
    def react(asked: dict[str, Any]) -> Response:
        form = form_of(asked)
        if form in refused:
            return refusal(status, f"response_format is not supported, {KEY}")
        return answer({**TEXT, "segments": [segment(TEXT["text"])]} if form != "text" else TEXT)

    engine = opened(react)
    for _ in range(2):
        assert texts(engine.transcribe(SOUND)) == TEXT["text"]
    assert engine.script.forms == forms


@pytest.mark.parametrize(
    ("given", "second"),
    [
        (TEXT, "text"),
        ({**TEXT, "words": None, "segments": [segment(TEXT["text"])]}, "segments"),
        ({**TEXT, "words": [], "segments": [segment(TEXT["text"])]}, "words"),
        ({"text": "", "segments": []}, "words"),
    ],
)
def test_what_a_server_does_not_give_is_not_asked_for_again(
    opened: Callable[..., Any], given: dict[str, Any], second: str
) -> None:
    engine = opened(answer(given))
    for _ in range(2):
        assert texts(engine.transcribe(SOUND)) == given["text"]
    assert engine.script.forms == ["words", second]


def test_a_prompt_or_language_that_is_refused_is_left_out(opened: Callable[..., Any]) -> None:
    def react(asked: dict[str, Any]) -> Response:
        for name in ("prompt", "language"):
            if name in asked:
                return refusal(422, f"unknown parameter {name!r}")
        return answer({**TEXT, "words": [word("We", 0, 1)]})

    engine = opened(react)
    for _ in range(2):
        engine.transcribe(SOUND, terms=["PPO"])
    assert engine.script.forms == ["words"] * 4


# --- failures ---------------------------------------------------------------------------------


def html() -> Response:
    return Response("<html>Welcome</html>", content_type="text/html")


def raw(text: str) -> Response:
    return Response(text, content_type="application/json")


@pytest.mark.parametrize(
    ("answers", "message", "requests"),
    [
        ((refusal(401, f"bad key {KEY}"),), "The key was refused by {url} (401).", 1),
        ((refusal(403, f"bad key {KEY}"),), "The key was refused by {url} (403).", 1),
        ((refusal(404, KEY),), "No model 'm' at {url} (404).", 1),
        ((refusal(413, KEY),), "The recording is too large for {url} (413).", 1),
        ((refusal(400, KEY),), "The request was refused by {url} (400).", 3),
        ((refusal(429, KEY),), "Rate limited (429).", 1),
        ((refusal(429, KEY, **{"Retry-After": "1"}),), "Rate limited (429).", 2),
        ((refusal(429, KEY, **{"Retry-After": "60"}),), "Rate limited (429).", 1),
        ((refusal(429, KEY, "insufficient_quota"),), "Out of quota (429).", 1),
        ((refusal(500, KEY),), "Failure at {url} (500).", 1),
        ((refusal(503, KEY),), "Failure at {url} (503).", 2),
        ((Response(status=307, headers={"Location": "/x"}),), "A redirect was refused", 1),
        ((html(),), "What {url} sent is not a transcription.", 1),
        ((raw(""),), "What {url} sent is not a transcription.", 1),
        ((raw("{"),), "What {url} sent is not a transcription.", 1),
        ((raw("[]"),), "What {url} sent is not a transcription.", 1),
        ((raw("null"),), "What {url} sent is not a transcription.", 1),
        ((raw('"text"'),), "What {url} sent is not a transcription.", 1),
        ((raw('{"error": {}}'),), "What {url} sent is not a transcription.", 1),
        ((raw('{"text": null}'),), "What {url} sent is not a transcription.", 1),
        ((raw("[" * 100_000),), "What {url} sent is not a transcription.", 1),
        ((raw('{"text": "\\ud8'),), "What {url} sent is not a transcription.", 1),
        ((Response(b"\xff\xfe\x00{", content_type="application/json"),), "What {url} sent", 1),
    ],
)
def test_every_failure_says_what_happened_and_never_shows_the_key(
    opened: Callable[..., Any], answers: tuple[Response, ...], message: str, requests: int
) -> None:
    engine = opened(*answers, api_key=SecretStr(KEY))
    error = failure(engine)
    assert error.message.startswith(message.format(url=engine.url))
    assert len(engine.script.asked) == requests
    assert engine.script.keys[0] == f"Bearer {KEY}"
    shown = "".join(traceback.format_exception(error)) + repr(error.args) + repr(engine._options)
    assert KEY not in shown


def test_the_wait_a_server_asks_for_is_told(opened: Callable[..., Any]) -> None:
    error = failure(opened(refusal(429, "no", **{"Retry-After": "60"})))
    assert error.hint == "Wait 60 s and go on."
    assert error.retryable


@pytest.mark.parametrize(
    "first", [refusal(503, "busy"), refusal(429, "slow down", **{"Retry-After": "0"})]
)
def test_a_moment_of_trouble_is_forgiven(opened: Callable[..., Any], first: Response) -> None:
    engine = opened(first, answer(TEXT))
    assert texts(engine.transcribe(SOUND)) == TEXT["text"]
    assert len(engine.script.asked) == 2


def at(port: int) -> RemoteTranscriber:
    return RemoteTranscriber(RemoteOptions(base_url=f"http://127.0.0.1:{port}/v1", model="m"))


def test_a_connection_reset_in_mid_body_is_named(raw_server: Callable[..., int]) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(1 << 20)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
        connection.sendall(head)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    engine = at(raw_server(serve))
    assert "broke" in failure(engine).message
    engine.close()


def stall(connection: socket.socket) -> None:
    while connection.recv(1 << 16):
        pass


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
    for _ in range(800):
        connection.sendall(b" ")
        time.sleep(0.1)


@pytest.mark.parametrize("serve", [stall, drip])
def test_a_server_that_stalls_or_drips_costs_no_more_than_the_limit(
    raw_server: Callable[..., int], serve: Callable[[socket.socket], None]
) -> None:
    engine = at(raw_server(serve))
    started_s = time.monotonic()
    assert failure(engine, timeout_s=0.7).message == "No answer within 0.7 s."
    assert time.monotonic() - started_s < 60
    engine.close()


@pytest.mark.parametrize("serve", [stall, drip])
def test_closing_ends_a_request_in_progress_at_once(
    raw_server: Callable[..., int], serve: Callable[[socket.socket], None]
) -> None:
    engine = at(raw_server(serve))
    timer = threading.Timer(0.5, engine.close)
    timer.start()
    started_s = time.monotonic()
    assert "closed" in failure(engine).message
    assert time.monotonic() - started_s < 60


def probed(engine: RemoteTranscriber, wanted: Callable[[], bool], limit_s: float = 3.0) -> bool:
    engine.start()
    ends_s = time.monotonic() + limit_s
    while not wanted() and time.monotonic() < ends_s:
        time.sleep(0.02)
    return wanted()


def test_a_server_that_is_not_there_is_a_problem_until_it_is(
    opened: Callable[..., Any], closed_port: int
) -> None:
    engine = at(closed_port)
    assert engine.problem is None
    assert probed(engine, lambda: engine.problem is not None)
    assert engine.problem is not None
    assert engine.problem.message.startswith("Connection refused by http://127.0.0.1")
    assert "hearing.base_url" in engine.problem.hint
    engine.close()
    there = opened(answer(TEXT))
    there.problem = TranscriptionError("Something is wrong.", "Mend it.")
    assert not probed(there, lambda: there.problem is not None, 0.7)


def test_a_server_that_says_nothing_is_a_problem(
    raw_server: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PROBE_S", 0.3)
    engine = at(raw_server(stall))
    assert probed(engine, lambda: engine.problem is not None)
    engine.close()


@pytest.mark.parametrize("address", ["localhost:11434", "ftp://x/v1", "http://", "http://[::1"])
def test_a_base_url_that_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(TranscriptionError, match=r"hearing\.base_url is not an address"):
        RemoteTranscriber(RemoteOptions(base_url=address))


def test_a_key_that_cannot_be_sent_is_refused_at_once() -> None:
    with pytest.raises(TranscriptionError, match="signs no key has"):
        RemoteTranscriber(RemoteOptions(base_url="http://x/v1", api_key=SecretStr("sk\nä")))

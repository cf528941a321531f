"""A kept key reaches its server, and after that stands in no file, no log and no output."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer.config import user_file
from voice_interviewer.keys import KeyStore

KEY = "vi-31415926535-secret"


def run(data: Path, *arguments: str, stdin: str = "") -> str:
    """What a command prints, both streams; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "voice_interviewer", *arguments, "--data-dir", str(data), "--json"],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("status", [200, 401])
def test_an_interview_with_a_kept_key_leaves_no_trace_of_it(
    tmp_path: Path, httpserver: HTTPServer, status: int
) -> None:
    """The server quotes the key in everything it says."""
    sent: list[str] = []

    def handle(request: Request) -> Response:
        sent.append(request.headers.get("Authorization", ""))
        body = {"error": {"message": f"Incorrect API key provided: {KEY}", "type": KEY}}
        return Response(json.dumps(body), status=status, mimetype="application/json")

    httpserver.expect_request("/v1/chat/completions").respond_with_handler(handle)
    url = httpserver.url_for("/v1")
    store = KeyStore(user_file())
    store.keep("judge.api_key", KEY, url)
    user_file().write_text(f'[judge]\nkind = "model"\nmodel = "m"\nbase_url = "{url}"\n')
    data = tmp_path / "sessions-here"
    typed = ["--candidate", "typed", "--voice", "silent", "--questions", "1"]
    shown = run(data, "interview", *typed, stdin="I would watch the win rate.\n" * 9)
    shown += run(data, "sessions", "show", "last")
    assert set(sent) == {f"Bearer {KEY}"}, "the server was asked, with its key"
    assert KEY not in shown
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "journal.jsonl" for path in files)
    assert any(path.suffix == ".log" for path in files)
    assert [path for path in files if KEY.encode() in path.read_bytes()] == [store.file]
    config = subprocess.run(
        [sys.executable, "-m", "voice_interviewer", "config", "show", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert KEY not in config.stdout + config.stderr

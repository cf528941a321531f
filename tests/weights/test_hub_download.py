"""The model hub, played by a server on loopback and read by the real hub client."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

COMMIT = "a" * 40
REPOSITORY = "Systran/faster-whisper-tiny"
FILES = {
    "model.bin": b"\0" * 12_000_000,
    "config.json": b"{}",
    "tokenizer.json": b"{}",
    "vocabulary.txt": b"a\n",
}

# The client reads its settings when it is imported, so each try gets a process of its own.
SCRIPT = """
import json, sys
from voice_interviewer.errors import WeightsError
from voice_interviewer.weights.find import find_whisper

told, report = [], {}
try:
    folder = find_whisper(
        "tiny",
        offline=sys.argv[1] == "offline",
        progress=lambda message, fraction: told.append((message, fraction)),
    )
    report["size"] = (folder / "model.bin").stat().st_size
except WeightsError as error:
    report |= {"error": error.message, "hint": error.hint, "retryable": error.retryable}
print(json.dumps(report | {"told": told}))
"""


def find(home: Path, endpoint: str, network: str = "online") -> tuple[dict[str, Any], str]:
    """What a process finds whose hub is at `endpoint`; and what it wrote to standard error."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    env |= {"HF_HOME": str(home), "HF_ENDPOINT": endpoint, "NO_PROXY": "127.0.0.1,localhost"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, network],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report, done.stderr


def hub(request: Request) -> Response:
    """As much of the hub as one public repository needs."""
    if "/revision/" in request.path:
        return Response(json.dumps({"id": REPOSITORY, "sha": COMMIT, "siblings": _siblings()}))
    if "/tree/" in request.path:
        tree = [
            {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
            for name, data in FILES.items()
        ]
        return Response(json.dumps(tree))
    if "/resolve/" in request.path:
        data = FILES[request.path.rsplit("/", 1)[1]]
        response = Response(data)
        response.headers["X-Repo-Commit"] = COMMIT
        response.headers["ETag"] = f'"{hashlib.sha1(data).hexdigest()}"'
        return response
    return Response(status=404)


def _siblings() -> list[dict[str, str]]:
    return [{"rfilename": name} for name in FILES]


def test_a_download_tells_its_progress_and_is_found_again_without_the_network(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(hub)
    endpoint = httpserver.url_for("").rstrip("/")
    report, noise = find(tmp_path, endpoint)
    assert report["size"] == len(FILES["model.bin"]), report
    fractions = [fraction for _, fraction in report["told"]]
    assert fractions[0] is None
    assert fractions[-1] == 1.0
    assert all(0 < fraction <= 1 for fraction in fractions[1:])
    assert {message for message, _ in report["told"]} == {"Downloading the Whisper model tiny"}
    assert noise == ""
    asked = len(httpserver.log)
    report, _ = find(tmp_path, endpoint, "offline")
    assert report["size"] == len(FILES["model.bin"])
    assert len(httpserver.log) == asked


def test_offline_contacts_nobody_and_says_what_to_do(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    report, _ = find(tmp_path, httpserver.url_for("").rstrip("/"), "offline")
    assert "tiny is not on this machine" in report["error"]
    assert "Drop --offline once" in report["hint"]
    assert "voice-interviewer[offline]" in report["hint"]
    assert httpserver.log == []


def test_a_hub_that_does_not_answer_can_be_tried_again(tmp_path: Path) -> None:
    report, _ = find(tmp_path, "http://127.0.0.1:9")
    assert "could not be downloaded" in report["error"]
    assert "Traceback" not in report["error"]
    assert report["retryable"]
    assert "Check the connection" in report["hint"]

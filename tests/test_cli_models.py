"""The `models` commands as people and scripts meet them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from command_line import Done, run_here
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer.servers.llama_process import PACKAGE
from voice_interviewer.weights.models import MODELS, SMALL


def run(*arguments: str) -> Done:
    return run_here("models", *arguments)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv("VOICE_INTERVIEWER_STORAGE_MODELS_DIR", str(folder))
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "Own.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 1000)
    return path


def test_the_list_tells_sizes_memory_and_what_is_there(folder: Path) -> None:
    folder.mkdir()
    (folder / f"{SMALL.name}.gguf").write_bytes(b"GGUF")
    listed = json.loads(run("list", "--json").stdout)
    assert listed["folder"] == str(folder)
    assert [row["name"] for row in listed["models"]] == [model.name for model in MODELS]
    assert [row["installed"] for row in listed["models"]] == [True, *[False] * (len(MODELS) - 1)]
    for row in listed["models"]:
        assert row["memory_bytes"] > row["size_bytes"] > 1e9
        memory = listed["memory_bytes"]
        assert row["fits"] is (memory is None or row["memory_bytes"] + 2e9 <= memory)
    shown = run("list").stdout
    assert f"installed   {SMALL.name}" in shown
    assert "--judge local" in shown
    assert "only words follow-ups until judge-test finds it fit" in shown


def test_a_file_is_installed_listed_and_removed(folder: Path, own: Path) -> None:
    done = run("install", "own", "--from", str(own))
    assert done.returncode == 0, done.stderr
    assert f"own is installed: {folder / 'own.gguf'}" in done.stdout
    if find_spec(PACKAGE) is not None:
        assert "Let it word follow-ups with" in done.stdout
        assert "voice-interviewer judge-test --judge local --model own" in done.stdout
    rows = json.loads(run("list", "--json").stdout)["models"]
    assert [(row["name"], row["size_bytes"]) for row in rows if row["installed"]] == [("own", 1004)]
    assert run("remove", "own").returncode == 0
    assert list(folder.iterdir()) == []
    assert own.is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("install", "qwen9"), 2, "There is no model 'qwen9'. Say one of qwen2.5-coder-1.5b"),
        (("install", SMALL.name, "--offline"), 2, "--offline forbids the download"),
        (("install", "own", "--from", "/nowhere.gguf"), 2, "There is no file"),
        (("install", "../own", "--from", "/dev/null"), 2, "cannot be a model's name"),
        (("remove", SMALL.name), 1, f"models install {SMALL.name}"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(
    folder: Path, arguments: tuple[str, ...], code: int, complaint: str
) -> None:
    done = run(*arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert complaint in done.stderr
    assert not folder.exists()


def test_an_interrupted_download_says_how_to_go_on(folder: Path, httpserver: HTTPServer) -> None:
    def drip(_request: Request) -> Response:
        def pieces() -> object:
            for _ in range(600):
                yield b"\0" * 300_000
                time.sleep(0.1)

        return Response(pieces(), status=200)

    wanted = MODELS[1]
    httpserver.expect_request(
        f"/{wanted.source.repository}/resolve/{wanted.source.revision}/{wanted.source.file}"
    ).respond_with_handler(drip)
    process = subprocess.Popen(
        [sys.executable, "-m", "voice_interviewer", "models", "install", wanted.name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "HF_ENDPOINT": httpserver.url_for("").rstrip("/"),
            "NO_PROXY": "127.0.0.1,localhost",
        },
    )
    part = folder / f"{wanted.name}.part"
    deadline_s = time.monotonic() + 30
    while not (part.is_file() and part.stat().st_size) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert f"go on with: voice-interviewer models install {wanted.name}" in errors
    assert "Traceback" not in errors
    assert part.stat().st_size

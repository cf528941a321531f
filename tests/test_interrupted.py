"""Ctrl-C, SIGTERM and SIGKILL in mid-answer: listed as interrupted, resumed, nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run_here

PROGRAM = [sys.executable, "-m", "voice_interviewer"]
OPTIONS = ["--candidate", "typed", "--voice", "silent", "--judge", "embedded", "--headless"]


def started(data_dir: Path) -> subprocess.Popen[str]:
    """An interview that has one answer and waits for the next."""
    program = subprocess.Popen(
        [*PROGRAM, "interview", "--questions", "1", *OPTIONS, "--data-dir", str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write("The reward model is trained on comparisons that people make.\n")
    program.stdin.flush()
    for line in program.stdout:
        if line.startswith("Follow-up"):
            return program
    raise AssertionError("no follow-up was asked")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_interview_goes_on_where_it_was(tmp_path: Path, how: signal.Signals) -> None:
    program = started(tmp_path)
    os.kill(program.pid, how)
    output, errors = program.communicate(timeout=30)
    assert program.returncode == (-how if how == signal.SIGKILL else 130)
    assert "Traceback" not in output + errors
    if how != signal.SIGKILL:
        assert "voice-interviewer resume" in output

    def sessions() -> list[dict[str, str]]:
        listed = run_here("sessions", "list", "--json", "--data-dir", str(tmp_path))
        rows: list[dict[str, str]] = json.loads(listed.stdout)["sessions"]
        return rows

    (row,) = sessions()
    assert row["status"] == "interrupted"
    resumed = run_here(
        *["resume", row["id"], *OPTIONS, "--json", "--data-dir", str(tmp_path)],
        stdin="I don't know.\nReally not.\n",
    )
    assert resumed.returncode == 0, resumed.stderr
    report = json.loads(resumed.stdout)
    said = [turn["transcript"] for turn in report["turns"]]
    assert said == [
        "The reward model is trained on comparisons that people make.",
        "I don't know.",
        "Really not.",
    ]
    assert [row["status"] for row in sessions()] == ["finished"]

"""The log keeps faults to itself: private, without keys, and silent when it cannot be written."""

from __future__ import annotations

import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import logging, pathlib, sys
from voice_interviewer.logs import start_logging, where_is_the_log
start_logging(pathlib.Path(sys.argv[1]))
if len(sys.argv) > 2:
    logging.getLogger().handlers[0].stream = open("/dev/full", "w")
logging.getLogger("x").warning("refused: Bearer abcdef and sk-123456")
logging.getLogger("x").info("chatter")
logging.getLogger("voice_interviewer.x").info("noted")
print(where_is_the_log())
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CODE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_the_log_is_private_and_holds_no_key(tmp_path: Path) -> None:
    done = run(str(tmp_path / "data"))
    (file,) = (tmp_path / "data").iterdir()
    assert str(file) in done.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "WARNING x: refused" in text
    assert "INFO voice_interviewer.x: noted" in text
    assert "chatter" not in text
    assert "abcdef" not in text
    assert "123456" not in text


def test_a_log_on_a_full_disk_prints_nothing(tmp_path: Path) -> None:
    assert run(str(tmp_path), "full").stderr == ""


def test_without_a_writable_folder_there_is_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", True)
    (tmp_path / "file").write_text("")
    assert run(str(tmp_path / "file")).stdout == "There is no log.\n"
    assert logging.raiseExceptions, "only the program itself goes quiet"

"""A recording can be read to its last write, whatever ends the process or the disk."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from voice_interviewer.audio.sound import read_sound
from voice_interviewer.hearing.spool import Spool

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and limits")

BLOCK = 512


def block(number: int) -> np.ndarray:
    """A block whose samples say which one it is; exact in PCM16."""
    return np.full(BLOCK, (number % 1000 + 1) / 1024, dtype=np.float32)


def child(script: str, path: Path) -> subprocess.Popen[str]:
    """A process that records in blocks and prints the number of each when it is written."""
    lines = f"""
import resource, signal, sys, time
from pathlib import Path
import numpy as np
from voice_interviewer.hearing.spool import Spool

def block(number):
    return np.full({BLOCK}, (number % 1000 + 1) / 1024, dtype=np.float32)

path = Path(sys.argv[1])
{script}
"""
    return subprocess.Popen(
        [sys.executable, "-c", lines, str(path)], stdout=subprocess.PIPE, text=True
    )


def test_every_write_leaves_a_readable_file(tmp_path: Path) -> None:
    path = tmp_path / "audio" / "turn-001.wav"
    spool = Spool(path)
    for number in range(5):
        spool.write(block(number))
        heard = read_sound(path)
        assert heard.rate_hz == 16_000
        assert len(heard.samples) == (number + 1) * BLOCK
        assert (heard.samples[-BLOCK:] == block(number)).all()
        assert spool.duration_s == pytest.approx((number + 1) * 0.032)
    spool.close()
    spool.close()
    spool.write(block(9))
    assert len(read_sound(path).samples) == 5 * BLOCK
    assert spool.error is None


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "audio" / "turn-001.wav"
    Spool(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "turn-001.wav"
    path.write_bytes(b"precious")
    spool = Spool(path)
    assert isinstance(spool.error, FileExistsError)
    spool.write(block(0))
    assert path.read_bytes() == b"precious"


def test_sigkill_loses_nothing_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "turn-001.wav"
    recorder = child(
        """
spool = Spool(path)
for number in range(100_000):
    spool.write(block(number))
    print(number, flush=True)
""",
        path,
    )
    assert recorder.stdout is not None
    written = [int(recorder.stdout.readline()) for _ in range(300)][-1]
    recorder.send_signal(signal.SIGKILL)
    rest = recorder.stdout.read().split()
    recorder.wait(10)
    written = int(rest[-1]) if rest else written
    samples = read_sound(path).samples
    assert len(samples) // BLOCK >= written + 1
    for number in (0, written // 2, written):
        assert (samples[number * BLOCK : (number + 1) * BLOCK] == block(number)).all()


def test_a_full_disk_ends_the_recording_and_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "turn-001.wav"
    recorder = child(
        """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
spool = Spool(path)
for number in range(20):
    spool.write(block(number))
print(type(spool.error).__name__, spool.error.strerror)
spool.close()
""",
        path,
    )
    said, _ = recorder.communicate(timeout=20)
    assert recorder.returncode == 0
    assert said.startswith("OSError")
    samples = read_sound(path).samples
    assert len(samples) >= 9 * BLOCK
    assert (samples[8 * BLOCK : 9 * BLOCK] == block(8)).all()


def test_a_folder_that_cannot_be_made_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "audio").write_text("a file, not a folder")
    spool = Spool(tmp_path / "audio" / "turn-001.wav")
    assert isinstance(spool.error, OSError)
    spool.write(block(0))
    spool.close()


def test_a_slow_disk_does_not_hold_up_the_next_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_fsync = os.fsync
    busy, free, waited_out = threading.Event(), threading.Event(), list[bool]()

    def slow(descriptor: int) -> None:
        busy.set()
        waited_out.append(not free.wait(60))
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    spool = Spool(tmp_path / "turn-001.wav")
    spool.write(block(0))
    for number in range(1, 40):
        spool.write(block(number))
        time.sleep(0.032)
    assert busy.is_set()
    assert waited_out == [], "nothing waited for the disk"
    free.set()
    spool.close()
    assert len(read_sound(spool.path).samples) == 40 * BLOCK


def test_a_disk_that_cannot_make_it_durable_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    spool = Spool(tmp_path / "turn-001.wav")
    deadline_s = time.monotonic() + 10
    while spool.error is None and time.monotonic() < deadline_s:
        spool.write(block(0))
        time.sleep(0.02)
    assert spool.error is not None
    assert spool.error.errno == errno.EIO

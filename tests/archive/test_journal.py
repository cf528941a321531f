"""The journal survives kills, full disks and second writers, and says where it is broken."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import started

from voice_interviewer.archive.journal import JournalFile, being_written, read_journal
from voice_interviewer.core import events as ev
from voice_interviewer.core.transcript import words_of
from voice_interviewer.errors import StorageError

SPEECH = ev.SpeechCommitted(turn_id=1, words=words_of("Schrödinger's naïve 猫"), t_s=2.5)


def written(path: Path, *events: ev.Event) -> Path:
    journal = JournalFile(path)
    for event in events:
        journal.append(event)
    journal.close()
    return path


def test_what_was_appended_is_read_back_equal(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl", started(), SPEECH)
    assert read_journal(path) == [started(), SPEECH]
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith('{"v":1,"seq":0,"t_s":0.0,"type":"SessionStarted"')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("lost", [1, 5, 60])
def test_a_torn_last_line_is_left_out_and_written_over(tmp_path: Path, lost: int) -> None:
    path = written(tmp_path / "journal.jsonl", started(), SPEECH)
    os.truncate(path, path.stat().st_size - lost)
    assert read_journal(path) == [started()]
    written(path, SPEECH)
    assert read_journal(path) == [started(), SPEECH]
    assert '"seq":1' in path.read_text(encoding="utf-8").splitlines()[1]


def test_a_broken_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl", started(), SPEECH, SPEECH)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(lines[0] + '{"v":1,"seq":1,"type":"Nonsense"}\n' + lines[2], encoding="utf-8")
    with pytest.raises(StorageError, match=r"journal\.jsonl:2: "):
        read_journal(path)


def test_a_newer_format_is_refused_with_the_fix(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"v":9,"seq":0,"type":"SessionStarted"}\n')
    with pytest.raises(StorageError, match="newer version"):
        read_journal(path)


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    first = JournalFile(path)
    assert being_written(path)
    with pytest.raises(StorageError, match="another window"):
        JournalFile(path)
    first.close()
    assert not being_written(path)


def test_a_full_disk_is_told_and_leaves_whole_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.jsonl"
    journal = JournalFile(path)
    journal.append(started())
    real_write = os.write

    def half_then_full(fd: int, data: bytes) -> int:
        return real_write(fd, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half_then_full)
    with pytest.raises(StorageError, match="disk is full") as told:
        journal.append(SPEECH)
    assert "resume" in told.value.hint
    monkeypatch.setattr(os, "write", real_write)
    assert read_journal(path) == [started()]
    journal.append(SPEECH)
    assert read_journal(path) == [started(), SPEECH]


def test_on_a_full_disk_an_answer_can_be_told_to_its_end_from_the_room_kept_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.jsonl"
    reserve = tmp_path / "journal.jsonl.reserve"
    journal = JournalFile(path, reserve_bytes=100_000)
    assert reserve.stat().st_size == 100_000
    assert reserve.stat().st_blocks * 512 >= 100_000, "it takes room"
    assert stat.S_IMODE(reserve.stat().st_mode) == 0o600
    real_write = os.write

    def full_with_all_room_kept(fd: int, data: bytes) -> int:
        if reserve.exists() and reserve.stat().st_size == 100_000:
            raise OSError(errno.ENOSPC, "full")
        return real_write(fd, data)

    monkeypatch.setattr(os, "write", full_with_all_room_kept)
    journal.append(started())
    journal.append(SPEECH)
    assert 0 < reserve.stat().st_size < 100_000, "no more than is needed"
    monkeypatch.setattr(os, "write", lambda _fd, _data: 0)
    with pytest.raises(StorageError, match="disk is full"):
        journal.append(SPEECH)
    journal.close()
    assert read_journal(path) == [started(), SPEECH]


def test_the_room_kept_is_given_back_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    JournalFile(path, reserve_bytes=10_000).close()
    assert [file.name for file in tmp_path.iterdir()] == ["journal.jsonl"]


KILLED = """
import os, signal, sys
from pathlib import Path
from voice_interviewer.archive.journal import JournalFile
from voice_interviewer.core import events as ev
journal = JournalFile(Path(sys.argv[1]))
for number in range(20):
    journal.append(ev.NoticeRaised(t_s=number, part="voice", message=str(number)))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_everything_appended_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [e.t_s for e in read_journal(path)] == list(range(20))

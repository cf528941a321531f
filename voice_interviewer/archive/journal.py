"""The journal: one event a line, durable before its consequences happen."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

from pydantic import ValidationError

from voice_interviewer.core.events import EVENT, Event
from voice_interviewer.errors import StorageError

FORMAT_VERSION = 1


class JournalFile:
    """Appends events to `journal.jsonl`, each flushed to the disk; one writer at a time.

    Opening an existing journal cuts off a last line that a kill tore apart and goes on from there.
    Raises StorageError when the file cannot be written or another program is writing it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise _storage_error(path, error) from error
        try:
            _lock(self._fd)
        except OSError as error:
            os.close(self._fd)
            raise StorageError(
                "This session is open in another window.", "Finish or close it there first."
            ) from error
        whole, self._seq = _whole_lines(path.read_bytes())
        os.ftruncate(self._fd, whole)

    def append(self, event: Event) -> None:
        """Write one event and wait until it is on the disk. Raises StorageError."""
        envelope = {"v": FORMAT_VERSION, "seq": self._seq, **event.model_dump(mode="json")}
        line = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")) + "\n"
        data = line.encode("utf-8", errors="backslashreplace")
        size = os.fstat(self._fd).st_size
        try:
            written = os.write(self._fd, data)
            if written < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._fd)
        except OSError as error:
            os.ftruncate(self._fd, size)
            raise _storage_error(self._path, error) from error
        self._seq += 1

    def close(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def read_journal(path: Path) -> list[Event]:
    """All events of a journal; a torn last line is left out.

    Raises StorageError for a missing file, a newer format, or a broken line in the middle.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read ({error.strerror}).", "Check the path."
        ) from error
    whole, _ = _whole_lines(data)
    events = []
    for number, line in enumerate(data[:whole].splitlines(), start=1):
        try:
            envelope = json.loads(line)
            version = envelope.pop("v")
            envelope.pop("seq")
            if version > FORMAT_VERSION:
                raise StorageError(
                    f"{path} was written by a newer version of this program.", "Update it."
                )
            events.append(EVENT.validate_python(envelope))
        except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
            raise StorageError(
                f"{path}:{number}: this line is not a journal event.",
                "Restore the file from a backup, or move its folder away.",
            ) from error
    return events


def being_written(path: Path) -> bool:
    """True while another program holds the journal."""
    try:
        fd = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        _lock(fd)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def _whole_lines(data: bytes) -> tuple[int, int]:
    """Bytes up to the last newline, and how many lines that is."""
    whole = data.rfind(b"\n") + 1
    return whole, data.count(b"\n")


def _lock(fd: int) -> None:
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _storage_error(path: Path, error: OSError) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            f"The disk is full, so {path.parent.name} cannot be saved further.",
            "Everything up to here is kept. Free some space, then resume the session.",
        )
    return StorageError(
        f"{path} cannot be written ({error.strerror}).",
        "Check the folder's rights, or choose another with --data-dir.",
    )

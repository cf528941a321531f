"""The journal: one event a line, durable before its consequences happen."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
from pathlib import Path

from pydantic import ValidationError

from voice_interviewer.core.events import EVENT, Event
from voice_interviewer.errors import StorageError

log = logging.getLogger(__name__)

FORMAT_VERSION = 1
_SLICE_BYTES = 65_536
_FULL = (errno.ENOSPC, errno.EDQUOT)


class JournalFile:
    """Appends events to `journal.jsonl`, each flushed to the disk; one writer at a time.

    Opening an existing journal cuts off a last line that a kill tore apart and goes on from there.
    Raises StorageError when the file cannot be written or another program is writing it.

    Args:
        reserve_bytes: room kept on the disk beside it, given up bit by bit when the disk is full,
            so that an answer in progress can still be told to its end.
    """

    def __init__(self, path: Path, *, reserve_bytes: int = 0) -> None:
        self._path = path
        self._reserve = path.with_name(f"{path.name}.reserve")
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
        if reserve_bytes:
            self._keep_room(reserve_bytes)

    def append(self, event: Event) -> None:
        """Write one event and wait until it is on the disk. Raises StorageError."""
        envelope = {"v": FORMAT_VERSION, "seq": self._seq, **event.model_dump(mode="json")}
        line = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")) + "\n"
        data = line.encode("utf-8", errors="backslashreplace")
        while True:
            try:
                self._write(data)
                break
            except OSError as error:
                if error.errno not in _FULL or not self._give_up_room(_SLICE_BYTES):
                    raise _storage_error(self._path, error) from error
        self._seq += 1

    def close(self) -> None:
        """Let go of the file and of the room kept beside it."""
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                self._reserve.unlink()
            os.close(self._fd)
            self._fd = -1

    def _write(self, data: bytes) -> None:
        """All of it, durably, or nothing. Raises OSError."""
        size = os.fstat(self._fd).st_size
        try:
            if os.write(self._fd, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._fd)
        except OSError:
            os.ftruncate(self._fd, size)
            raise

    def _keep_room(self, size: int) -> None:
        """A file of bytes that no file system can leave out; going without it is no failure."""
        try:
            with os.fdopen(os.open(self._reserve, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(os.urandom(size))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            log.warning("no room is kept beside %s: %s", self._path, error)
            self._give_up_room(size)

    def _give_up_room(self, least: int) -> bool:
        """So many bytes of it, as recordings want room too; False where none is kept."""
        try:
            left = self._reserve.stat().st_size - least
            if left > 0:
                os.truncate(self._reserve, left)
            else:
                self._reserve.unlink()
        except OSError:
            return False
        return True


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
    if error.errno in _FULL:
        return StorageError(
            f"The disk is full, so {path.parent.name} cannot be saved further.",
            "Everything up to here is kept. Free some space, then resume the session.",
        )
    return StorageError(
        f"{path} cannot be written ({error.strerror}).",
        "Check the folder's rights, or choose another with --data-dir.",
    )

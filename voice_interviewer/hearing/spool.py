"""The recording of an answer, safe on disk while it is being made."""

from __future__ import annotations

import logging
import os
import struct
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from voice_interviewer.audio.sound import HEARING_RATE_HZ, from_pcm16, to_pcm16

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

log = logging.getLogger(__name__)

_SYNC_EVERY_S = 0.5
_HEADER_BYTES = 44
_SAMPLE_BYTES = 2


class Spool:
    """A PCM16 mono WAV at 16 kHz whose header is true after every write.

    Every block goes to the system at once, so a killed process loses nothing that was written, and
    to the disk itself about twice a second, in a thread beside: however long that takes, the next
    block does not wait for it. A disk that fails ends the spool, not the answer: `error` keeps the
    reason and later writes do nothing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.error: OSError | None = None
        self._file: BinaryIO | None = None
        self._data_bytes = 0
        self._synced_at = time.monotonic()
        self._syncing: threading.Thread | None = None
        self._sync_error: OSError | None = None
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
            self._file = os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0)
            self._write_all(_header(0))
        except OSError as error:
            self._fail(error)

    @property
    def duration_s(self) -> float:
        """Seconds of sound in the file."""
        return self._data_bytes / _SAMPLE_BYTES / HEARING_RATE_HZ

    def write(self, samples: Samples) -> None:
        """Add samples at 16 kHz."""
        if self._file is None or not len(samples):
            return
        data = to_pcm16(samples)
        try:
            self._file.seek(_HEADER_BYTES + self._data_bytes)
            self._write_all(data)
            self._file.seek(0)
            self._write_all(_header(self._data_bytes + len(data)))
            self._data_bytes += len(data)
            self._sync_now_and_then()
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """Make the recording durable and let the file go."""
        if self._file is None:
            return
        if self._syncing is not None:
            self._syncing.join()
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            self._fail(error)
        self._let_go()

    def _sync_now_and_then(self) -> None:
        """Begin to make the file durable. Raises OSError when it failed the last time."""
        if self._sync_error is not None:
            raise self._sync_error
        now = time.monotonic()
        busy = self._syncing is not None and self._syncing.is_alive()
        if self._file is None or busy or now - self._synced_at < _SYNC_EVERY_S:
            return
        self._synced_at = now
        own = os.dup(self._file.fileno())
        self._syncing = threading.Thread(
            target=self._sync, args=(own,), name="spool-sync", daemon=True
        )
        self._syncing.start()

    def _sync(self, descriptor: int) -> None:
        try:
            os.fsync(descriptor)
        except OSError as error:
            self._sync_error = error
        finally:
            os.close(descriptor)

    def _write_all(self, data: bytes) -> None:
        """Write every byte; a file without a buffer may take only some at a time."""
        rest = memoryview(data)
        while rest and self._file is not None:
            rest = rest[self._file.write(rest) :]

    def _fail(self, error: OSError) -> None:
        log.warning("the recording %s stops here: %s", self.path, error)
        self.error = error
        self._let_go()

    def _let_go(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


def read_back(path: Path, first: int, last: int) -> Samples:
    """Samples `first` up to `last` of a recording being spooled; fewer where there are fewer."""
    try:
        with path.open("rb") as file:
            file.seek(_HEADER_BYTES + first * _SAMPLE_BYTES)
            data = file.read((last - first) * _SAMPLE_BYTES)
    except OSError as error:
        log.warning("the recording %s cannot be read back: %s", path, error)
        data = b""
    return from_pcm16(data[: len(data) - len(data) % _SAMPLE_BYTES])


def _header(data_bytes: int) -> bytes:
    """The 44 bytes before the samples of a PCM16 mono WAV."""
    byte_rate = HEARING_RATE_HZ * _SAMPLE_BYTES
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        _HEADER_BYTES - 8 + data_bytes,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        HEARING_RATE_HZ,
        byte_rate,
        _SAMPLE_BYTES,
        8 * _SAMPLE_BYTES,
        b"data",
        data_bytes,
    )

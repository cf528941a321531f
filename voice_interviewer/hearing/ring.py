"""A ring of bytes between an audio callback and the thread that reads it."""

from __future__ import annotations


class ByteRing:
    """One writer, one reader, no lock: each side moves only its own counter.

    What does not fit is dropped whole and reported by `write`, so that what is in the ring is
    always unbroken sound. `capacity` is in bytes.
    """

    def __init__(self, capacity: int) -> None:
        self._data = memoryview(bytearray(capacity))
        self._capacity = capacity
        self._written = 0
        self._read = 0

    @property
    def written(self) -> int:
        """Bytes taken so far; grows as long as the writer is alive."""
        return self._written

    def write(self, data: memoryview) -> bool:
        """Take all of `data` (one byte an item), or nothing when it does not fit."""
        size = len(data)
        if size > self._capacity - (self._written - self._read):
            return False
        start = self._written % self._capacity
        head = min(size, self._capacity - start)
        self._data[start : start + head] = data[:head]
        self._data[: size - head] = data[head:]
        self._written += size
        return True

    def read(self) -> bytes:
        """Everything that is in the ring, oldest first."""
        size = self._written - self._read
        start = self._read % self._capacity
        head = min(size, self._capacity - start)
        data = bytes(self._data[start : start + head]) + bytes(self._data[: size - head])
        self._read += size
        return data

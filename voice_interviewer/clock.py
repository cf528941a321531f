"""The time of a session as it is played."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass
class SystemClock:
    """Session time by the system's monotonic clock, going on from `offset_s`."""

    offset_s: float = 0.0
    _zero_s: float = field(default_factory=time.monotonic)

    def now_s(self) -> float:
        """Seconds since the session started, without the time it was interrupted."""
        return round(self.offset_s + time.monotonic() - self._zero_s, 4)

    def utc(self) -> str:
        """The wall clock as ISO 8601 in UTC, to the second."""
        return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    def wait(self, seconds: float, unless: threading.Event) -> bool:
        """Wait so long, or until `unless` is set: then it is True."""
        return unless.wait(seconds)

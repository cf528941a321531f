"""Listens to the virtual speaker and knows when each sample was played."""

from __future__ import annotations

import subprocess
import threading
import time
from dataclasses import dataclass, field

import numpy as np

from voice_interviewer.audio.sound import from_pcm16

RATE_HZ = 24_000
_AUDIBLE = 0.004
_BLOCK_BYTES = 2 * RATE_HZ // 200


@dataclass
class Ear:
    """Records `vspeaker.monitor`; times are of the monotonic clock.

    A sample is dated by the block that arrived with the least delay; that is good to about 10 ms.
    """

    env: dict[str, str]
    _data: bytearray = field(default_factory=bytearray)
    _zero_s: float = float("inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        command = ["parec", "--device=vspeaker.monitor", f"--rate={RATE_HZ}", "--channels=1"]
        command += ["--format=s16le", "--latency-msec=10"]
        self._process = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, bufsize=0)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        while block := self._process.stdout.read(_BLOCK_BYTES):
            with self._lock:
                self._data += block
                self._zero_s = min(self._zero_s, time.monotonic() - len(self._data) / 2 / RATE_HZ)

    def first_after(self, t_s: float) -> float | None:
        """When the first audible sample after this time was played; None for silence."""
        loud = self._loud_after(t_s)
        return float(loud[0]) if len(loud) else None

    def last_after(self, t_s: float) -> float:
        """When the last audible sample after this time was played; the time itself for silence."""
        loud = self._loud_after(t_s)
        return float(loud[-1]) if len(loud) else t_s

    def _loud_after(self, t_s: float) -> np.ndarray:
        with self._lock:
            data, zero_s = bytes(self._data[: len(self._data) // 2 * 2]), self._zero_s
        samples = np.abs(from_pcm16(data))
        begin = max(0, round((t_s - zero_s) * RATE_HZ))
        return zero_s + (begin + np.flatnonzero(samples[begin:] > _AUDIBLE)) / RATE_HZ

    def forget(self) -> None:
        """Start anew, so that a long run needs little memory."""
        with self._lock:
            kept = len(self._data) // 2 * 2
            self._zero_s += kept / 2 / RATE_HZ
            del self._data[:kept]

    def close(self) -> None:
        """Stop recording."""
        self._process.kill()
        self._process.wait()

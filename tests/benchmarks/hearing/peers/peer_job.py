"""What every adapter shares: the job it is given, sound in real time, the clock, the meter.

An adapter is a script that is run as `python adapter.py job.json`, by an interpreter that has the
system under test, and that prints one line of JSON (see `Result`). Needs numpy and psutil only, so
that it runs in the peers' environment as well as in the project's.

Times called `..._after_s` are seconds from the end of speech. All others are seconds from the
moment the first sample was spoken.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import psutil
from numpy.typing import NDArray

RATE_HZ = 16_000
CHUNK = 512
PCM16_SCALE = 32_768.0

Pcm16 = NDArray[np.int16]


@dataclass(frozen=True)
class Job:
    """One answer to be heard by one system.

    Args:
        wav: 16 kHz mono PCM16; after `speech_end_s` there is nothing but quiet noise.
        weights: folder with a CTranslate2 Whisper model.
        model: what the weights are called (`tiny.en`, `base`).
        speech_end_s: where the last voiced sample lies.
        end: `key`, the system is told at `speech_end_s` that the answer is over; `silence`, it has
            to find that out while the noise goes on.
        threads: limit for Whisper.
        beam: beam width; None leaves it to the system.
        limit_s: give up this long after the end of speech.
        options: what else the system is to be given.
    """

    wav: Path
    weights: Path
    model: str
    speech_end_s: float
    end: Literal["key", "silence"]
    threads: int = 1
    language: str = "en"
    compute_type: str = "int8"
    beam: int | None = None
    limit_s: float = 20.0
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_command_line(cls) -> Job:
        """The job in the file that the command line names."""
        given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        return cls(**{**given, "wav": Path(given["wav"]), "weights": Path(given["weights"])})

    @property
    def last_s(self) -> float:
        """Until when there is sound to be fed."""
        return self.speech_end_s + (0.0 if self.end == "key" else self.limit_s)


@dataclass
class Result:
    """What an adapter prints, as one line of JSON.

    Args:
        ready_s: from the start of the process until the model was loaded.
        final_text: the whole answer as the system delivered it in the end.
        final_after_s: when that was delivered and could not change any more; None: never.
        stable_after_s: when the very same text was first shown, be it as interim text. Only
            hindsight tells that it was the last word.
        silence_wait_s: how much of `final_after_s` the system waits for on purpose.
        endpoint_after_s: when the system took the answer for finished, where that is known.
        interim_s: when text was shown.
        cpu_s: user and system time of all processes, first sample to final text.
        peak_rss_mb: peak resident memory, summed over the processes.
        feed_late_s: by how much the latest chunk was fed too late; large on a busy machine.
        saved_text: what a second, unhurried pass heard, where there is one.
        note: anything unusual.
    """

    ready_s: float = 0.0
    final_text: str = ""
    final_after_s: float | None = None
    stable_after_s: float | None = None
    silence_wait_s: float | None = None
    endpoint_after_s: float | None = None
    interim_s: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    peak_rss_mb: float = 0.0
    feed_late_s: float = 0.0
    saved_text: str | None = None
    note: str = ""


class Feed:
    """The sound of a job in real time; second 0 is when `begin` is called."""

    def __init__(self, job: Job) -> None:
        with wave.open(str(job.wav), "rb") as wav:
            shape = (wav.getframerate(), wav.getnchannels(), wav.getsampwidth())
            if shape != (RATE_HZ, 1, 2):
                raise SystemExit(f"{job.wav} is not 16 kHz mono PCM16")
            frames = wav.readframes(wav.getnframes())
        self._last = round(job.last_s * RATE_HZ)
        self.samples: Pcm16 = np.frombuffer(frames, dtype="<i2")[: self._last]
        self._began = 0.0
        self.late_s = 0.0

    def begin(self) -> None:
        """The first sample is spoken now."""
        self._began = time.monotonic()

    def now_s(self) -> float:
        """Seconds since then."""
        return time.monotonic() - self._began

    def chunks(self) -> Iterator[tuple[float, Pcm16]]:
        """Chunks of 32 ms (the last is shorter), each with the second at which it is complete."""
        for first in range(0, len(self.samples), CHUNK):
            chunk = self.samples[first : first + CHUNK]
            yield (first + len(chunk)) / RATE_HZ, chunk

    def wait_until(self, second: float) -> None:
        """Sleep until then, and note how late it became."""
        time.sleep(max(0.0, second - self.now_s()))
        self.fed(second)

    def fed(self, second: float) -> None:
        """Note that what was due at this second was handed over just now."""
        self.late_s = max(self.late_s, self.now_s() - second)

    def in_real_time(self, stop: threading.Event | None = None) -> Iterator[Pcm16]:
        """The same chunks, each one when it is complete; ends early after `stop`."""
        for second, chunk in self.chunks():
            if stop is not None and stop.is_set():
                return
            self.wait_until(second)
            yield chunk


class Shown:
    """The texts a system showed, and since when the present one has been there."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self.text = ""
        self.since_s = 0.0
        self.times_s: list[float] = []

    def show(self, text: str) -> None:
        """The whole answer reads like this now; blanks do not count."""
        text = " ".join(text.split())
        if text != self.text:
            self.text = text
            self.since_s = self._feed.now_s()
            self.times_s.append(round(self.since_s, 3))


class Meter:
    """CPU time and peak memory of this process and its descendants."""

    def __init__(self) -> None:
        self._before_s = _cpu_s()

    def read(self, result: Result) -> None:
        """Fill in what was used since; call it while all processes are still there."""
        result.cpu_s = round(_cpu_s() - self._before_s, 3)
        result.peak_rss_mb = round(sum(_peak_mb(process) for process in _family()), 1)


def as_float(samples: Pcm16) -> NDArray[np.float32]:
    """Int16 as float32 in [-1, 1]."""
    return samples.astype(np.float32) / np.float32(PCM16_SCALE)


def ready_s() -> float:
    """Seconds since this process was started."""
    return round(time.time() - psutil.Process().create_time(), 3)


def keep_stdout_for_the_result() -> int:
    """Let everything that is printed go to standard error; returns where the result goes."""
    result_fd = os.dup(1)
    os.dup2(2, 1)
    return result_fd


def deliver(result: Result, result_fd: int) -> None:
    """Print the result and end this process and its children, whatever threads there are."""
    os.write(result_fd, (json.dumps(asdict(result)) + "\n").encode())
    for child in psutil.Process().children(recursive=True):
        child.kill()
    os._exit(0)


def _family() -> list[psutil.Process]:
    this = psutil.Process()
    return [this, *this.children(recursive=True)]


def _cpu_s() -> float:
    used_s = 0.0
    for process in _family():
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used_s += times.user + times.system
        used_s += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return used_s


def _peak_mb(process: psutil.Process) -> float:
    """The kernel's own high-water mark where it keeps one, else what is resident now."""
    try:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        pass
    try:
        return float(process.memory_info().rss) / 1e6
    except psutil.NoSuchProcess:
        return 0.0

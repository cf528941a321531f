"""The interview's side of one Whisper process: start it, ask it, end it."""

from __future__ import annotations

import collections
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import voice_interviewer
from voice_interviewer.hearing.frames import Frame, FrameError, read_frame, write_frame

WORKER = (sys.executable, "-P", "-m", "voice_interviewer.hearing.whisper_worker")

_LAST_LINES = 5
_GOODBYE_S = 2.0


class ProcessEndedError(Exception):
    """The process is gone, or was ended because it did not answer in time; says why."""


class WhisperProcess:
    """One child process. `ask` belongs to one thread at a time; `end` may come from any.

    Raises OSError when the process cannot be started.
    """

    def __init__(self, command: Sequence[str] = WORKER) -> None:
        package_root = str(Path(voice_interviewer.__file__).parents[1])
        search = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": search, "HF_HUB_OFFLINE": "1"},
        )
        self._requests = cast(BinaryIO, self._child.stdin)
        self._answers: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._last_lines: collections.deque[str] = collections.deque(maxlen=_LAST_LINES)
        self._threads = [
            threading.Thread(target=read, name=f"whisper-{read.__name__}", daemon=True)
            for read in (self._read_answers, self._read_noise)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def ask(self, frame: Frame, timeout_s: float) -> Frame:
        """Send a message and return the answer; a process without one in time is killed.

        Raises ProcessEndedError.
        """
        late = threading.Event()

        def expire() -> None:
            late.set()
            self._child.kill()

        watchdog = threading.Timer(timeout_s, expire)
        watchdog.daemon = True
        watchdog.start()
        try:
            write_frame(self._requests, frame)
            answer = self._answers.get()
        except (OSError, ValueError):
            answer = None
        finally:
            watchdog.cancel()
        if answer is not None:
            return answer
        self.end()
        raise ProcessEndedError(
            f"no answer within {timeout_s:.0f} s" if late.is_set() else self._why()
        )

    def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self._child.kill()
        self._child.wait()
        for thread in self._threads:
            thread.join(_GOODBYE_S)

    def _why(self) -> str:
        """How the process ended, with its last words."""
        code = self._child.returncode
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"it ended with {how}" + (f": {self._last_lines[-1]}" if self._last_lines else "")

    def _read_answers(self) -> None:
        with cast(BinaryIO, self._child.stdout) as stream:
            try:
                while frame := read_frame(stream):
                    self._answers.put(frame)
            except FrameError as error:
                self._last_lines.append(str(error))
        self._answers.put(None)

    def _read_noise(self) -> None:
        with cast(BinaryIO, self._child.stderr) as stream:
            for line in stream:
                self._last_lines.append(line.decode(errors="replace").strip())

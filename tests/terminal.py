"""The program in a pseudo terminal, read and typed at as a person does."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import weakref
from collections.abc import Callable, Mapping

PROGRAM = [sys.executable, "-m", "voice_interviewer"]
_ESCAPES = re.compile(rb"\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|[()][A-Z0-9]|P.*?\x1b\\|[=>78M])", re.DOTALL)


class Terminal:
    """The program with these arguments; `raw` holds every byte it ever wrote.

    Args:
        columns: how wide the terminal is; rows: how high.
        more: what stands in its environment besides ours.
    """

    def __init__(
        self,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        more: Mapping[str, str] | None = None,
    ) -> None:
        inherited = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        self._near, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.program = subprocess.Popen(
            [*PROGRAM, *arguments],
            stdin=far,
            stdout=far,
            stderr=far,
            close_fds=True,
            env={**inherited, **(more or {})},
        )
        os.close(far)
        # A test that fails leaves no program behind that reads a terminal which is gone.
        weakref.finalize(self, self.program.kill)
        self.raw = b""

    @property
    def text(self) -> str:
        """All of it as text, for a program that draws nothing over."""
        return self.raw.decode("utf-8", "replace")

    def drawn(self, since: int = 0) -> str:
        """What was written from this byte on, without the terminal's own commands."""
        return _ESCAPES.sub(b"", self.raw[since:]).decode("utf-8", "replace")

    def until(self, done: Callable[[str], bool], patience_s: float = 60.0) -> None:
        """Wait until the text is so."""
        self._wait(lambda: done(self.text), patience_s)

    def type(self, line: str) -> None:
        """A line and Enter."""
        os.write(self._near, f"{line}\n".encode())

    def press(self, keys: str, shown: str, patience_s: float = 60.0) -> None:
        """Send keys, and wait until the screen draws this text."""
        begun = len(self.raw)
        os.write(self._near, keys.encode())
        self._wait(lambda: shown in self.drawn(begun), patience_s, f"{keys!r}: {shown!r}")

    def end(self) -> int:
        """Read on to the end of the program; its exit code."""
        while self._read():
            pass
        os.close(self._near)
        return self.program.wait(20)

    def _wait(self, done: Callable[[], bool], patience_s: float, what: str = "") -> None:
        deadline_s = time.monotonic() + patience_s
        while not done():
            assert time.monotonic() < deadline_s, f"never {what}\n{self.drawn()[-3000:]}"
            assert self._read() or done(), self.text

    def _read(self) -> bool:
        """Read what there is; False when the program has let go of its terminal."""
        if not select.select([self._near], [], [], 0.2)[0]:
            return True
        try:
            more = os.read(self._near, 65536)
        except OSError:
            return False
        self.raw += more
        return bool(more)

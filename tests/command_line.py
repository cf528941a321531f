"""The command line, run inside the test's own process: what is printed and the exit code.

A process of its own costs seconds in imports alone. It is for what only a process shows: signals,
closed streams, what is imported.
"""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from voice_interviewer import cli, launch


@dataclass(frozen=True)
class Done:
    """What a command printed, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def run_here(
    *arguments: str,
    stdin: str | bytes = "",
    env: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> Done:
    """Run the program with these arguments, as a script would, with streams that are no terminal.

    `encoding` is that of all three streams.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2))
    data = stdin.encode(encoding, "replace") if isinstance(stdin, str) else stdin
    with _as_found(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["voice-interviewer", *arguments])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.setattr(launch, "_libraries_write_to", lambda _log: None)
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as left:
            cli.main()
    return Done(int(left.value.code or 0), _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    text = stream.buffer.getvalue().decode(stream.encoding)
    return text.replace(os.linesep, "\n")


@contextmanager
def _as_found() -> Iterator[None]:
    """Whatever the program sets for its whole process is put back."""
    mask = os.umask(0o077)
    terminated = signal.getsignal(signal.SIGTERM)
    root, ours = logging.getLogger(), logging.getLogger("voice_interviewer")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    raising = logging.raiseExceptions
    try:
        yield
    finally:
        os.umask(mask)
        signal.signal(signal.SIGTERM, terminated)
        for handler in set(root.handlers) - set(handlers):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(levels[0])
        ours.setLevel(levels[1])
        logging.raiseExceptions = raising

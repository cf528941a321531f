"""A log file for notes and faults: private, bounded, and free of what was said and of keys."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

_SECRET = re.compile(r"(sk-|Bearer\s+)\S+")


class _Redact(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub(r"\1***", super().format(record))


def where_is_the_log() -> str:
    """A sentence for people who were told of a fault."""
    files = [h for h in logging.getLogger().handlers if isinstance(h, logging.FileHandler)]
    return f"The details are in {files[0].baseFilename}." if files else "There is no log."


def log_file(data_dir: Path) -> Path:
    """Where the log of a data folder is."""
    return data_dir / "voice-interviewer.log"


def start_logging(data_dir: Path) -> None:
    """Log to the data folder's log file: our own notes, and the warnings and faults of all code.

    Where that file cannot be written there is no log; the program works on.
    """
    from logging.handlers import RotatingFileHandler

    path = log_file(data_dir)
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        handler = RotatingFileHandler(
            path, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        logging.getLogger().addHandler(logging.NullHandler())
        return
    handler.setFormatter(_Redact("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.raiseExceptions = False  # a full disk must not print tracebacks over a session
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("voice_interviewer").setLevel(logging.INFO)

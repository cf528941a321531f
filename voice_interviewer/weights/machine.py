"""What this machine has room for."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from voice_interviewer.errors import WeightsError

# Kept for the system, the interview and its speech recognition.
OTHERS_BYTES = 2_000_000_000
_CONTROL_GROUP = Path("/sys/fs/cgroup/memory.max")


def memory_bytes(control_group: Path = _CONTROL_GROUP) -> int | None:
    """The memory this process may count on in all; None where the system does not tell."""
    installed = _installed_bytes()
    try:
        limit = int(control_group.read_text())
    except (OSError, ValueError):
        return installed
    return limit if installed is None else min(limit, installed)


def fits(needed_bytes: int, memory: int | None) -> bool:
    """Whether a model of this size leaves enough memory for the rest; True where unknown."""
    return memory is None or needed_bytes + OTHERS_BYTES <= memory


def require_space(folder: Path, needed_bytes: int) -> None:
    """Make sure that a folder's disk has room. Raises WeightsError naming what is missing."""
    existing = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    free = shutil.disk_usage(existing).free
    if free < needed_bytes:
        raise WeightsError(
            f"The disk has {free / 1e9:.1f} GB free for {folder}, and {needed_bytes / 1e9:.1f} GB "
            "are needed.",
            "Free some space, or choose another folder with storage.models_dir in the settings.",
        )


def _installed_bytes() -> int | None:
    if sys.platform == "win32":
        return _windows_bytes()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _windows_bytes() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("rest", ctypes.c_ulonglong * 6),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009
    return status.total if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None

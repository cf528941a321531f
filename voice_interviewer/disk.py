"""How much room is left for sessions."""

from __future__ import annotations

import shutil
from pathlib import Path

LEAST_FREE_BYTES = 100_000_000


def free_bytes(folder: Path) -> int:
    """Bytes free on the disk that holds a folder, or will hold it."""
    existing = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    return shutil.disk_usage(existing).free

"""Puts an exported file where it was asked for: private, in one piece, over nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from voice_interviewer.errors import StorageError


def save(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a file of its owner's alone (0600); it is there whole or not at all.

    What is there already is left alone, unless `replace` allows to put the new file in its place.
    Raises StorageError.
    """
    if os.path.lexists(path):
        if path.is_dir() or not path.is_file():
            raise StorageError(f"{path} is no file.", "Name a file with --output.")
        if not replace:
            raise _there(path)
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            _put(part, path)
    except FileExistsError as error:
        raise _there(path) from error
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written ({error.strerror}).", "Name another file with --output."
        ) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _put(part: Path, path: Path) -> None:
    """Give a finished file its name, unless something has got that name by now."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        part.replace(path)


def _there(path: Path) -> StorageError:
    return StorageError(
        f"{path} is there already.", "Add --force to replace it, or name another with --output."
    )

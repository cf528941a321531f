"""What a folder with Whisper weights in CTranslate2 format has to hold."""

from __future__ import annotations

import hashlib
from pathlib import Path

from voice_interviewer.errors import WeightsError

MODEL = "model.bin"
_NEEDED = (MODEL, "config.json", "tokenizer.json", "vocabulary.*")


def missing_files(folder: Path) -> tuple[str, ...]:
    """Names of the needed files that are absent or empty in a folder.

    tokenizer.json is needed too: without it faster-whisper would ask the model hub for one.
    """
    return tuple(
        name
        for name in _NEEDED
        if not any(path.is_file() and path.stat().st_size for path in folder.glob(name))
    )


def checked_folder(folder: Path, hint: str) -> Path:
    """The folder itself when it is complete. Raises WeightsError naming what is missing."""
    missing = missing_files(folder)
    if missing:
        raise WeightsError(
            f"The Whisper weights in {folder} are incomplete: {', '.join(missing)} missing.", hint
        )
    return folder


def sha256_of(path: Path) -> str:
    """The file's SHA-256 as hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

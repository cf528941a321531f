"""The recorded candidate: answers from sound files."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from voice_interviewer.audio.sound import HEARING_RATE_HZ, read_sound
from voice_interviewer.core.commands import Listen
from voice_interviewer.core.events import EndReason
from voice_interviewer.errors import AudioError

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

Pace = Literal["realtime", "fast"]

_ENDINGS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aiff", ".aif", ".au", ".caf")
_BLOCK = 512
_HINT = "Give a sound file, several, or a folder with WAV, FLAC, OGG or MP3 files."


class RecordedAnswers:
    """Answers from files: by name where the names are those of the questions, else in order.

    `ID.flac` answers the question ID; `ID.CRITERION.flac` its follow-up on that criterion,
    `ID.follow-up-2.flac` its second follow-up. Where files are named like this, what has no file is
    answered with "I don't know". Files with other names are played in order, one a turn, and when
    they are used up the input has ended. A turn that is taken up again goes on where it stopped.

    Args:
        where: a folder, a file, or files in order.
        pace: `realtime` as it was spoken; `fast` as quickly as it is heard.
        skip: how many turns were answered before (a resumed session).
        question_ids: ids that files may be named after; without them a file is known to be named
            after a question only once that question is asked.

    Raises AudioError for whatever is missing, empty or no sound, before anything is played.
    """

    ends = True
    lost_frames = 0

    def __init__(
        self,
        where: Path | Sequence[Path],
        *,
        pace: Pace = "realtime",
        skip: int = 0,
        question_ids: Collection[str] = (),
    ) -> None:
        self._files = _files_of(where)
        self.name = _name_of(where)
        self.waits = pace == "fast"
        self._named = {path.stem: path for path in self._files}
        self._by_name = any(_question_of(path) in question_ids for path in self._files)
        self._used = skip
        self._turn_id = 0
        self._file: Path | None = None
        self._follow_ups: dict[str, int] = {}
        self._samples: Samples | None = None
        self._played = 0
        self._stopped = False

    def open(self, command: Listen) -> EndReason | None:
        """Choose the turn's file; the reason to end at once where it has none."""
        self._stopped = False
        if command.turn_id != self._turn_id:
            self._turn_id = command.turn_id
            self._by_name |= any(_question_of(path) == command.question_id for path in self._files)
            self._file = self._find(command) if self._by_name else self._next()
            self._played = 0
        if self._file is None:
            return "dont_know" if self._by_name else "end_of_input"
        self._samples = read_sound(self._file).at(HEARING_RATE_HZ).samples
        return None

    def blocks(self) -> Iterator[Samples]:
        """The file in blocks of 32 ms."""
        samples = self._samples
        assert samples is not None, "open comes first"
        first, started_at = self._played, time.monotonic()
        while self._played < len(samples) and not self._stopped:
            block = samples[self._played : self._played + _BLOCK]
            self._played += len(block)
            if not self.waits:
                due = started_at + (self._played - first) / HEARING_RATE_HZ
                time.sleep(max(0.0, due - time.monotonic()))
            yield block

    def stop(self) -> None:
        """No more sound is wanted."""
        self._stopped = True

    def resume(self) -> None:
        """Go on with the file."""
        self._stopped = False

    def forget(self) -> None:
        """Nothing: no file is played unheard."""

    def close(self) -> None:
        """Let the file go."""
        self._stopped = True
        self._samples = None

    def _next(self) -> Path | None:
        """The next file in order."""
        self._used += 1
        return self._files[self._used - 1] if self._used <= len(self._files) else None

    def _find(self, command: Listen) -> Path | None:
        """The file named after this question or follow-up."""
        question_id, aim = command.question_id, command.follow_up
        if aim is None:
            self._follow_ups[question_id] = 0
            return self._named.get(question_id)
        number = self._follow_ups[question_id] = self._follow_ups.get(question_id, 0) + 1
        return self._named.get(f"{question_id}.{aim.criterion_id}") or self._named.get(
            f"{question_id}.follow-up-{number}"
        )


def _question_of(path: Path) -> str:
    """The id of the question that a file would be the answer to."""
    return path.stem.split(".")[0]


def _files_of(where: Path | Sequence[Path]) -> list[Path]:
    """All files in order, each readable as sound."""
    given = [where] if isinstance(where, Path) else list(where)
    files: list[Path] = []
    for path in given:
        files += _folder(path) if path.is_dir() else [path]
    if not files:
        raise AudioError("No recorded answers were given.", _HINT)
    for path in files:
        read_sound(path)
    return files


def _folder(folder: Path) -> list[Path]:
    try:
        found = [p for p in folder.iterdir() if p.suffix.lower() in _ENDINGS and p.is_file()]
    except OSError as error:
        raise AudioError(f"{folder} cannot be read ({error.strerror}).", _HINT) from error
    if not found:
        raise AudioError(f"There are no sound files in {folder}.", _HINT)
    return sorted(found, key=_in_order)


def _in_order(path: Path) -> list[tuple[int, str]]:
    """Sort key that puts answer-2 before answer-10."""
    parts = re.findall(r"\d+|\D+", path.name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _name_of(where: Path | Sequence[Path]) -> str:
    if isinstance(where, Path):
        return f"recorded answers in {where.name}" if where.is_dir() else where.name
    return f"{len(where)} recorded answers"

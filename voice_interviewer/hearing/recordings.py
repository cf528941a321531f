"""The recordings of a turn: their names, and their sound from memory or from disk."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ, read_sound
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.buffer import WorkingAudio

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

log = logging.getLogger(__name__)

FOLDER = "audio"
_EMPTY_WAV_BYTES = 44
_MOST_PARTS = 10_000


class TurnRecordings:
    """Recordings below one session folder; names are relative to it, as in the journal.

    For the turn being answered, what is still in memory counts too, as a disk may fail.
    """

    def __init__(self, session_folder: Path) -> None:
        self._folder = session_folder
        self._turn_id = 0
        self._heard: dict[str, WorkingAudio] = {}

    def new(self, turn_id: int, part: int, sound: WorkingAudio) -> tuple[str, Path]:
        """Name and path for another recording of a turn; nothing is ever overwritten."""
        if turn_id != self._turn_id:
            self._turn_id, self._heard = turn_id, {}
        for number in range(part, _MOST_PARTS):
            suffix = "" if number == 1 else f"-{number}"
            name = f"{FOLDER}/turn-{turn_id:03}{suffix}.wav"
            if name not in self._heard and self._path(name) is None:
                self._heard[name] = sound
                return name, self._folder / name
        raise AudioError(f"Turn {turn_id} has too many recordings.", "Start another interview.")

    def earlier_s(self, turn_id: int, name: str) -> float:
        """Seconds of readable sound in the turn's recordings before this one."""
        number = _number(name)
        earlier = [other for other in self._of_turn(turn_id) if _number(other) < number]
        return len(self.readable(earlier)) / HEARING_RATE_HZ

    def untold(self, turn_id: int, told: Collection[str]) -> tuple[str, ...]:
        """The turn's recordings that hold sound and are not among these, in order."""
        names = sorted(self._of_turn(turn_id) - set(told), key=_number)
        return tuple(name for name in names if len(self.readable((name,))))

    def readable(self, names: Iterable[str]) -> Samples:
        """The samples of these recordings one after the other; what is gone is left out."""
        parts = [np.zeros(0, dtype=np.float32)]
        for name in names:
            try:
                parts.append(self.sound(name))
            except AudioError as error:
                log.warning("left out of the answer: %s", error)
        return np.concatenate(parts)

    def there(self, name: str) -> bool:
        """True when the recording can be found."""
        return name in self._heard or self._path(name) is not None

    def sound(self, name: str) -> Samples:
        """The samples of a recording at 16 kHz; none for one that nothing was recorded in.

        Raises AudioError when its file is gone or broken.
        """
        if name in self._heard:
            return self._heard[name].all()
        path = self._path(name)
        if path is None:
            raise AudioError(f"The recording {name} is gone.", "Put it back, then try again.")
        if path.suffix == ".wav" and path.stat().st_size <= _EMPTY_WAV_BYTES:
            return np.zeros(0, dtype=np.float32)
        return read_sound(path).at(HEARING_RATE_HZ).samples

    def _of_turn(self, turn_id: int) -> set[str]:
        """Names of all recordings of a turn that there are, whether WAV or FLAC by now."""
        stem = f"turn-{turn_id:03}"
        on_disk = (self._folder / FOLDER).glob(f"{stem}*.*")
        names = {
            f"{FOLDER}/{path.stem}.wav"
            for path in on_disk
            if path.stem == stem or path.stem.startswith(f"{stem}-")
        }
        return names | (set(self._heard) if turn_id == self._turn_id else set())

    def _path(self, name: str) -> Path | None:
        """The file of a recording; a name that points elsewhere is looked for in its folder."""
        wav = self._folder / FOLDER / Path(name).name
        return next((path for path in (wav, wav.with_suffix(".flac")) if path.is_file()), None)


def _number(name: str) -> int:
    """Which recording of its turn a name stands for, from 1."""
    parts = Path(name).stem.split("-")
    return int(parts[2]) if len(parts) > 2 and parts[2].isdecimal() else 1

"""One timeline for a whole session: what captions, the page's player and the MP3 all count in.

The turns stand one after another in the order they were played. A turn is silence, as long as its
prompt takes to read, then all its recordings put together: the interviewer's voice is not recorded.
An answer without recordings (a typed one, or files that are gone) is silence for as long as it
lasted, or takes to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voice_interviewer.archive.store import recording
from voice_interviewer.core.session import State, Turn
from voice_interviewer.core.transcript import Transcript

READING_CHARACTERS_PER_S = 20.0
"""The upper bound of what subtitling guidelines ask viewers to read in a second."""
_LEAST_PROMPT_S = 1.5


@dataclass(frozen=True)
class Slot:
    """Where a turn lies, in seconds of the timeline: its prompt, then its answer."""

    turn_id: int
    prompt_s: float
    answer_s: float
    end_s: float
    recordings: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """The slots of a session, in order; empty where nothing was asked."""

    slots: tuple[Slot, ...] = ()

    @property
    def duration_s(self) -> float:
        """From the first prompt to the end of the last answer."""
        return self.slots[-1].end_s if self.slots else 0.0

    @property
    def sounds(self) -> bool:
        """True where at least one answer was recorded and its recording is there."""
        return any(slot.recordings for slot in self.slots)

    def of(self, turn: Turn) -> Slot:
        """The slot of a turn. Raises StopIteration for one of another session."""
        return next(slot for slot in self.slots if slot.turn_id == turn.id)


def timeline_of(state: State, folder: Path) -> Timeline:
    """The timeline of a session, measured from the recordings in its folder."""
    return Timeline(tuple(_slots(state, folder)))


def best_transcript(turn: Turn) -> Transcript | None:
    """What a reader wants: the answer with its corrections, else the best that was heard."""
    return turn.put_right or turn.saved


def reading_s(text: str) -> float:
    """Seconds it takes to read a text."""
    return max(_LEAST_PROMPT_S, len(text) / READING_CHARACTERS_PER_S)


def _slots(state: State, folder: Path) -> Iterator[Slot]:
    at_s = 0.0
    for turn in state.turns:
        paths = [recording(folder, name) for name in turn.recordings]
        files = tuple(path for path in paths if path is not None)
        lengths = [_length_s(path) for path in files]
        whole = bool(files) and len(files) == len(paths) and all(lengths)
        answer_s = at_s + reading_s(turn.prompt)
        end_s = answer_s + (sum(lengths) if whole else _unrecorded_s(turn))
        yield Slot(turn.id, at_s, answer_s, end_s, files if whole else ())
        at_s = end_s


def _unrecorded_s(turn: Turn) -> float:
    transcript = best_transcript(turn)
    if transcript is None:
        return 0.0
    last_s = max((word.end_s or 0.0 for word in transcript.words), default=0.0)
    return max(transcript.audio_s, last_s) or reading_s(transcript.text)


def _length_s(path: Path) -> float:
    """Seconds of sound in a file; 0 where it cannot be read."""
    import soundfile

    try:
        return float(soundfile.info(path).duration)
    except (soundfile.SoundFileError, OSError):
        return 0.0

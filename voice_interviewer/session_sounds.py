"""The sounds of a past session: its prompts in the interviewer's voice, its answers as recorded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from voice_interviewer.archive.store import recording
from voice_interviewer.audio.sound import HEARING_RATE_HZ, Sound, level_dbfs, read_sound, seconds_of
from voice_interviewer.audio.stretch import stretched
from voice_interviewer.core.session import State, Turn
from voice_interviewer.desk import LEVEL_STEP_S, Part
from voice_interviewer.errors import AudioError, InterviewerError

Render = Callable[[str, str], Sound]

_KEPT = 6


class SessionSounds:
    """Reads, renders and stretches what is to be played; the latest few are kept.

    Args:
        render: turns (text, voice name) into sound, an empty name being the session's own voice;
            None where prompts are only shown.
    """

    def __init__(self, state: State, folder: Path, render: Render | None) -> None:
        self._turns = {turn.id: turn for turn in state.turns}
        self._folder = folder
        self._render = render
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, Part, float], Sound] = OrderedDict()
        self._answer_s = {turn.id: self._measured_s(turn) for turn in state.turns}
        self.levels = cache(self._levels)

    def answer_s(self, turn_id: int) -> float:
        """How long the recordings of a turn are, put together; 0.0 where there are none."""
        return self._answer_s.get(turn_id, 0.0)

    def of(self, turn_id: int, part: Part, rate: float) -> Sound | None:
        """A prompt or an answer, `rate` times as fast; None where it can only be shown.

        Blocks while it is read or rendered. Raises InterviewerError where it should sound and
        cannot.
        """
        key = (turn_id, part, rate)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        if rate != 1.0:
            plain = self.of(turn_id, part, 1.0)
            found = None if plain is None else stretched(plain, rate)
        else:
            turn = self._turns[turn_id]
            found = self._prompt(turn) if part == "prompt" else self._answer(turn)
        if found is not None:
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return found

    def _levels(self, turn_id: int) -> tuple[float, ...]:
        """dBFS of every `LEVEL_STEP_S` of an answer; empty where it cannot be read."""
        try:
            sound = self.of(turn_id, "answer", 1.0)
        except InterviewerError:
            return ()
        if sound is None:
            return ()
        step = round(LEVEL_STEP_S * sound.rate_hz)
        pieces = np.split(sound.samples, range(step, len(sound.samples), step))
        return tuple(round(level_dbfs(piece), 1) for piece in pieces)

    def _prompt(self, turn: Turn) -> Sound | None:
        if self._render is None:
            return None
        heard = turn.voice if turn.audible else ""
        return self._render(turn.say, heard or turn.asker_voice)

    def _answer(self, turn: Turn) -> Sound | None:
        if not turn.recordings:
            return None
        paths = self._paths(turn.recordings)
        if not paths:
            raise AudioError(f"The recording {turn.recordings[0]} is gone.", "Its words are shown.")
        parts = [read_sound(path).at(HEARING_RATE_HZ).samples for path in paths]
        return Sound(np.concatenate(parts), HEARING_RATE_HZ)

    def _measured_s(self, turn: Turn) -> float:
        return sum((seconds_of(path) for path in self._paths(turn.recordings)), 0.0)

    def _paths(self, names: Sequence[str]) -> list[Path]:
        """The files that are there and hold any sound; the others were not heard either."""
        found = (recording(self._folder, name) for name in names)
        return [path for path in found if path is not None and seconds_of(path) > 0]

"""A language that needs no model: every word is a stretch of sound at a level of its own."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from voice_interviewer.core.commands import Listen
from voice_interviewer.core.events import EndReason, Part, SpokenCommand
from voice_interviewer.core.ports import Signal
from voice_interviewer.core.transcript import Span, Word
from voice_interviewer.errors import InterviewerError
from voice_interviewer.hearing.guards import voiced

RATE_HZ = 16_000
BLOCK = 512
WORD_S = 0.512


def said(*script: int | float) -> np.ndarray:
    """Sound of a script: an int n is the word `wn` (1 to 200), a float that many silent seconds."""
    parts = [
        np.zeros(round(piece * RATE_HZ), dtype=np.float32)
        if isinstance(piece, float)
        else np.full(round(WORD_S * RATE_HZ), 0.05 + piece / 256, dtype=np.float32)
        for piece in script
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


def briefly(word: int) -> np.ndarray:
    """The word `wn` said so shortly that it does not count as speech."""
    return said(word)[: round(0.15 * RATE_HZ)]


def words_in(samples: np.ndarray) -> tuple[Word, ...]:
    """The words of a sound made by `said`; a word that was cut in two is heard as two."""
    edges = np.flatnonzero(np.diff(samples, prepend=np.float32(0), append=np.float32(0)))
    return tuple(
        Word(
            text=f"w{round((float(samples[start]) - 0.05) * 256)}",
            start_s=round(float(start) / RATE_HZ, 3),
            end_s=round(float(end) / RATE_HZ, 3),
        )
        for start, end in itertools.pairwise(edges)
        if samples[start] > 0
    )


class LoudnessDetector:
    """A speech detector for which everything that is not silent is speech."""

    echo = False

    def probability(self, chunk: np.ndarray) -> float:
        assert chunk.shape == (BLOCK,)
        return 1.0 if float(np.abs(chunk).max()) > 0.01 else 0.0

    def reset(self) -> None:
        pass


@dataclass
class FakeTranscriber:
    """Hears `said` words at once; `errors` come first; `gate` makes it wait."""

    errors: list[InterviewerError] = field(default_factory=list)
    gate: threading.Event | None = None
    engine: str = "fake"
    language: str = "en"
    problem: InterviewerError | None = None
    decoded_s: list[float] = field(default_factory=list)
    asked: list[tuple[tuple[str, ...], tuple[Span, ...], bool]] = field(default_factory=list)
    starts: int = 0
    closed: bool = False

    def start(self) -> None:
        self.starts += 1
        self.problem = None

    def transcribe(
        self,
        samples: np.ndarray,
        *,
        terms: Sequence[str] = (),
        speech: Sequence[Span] = (),
        thorough: bool = False,
        timeout_s: float | None = None,
    ) -> tuple[Word, ...]:
        self.asked.append((tuple(terms), tuple(speech), thorough))
        if self.gate is not None:
            assert self.gate.wait(10)
        self.decoded_s.append(round(len(samples) / RATE_HZ, 3))
        if self.errors:
            raise self.errors.pop(0)
        return words_in(samples)

    def close(self) -> None:
        self.closed = True


class CarefulTranscriber(FakeTranscriber):
    """Leaves out words that no speech is said to be near, as Whisper's guards do."""

    def transcribe(
        self, samples: np.ndarray, *, speech: Sequence[Span] = (), **how: Any
    ) -> tuple[Word, ...]:
        heard = super().transcribe(samples, speech=speech, **how)
        return tuple(
            word for word in heard if voiced(word.start_s or 0.0, word.end_s or 0.0, speech)
        )


class DeafTranscriber(FakeTranscriber):
    """Hears nothing in any sound."""

    def transcribe(self, samples: np.ndarray, **how: Any) -> tuple[Word, ...]:
        return ()


@dataclass
class FakeSource:
    """Plays sounds without waiting, one an answer; `live` ones go on in silence until stopped."""

    sounds: list[np.ndarray]
    live: bool = False
    waits: bool = True
    name: str = "fake"
    lost_frames: int = 0
    error: InterviewerError | None = None
    opened: list[Listen] = field(default_factory=list)
    closes: int = 0
    resumes: int = 0
    _stopped: bool = False

    @property
    def ends(self) -> bool:
        return not self.live

    def open(self, command: Listen) -> EndReason | None:
        self._stopped = False
        self.opened.append(command)
        return None if self.sounds else "end_of_input"

    def blocks(self) -> Iterator[np.ndarray]:
        sound = self.sounds.pop(0)
        for start in range(0, len(sound), BLOCK):
            if self._stopped:
                return
            yield sound[start : start + BLOCK]
        if self.error is not None:
            raise self.error
        while self.live and not self._stopped:
            yield np.zeros(BLOCK, dtype=np.float32)
        if self.live:
            yield said(0.01)

    def stop(self) -> None:
        self._stopped = True

    def resume(self) -> None:
        self._stopped = False
        self.resumes += 1

    def forget(self) -> None:
        pass

    def close(self) -> None:
        self.closes += 1


@dataclass
class Notes:
    """An observer that remembers; `begun` is set once listening has started."""

    recording: str | None = None
    source: str = ""
    words: list[Word] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    notices: list[tuple[Part, str, str]] = field(default_factory=list)
    commands: list[tuple[SpokenCommand, float, float]] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)

    def started(self, recording: str | None, source: str) -> None:
        self.recording, self.source = recording, source
        self.happened.append("started")
        self.begun.set()

    def committed(self, words: Sequence[Word]) -> None:
        self.words += words
        self.happened.append("committed")

    def commanded(self, command: SpokenCommand, start_s: float, end_s: float) -> None:
        self.commands.append((command, start_s, end_s))
        self.happened.append(command)

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)
        self.happened.append(type(signal).__name__)

    def notice(self, part: Part, message: str, hint: str = "") -> None:
        self.notices.append((part, message, hint))
        self.happened.append("notice")

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

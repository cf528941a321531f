"""The small protocols that engines implement; the runner knows engines only through these.

All calls block and run in worker threads; `stop`, `finish`, `hold` and `close` may come from any
thread at any time, also when nothing is going on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.commands import Assess, HearAgain, Listen, Overhear, Phrase, Transcribe
from voice_interviewer.core.events import EndReason, Event, Part, SpokenCommand
from voice_interviewer.core.session import State
from voice_interviewer.core.transcript import Transcript, Word


@dataclass(frozen=True)
class Level:
    """A reading of the input level: RMS of one block in dB relative to full scale (<= 0)."""

    dbfs: float


@dataclass(frozen=True)
class Interim:
    """Words that may still change, heard after the committed ones."""

    text: str


@dataclass(frozen=True)
class Patience:
    """The candidate has been silent for `silence_s` and may take their time: nothing is going to
    happen because of it."""

    silence_s: float


@dataclass(frozen=True)
class Progress:
    """Something takes a while (loading weights, a download); `fraction` in [0, 1] where known."""

    message: str
    fraction: float | None = None


Signal = Level | Interim | Patience | Progress


class Clock(Protocol):
    """Session time."""

    def now_s(self) -> float:
        """Seconds since the session started, monotonic."""
        ...

    def utc(self) -> str:
        """The wall clock as ISO 8601 in UTC."""
        ...

    def wait(self, seconds: float, unless: threading.Event) -> bool:
        """Let this time pass; returns at once, and True, when `unless` is set."""
        ...


@dataclass(frozen=True)
class Spoken:
    """How a prompt was delivered; `cut` when it was stopped before its end."""

    cut: bool


class Speaker(Protocol):
    """Says prompts aloud. A `voice` is a name like `kokoro` or `kokoro:am_adam`, empty for the
    session's own; where it cannot speak, the session's own does and a notice says so."""

    def speak(
        self,
        say: str | Iterable[str],
        *,
        started: Callable[[str, bool, str], None],
        voice: str = "",
    ) -> Spoken:
        """Say a prompt, whole or in pieces as they come; returns when it is over or stopped.

        `started(voice, audible, notice)` is called once, at the first sample or, where nothing
        can be heard, at once with `audible=False` and a notice that says why.

        A prompt that arrives in chunks is spoken from its first clause on, while the rest is
        still being made. Raises InterviewerError when it breaks off after it was heard.
        """
        ...

    def prepare(self, say: str, *, voice: str = "") -> None:
        """Render ahead, so that a later `speak` of the same words starts at once.

        What was asked for last is rendered first, and nothing while something is to be spoken.
        """
        ...

    def acknowledge(self, say: str, *, started: Callable[[], None], voice: str = "") -> None:
        """Say a few words that were prepared, at once; do nothing where they were not.

        `started()` is called at the first sample. A later `speak` follows when they are over.
        Returns when they are over or stopped. Never raises.
        """
        ...

    def stop(self) -> None:
        """Fall silent at once."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Ended:
    """How listening ended; `reason` None means paused. `speech_end_s` counts from when listening
    began; None where no speech was heard or the answer was typed."""

    reason: EndReason | None
    speech_end_s: float | None = None
    lost_frames: int = 0


class AnswerObserver(Protocol):
    """What a listener tells while it listens."""

    def started(self, recording: str | None, source: str) -> None:
        """Input is open; call once, before any other."""
        ...

    def committed(self, words: tuple[Word, ...]) -> None:
        """Words that will not change any more."""
        ...

    def commanded(self, command: SpokenCommand, start_s: float, end_s: float) -> None:
        """Something was said to the interviewer, from `start_s` to `end_s` of the turn's sound."""
        ...

    def signal(self, signal: Signal) -> None:
        """A reading that is shown and forgotten."""
        ...

    def notice(self, part: Part, message: str, hint: str = "") -> None:
        """Something worth telling that does not stop the answer."""
        ...


class Listener(Protocol):
    """Takes answers, spoken or typed."""

    def listen(self, command: Listen, observer: AnswerObserver) -> Ended:
        """Take one answer; blocks until it ends. Raises InterviewerError."""
        ...

    def finish(self, reason: EndReason | None) -> None:
        """End the answer now for this reason; None pauses it."""
        ...

    def hold(self, *, until_speech: bool = False) -> None:
        """Do not let silence end the answer in progress; with `until_speech` only this silence."""
        ...

    def overhear(self, command: Overhear) -> float | None:
        """Wait between answers until the candidate speaks; how many seconds ago that began.

        None when it was stopped, when listening begins, or where there is nothing to overhear.
        """
        ...

    def stop_overhearing(self) -> None:
        """End `overhear`."""
        ...

    def transcribe(self, command: Transcribe) -> Transcript:
        """The final transcript. Raises InterviewerError; the recording stays."""
        ...

    def hear_again(self, command: HearAgain) -> Transcript | None:
        """The second pass over an answer, whenever there is nothing else to hear.

        None where there is none to be had, or when the listener closes. Raises InterviewerError.
        """
        ...

    def close(self) -> None: ...


class Judge(Protocol):
    """Compares an answer with a rubric."""

    name: str

    def assess(self, command: Assess) -> Assessment:
        """Verdicts with verbatim evidence, and what would be asked next in the bank's words.

        Raises InterviewerError.
        """
        ...

    def anticipate(self, command: Assess) -> None:
        """Prepare for `assess` while the answer goes on: what it holds so far is all there yet.

        Called again whenever more was said, from one thread at a time. Never raises, and nothing
        may depend on it.
        """
        ...

    def close(self) -> None: ...


class LateJudge(Protocol):
    """A judge that may need longer than an interview waits for it."""

    def assess_late(self, command: Assess) -> Assessment | None:
        """The verdicts on an answer that `assess` had to give others for; blocks until they are
        there.

        None where there are none to come, or when it was stopped. Raises InterviewerError.
        """
        ...

    def stop_judging_late(self) -> None:
        """End `assess_late`, now and from now on."""
        ...


class Phraser(Protocol):
    """Puts a follow-up into words that fit what was said."""

    def chunks(self, command: Phrase) -> Iterator[str]:
        """A text in pieces, as they come; ends early where something fails. Never raises."""
        ...


class Scout(Protocol):
    """Tells while an answer goes on what it has met already."""

    def met(self, command: Assess) -> tuple[str, ...]:
        """Ids of the criteria in play that are surely met by what was said so far.

        Quick enough to be asked after every sentence. Raises InterviewerError.
        """
        ...


class Journal(Protocol):
    """Keeps events; what was appended survives a kill."""

    def append(self, event: Event) -> None:
        """Make one event durable. Raises StorageError."""
        ...

    def close(self) -> None: ...


class Subscriber(Protocol):
    """A front end. Calls come from the runner's threads."""

    def on_state(self, state: State, event: Event) -> None:
        """The session moved."""
        ...

    def on_signal(self, signal: Signal) -> None:
        """A reading that is not part of the session."""
        ...

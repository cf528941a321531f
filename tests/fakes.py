"""First-class fakes: a whole interview with no microphone, network or model, in virtual time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from voice_interviewer.core import commands as cmd
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict, Verdict
from voice_interviewer.core.bank import Criterion, Probes, Question
from voice_interviewer.core.ports import AnswerObserver, Ended, Level, Signal, Spoken
from voice_interviewer.core.session import State
from voice_interviewer.core.transcript import Transcript, evidence_from, words_of
from voice_interviewer.errors import InterviewerError, StorageError


@dataclass
class VirtualClock:
    """Time that passes only when somebody lets it."""

    t_s: float = 0.0

    def now_s(self) -> float:
        return round(self.t_s, 4)

    def utc(self) -> str:
        return "2030-01-02T03:04:05Z"

    def wait(self, seconds: float, unless: threading.Event) -> bool:
        self.pass_s(seconds)
        return unless.is_set()

    def pass_s(self, seconds: float) -> None:
        self.t_s += seconds


@dataclass
class MemoryJournal:
    """A journal in memory; `full_after` events the disk is full."""

    full_after: int | None = None
    events: list[ev.Event] = field(default_factory=list)

    def append(self, event: ev.Event) -> None:
        if self.full_after is not None and len(self.events) >= self.full_after:
            raise StorageError("The disk is full.", "Free some space, then resume.")
        self.events.append(ev.EVENT.validate_json(event.model_dump_json()))

    def close(self) -> None:
        pass


@dataclass
class FakeSpeaker:
    """Says every prompt in `seconds` of virtual time; with `wait` it speaks until stopped."""

    clock: VirtualClock
    seconds: float = 2.0
    wait: bool = False
    audible: bool = True
    error: InterviewerError | None = None
    said: list[str] = field(default_factory=list)
    voices: list[str] = field(default_factory=list)
    prepared: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def speak(
        self,
        say: str | Iterable[str],
        *,
        started: Callable[[str, bool, str], None],
        voice: str = "",
    ) -> Spoken:
        if self.error is not None:
            raise self.error
        self._stopped.clear()
        self.said.append(say if isinstance(say, str) else "".join(say).strip())
        self.voices.append(voice)
        started("fake", self.audible, "" if self.audible else "No speaker was found.")
        cut = self._stopped.wait(10) if self.wait else False
        self.clock.pass_s(self.seconds)
        return Spoken(cut=cut)

    def prepare(self, say: str, *, voice: str = "") -> None:
        self.prepared.append(say)

    def acknowledge(self, say: str, *, started: Callable[[], None], voice: str = "") -> None:
        self.acknowledged.append(say)
        started()

    def stop(self) -> None:
        self._stopped.set()

    def close(self) -> None:
        self._stopped.set()


@dataclass
class FakeListener:
    """Answers with `answers` in order; None in the list waits until `finish` or `say_now`."""

    clock: VirtualClock
    answers: Sequence[str | None]
    recording: bool = True
    listen_errors: list[InterviewerError] = field(default_factory=list)
    transcribe_errors: list[InterviewerError] = field(default_factory=list)
    holds: int = 0
    listened: list[cmd.Listen] = field(default_factory=list)
    ears: list[cmd.Overhear] = field(default_factory=list)
    overheard_ago_s: float = 0.3
    ear_open: threading.Event = field(default_factory=threading.Event)
    heard_again: list[cmd.HearAgain] = field(default_factory=list)
    second_pass: Transcript | None = None
    _overheard: threading.Event = field(default_factory=threading.Event)
    _ears: list[threading.Event] = field(default_factory=list)
    _heard: dict[int, list[str]] = field(default_factory=dict)
    _wake: threading.Event = field(default_factory=threading.Event)
    _reason: ev.EndReason | None = None
    _text: str = ""

    def listen(self, command: cmd.Listen, observer: AnswerObserver) -> Ended:
        if self.listen_errors:
            raise self.listen_errors.pop(0)
        self._wake.clear()
        self.stop_overhearing()
        self.ear_open.clear()
        self.listened.append(command)
        index = len(self.listened) - 1
        if index >= len(self.answers):
            observer.started(None, "fake")
            return Ended(reason="end_of_input")
        name = f"audio/turn-{command.turn_id:03}"
        suffix = f"-{command.part}.wav" if command.part > 1 else ".wav"
        observer.started(name + suffix if self.recording else None, "fake")
        observer.signal(Level(dbfs=-30.0))
        answer = self.answers[index]
        reason: ev.EndReason | None = "silence"
        if answer is None:
            self._wake.wait(10)
            answer, reason = self._text, self._reason
        seconds = len(answer.split()) * 0.4
        self.clock.pass_s(seconds)
        self._heard.setdefault(command.turn_id, []).append(answer)
        if answer:
            observer.committed(words_of(answer))
        return Ended(reason=reason, speech_end_s=seconds or None)

    def say_now(self, text: str, reason: ev.EndReason = "key") -> None:
        """End a waiting answer with these words."""
        self._text, self._reason = text, reason
        self._wake.set()

    def finish(self, reason: ev.EndReason | None) -> None:
        self._reason = reason
        self._wake.set()

    def hold(self, *, until_speech: bool = False) -> None:
        self.holds += 1

    def overhear(self, command: cmd.Overhear) -> float | None:
        """Hears what `overhear_now` lets it hear, unless it is stopped first."""
        shut = threading.Event()
        self._ears.append(shut)
        self._overheard.clear()
        self.ears.append(command)
        self.ear_open.set()
        while not shut.is_set():
            if self._overheard.wait(0.01):
                return self.overheard_ago_s
        return None

    def overhear_now(self) -> None:
        """Speak, once an ear is open."""
        assert self.ear_open.wait(10)
        self._overheard.set()

    def stop_overhearing(self) -> None:
        """Shut every ear; one that opens late must not be forgotten for the next one."""
        for ear in self._ears:
            ear.set()

    def hear_again(self, command: cmd.HearAgain) -> Transcript | None:
        self.heard_again.append(command)
        return self.second_pass

    def transcribe(self, command: cmd.Transcribe) -> Transcript:
        if self.transcribe_errors:
            raise self.transcribe_errors.pop(0)
        text = " ".join(self._heard.get(command.turn_id, []))
        words = tuple(
            word.model_copy(update={"start_s": i * 0.4, "end_s": i * 0.4 + 0.3})
            for i, word in enumerate(words_of(text))
        )
        self.clock.pass_s(0.3)
        return Transcript(words=words, engine="fake", audio_s=len(words) * 0.4)

    def close(self) -> None:
        self._wake.set()
        self.stop_overhearing()


@dataclass
class FakeJudge:
    """Calls a criterion met when its id stands in the answer as a word."""

    clock: VirtualClock
    name: str = "fake"
    notice: str = ""
    assessed: list[cmd.Assess] = field(default_factory=list)
    anticipated: list[cmd.Assess] = field(default_factory=list)

    def anticipate(self, command: cmd.Assess) -> None:
        self.anticipated.append(command)

    def assess(self, command: cmd.Assess) -> Assessment:
        self.assessed.append(command)
        self.clock.pass_s(0.05)
        verdicts = tuple(
            self._verdict(criterion_id, command.transcript)
            for criterion_id, standing in command.standing
            if standing != "met"
        )
        return Assessment(judge=self.name, verdicts=verdicts, notice=self.notice)

    def _verdict(self, criterion_id: str, transcript: Transcript) -> CriterionVerdict:
        said = [word.text for word in transcript.words]
        verdict: Verdict = "met" if criterion_id in said else "missed"
        evidence = ()
        if verdict == "met":
            at = said.index(criterion_id)
            evidence = (evidence_from(transcript, max(0, at - 2), at),)
        return CriterionVerdict(
            criterion_id=criterion_id, verdict=verdict, evidence=evidence, decided_by=self.name
        )

    def close(self) -> None:
        pass


@dataclass
class LateFakeJudge(FakeJudge):
    """Finds nothing in any answer at first; what was said after all is found late."""

    late_errors: list[Exception] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    never: bool = False
    invented: bool = False

    def assess(self, command: cmd.Assess) -> Assessment:
        found = super().assess(command.model_copy(update={"transcript": Transcript()}))
        return found.model_copy(update={"judge": "quick"})

    def assess_late(self, command: cmd.Assess) -> Assessment | None:
        if self.late_errors:
            raise self.late_errors.pop(0)
        if self.never:
            assert self.stopped.wait(10)
            return None
        found = super().assess(command)
        if not self.invented:
            return found
        verdicts = tuple(v.model_copy(update={"verdict": "met"}) for v in found.verdicts)
        return found.model_copy(update={"verdicts": verdicts})

    def stop_judging_late(self) -> None:
        self.stopped.set()


@dataclass
class Watcher:
    """A subscriber that remembers everything, and may act on a state."""

    react: Callable[[State, ev.Event], None] | None = None
    states: list[State] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)

    def on_state(self, state: State, event: ev.Event) -> None:
        self.states.append(state)
        if self.react is not None:
            self.react(state, event)

    def on_signal(self, signal: Signal) -> None:
        self.signals.append(signal)


def criterion(criterion_id: str, weight: float = 1.0) -> Criterion:
    """A small criterion with probes on two rungs."""
    return Criterion(
        id=criterion_id,
        label=criterion_id.title(),
        statement=f"A strong answer says {criterion_id}.",
        weight=weight,
        probes=Probes(
            clarify=f"What about {criterion_id}?", example=f"An example of {criterion_id}?"
        ),
    )


def question(question_id: str, criteria: Iterable[tuple[str, float]]) -> Question:
    """A small question with these (criterion id, weight) pairs."""
    return Question(
        id=question_id,
        section="first",
        prompt=f"Tell me about {question_id}?",
        hint="Should cover everything.",
        criteria=tuple(criterion(name, weight) for name, weight in criteria),
    )


def started(*items: ev.PlanItem, **fields: object) -> ev.SessionStarted:
    """A session of these items, or of two small questions."""
    plan = items or (
        ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0)])),
        ev.PlanItem(question=question("boats", [("hull", 1.0), ("sail", 1.0)])),
    )
    values: dict[str, object] = {
        "session_id": "abc123",
        "at": "2030-01-02T03:04:05Z",
        "bank_id": "small",
        "bank_title": "A small bank",
        "plan": plan,
    }
    return ev.SessionStarted.model_validate(values | fields)

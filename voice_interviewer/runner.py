"""Executes commands, journals events, publishes state. The only writer of the journal.

One loop takes events from an inbox, makes each durable, moves the state and starts what the
transition asks for; every engine call runs in a worker thread of its own and ends in an event.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Literal

from voice_interviewer.broadcast import Broadcast
from voice_interviewer.core import commands as cmd
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, proven
from voice_interviewer.core.foresight import spoken_next
from voice_interviewer.core.ports import Clock, Journal, LateJudge, Scout, Signal
from voice_interviewer.core.session import State, transition
from voice_interviewer.core.transcript import Transcript, Word
from voice_interviewer.engines import Engines
from voice_interviewer.errors import (
    InterviewerError,
    StorageError,
    TranscriptionError,
    WeightsError,
)
from voice_interviewer.logs import where_is_the_log
from voice_interviewer.saying import Wording

log = logging.getLogger(__name__)

_PHASES: dict[type[cmd.Command], Literal["transcribing", "assessing"]] = {
    cmd.Transcribe: "transcribing",
    cmd.Assess: "assessing",
}
_FAREWELL_S = 5.0
_TELL_AGAIN_S = 0.2
_AFTERWARDS_S = 30.0


class Runner(Broadcast):
    """Plays a session, from `SessionStarted` or `SessionResumed` to its end."""

    def __init__(
        self, journal: Journal, engines: Engines, clock: Clock, state: State | None = None
    ) -> None:
        super().__init__(state or State())
        self._journal = journal
        self._engines = engines
        self._clock = clock
        self._inbox: queue.SimpleQueue[ev.Event] = queue.SimpleQueue()
        self._workers: list[threading.Thread] = []
        self._stop_wanted: cmd.StopListening | None = None
        self._afterwards: list[threading.Thread] = []
        self._not_over = threading.Event()
        self._ear: Literal["shut", "open", "noticed"] = "shut"
        self._latest_said: cmd.Anticipate | None = None
        self._looking_ahead = False
        self._saying = threading.Lock()

    def submit(self, intent: ev.Intent) -> None:
        """Tell the session what the candidate wants. Safe from any thread."""
        self._inbox.put(ev.IntentReceived(t_s=self._clock.now_s(), intent=intent))

    def choose_microphone(self, name: str) -> None:
        """Go on with another microphone after one has failed. Safe from any thread."""
        self._inbox.put(ev.MicrophoneChosen(t_s=self._clock.now_s(), name=name))

    def interrupt(self, reason: str) -> None:
        """Stop for now; the session can be resumed. Safe in a signal handler."""
        self._inbox.put(ev.SessionInterrupted(t_s=self._clock.now_s(), reason=reason))

    def run(self, opening: ev.SessionStarted | ev.SessionResumed) -> State:
        """Play the session until it is finished or interrupted, and return its last state.

        Raises StorageError when an event cannot be made durable: what was journaled before stays,
        and the session can be resumed.
        """
        try:
            self._handle(opening)
            self._tell_caveat()
            while self.state.status == "running":
                self._handle(self._inbox.get())
        finally:
            self._silence()
        return self.state

    def _tell_caveat(self) -> None:
        """Tell what is to be known of the judge, once in a session."""
        caveat = self._engines.caveat
        if caveat and all(notice.message != caveat for notice in self.state.notices):
            self._handle(ev.NoticeRaised(t_s=self._clock.now_s(), part="judge", message=caveat))

    def _handle(self, event: ev.Event) -> None:
        if isinstance(event, ev.SpeechOverheard):
            self._ear = "shut"
        self._journal.append(event)
        state, wanted = transition(self.state, event)
        self.publish(state, event)
        for command in wanted:
            self._execute(command)

    def _execute(self, command: cmd.Command) -> None:
        if isinstance(command, cmd.Speak):
            self._work(f"speak-{command.turn_id}", "voice", lambda: self._speak(command))
        elif isinstance(command, cmd.StopSpeaking):
            self._engines.speaker.stop()
        elif isinstance(command, cmd.Listen):
            self._stop_wanted = None
            self._not_over.set()
            self._ear = "shut"  # listening ends what was overhearing
            for say, voice in spoken_next(self.state):
                self._engines.speaker.prepare(say, voice=voice)
            self._work(f"listen-{command.turn_id}", "microphone", lambda: self._listen(command))
        elif isinstance(command, cmd.StopListening):
            self._stop_wanted = command
            self._engines.listener.finish(command.reason)
        elif isinstance(command, cmd.HoldAnswer):
            self._engines.listener.hold(until_speech=command.until_speech)
        elif isinstance(command, cmd.Overhear):
            self._open_ear(command)
        elif isinstance(command, cmd.HearAgain):
            again = self._aside(f"hear-again-{command.turn_id}", lambda: self._hear_again(command))
            self._afterwards.append(again)
        elif isinstance(command, cmd.Transcribe):
            hear = partial(self._hear, command)
            self._work(f"transcribe-{command.turn_id}", "hearing", hear, awaited=command)
        elif isinstance(command, cmd.Anticipate):
            with self._saying:
                self._latest_said = command
                looking, self._looking_ahead = self._looking_ahead, True
            if not looking:
                self._aside("anticipate", self._anticipate)
        elif isinstance(command, cmd.Decide):
            decided = ev.NextDecided(
                t_s=self._clock.now_s(), turn_id=command.turn_id, decision=command.decision
            )
            self._handle(decided)
        elif isinstance(command, cmd.Acknowledge):
            self._aside(f"acknowledge-{command.turn_id}", lambda: self._acknowledge(command))
        elif isinstance(command, cmd.Assess):
            assess = partial(self._assess, command)
            self._work(f"assess-{command.turn_id}", "judge", assess, awaited=command)
        else:
            self._finish(command)

    def _finish(self, command: cmd.Finish) -> None:
        """End the session; a completed one waits a little for second passes and late verdicts.

        Before that there is time to go on with the last answer: then it is not over.
        """
        if command.reason == "left":
            self.interrupt("left")
            return
        reason = command.reason
        not_over = self._not_over = threading.Event()

        def finish() -> None:
            if self._clock.wait(command.undo_s, unless=not_over):
                return
            deadline_s = time.monotonic() + _AFTERWARDS_S
            for worker in self._afterwards:
                worker.join(max(0.0, deadline_s - time.monotonic()))
            over = ev.SessionFinished(
                t_s=self._clock.now_s(), reason=reason, attempt=command.attempt
            )
            self._inbox.put(over)

        self._aside("finish", finish)

    def _work(
        self,
        name: str,
        part: ev.Part,
        task: Callable[[], None],
        *,
        awaited: cmd.Transcribe | cmd.Assess | None = None,
    ) -> None:
        """Run a blocking engine call in a thread; whatever goes wrong ends in an event.

        With `awaited` only while the session waits for what that asks for.
        """

        def guarded() -> None:
            try:
                task()
            except InterviewerError as error:
                at_fault = _behind_microphone(error) if part == "microphone" else part
                self._failed(at_fault, error, awaited)
            except Exception:
                log.exception("%s broke", name)
                broken = InterviewerError(f"The {part} broke unexpectedly.", where_is_the_log())
                self._failed(part, broken, awaited)

        self._start(name, guarded)

    def _aside(self, name: str, task: Callable[[], None]) -> threading.Thread:
        """Run a call that the session can do without in a thread."""
        return self._start(name, lambda: _do_without(name, task))

    def _start(self, name: str, task: Callable[[], None]) -> threading.Thread:
        worker = threading.Thread(target=task, name=name, daemon=True)
        self._workers = [w for w in self._workers if w.is_alive()]
        self._workers.append(worker)
        worker.start()
        return worker

    def _failed(
        self, part: ev.Part, error: InterviewerError, awaited: cmd.Transcribe | cmd.Assess | None
    ) -> None:
        self._inbox.put(
            ev.PartFailed(
                t_s=self._clock.now_s(),
                part=part,
                message=error.message,
                hint=error.hint,
                choices=error.choices,
                doing=None if awaited is None else _PHASES[type(awaited)],
                turn_id=None if awaited is None else awaited.turn_id,
                attempt=None if awaited is None else awaited.attempt,
            )
        )

    def _speak(self, command: cmd.Speak) -> None:
        turn_id = command.turn_id

        def started(voice: str, audible: bool, notice: str) -> None:
            self._inbox.put(
                ev.QuestionAsked(
                    t_s=self._clock.now_s(),
                    turn_id=turn_id,
                    voice=voice,
                    audible=audible,
                    notice=notice,
                )
            )

        wording = self._wording(command)
        try:
            say = wording or command.say
            cut = self._engines.speaker.speak(say, started=started, voice=command.voice).cut
        except InterviewerError as error:
            started("silent", False, f"{error.message} The question is shown. {error.hint}".strip())
            cut = False
        if wording is not None and not cut:
            wording.drain()
        self._inbox.put(ev.PromptEnded(t_s=self._clock.now_s(), turn_id=turn_id, cut=cut))

    def _wording(self, command: cmd.Speak) -> Wording | None:
        """The prompt in a model's words, where there is a model and the words are not settled."""
        if command.phrase is None or self._engines.phraser is None:
            return None

        def told(text: str) -> None:
            now_s = self._clock.now_s()
            self._inbox.put(ev.PromptWorded(t_s=now_s, turn_id=command.turn_id, text=text))

        return Wording(command.phrase, self._engines.phraser, told)

    def _acknowledge(self, command: cmd.Acknowledge) -> None:
        def started() -> None:
            now_s = self._clock.now_s()
            said = ev.AnswerAcknowledged(t_s=now_s, turn_id=command.turn_id, text=command.text)
            self._inbox.put(said)

        self._engines.speaker.acknowledge(command.text, started=started, voice=command.voice)

    def _listen(self, command: cmd.Listen) -> None:
        observer = _AnswerObserver(self, command.turn_id)
        alarm = self._alarm(command)
        try:
            ended = self._engines.listener.listen(command, observer)
        finally:
            if alarm is not None:
                alarm.cancel()
        now_s = self._clock.now_s()
        if ended.reason is None:
            self._inbox.put(ev.AnswerPaused(t_s=now_s, turn_id=command.turn_id))
            return
        speech_end_t_s = (
            None
            if ended.speech_end_s is None
            else round(min(now_s, observer.started_t_s + ended.speech_end_s), 4)
        )
        self._inbox.put(
            ev.AnswerEnded(
                t_s=now_s,
                turn_id=command.turn_id,
                reason=ended.reason,
                speech_end_t_s=speech_end_t_s,
                lost_frames=ended.lost_frames,
            )
        )

    def _alarm(self, command: cmd.Listen) -> threading.Timer | None:
        """Calls time while the answer goes on, where time is a limit."""
        if command.limit_s is None:
            return None

        def call_time() -> None:
            called = ev.TimeCalled(
                t_s=self._clock.now_s(), turn_id=command.turn_id, attempt=command.attempt
            )
            self._inbox.put(called)

        alarm = threading.Timer(command.limit_s, call_time)
        alarm.daemon = True
        alarm.start()
        return alarm

    def _open_ear(self, command: cmd.Overhear) -> None:
        """One ear at a time, and no other before it is decided what was noticed by the last one."""
        if self._ear == "shut":
            self._ear = "open"
            self._aside("overhear", lambda: self._overhear(command))

    def _overhear(self, command: cmd.Overhear) -> None:
        ago_s = None
        try:
            ago_s = self._engines.listener.overhear(command)
        finally:
            self._ear = "shut" if ago_s is None else "noticed"
        if ago_s is not None:
            now_s = self._clock.now_s()
            self._inbox.put(
                ev.SpeechOverheard(
                    t_s=now_s, onset_t_s=round(now_s - ago_s, 4), turn_id=command.turn_id
                )
            )

    def _hear(self, command: cmd.Transcribe) -> None:
        transcript: Transcript = self._engines.listener.transcribe(command)
        self._inbox.put(
            ev.AnswerTranscribed(
                t_s=self._clock.now_s(),
                turn_id=command.turn_id,
                attempt=command.attempt,
                transcript=transcript,
            )
        )

    def _hear_again(self, command: cmd.HearAgain) -> None:
        transcript = self._engines.listener.hear_again(command)
        if transcript is not None:
            self._inbox.put(
                ev.TranscriptAdded(
                    t_s=self._clock.now_s(),
                    turn_id=command.turn_id,
                    attempt=command.attempt,
                    made_by="second_pass",
                    transcript=transcript,
                )
            )

    def _anticipate(self) -> None:
        """Let the judge look at the answer so far; what came meanwhile is looked at next."""
        while (said := self._next_said()) is not None:
            try:
                self._engines.judge.anticipate(said)
                if self._engines.scout is not None and said.style.pressure is not None:
                    self._scout(self._engines.scout, said)
            except InterviewerError as error:
                log.warning("anticipate: %s", error)
            except Exception:
                log.exception("anticipate broke")

    def _next_said(self) -> cmd.Anticipate | None:
        """The latest answer so far that was not looked at yet; with None the looking ends."""
        with self._saying:
            said, self._latest_said = self._latest_said, None
            self._looking_ahead = said is not None
            return said

    def _scout(self, scout: Scout, said: cmd.Assess) -> None:
        met = scout.met(said)
        if met:
            self._inbox.put(
                ev.CriteriaHeard(
                    t_s=self._clock.now_s(),
                    turn_id=said.turn_id,
                    attempt=said.attempt,
                    criteria=met,
                )
            )

    def _assess(self, command: cmd.Assess) -> None:
        assessment = _proven(self._engines.judge.assess(command), command)
        late = self._engines.late_judge
        if late is not None:
            self._afterwards.append(threading.current_thread())
        self._inbox.put(
            ev.AnswerAssessed(
                t_s=self._clock.now_s(),
                turn_id=command.turn_id,
                attempt=command.attempt,
                assessment=assessment,
            )
        )
        if late is not None:
            name = f"assess-late-{command.turn_id}"
            _do_without(name, lambda: self._assess_late(late, command))

    def _assess_late(self, judge: LateJudge, command: cmd.Assess) -> None:
        assessment = judge.assess_late(command)
        if assessment is not None:
            self._inbox.put(
                ev.AssessmentAdded(
                    t_s=self._clock.now_s(),
                    turn_id=command.turn_id,
                    attempt=command.attempt,
                    made_by="background",
                    assessment=_proven(assessment, command),
                )
            )

    def _silence(self) -> None:
        """Stop every engine and wait a little for the workers to put their things away.

        A worker that has only just begun may miss a stop, so they are told until they are gone.
        """
        self._not_over.set()
        if self._engines.late_judge is not None:
            self._engines.late_judge.stop_judging_late()
        deadline_s = time.monotonic() + _FAREWELL_S
        while True:
            self._engines.speaker.stop()
            self._engines.listener.finish(None)
            self._engines.listener.stop_overhearing()
            working = [w for w in self._workers if w.is_alive()]
            if not working or time.monotonic() > deadline_s:
                return
            working[0].join(_TELL_AGAIN_S)


def _do_without(name: str, task: Callable[[], None]) -> None:
    """Make a call that the session can do without; what goes wrong is only logged."""
    try:
        task()
    except InterviewerError as error:
        log.warning("%s: %s", name, error)
    except Exception:
        log.exception("%s broke", name)


def _proven(assessment: Assessment, command: cmd.Assess) -> Assessment:
    """The assessment without what the answer does not bear out."""
    return proven(assessment, command.transcript, {name for name, _ in command.standing})


def _behind_microphone(error: InterviewerError) -> ev.Part:
    """Which part it is that failed while an answer was to be taken."""
    if isinstance(error, WeightsError | TranscriptionError):
        return "hearing"
    return "storage" if isinstance(error, StorageError) else "microphone"


class _AnswerObserver:
    """Turns what a listener tells into events of one turn."""

    def __init__(self, runner: Runner, turn_id: int) -> None:
        self._runner = runner
        self._turn_id = turn_id
        self.started_t_s = runner._clock.now_s()

    def started(self, recording: str | None, source: str) -> None:
        runner = self._runner
        self.started_t_s = runner._clock.now_s()
        runner._inbox.put(
            ev.AnswerStarted(
                t_s=self.started_t_s,
                turn_id=self._turn_id,
                recording=recording,
                source=source,
            )
        )
        if runner._stop_wanted is not None:
            runner._engines.listener.finish(runner._stop_wanted.reason)

    def committed(self, words: tuple[Word, ...]) -> None:
        runner = self._runner
        now_s = runner._clock.now_s()
        runner._inbox.put(ev.SpeechCommitted(t_s=now_s, turn_id=self._turn_id, words=words))

    def commanded(self, command: ev.SpokenCommand, start_s: float, end_s: float) -> None:
        runner = self._runner
        runner._inbox.put(
            ev.CommandSpoken(
                t_s=runner._clock.now_s(),
                turn_id=self._turn_id,
                command=command,
                start_s=start_s,
                end_s=end_s,
            )
        )

    def signal(self, signal: Signal) -> None:
        self._runner.signal(signal)

    def notice(self, part: ev.Part, message: str, hint: str = "") -> None:
        runner = self._runner
        now_s = runner._clock.now_s()
        runner._inbox.put(ev.NoticeRaised(t_s=now_s, part=part, message=message, hint=hint))

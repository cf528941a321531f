"""The interview without a screen: lines of text as it happens, or one JSON object at the end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from voice_interviewer.core import events as ev
from voice_interviewer.core.ports import Progress, Signal
from voice_interviewer.core.report import judged_by, row_tag, score_words
from voice_interviewer.core.session import State
from voice_interviewer.drill.plan import drill_plan
from voice_interviewer.errors import InterviewerError
from voice_interviewer.visible import clean

if TYPE_CHECKING:
    from types import FrameType

    from voice_interviewer.desk import Live

MARK = {"met": "✓ met    ", "partial": "◐ partial", "unclear": "? unclear", "missed": "✗ missed "}


class Lines:
    """A subscriber that writes a session as lines; stops it when a part fails for good."""

    def __init__(self, out: TextIO, live: Live) -> None:
        self._out = out
        self._live = live
        self.failure: ev.PartFailed | None = None
        self._told: set[str] = set()

    def on_state(self, state: State, event: ev.Event) -> None:
        """Write what the event means to a reader."""
        if isinstance(event, ev.SessionStarted):
            self.say(f"{state.bank_title} · {len(state.plan)} questions · {event.session_id}")
        elif isinstance(event, ev.QuestionAsked):
            self._asked(state, event)
        elif isinstance(event, ev.AnswerTranscribed):
            self._heard(event.transcript.text, state)
        elif isinstance(event, ev.AnswerAssessed):
            self._assessed(state, event)
        elif isinstance(event, ev.AssessmentAdded) and event.made_by == "background":
            self._judged_late(state, event)
        elif isinstance(event, ev.NoticeRaised):
            self._note(f"{event.message} {event.hint}".rstrip())
        elif isinstance(event, ev.PartFailed) and not self._live.replaying:
            self._failed(state, event)
        elif isinstance(event, ev.NextDecided | ev.SessionResumed) and state.phase == "feedback":
            self._feedback(state)
        elif isinstance(event, ev.SessionFinished):
            self.say("\nThat was the interview. Thank you.")

    def on_signal(self, signal: Signal) -> None:
        """Show what takes a while; levels and interim words need a screen."""
        if isinstance(signal, Progress):
            share = "" if signal.fraction is None else f" {signal.fraction:.0%}"
            self.say(f"  {signal.message}{share}")

    def _asked(self, state: State, event: ev.QuestionAsked) -> None:
        turn = state.turn
        if turn is None:
            return
        opens = turn.id == state.take(turn.item)[0].id
        kind = f"Question {turn.item + 1} of {len(state.plan)}" if opens else "Follow-up"
        by = f" ({turn.asker})" if turn.asker else ""
        self.say(f"\n{kind}{by}: {turn.prompt}")
        self._note(event.notice)

    def _heard(self, text: str, state: State) -> None:
        self.say(f"  You: {text or '(nothing was heard)'}")

    def _failed(self, state: State, event: ev.PartFailed) -> None:
        self.failure = event
        self._live.interrupt(f"{event.part} failed")

    def _judged_late(self, state: State, event: ev.AssessmentAdded) -> None:
        turn = next(t for t in state.turns if t.id == event.turn_id)
        self.say(f"  The model's verdicts on an answer to question {turn.item + 1}:")
        self._assessed(state, event)

    def _assessed(self, state: State, event: ev.AnswerAssessed | ev.AssessmentAdded) -> None:
        turn = next(t for t in state.turns if t.id == event.turn_id)
        question = state.plan[turn.item].question
        for verdict in event.assessment.verdicts:
            about_this = turn.aim is None or verdict.criterion_id == turn.aim.criterion_id
            if not about_this and not verdict.evidence:
                continue
            quote = f'  "{verdict.evidence[0].quote}"' if verdict.evidence else ""
            label = question.criterion(verdict.criterion_id).label
            tag = tagged(event.assessment.tag(verdict))
            self.say(f"  {MARK[verdict.verdict]}  {label}{tag}{quote}")
        self.say(f"  Judged by {event.assessment.by}.")
        for remark in event.assessment.remarks:
            self._note(remark)

    def _feedback(self, state: State) -> None:
        """What a coach says after a question; without a screen the interview goes on by itself."""
        turn = state.turn
        assert turn is not None, "feedback follows an answer"
        question = state.plan[turn.item].question
        by = judged_by(state, turn.item)
        self.say(f"  Feedback: {score_words(state, turn.item)}, judged by {by}")
        for standing in state.standings(turn.item):
            criterion = question.criterion(standing.criterion_id)
            tag = tagged(row_tag(state, turn.item, standing))
            self.say(f"  {MARK[standing.verdict]}  {criterion.label}{tag}")
            if standing.verdict != "met":
                self.say(f"             A strong answer says: {criterion.statement}")
        if not self._live.replaying:
            self._live.submit("proceed")

    def _note(self, text: str) -> None:
        """Tell something once."""
        if text and text not in self._told:
            self._told.add(text)
            self.say(f"  Note: {text}")

    def say(self, text: str) -> None:
        """Write lines, with every control character made visible."""
        self._out.write(clean(text, lines=True) + "\n")
        self._out.flush()


def tagged(name: str) -> str:
    """Who decided on a criterion, as it stands after its label; nothing where that is plain."""
    return f" ({name})" if name else ""


def play(live: Live, out: TextIO | None = None) -> State:
    """Play a session to its end, writing lines to `out`; stop signals interrupt it kindly.

    Raises InterviewerError when a part failed; the session can then be resumed.
    """
    lines = Lines(out or sys.stdout, live)
    live.subscribe(lines)
    restore = on_stop_signals(live.interrupt)
    try:
        state = live.run()
    finally:
        restore()
    if lines.failure is not None:
        raise failed_for_good(lines.failure, state)
    return state


def failed_for_good(failure: ev.PartFailed, state: State) -> InterviewerError:
    """What a part's failure means to somebody without a screen: the session can be resumed."""
    hint = f"{failure.hint} Nothing is lost: voice-interviewer resume {state.session_id}"
    return InterviewerError(failure.message, hint.strip())


def summary(state: State, folder: str) -> str:
    """The last lines of a session: the scores, where it is, and how to go on."""
    rows = [
        f"  {score_words(state, index)}  {item.question.prompt}"
        for index, item in enumerate(state.plan)
        if any(turn.assessment for turn in state.take(index))
    ]
    return "\n".join(["", *rows, ending(state, folder)])


def ending(state: State, folder: str) -> str:
    """Where a session is, and how to go on."""
    lines = [f"Session {state.session_id}: {folder}"]
    if state.status != "finished":
        lines += [f"Go on with it: voice-interviewer resume {state.session_id}"]
    elif drill_plan(state):
        lines += [f"Drill what was missed: voice-interviewer drill --session {state.session_id}"]
    return "\n".join(lines)


def on_stop_signals(stop: Callable[[str], None]) -> Callable[[], None]:
    """Send SIGINT, SIGTERM and SIGHUP to `stop`; returns what puts the old handlers back.

    A SIGHUP that is ignored (nohup) stays ignored.
    """

    def handler(number: int, _frame: FrameType | None) -> None:
        stop(signal.Signals(number).name)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    old = {number: signal.signal(number, handler) for number in heeded}

    def restore() -> None:
        for number, previous in old.items():
            signal.signal(number, previous)

    return restore

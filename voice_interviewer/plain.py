"""The interview as lines of text that a screen reader can follow, steered by letters and Enter.

Nothing is drawn over: no cursor moves, no colours, no symbols that have to be seen.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from voice_interviewer.core import events as ev
from voice_interviewer.core.ports import Patience, Progress, Signal
from voice_interviewer.core.report import judged_line, row_tag, score_words
from voice_interviewer.core.session import State
from voice_interviewer.headless import Lines, failed_for_good, on_stop_signals, tagged
from voice_interviewer.plain_keys import HELP, keys_now, keys_words, numbered
from voice_interviewer.plain_steps import Steps
from voice_interviewer.visible import clean

if TYPE_CHECKING:
    from voice_interviewer.desk import Live

NextLine = Callable[[], str | None]

_TYPE_ON_ONE_LINE = (
    "Type your answer and press Enter; end a line with \\ to go on in the next. "
    "A line of one letter is a key."
)


class PlainLines(Lines):
    """A subscriber that writes a session as lines and leaves every step to the candidate.

    `keys_left` is False once no more letters can come: then the interview goes on by itself.
    """

    def __init__(self, out: TextIO, live: Live) -> None:
        super().__init__(out, live)
        self.keys_left = True
        self._shown: list[str] = []
        self._explained = False
        self._patient_for: int | None = None
        self._steps = Steps(self.say)

    def on_state(self, state: State, event: ev.Event) -> None:
        """Write what the event means to somebody who answers."""
        super().on_state(state, event)
        if isinstance(event, ev.AnswerStarted):
            self._your_turn(state)
        elif isinstance(event, ev.SpeechCommitted) and state.candidate != "typed":
            self._shown += [word.text for word in event.words]
            self.say("Heard: " + " ".join(word.text for word in event.words))
        elif isinstance(event, ev.AnswerEnded):
            self.say("Judging your answer.")
        elif isinstance(event, ev.MicrophoneChosen):
            self.say(f"Going on with {event.name}.")
        elif isinstance(event, ev.IntentReceived) and event.intent == "hold":
            self.say("Held. Silence will not end this answer.")

    def on_signal(self, signal: Signal) -> None:
        """Say what takes a while, a few times at most, and that there is time."""
        if isinstance(signal, Progress):
            self._steps.tell(signal.message, signal.fraction)
        turn = self._live.state.turn
        if isinstance(signal, Patience) and turn is not None and self._patient_for != turn.id:
            self._patient_for = turn.id
            self.say("Take your time.")

    def no_more_keys(self) -> None:
        """The input has ended; what waits for a letter goes on."""
        self.keys_left = False
        state = self._live.state
        if state.failure is not None:
            self._failed(state, state.failure)
        elif state.phase == "feedback":
            self._live.submit("proceed")
        elif state.candidate == "typed":
            self._live.interrupt("end of input")

    def _your_turn(self, state: State) -> None:
        self._shown = []
        self.say("Your turn.")
        if not self._explained:
            self._explained = True
            if state.candidate == "typed":
                self.say(_TYPE_ON_ONE_LINE)
            self.say(keys_words(state))
        if state.candidate == "typed" and not self.keys_left:
            self._live.interrupt("end of input")

    def _heard(self, text: str, state: State) -> None:
        """The final words, where they differ from those that were written as they came."""
        if not text:
            self.say("Nothing was heard.")
        elif state.candidate != "typed" and text.split() != " ".join(self._shown).split():
            self.say(f"Heard, all in all: {text}")

    def _assessed(self, state: State, event: ev.AnswerAssessed | ev.AssessmentAdded) -> None:
        for remark in event.assessment.remarks:
            self._note(remark)

    def _judged_late(self, state: State, event: ev.AssessmentAdded) -> None:
        """What is shown of that question just now is told anew; the rest is told at the end."""
        turn = state.turn
        told = state.phase == "feedback" and turn is not None and turn.id == event.turn_id
        if told and self.keys_left:
            self.say("The model has judged this answer by now.")
            self._feedback(state)

    def _failed(self, state: State, event: ev.PartFailed) -> None:
        if not self.keys_left:
            super()._failed(state, event)
            return
        self.say(f"Something failed: {event.message} {event.hint}".rstrip())
        self.say(keys_words(state))

    def _feedback(self, state: State) -> None:
        turn = state.turn
        assert turn is not None, "feedback follows an answer"
        self.say("Feedback.")
        for line in feedback_lines(state, turn.item):
            self.say(line)
        if not self.keys_left:
            self._live.submit("proceed")
        else:
            self.say(keys_words(state))


def feedback_lines(state: State, item: int) -> list[str]:
    """How a question went: the score, and each criterion with what was said or would be said."""
    question = state.plan[item].question
    lines = [f"Question {item + 1}, {score_words(state, item)}: {question.prompt}"]
    lines.append(judged_line(state, item))
    for standing in state.standings(item):
        criterion = question.criterion(standing.criterion_id)
        tag = tagged(row_tag(state, item, standing))
        lines.append(f"{standing.verdict.capitalize()}: {criterion.label}{tag}.")
        quotes = [
            evidence.quote
            for turn in state.take(item)
            if turn.assessment is not None
            for verdict in turn.assessment.verdicts
            if verdict.criterion_id == criterion.id
            for evidence in verdict.evidence
        ]
        if quotes:
            lines.append(f'  You said: "{quotes[-1]}".')
        if standing.verdict != "met":
            lines.append(f"  A strong answer says: {criterion.statement}")
    return lines


def play_plain(live: Live, next_line: NextLine, out: TextIO | None = None) -> State:
    """Play a session to its end; `next_line` gives what is typed, None at its end.

    Raises InterviewerError when a part failed and nobody was there to choose what to do.
    """
    lines = PlainLines(out or sys.stdout, live)
    live.subscribe(lines)
    reader = threading.Thread(
        target=_read, args=(live, lines, next_line), name="plain-keys", daemon=True
    )
    restore = on_stop_signals(live.interrupt)
    try:
        reader.start()
        state = live.run()
    finally:
        restore()
    if lines.failure is not None:
        raise failed_for_good(lines.failure, state)
    for item in range(len(state.plan)):
        if any(turn.assessment for turn in state.take(item)):
            lines.say("\n" + "\n".join(feedback_lines(state, item)))
    return state


def obey(live: Live, lines: PlainLines, text: str) -> None:
    """Do what a line asks for: a key, or a typed answer."""
    state = live.state
    letter = text.strip().lower()
    keys, choices = keys_now(state), numbered(state)
    if not letter:
        return
    if letter == HELP:
        lines.say(keys_words(state))
    elif letter in keys:
        live.submit(keys[letter].intent)
    elif letter.isascii() and letter.isdigit() and 0 < int(letter) <= len(choices):
        live.choose_microphone(choices[int(letter) - 1])
    elif letter == "p":
        live.interrupt("left")
    elif state.candidate == "typed" and len(letter) > 1 and _takes_text(state):
        live.type_answer(text.strip())
    else:
        lines.say(f"That means nothing just now. {keys_words(state)}")


def _takes_text(state: State) -> bool:
    return state.failure is None and state.phase in ("asking", "listening")


def _read(live: Live, lines: PlainLines, next_line: NextLine) -> None:
    begun: list[str] = []
    while (line := next_line()) is not None:
        if line.endswith("\\"):
            begun.append(line[:-1])
            continue
        obey(live, lines, " ".join([*begun, line]))
        begun = []
    lines.no_more_keys()


class InputLines:
    """Lines of a file descriptor, read past Python's buffers: a thread that waits in here does not
    hold a lock that the end of the program needs."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""

    def __call__(self) -> str | None:
        """The next line without its end; None when there is none."""
        while b"\n" not in self._rest:
            try:
                more = os.read(self._descriptor, 65536)
            except OSError:
                more = b""
            if not more:
                last, self._rest = self._rest, b""
                return last.decode("utf-8", "replace") if last else None
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")


def ask(question: str, next_line: NextLine, out: TextIO) -> str:
    """Put a question of the program itself and read one line; `q` where the input has ended."""
    out.write(clean(question, lines=True) + "\n")
    out.flush()
    line = next_line()
    return "q" if line is None else line.strip().lower()

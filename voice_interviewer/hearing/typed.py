"""Typed answers: texts handed over by a screen, or lines of an input."""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable

from voice_interviewer.core.commands import HearAgain, Listen, Overhear, Transcribe
from voice_interviewer.core.events import EndReason
from voice_interviewer.core.ports import AnswerObserver, Ended
from voice_interviewer.core.transcript import Transcript, words_of
from voice_interviewer.errors import InterviewerError

ENGINE = "typed"


class TypedBox:
    """A `Listener` that takes what `submit_text` delivers, one text an answer.

    A text that comes while nobody listens is the answer to the next question.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._texts: collections.deque[str] = collections.deque()
        self._no_more = False
        self._failure: InterviewerError | None = None
        self._ending: Ended | None = None
        self._closed = False

    def submit_text(self, text: str) -> None:
        """Deliver an answer. Safe from any thread."""
        with self._changed:
            self._texts.append(text)
            self._changed.notify_all()

    def listen(self, command: Listen, observer: AnswerObserver) -> Ended:
        """Take the next text. Raises InterviewerError when the input cannot be read."""
        with self._changed:
            self._ending = None
        observer.started(None, ENGINE)
        text = self._next()
        if isinstance(text, Ended):
            return text
        observer.committed(words_of(text))
        return Ended(reason="key")

    def finish(self, reason: EndReason | None) -> None:
        """End the answer in progress without a text; without one this does nothing."""
        with self._changed:
            self._ending = self._ending or Ended(reason=reason)
            self._changed.notify_all()

    def hold(self, *, until_speech: bool = False) -> None:
        """Nothing: a typed answer never ends by silence."""

    def overhear(self, _command: Overhear) -> None:
        """Nothing is overheard of somebody who types."""

    def stop_overhearing(self) -> None:
        """Nothing to stop."""

    def hear_again(self, _command: HearAgain) -> None:
        """What was typed is as it is."""

    def transcribe(self, command: Transcribe) -> Transcript:
        """What was typed."""
        return Transcript(words=command.committed, engine=ENGINE)

    def close(self) -> None:
        """End the answer in progress; later ones end at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _end_input(self, failure: InterviewerError | None = None) -> None:
        """No more texts will come; `failure` says so where that is an error."""
        with self._changed:
            self._no_more, self._failure = True, failure
            self._changed.notify_all()

    def _next(self) -> str | Ended:
        with self._changed:
            self._changed.wait_for(
                lambda: self._texts or self._no_more or self._ending or self._closed
            )
            if self._closed:
                return Ended(reason=None)
            if self._ending is not None:
                return self._ending
            if self._texts:
                return self._texts.popleft()
            if self._failure is not None:
                raise self._failure
            return Ended(reason="end_of_input")


class TypedListener(TypedBox):
    """A `Listener` that takes one line an answer; the end of the lines ends the interview.

    `lines` returns the next line, or None at the end. It is called in a thread of its own, which
    outlives the listener when the last call never returns, so that `finish` never has to wait.
    """

    def __init__(self, lines: Callable[[], str | None]) -> None:
        super().__init__()
        self._lines = lines
        self._reader = threading.Thread(target=self._read, name="typed-lines", daemon=True)

    def listen(self, command: Listen, observer: AnswerObserver) -> Ended:
        """Take the next line. Raises InterviewerError when the input cannot be read."""
        if self._reader.ident is None:
            self._reader.start()
        return super().listen(command, observer)

    def _read(self) -> None:
        try:
            while (line := self._lines()) is not None:
                self.submit_text(line)
        except (OSError, ValueError) as error:
            hint = "Give UTF-8 text, one answer a line."
            self._end_input(InterviewerError(f"The answers cannot be read ({error}).", hint))
        else:
            self._end_input()

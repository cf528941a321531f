"""One call begun before its answer is over, in the hope that nothing more is said."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Event, Lock, Thread
from typing import Generic, Protocol, TypeVar

from voice_interviewer.errors import InterviewerError, JudgeError
from voice_interviewer.judging.deadline import Deadline, guarded

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


class Call(Protocol[_T_co]):
    """Work that may be broken off from another thread."""

    def run(self) -> _T_co:
        """Do it. Raises InterviewerError."""
        ...

    def break_off(self) -> None:
        """Make `run` end soon; what it returns or raises does not matter then."""
        ...


class _Early(Generic[_T]):
    def __init__(self, key: Hashable, make: Callable[[], Call[_T]], still_s: float) -> None:
        self.key = key
        self._make = make
        self._still_s = still_s
        self._go = Event()
        self._lock = Lock()
        self._call: Call[_T] | None = None
        self._dropped = False
        self._result: Future[_T] = Future()
        Thread(target=self._run, name="judge-early", daemon=True).start()

    def drop(self) -> None:
        with self._lock:
            self._dropped = True
            call = self._call
        self._go.set()
        if call is not None:
            call.break_off()

    def wait(self, deadline: Deadline) -> _T:
        self._go.set()
        try:
            return self._result.result(timeout=deadline.left_s())
        except TimeoutError:
            raise deadline.passed() from None

    def _run(self) -> None:
        self._go.wait(self._still_s)
        try:
            with self._lock:
                if self._dropped:
                    raise _given_up()
                self._call = call = guarded(self._make)
            self._result.set_result(guarded(call.run))
        except InterviewerError as error:
            self._result.set_exception(error)


class EarlyCall(Generic[_T]):
    """At most one call under way; another one takes its place.

    Args:
        still_s: how long a call waits for another to take its place before it is made, so that an
            answer that goes on is not sent after every few words.
    """

    def __init__(self, still_s: float) -> None:
        self._still_s = still_s
        self._lock = Lock()
        self._current: _Early[_T] | None = None

    def begin(self, key: Hashable, make: Callable[[], Call[_T]]) -> None:
        """Make this call in the background, unless the one under way has the same key."""
        with self._lock:
            before = self._current
            if before is not None and before.key == key:
                return
            self._current = _Early(key, make, self._still_s)
        if before is not None:
            before.drop()

    def take(self, key: Hashable, deadline: Deadline) -> _T | None:
        """The result of the call with this key; None where there is none, or where it failed.

        Any other call is dropped. Raises JudgeError when the deadline passes.
        """
        with self._lock:
            current = self._current
        if current is None:
            return None
        if current.key != key:
            self.drop()
            return None
        try:
            return current.wait(deadline)
        except InterviewerError:
            deadline.left_s()
            return None
        finally:
            self._clear(current)

    def drop(self) -> None:
        """Give up what is under way."""
        with self._lock:
            current, self._current = self._current, None
        if current is not None:
            current.drop()

    def _clear(self, done: _Early[_T]) -> None:
        with self._lock:
            if self._current is done:
                self._current = None


def _given_up() -> JudgeError:
    return JudgeError("The early request was given up.", "Ask again.", retryable=True)

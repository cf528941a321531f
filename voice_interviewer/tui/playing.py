"""One session from its opening to its end, beside the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable

from textual.message import Message

from voice_interviewer.core.events import Event
from voice_interviewer.core.ports import Level, Signal
from voice_interviewer.core.session import State
from voice_interviewer.desk import Live
from voice_interviewer.errors import InterviewerError
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.messages import Broke, Ended, Opened, SignalCame, StateMoved

Tell = Callable[[Message], object]

_LEVEL_EVERY_S = 0.05
_POLL_S = 0.05

EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130


class Relay:
    """A subscriber that turns what a runner's threads say into messages for a screen.

    Level readings come faster than eyes: of those within 50 ms only the loudest is passed on.
    """

    def __init__(self, tell: Tell, now_s: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._now_s = now_s
        self._loudest_dbfs = -200.0
        self._told_s = -1.0

    def on_state(self, state: State, event: Event) -> None:
        """The session moved."""
        self._pass_on(StateMoved(state))

    def on_signal(self, signal: Signal) -> None:
        """A reading came."""
        if not isinstance(signal, Level):
            self._pass_on(SignalCame(signal))
            return
        self._loudest_dbfs = max(self._loudest_dbfs, signal.dbfs)
        now_s = self._now_s()
        if now_s - self._told_s >= _LEVEL_EVERY_S:
            self._pass_on(SignalCame(Level(self._loudest_dbfs)))
            self._told_s, self._loudest_dbfs = now_s, -200.0

    def _pass_on(self, message: Message) -> None:
        with contextlib.suppress(RuntimeError):  # the screens are gone, the session still ends
            self._tell(message)


class Playing:
    """Opens a session, runs it in a thread, and can stop it at any time.

    `exit_code` is what the program would end with on its account; None for a session that never
    began.
    """

    def __init__(self, open_live: Callable[[], Live], tell: Tell) -> None:
        self._open_live = open_live
        self._tell = tell
        self._lock = threading.Lock()
        self._stop_reason: str | None = None
        self._running = False
        self.live: Live | None = None
        self.exit_code: int | None = None

    @property
    def session_id(self) -> str:
        """Which session it is; empty until it runs."""
        return "" if self.live is None else self.live.state.session_id

    async def play(self) -> None:
        """Play to the end and tell the screen: Opened, then Ended or Broke."""
        self._running = True
        try:
            state = await off_loop(self._open_and_run, "session")
        except InterviewerError as error:
            self._tell(Broke(error))
        else:
            self._tell(Ended(state))

    async def stop(self, reason: str, patience_s: float) -> bool:
        """Interrupt the session and wait for its end; False when it took longer than that."""
        self.interrupt(reason)
        deadline_s = time.monotonic() + patience_s
        while self._running and time.monotonic() < deadline_s:
            await asyncio.sleep(_POLL_S)
        return not self._running

    def interrupt(self, reason: str) -> None:
        """Stop for now, also where the session is still being opened."""
        with self._lock:
            self._stop_reason = reason
            if self.live is not None:
                self.live.interrupt(reason)

    def _open_and_run(self) -> State:
        try:
            live = self._open_live()
            live.subscribe(Relay(self._tell))
            with self._lock:
                self.live = live
                if self._stop_reason is not None:
                    live.interrupt(self._stop_reason)
            self.exit_code = EXIT_INTERRUPTED
            with contextlib.suppress(RuntimeError):
                self._tell(Opened(live))
            state = live.run()
            if state.status == "finished":
                self.exit_code = EXIT_DONE
            return state
        except InterviewerError:
            self.exit_code = EXIT_FAILED
            raise
        finally:
            self._running = False

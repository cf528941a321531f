"""Passes through a journal again: the same states in the same order."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from voice_interviewer.broadcast import Broadcast
from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State, fold, transition


class Replay(Broadcast):
    """Publishes a journal's states as the session did, silently and at once. Nothing is written."""

    def __init__(self, events: Sequence[ev.Event]) -> None:
        super().__init__(State())
        self._events = events
        self._left = threading.Event()

    def submit(self, intent: ev.Intent) -> None:
        """`leave` ends the replay; the rest means nothing."""
        if intent == "leave":
            self._left.set()

    def interrupt(self, reason: str) -> None:
        """End the replay."""
        self._left.set()

    def run(self) -> State:
        """Play to the end and return the journal's last state."""
        for event in self._events:
            if self._left.is_set():
                break
            state, _ = transition(self.state, event)
            self.publish(state, event)
        return fold(self._events)

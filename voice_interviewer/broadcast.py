"""Tells front ends how a session moves."""

from __future__ import annotations

from voice_interviewer.core.events import Event
from voice_interviewer.core.ports import Signal, Subscriber
from voice_interviewer.core.session import State


class Broadcast:
    """Keeps the latest state and tells every subscriber about it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a front end; call before `run`."""
        self._subscribers.append(subscriber)

    def publish(self, state: State, event: Event) -> None:
        """Make a state the latest one."""
        self.state = state
        for subscriber in self._subscribers:
            subscriber.on_state(state, event)

    def signal(self, signal: Signal) -> None:
        """Pass on a reading that is not part of the session."""
        for subscriber in self._subscribers:
            subscriber.on_signal(signal)

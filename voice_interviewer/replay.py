"""Plays a journal again: the same states in the same order, with the recordings."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from voice_interviewer.core import events as ev
from voice_interviewer.core.ports import Interim, Speaker
from voice_interviewer.core.session import State, Turn, fold, transition
from voice_interviewer.errors import InterviewerError
from voice_interviewer.runner import Broadcast

_READING_S = 1.5


class Playback(Protocol):
    """Plays the recordings of an answer."""

    def play(self, recordings: tuple[str, ...], at_position: Callable[[float], None]) -> None:
        """Play them one after another, telling the position in seconds from the first's start.

        Returns at the end or when stopped. Raises InterviewerError where nothing can be played.
        """
        ...

    def stop(self) -> None:
        """Stop the recording that is playing; later ones play again."""
        ...

    def close(self) -> None: ...


class Replay(Broadcast):
    """Publishes a journal's states as the session did; `proceed` goes on to the next step.

    With `speaker` and `playback` the prompts are spoken and the answers sound, and screens stay
    for as long as that takes; without them everything passes at once. Nothing is written.
    """

    def __init__(
        self,
        events: Sequence[ev.Event],
        speaker: Speaker | None = None,
        playback: Playback | None = None,
    ) -> None:
        super().__init__(State())
        self._events = events
        self._speaker = speaker
        self._playback = playback
        self._final = fold(events)
        self._left = threading.Event()
        self._step = threading.Event()

    def submit(self, intent: ev.Intent) -> None:
        """`proceed` skips to the next step, `leave` ends the replay; the rest means nothing."""
        if intent == "leave":
            self._left.set()
        if intent in ("proceed", "leave"):
            self._step.set()
            if self._speaker is not None:
                self._speaker.stop()
            if self._playback is not None:
                if intent == "leave":
                    self._playback.close()
                else:
                    self._playback.stop()

    def interrupt(self, reason: str) -> None:
        """End the replay."""
        self.submit("leave")

    def run(self) -> State:
        """Play to the end and return the journal's last state."""
        for event in self._events:
            if self._left.is_set():
                break
            if isinstance(event, ev.AnswerEnded) and self._playback is not None:
                self._sound_answer(event)
            state, _ = transition(self.state, event)
            self.publish(state, event)
            if isinstance(event, ev.QuestionAsked) and self._speaker is not None:
                self._sound_prompt(state)
            if isinstance(event, ev.AnswerAssessed) and self._playback is not None:
                self._wait(_READING_S)
        return self._final

    def _sound_prompt(self, state: State) -> None:
        assert self._speaker is not None
        self._step.clear()
        turn = state.turn
        if turn is None or self._left.is_set():
            return
        heard: list[bool] = []
        try:
            self._speaker.speak(turn.say, started=lambda _v, audible, _n: heard.append(audible))
        except InterviewerError as error:
            self._tell(error)
        if not any(heard):
            self._wait(_READING_S)

    def _sound_answer(self, event: ev.AnswerEnded) -> None:
        assert self._playback is not None
        self._step.clear()
        turn = next((t for t in self._final.turns if t.id == event.turn_id), None)
        if turn is None or self._left.is_set():
            return
        if not turn.recordings:
            self.signal(Interim(_said_until(turn, None)))
            self._wait(_READING_S)
            return
        try:
            self._playback.play(
                turn.recordings, lambda at_s: self.signal(Interim(_said_until(turn, at_s)))
            )
        except InterviewerError as error:
            self._tell(error)
            self.signal(Interim(_said_until(turn, None)))
            self._wait(_READING_S)

    def _tell(self, error: InterviewerError) -> None:
        notice = ev.NoticeRaised(
            t_s=self.state.t_s, part="speaker", message=error.message, hint=error.hint
        )
        if all(n.message != notice.message for n in self.state.notices):
            state, _ = transition(self.state, notice)
            self.publish(state, notice)

    def _wait(self, seconds: float) -> None:
        """Stay for a moment, or until the next step is wanted."""
        self._step.clear()
        if not self._left.is_set():
            self._step.wait(seconds)


def _said_until(turn: Turn, at_s: float | None) -> str:
    """The words of a turn that have sounded by a position; all of them for None."""
    words = turn.transcript.words if turn.transcript else turn.committed
    return " ".join(w.text for w in words if at_s is None or (w.start_s or 0.0) <= at_s)

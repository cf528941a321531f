"""Plays a past session from any place in it: its prompts and its recorded answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from voice_interviewer.audio.sound import Sound
from voice_interviewer.core.session import State
from voice_interviewer.desk import Part, Playhead
from voice_interviewer.errors import AudioError, InterviewerError
from voice_interviewer.session_sounds import SessionSounds

_READING_S = 1.5


class SoundPlayer(Protocol):
    """What this needs of a loudspeaker."""

    @property
    def heard_s(self) -> float: ...

    def problem(self) -> AudioError | None: ...

    def play(
        self,
        sound: Sound,
        *,
        on_first_sample: Callable[[], None],
        start_s: float,
        stop: threading.Event,
    ) -> bool: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Stretch:
    """What is to be played of a prompt or an answer: from `start_s` to `end_s`, or to its end."""

    turn_id: int
    part: Part
    start_s: float = 0.0
    end_s: float | None = None


class SessionPlayer:
    """Implements `desk.ReplayPlayer` on a loudspeaker.

    One thread plays what is still to do, stretch by stretch. Whoever wants something else changes
    that under the lock and sets the event that stops the sound; the thread then begins anew. The
    position is the loudspeaker's: what has left it, at the rate it is played at.

    Args:
        let_go: called once, in the player's own thread, when all is over.
    """

    def __init__(
        self,
        state: State,
        sounds: SessionSounds,
        player: SoundPlayer,
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        self.state = state
        self._sounds = sounds
        self._player = player
        self._let_go = let_go
        parts: tuple[Part, Part] = ("prompt", "answer")
        self._whole = tuple(Stretch(turn.id, part) for turn in state.turns for part in parts)
        self._todo = self._whole
        self._head = Playhead(self._whole[0].turn_id if self._whole else 0, "prompt")
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._sounding = False
        self._closed = False
        self.levels = sounds.levels
        self.answer_s = sounds.answer_s
        threading.Thread(target=self._run, name="replay", daemon=True).start()

    def head(self) -> Playhead:
        """Where it stands just now."""
        with self._changed:
            return self._head_now()

    def play(self) -> None:
        """Go on with what was paused, else play from the playhead on; from the start at the end."""
        with self._changed:
            if not self._head.playing and self._whole:
                self._begin(self._todo or self._whole)

    def play_span(self, turn_id: int, start_s: float, end_s: float) -> None:
        """Play a stretch of an answer and stop after it."""
        self._play_only((Stretch(turn_id, "answer", max(0.0, start_s), end_s),))

    def play_answers(self, turn_ids: Sequence[int]) -> None:
        """Play these answers one after another and stop after the last."""
        self._play_only(tuple(Stretch(turn_id, "answer") for turn_id in turn_ids))

    def pause(self) -> None:
        """Fall silent where it stands."""
        with self._changed:
            if self._head.playing:
                self._halt()

    def seek(self, turn_id: int, part: Part = "answer", at_s: float = 0.0) -> None:
        """Move the playhead; what is playing goes on from there."""
        with self._changed:
            at = next((i for i, s in enumerate(self._whole) if _is(s, turn_id, part)), None)
            if at is None:
                return
            playing = self._head.playing
            self._halt()
            first = replace(self._whole[at], start_s=max(0.0, at_s))
            self._todo = (first, *self._whole[at + 1 :])
            self._stand_at(first)
            if playing:
                self._begin(self._todo)

    def set_rate(self, rate: float) -> None:
        """Play faster or slower at the same pitch."""
        with self._changed:
            playing = self._head.playing
            self._halt()
            self._head = replace(self._head, rate=rate)
            if playing:
                self._begin(self._todo)

    def close(self) -> None:
        """Fall silent for good and let go of voice and speaker."""
        with self._changed:
            self._halt()
            self._closed = True
            self._changed.notify()

    def _play_only(self, todo: tuple[Stretch, ...]) -> None:
        with self._changed:
            self._halt()
            known = {stretch.turn_id for stretch in self._whole}
            there = tuple(stretch for stretch in todo if stretch.turn_id in known)
            if there:
                self._begin(there)

    def _begin(self, todo: tuple[Stretch, ...]) -> None:
        """Play this from now on. The lock is held."""
        if self._closed:
            return
        self._todo = todo
        self._stop = threading.Event()
        self._head = replace(self._head, playing=True, notice="")
        self._stand_at(todo[0])
        self._changed.notify()

    def _halt(self) -> None:
        """Fall silent; what is still to do begins where it was left. The lock is held."""
        self._head = replace(self._head_now(), playing=False, notice="")
        if self._todo and _is(self._todo[0], self._head.turn_id, self._head.part):
            self._todo = (replace(self._todo[0], start_s=self._head.at_s), *self._todo[1:])
        self._sounding = False
        self._stop.set()

    def _stand_at(self, stretch: Stretch) -> None:
        self._head = replace(
            self._head, turn_id=stretch.turn_id, part=stretch.part, at_s=stretch.start_s
        )

    def _head_now(self) -> Playhead:
        if not self._sounding:
            return self._head
        return replace(self._head, at_s=self._player.heard_s * self._head.rate)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._head.playing)
                if self._closed:
                    break
                stretch, rate, stop = self._todo[0], self._head.rate, self._stop
            try:
                completed = self._perform(stretch, rate, stop)
            except InterviewerError as error:
                self._tell(error, stop, playing=False)
            else:
                self._after(completed, stretch, stop)
        self._player.close()
        self._let_go()

    def _perform(self, stretch: Stretch, rate: float, stop: threading.Event) -> bool:
        """Let a stretch be heard, or stay for a moment where it can only be read.

        True when it was heard to its end. Raises AudioError when there is no loudspeaker.
        """
        problem = self._player.problem()
        if problem is not None:
            raise problem
        try:
            sound = self._sounds.of(stretch.turn_id, stretch.part, rate)
        except InterviewerError as error:
            self._tell(error, stop, playing=True)
            sound = None
        if sound is None:
            return not stop.wait(_READING_S)
        if stretch.end_s is not None:
            end = round(stretch.end_s / rate * sound.rate_hz)
            sound = Sound(sound.samples[:end], sound.rate_hz)

        def sounding() -> None:
            with self._changed:
                self._sounding = stop is self._stop and not stop.is_set()

        return self._player.play(
            sound, on_first_sample=sounding, start_s=stretch.start_s / rate, stop=stop
        )

    def _after(self, completed: bool, stretch: Stretch, stop: threading.Event) -> None:
        """On to the next stretch, unless somebody wanted something else meanwhile."""
        with self._changed:
            if stop is not self._stop or stop.is_set() or not completed:
                return
            self._head = self._head_now()
            self._sounding = False
            self._todo = self._todo[1:]
            if self._todo:
                self._stand_at(self._todo[0])
            else:
                self._head = replace(self._head, playing=False)

    def _tell(self, error: InterviewerError, stop: threading.Event, *, playing: bool) -> None:
        with self._changed:
            if stop is self._stop and not stop.is_set():
                self._head = replace(self._head_now(), notice=str(error), playing=playing)
                self._sounding = self._sounding and playing


def _is(stretch: Stretch, turn_id: int, part: Part) -> bool:
    return (stretch.turn_id, stretch.part) == (turn_id, part)

"""An open ear between answers: notices that the candidate speaks, and keeps what was said."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.hearing.sources import AudioSource
from voice_interviewer.hearing.speech import SpeechDetector, SpeechFollower
from voice_interviewer.hearing.timeline import Phase, SpeechTimeline

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

KEPT_S = 10.0
_BEFORE_S = 0.4
# So long before they are told apart from the interviewer the candidate may have begun.
_BEFORE_ECHO_ENDS_S = 0.2


class Ear:
    """Listens to an open source until somebody speaks or it is stopped.

    `overhear` belongs to one thread; `stop` may come from any.
    """

    def __init__(self, source: AudioSource, detector: SpeechDetector) -> None:
        self._source = source
        self._timeline = SpeechTimeline()
        self._follower = SpeechFollower(detector, self._timeline)
        self._blocks: deque[Samples] = deque()
        self._kept = 0
        self._stopped = False
        self.over = threading.Event()
        self.sound: tuple[Samples, ...] = ()

    def stop(self) -> None:
        """Stop with the next block."""
        self._stopped = True

    def overhear(self) -> float | None:
        """Seconds since the speech began that was noticed; None when stopped. Raises AudioError.

        Afterwards `sound` holds the speech from a moment before it began, without what only the
        interviewer said; also where it was stopped before a voice was long enough to be speech.
        """
        try:
            for block in self._source.blocks():
                self._keep(block)
                self._follower.feed(block)
                if self._timeline.speech_started_s is not None:
                    return self._noticed(self._timeline.speech_started_s)
                if self._stopped:
                    break
            if self._timeline.phase is Phase.STARTING:
                self._noticed(self._timeline.voices[-1][0])
            return None
        finally:
            self.over.set()

    def _noticed(self, began_s: float) -> float:
        since_s = max(began_s - _BEFORE_S, self._follower.echo_until_s - _BEFORE_ECHO_ENDS_S)
        self.sound = tuple(self._since(since_s))
        return self._timeline.now_s - began_s

    def _keep(self, block: Samples) -> None:
        self._blocks.append(block)
        self._kept += len(block)
        while self._kept - len(self._blocks[0]) > KEPT_S * HEARING_RATE_HZ:
            self._kept -= len(self._blocks.popleft())

    def _since(self, time_s: float) -> Iterator[Samples]:
        """The blocks from a time of the timeline on, the first one cut."""
        wanted = round((self._timeline.now_s - time_s) * HEARING_RATE_HZ)
        before = max(0, self._kept - wanted)
        for block in self._blocks:
            if before < len(block):
                yield block[before:]
            before = max(0, before - len(block))

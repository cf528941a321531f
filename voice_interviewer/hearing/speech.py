"""Follows sound of any block length with the speech detector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from voice_interviewer.hearing.timeline import SpeechTimeline
from voice_interviewer.hearing.vad import CHUNK, CHUNK_S

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples


class SpeechDetector(Protocol):
    """Gives the speech probability of consecutive chunks; see `vad.Vad`.

    `echo` is True where the last chunk may hold what the interviewer says (see `echo.WithoutEcho`).
    """

    @property
    def echo(self) -> bool: ...

    def probability(self, chunk: Samples) -> float: ...

    def reset(self) -> None: ...


class SpeechFollower:
    """Cuts blocks into the detector's chunks of 32 ms and feeds the timeline with them.

    Attributes:
        echo_until_s: where the last chunk ended that may hold what the interviewer says.
    """

    def __init__(self, detector: SpeechDetector, timeline: SpeechTimeline) -> None:
        detector.reset()
        self._detector = detector
        self._timeline = timeline
        self._rest: Samples = np.zeros(0, dtype=np.float32)
        self.echo_until_s = 0.0

    def feed(self, samples: Samples) -> None:
        """Go on with float32 samples at 16 kHz."""
        pending = np.concatenate([self._rest, samples])
        whole = len(pending) - len(pending) % CHUNK
        for start in range(0, whole, CHUNK):
            chunk = pending[start : start + CHUNK]
            self._timeline.feed(self._detector.probability(chunk), CHUNK_S)
            if self._detector.echo:
                self.echo_until_s = self._timeline.now_s
        self._rest = pending[whole:]

    def finish(self) -> None:
        """Go through the last, incomplete chunk, filled up with silence."""
        if len(self._rest):
            self.feed(np.zeros(CHUNK - len(self._rest), dtype=np.float32))

"""Voices and players that need no engine and no device."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from voice_interviewer.audio.sound import Sound
from voice_interviewer.errors import AudioError, InterviewerError
from voice_interviewer.speaking.reel import Reel
from voice_interviewer.speaking.voice import VoiceOptions


def tone(seconds: float = 0.1, rate_hz: int = 24_000, amplitude: float = 0.2) -> Sound:
    """A 440 Hz tone."""
    t_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return Sound((amplitude * np.sin(2 * np.pi * 440 * t_s)).astype(np.float32), rate_hz)


@dataclass(eq=False)
class ToneVoice:
    """Renders a tone as many hundredths of a second long as the text has characters."""

    name: str = "tone"
    options: VoiceOptions = field(default_factory=VoiceOptions)
    error: Exception | None = None
    hold: threading.Event | None = None
    rendered: list[str] = field(default_factory=list)
    rendering: threading.Event = field(default_factory=threading.Event)
    closed: bool = False

    def render(self, text: str) -> Sound:
        self.rendered.append(text)
        self.rendering.set()
        if self.hold is not None:
            assert self.hold.wait(10)
        if self.error is not None:
            raise self.error
        return tone(len(text) / 100)

    def close(self) -> None:
        self.closed = True


@dataclass
class FakePlayer:
    """Plays in no time, or until stopped with `endless`; fails before or after the first sample.

    `played` has what was played, the parts of a reel as one sound.
    """

    missing: AudioError | None = None
    endless: bool = False
    fails_before: InterviewerError | None = None
    fails_after: InterviewerError | None = None
    played: list[Sound] = field(default_factory=list)
    playing: threading.Event = field(default_factory=threading.Event)

    def problem(self) -> AudioError | None:
        return self.missing

    def available(self) -> bool:
        return self.missing is None

    def play(
        self,
        sound: Sound | Reel,
        *,
        on_first_sample: Callable[[], None],
        start_s: float = 0.0,
        stop: threading.Event | None = None,
    ) -> bool:
        assert stop is not None
        if self.fails_before is not None:
            raise self.fails_before
        if stop.is_set():
            return False
        on_first_sample()
        if self.fails_after is not None:
            raise self.fails_after
        self.playing.set()
        reel = sound if isinstance(sound, Reel) else Reel(sound, ended=True)
        while not reel.ended and not stop.is_set():
            time.sleep(0.002)
        self.played.append(Sound(np.concatenate(reel.parts), reel.rate_hz))
        if self.endless:
            assert stop.wait(10)
        return not stop.is_set()

    def stop(self) -> None:
        raise AssertionError("the speaker stops its own sound, not whatever is playing")

    def close(self) -> None:
        pass

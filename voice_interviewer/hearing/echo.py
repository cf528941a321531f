"""Keeps the interviewer's own voice, heard by a microphone, from being taken for the candidate's.

What is played is known. Its loudness in ten bands, times a gain that is learnt for each band, held
over the delay and let down no faster than a room lets it down, is what its echo may be. The
candidate speaks where the microphone is louder than that in several bands for several frames, and
where its loudness over time has not the pattern of what is played: the pattern does not depend on
the volume, which may be turned up between two prompts. Both are how echo cancellers notice double
talk (levels: Duttweiler 1978, after Geigel; correlation with the far end: Ye and Wu 1991).

A candidate who is missed can press a key; an interviewer who takes herself for the candidate cannot
be used. So all is taken for echo until the room is known, and in doubt. What this costs and misses
is measured by tests/benchmarks/hearing/echo.py.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.hearing.speech import SpeechDetector

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

Levels = NDArray[np.float64]
Reference = Callable[[float, float], "Samples"]

# Frames of 32 ms every 16 ms; whatever is counted below is counted in frames.
_FRAME, _HOP = 512, 256
_HOP_S = _HOP / HEARING_RATE_HZ
_EDGES_HZ = (150, 300, 450, 650, 900, 1250, 1700, 2300, 3100, 4300, 6500)
_BANDS = len(_EDGES_HZ) - 1

_DELAYS = 32
_PATTERN = 36
_KEPT = 72
_READ_AGAIN = 6
_LEAST_POWER = 1e-9

_ROOM_DB = 1.6
_TAIL = 10.0**-0.2
_LEAK = 10.0**-2.2
_AROUND_DELAY = (3, 4)
_DELAY_FOUND = 0.35
_LOUD_BELOW_PEAK_DB = 25.0
_FLOOR_BELOW_PEAK_DB = 35.0
_LEARNT_FROM = 600
_ENOUGH = 150
_ENOUGH_IN_BAND = 12
_GAIN_QUANTILE = 0.75
_UNKNOWN_GAIN_DB = 100.0
_MOSTLY = 0.4

_ABOVE_ECHO = 10.0**0.3
_ABOVE_NOISE = 10.0**0.9
_BANDS_ABOVE = 3
_WATCHED = 16
_OPENS, _STAYS_OPEN = 6, 3
_SAME_PATTERN = 0.65


class WithoutEcho:
    """A speech detector that does not hear what the speaker plays.

    It belongs to one thread. What it learnt about the room outlives `reset`.

    Args:
        detector: says whether there is speech at all.
        reference: what was played in so many seconds up to a monotonic time, float32 at 16 kHz, as
            `PlaybackTap.latest` gives it.
        now_s: monotonic time; asked when a chunk comes in.

    Attributes:
        echo: the last chunk was taken for what the speaker plays.
    """

    def __init__(
        self,
        detector: SpeechDetector,
        reference: Reference,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._detector = detector
        self._now_s = now_s
        self._bands = _BandLevels()
        self._playing = _Playing(reference, self._bands)
        self._path = _EchoPath()
        self._noise: Levels = np.zeros(_BANDS)
        self._forget()

    def reset(self) -> None:
        """Begin with another recording, in the same room."""
        self._detector.reset()
        self._forget()

    def probability(self, chunk: Samples) -> float:
        """How likely the candidate speaks in this chunk, in [0, 1]; 0.0 while it may be echo.

        `chunk` is float32 of shape `(512,)` at 16 kHz, and has just been recorded.
        """
        speech = self._detector.probability(chunk)
        self.echo = not self._may_be_candidate(chunk)
        return 0.0 if self.echo else speech

    def _forget(self) -> None:
        self._rest: Samples = np.zeros(_HOP, dtype=np.float32)
        self._heard: Levels = np.zeros((_PATTERN, _BANDS))
        self._above = [False] * _WATCHED
        self._open = False
        self.echo = False

    def _may_be_candidate(self, chunk: Samples) -> bool:
        self._playing.follow(self._now_s())
        heard = self._bands.of(np.concatenate([self._rest, chunk]))
        self._rest = chunk[-_HOP:]
        self._heard = np.concatenate([self._heard[len(heard) :], heard])
        for frame in heard:
            self._follow_noise(frame)
        if self._playing.silent:
            self._above = [False] * _WATCHED
            self._open = False
            return True
        for later, frame in zip(range(len(heard) - 1, -1, -1), heard, strict=True):
            above = self._is_above_echo(frame, self._playing.levels[: _KEPT - later])
            self._above = [*self._above[1:], above]
        above_for = sum(self._above)
        if self._open:
            self._open = above_for >= _STAYS_OPEN
        elif above_for >= _OPENS and self._path.known:
            self._open = self._sameness() < _SAME_PATTERN
        return self._open

    def _is_above_echo(self, heard: Levels, played: Levels) -> bool:
        loudest = self._path.loudest(played)
        self._path.learn(heard, self._noise, played, loudest)
        limit = _ABOVE_ECHO * self._path.gain * loudest + _ABOVE_NOISE * self._noise
        return bool(np.count_nonzero(heard > limit) >= _BANDS_ABOVE)

    def _sameness(self) -> float:
        """How alike the last 0.6 s heard and played are, in [-1, 1].

        It is the correlation of their levels in dB, each band about its own mean: the best over all
        delays, for a room without and for one with reverberation.
        """
        heard = np.log(self._heard + 2 * self._noise + _LEAST_POWER / 1000)
        heard -= heard.mean(axis=0)
        dry = self._playing.levels[1 - _PATTERN - _DELAYS :]
        return max(self._likeness(heard, played) for played in (dry, _reverberant(dry)))

    def _likeness(self, heard: Levels, played: Levels) -> float:
        played = np.log(played + self._path.floor)
        played -= played.mean(axis=0)
        by_delay = sliding_window_view(played, _PATTERN, axis=0)
        common = by_delay.reshape(_DELAYS, -1) @ heard.T.ravel()
        variation = by_delay.var(axis=2).sum(axis=1) * _PATTERN * np.sum(heard * heard)
        return float((common / np.sqrt(np.maximum(variation, _LEAST_POWER))).max())

    def _follow_noise(self, heard: Levels) -> None:
        """Up to the mean of what is not much louder; while something is played, only down."""
        if not self._noise.any():
            self._noise = heard + _LEAST_POWER / 1000
        towards = 0.05 * (heard - self._noise)
        up = towards if self._playing.silent else 0.0
        louder = np.where(heard < 5 * self._noise, up, 0.002 * self._noise)
        self._noise = self._noise + np.where(heard < self._noise, towards, louder)


class _BandLevels:
    """Power of sound at 16 kHz in ten bands."""

    def __init__(self) -> None:
        hz = np.fft.rfftfreq(_FRAME, 1 / HEARING_RATE_HZ)[:, np.newaxis]
        edges_hz = np.array(_EDGES_HZ)
        self._bands = ((hz >= edges_hz[:-1]) & (hz < edges_hz[1:])) / (_FRAME * _FRAME / 8)
        self._window = np.hanning(_FRAME)

    def of(self, samples: Samples) -> Levels:
        """Shape `(n_hops - 1, 10)` from float32 samples of shape `(n_hops * 256,)`."""
        frames = sliding_window_view(samples, _FRAME)[::_HOP]
        spectrum = np.fft.rfft(frames * self._window, axis=1)
        levels: Levels = (spectrum.real**2 + spectrum.imag**2) @ self._bands
        return levels


class _Playing:
    """The last 1.2 s of what was played, in frames that follow the clock.

    Attributes:
        levels: shape `(72, 10)`, the latest frame last.
    """

    def __init__(self, reference: Reference, bands: _BandLevels) -> None:
        self._reference = reference
        self._bands = bands
        self._until = 0
        self.levels: Levels = np.zeros((_KEPT, _BANDS))

    def follow(self, now_s: float) -> None:
        """Go on to this time; the last frames are read again, as a device may be late with them."""
        until = int(now_s / _HOP_S)
        new = max(0, min(_KEPT, until - self._until))
        self._until = max(until, self._until)
        read = min(_KEPT, new + _READ_AGAIN)
        sound = self._reference((read + 1) * _HOP_S, self._until * _HOP_S)
        latest = self._bands.of(sound) if sound.any() else np.zeros((read, _BANDS))
        self.levels = np.concatenate([self.levels[new : _KEPT - read + new], latest])

    @property
    def silent(self) -> bool:
        """True when nothing was played for so long that no echo can be left."""
        return bool(self.levels.max() < _LEAST_POWER)


class _EchoPath:
    """How the speaker reaches the microphone: delay, and gain by band, learnt while it plays.

    Attributes:
        gain: power heard for power played at its loudest, shape `(10,)`; boundless until learnt.
    """

    def __init__(self) -> None:
        self._ratios_db: Levels = np.full((_LEARNT_FROM, _BANDS), np.inf)
        self._audible: NDArray[np.bool_] = np.zeros(_LEARNT_FROM, dtype=np.bool_)
        self._learnt = 0
        self._peak: Levels = np.full(_BANDS, _LEAST_POWER)
        self._means: tuple[Levels, Levels] | None = None
        self._common: Levels = np.zeros(_DELAYS)
        self._variation: Levels = np.full(_DELAYS, _LEAST_POWER)
        self._heard_variation = _LEAST_POWER
        self._found = False
        self._first, self._last = 0, _DELAYS - 1
        self._weights = _weights(self._first, self._last)
        self.gain: Levels = np.full(_BANDS, 10.0 ** (_UNKNOWN_GAIN_DB / 10))

    @property
    def known(self) -> bool:
        """True when enough was heard, and what was heard can come from the speaker.

        Where the microphone hears much and none of it follows what is played, the delay must be
        longer than any that is looked for.
        """
        if self._learnt < _ENOUGH:
            return False
        return self._found or bool(self._audible[: self._learnt].mean() < _MOSTLY)

    @property
    def floor(self) -> Levels:
        """Power of what is played below which differences do not matter, shape `(10,)`."""
        floor: Levels = self._peak * 10.0 ** (-_FLOOR_BELOW_PEAK_DB / 10)
        return floor

    def loudest(self, played: Levels) -> Levels:
        """The echo at gain 1 of what was `played` until now, at its loudest; shape `(10,)`.

        A part of the loudest frame goes into every band, as loudspeakers distort.
        """
        weighted = played * self._weights[_KEPT - len(played) :]
        loudest: Levels = weighted.max(axis=0) + _LEAK * weighted.sum(axis=1).max()
        return loudest

    def learn(self, heard: Levels, noise: Levels, played: Levels, loudest: Levels) -> None:
        """Take in one frame, unless what is played is too soft to be heard."""
        self._peak = np.maximum(self._peak * 0.9995, loudest)
        loud = loudest > self._peak * 10.0 ** (-_LOUD_BELOW_PEAK_DB / 10)
        if np.count_nonzero(loud) < _BANDS_ABOVE:
            return
        ratio = np.maximum(heard - noise, 0.05 * noise) / np.maximum(loudest, _LEAST_POWER)
        place = self._learnt % _LEARNT_FROM
        self._ratios_db[place] = np.where(loud, 10.0 * np.log10(ratio), np.inf)
        self._audible[place] = np.count_nonzero(heard > 4 * noise) >= _BANDS_ABOVE
        self._learnt += 1
        self._follow_pattern(heard + noise, played)
        if self._learnt >= _ENOUGH and self._learnt % 8 == 0:
            self._settle_gain()
            self._settle_delay()

    def _follow_pattern(self, heard: Levels, played: Levels) -> None:
        """Correlate what is heard with what was played by every delay, over some seconds."""
        x = np.log(heard + _LEAST_POWER / 1000)
        y = np.log(played[-_DELAYS:][::-1] + self.floor)
        x_mean, y_mean = self._means or (x, y.mean(axis=0))
        x_mean = x_mean + 0.02 * (x - x_mean)
        y_mean = y_mean + 0.02 * (y.mean(axis=0) - y_mean)
        self._means = x_mean, y_mean
        x, y = x - x_mean, y - y_mean
        keep = 0.997
        self._common = keep * self._common + y @ x
        self._variation = keep * self._variation + np.sum(y * y, axis=1)
        self._heard_variation = keep * self._heard_variation + float(x @ x)

    def _settle_gain(self) -> None:
        ratios_db = np.sort(self._ratios_db, axis=0)
        counts = np.isfinite(ratios_db).sum(axis=0)
        places = np.maximum(0, np.ceil(counts * _GAIN_QUANTILE).astype(int) - 1)
        enough = counts >= _ENOUGH_IN_BAND
        gain_db = ratios_db[places, np.arange(_BANDS)]
        unknown_db = gain_db[enough].max() if enough.any() else _UNKNOWN_GAIN_DB
        self.gain = 10.0 ** (np.where(enough, gain_db, unknown_db) / 10.0)

    def _settle_delay(self) -> None:
        alike = self._common / np.sqrt(self._variation * self._heard_variation)
        best = int(alike.argmax())
        within = best < _DELAYS - 2
        self._found = within and bool(alike[best] >= _DELAY_FOUND)
        before, after = _AROUND_DELAY if self._found else (_DELAYS, _DELAYS)
        self._first, self._last = max(0, best - before), min(_DELAYS - 1, best + after)
        self._weights = _weights(self._first, self._last)


def _weights(first: int, last: int) -> Levels:
    """What is left of a frame so many frames ago: all from `first` to `last`; shape `(72, 1)`.

    After that it dies away by 100 dB a second, as in a room with an RT60 of 0.6 s.
    """
    ago = np.arange(_KEPT)[::-1, np.newaxis]
    lost_db = _ROOM_DB * np.maximum(0, ago - last)
    weights: Levels = np.where(ago >= first, 10.0 ** (-lost_db / 10.0), 0.0)
    return weights


def _reverberant(levels: Levels) -> Levels:
    """The same levels with a tail that dies away by 125 dB a second."""
    reverberant = levels.copy()
    for before, now in itertools.pairwise(reverberant):
        now += _TAIL * before
    return reverberant

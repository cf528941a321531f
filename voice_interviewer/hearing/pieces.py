"""Where to cut a growing recording into pieces that are decoded on their own. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.core.transcript import Span
from voice_interviewer.hearing.timeline import Pause

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

MARGIN_S = 0.5
_LOUDNESS_WINDOW_S = 0.1
_LOUDNESS_STEP_S = 0.02


@dataclass(frozen=True)
class Lengths:
    """How long pieces are, in seconds.

    Args:
        least_s: a piece with less speech decodes badly alone, so it stays with a neighbour; also
            the speech there has to be after a cut.
        wanted_s: from here on the next natural pause is taken.
        longest_s: without a pause the piece is cut here at the latest.
    """

    least_s: float
    wanted_s: float
    longest_s: float


LIVE = Lengths(least_s=3.0, wanted_s=5.0, longest_s=14.0)
WHOLE = Lengths(least_s=3.0, wanted_s=15.0, longest_s=27.0)


@dataclass(frozen=True)
class Cut:
    """A piece ends at `end_s`, the next begins at `next_s`; in a pause both keep some silence."""

    end_s: float
    next_s: float
    pause: Pause | None = None


def pause_to_cut(
    pauses: Sequence[Pause], from_s: float, speech_end_s: float, lengths: Lengths
) -> Cut | None:
    """The longest pause in which the sound since `from_s` can be cut now, or None.

    Their middle is in neither piece, so they have to be silent (`SpeechTimeline.silences`).
    """
    fit = [
        pause
        for pause in pauses
        if lengths.wanted_s <= pause.start_s - from_s <= lengths.longest_s
        and speech_end_s - pause.end_s >= lengths.least_s
    ]
    if not fit:
        return None
    pause = max(fit, key=lambda candidate: candidate.duration_s)
    return Cut(
        end_s=min(pause.middle_s, pause.start_s + MARGIN_S),
        next_s=max(pause.middle_s, pause.end_s - MARGIN_S),
        pause=pause,
    )


def needs_force(from_s: float, speech_end_s: float, lengths: Lengths) -> bool:
    """True when the sound since `from_s` has become too long to wait for a pause."""
    return speech_end_s - from_s >= lengths.longest_s + lengths.least_s


def where_to_force(from_s: float, lengths: Lengths) -> Span:
    """Between which seconds a forced cut may lie."""
    return from_s + lengths.wanted_s, from_s + lengths.longest_s


def quietest(samples: Samples) -> float:
    """The middle of the quietest tenth of a second in samples at 16 kHz, in seconds from their
    start."""
    size = round(_LOUDNESS_WINDOW_S * HEARING_RATE_HZ)
    if len(samples) <= size:
        return len(samples) / 2 / HEARING_RATE_HZ
    power = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    starts = np.arange(0, len(samples) - size, round(_LOUDNESS_STEP_S * HEARING_RATE_HZ))
    best = int(starts[np.argmin(power[starts + size] - power[starts])])
    return (best + size / 2) / HEARING_RATE_HZ


def without(spans: Sequence[Span], removed: Sequence[Span]) -> tuple[Span, ...]:
    """Stretches of speech less the removed ones."""
    left = list(spans)
    for from_s, to_s in removed:
        left = [
            part
            for first, last in left
            for part in ((first, min(last, from_s)), (max(first, to_s), last))
            if part[1] > part[0]
        ]
    return tuple(left)


def muted(samples: Samples, start_s: float, removed: Sequence[Span]) -> Samples:
    """Samples that begin at `start_s` of a recording, silent where something was removed."""
    if not removed:
        return samples
    quiet = samples.copy()
    for from_s, to_s in removed:
        first, last = (round((t - start_s) * HEARING_RATE_HZ) for t in (from_s, to_s))
        quiet[max(0, first) : max(0, last)] = 0.0
    return quiet

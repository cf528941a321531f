"""The delivery chart: pace over time and the pauses, as lines and boxes for an SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from voice_interviewer.archive.export.captions import TimedWord, answer_words
from voice_interviewer.archive.export.timeline import Timeline
from voice_interviewer.archive.transcript import clock_time
from voice_interviewer.core.delivery import LONG_PAUSE_S
from voice_interviewer.core.session import State, Turn
from voice_interviewer.core.transcript import tokens_of

WIDTH, HEIGHT = 720, 232
LEFT, RIGHT, TOP, BOTTOM = 58, 708, 26, 160
PAUSES_Y, PAUSES_HEIGHT = 172, 16
_REACH_S = 5.0
_LEAST_S = 1.0
_STEP_S = 2.5
_GRID_WPM = 50
_LEAST_TOP_WPM = 200
_TICKS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MOST_TICKS = 9


@dataclass(frozen=True)
class Mark:
    """A labelled place on an axis, in units of the drawing."""

    at: float
    label: str


@dataclass(frozen=True)
class Pause:
    """A pause: where its box begins and how wide it is, and what it says."""

    x: float
    width: float
    label: str


@dataclass(frozen=True)
class Chart:
    """All that is drawn, in units of a drawing of WIDTH by HEIGHT.

    `lines` are the points of the pace, one list `x,y x,y …` an answer; `questions` where each
    question (or take of one) begins; `summary` says the same in a sentence.
    """

    lines: tuple[str, ...]
    pauses: tuple[Pause, ...]
    seconds: tuple[Mark, ...]
    paces: tuple[Mark, ...]
    questions: tuple[Mark, ...]
    summary: str


def chart_of(state: State, timeline: Timeline) -> Chart | None:
    """The chart of a session; None where no answer has times."""
    if not timeline.sounds:
        return None
    recorded = [turn for turn in state.turns if timeline.of(turn).recordings]
    words = [
        [word for word in answer_words(turn, timeline.of(turn)) if tokens_of(word.text)]
        for turn in recorded
    ]
    paces = [points for said in words if (points := tuple(_pace(said)))]
    if not paces:
        return None
    fastest = max(wpm for points in paces for _, wpm in points)
    slowest = min(wpm for points in paces for _, wpm in points)
    top_wpm = max(_LEAST_TOP_WPM, ceil(fastest / _GRID_WPM) * _GRID_WPM)

    def x(at_s: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * at_s / timeline.duration_s, 1)

    def y(wpm: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * wpm / top_wpm, 1)

    pauses = tuple(
        Pause(x(start_s), max(1.5, round(x(end_s) - x(start_s), 1)), f"{end_s - start_s:.1f} s")
        for turn in recorded
        for start_s, end_s in _pauses(turn, timeline.of(turn).answer_s, timeline.of(turn).end_s)
    )
    tick_s = next((t for t in _TICKS_S if timeline.duration_s / t <= _MOST_TICKS), _TICKS_S[-1])
    ticks = range(0, int(timeline.duration_s) + 1, tick_s)
    return Chart(
        lines=tuple(" ".join(f"{x(t)},{y(wpm)}" for t, wpm in points) for points in paces),
        pauses=pauses,
        seconds=tuple(Mark(x(t), clock_time(t)) for t in ticks),
        paces=tuple(Mark(y(w), str(w)) for w in range(0, top_wpm + 1, _GRID_WPM)),
        questions=tuple(Mark(x(at_s), label) for at_s, label in _beginnings(state, timeline)),
        summary=f"Pace between {slowest:.0f} and {fastest:.0f} words a minute; "
        f"{len(pauses)} pause{'' if len(pauses) == 1 else 's'} over {LONG_PAUSE_S:.0f} s.",
    )


def _pace(words: Sequence[TimedWord]) -> Iterator[tuple[float, float]]:
    """(second, words a minute) along an answer, counted 5 s to either side as far as it goes.

    An answer of less than 10 s has one pace.
    """
    if len(words) < 2 or words[-1].end_s - words[0].start_s < _LEAST_S:
        return
    first_s, last_s = words[0].start_s, words[-1].end_s
    steps = 1 if last_s - first_s < 2 * _REACH_S else ceil((last_s - first_s) / _STEP_S)
    for step in range(steps + 1):
        at_s = first_s + (last_s - first_s) * step / steps
        from_s = max(first_s, at_s - _REACH_S) if steps > 1 else first_s
        until_s = min(last_s, at_s + _REACH_S) if steps > 1 else last_s
        count = sum(from_s <= word.start_s < until_s for word in words)
        yield at_s, count * 60 / (until_s - from_s)


def _pauses(turn: Turn, answer_s: float, end_s: float) -> Iterator[tuple[float, float]]:
    transcript = turn.saved
    if transcript is None:
        return
    said = [word for word in transcript.words if tokens_of(word.text)]
    worded = [(word.start_s, word.end_s) for word in said if word.start_s is not None]
    spans = sorted((a, b) for a, b in transcript.speech or worded if b is not None)
    for (_, before_s), (after_s, _) in pairwise(spans):
        if after_s - before_s > LONG_PAUSE_S and before_s >= 0 and answer_s + after_s <= end_s:
            yield answer_s + before_s, answer_s + after_s


def _beginnings(state: State, timeline: Timeline) -> Iterator[tuple[float, str]]:
    last = None
    for turn in state.turns:
        if (turn.item, turn.take) != last:
            last = (turn.item, turn.take)
            again = f" take {turn.take}" if turn.take > 1 else ""
            yield timeline.of(turn).prompt_s, f"{turn.item + 1}{again}"

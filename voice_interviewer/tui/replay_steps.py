"""Where one can go in a past session: words, turns and the seconds that earned a criterion."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from voice_interviewer.core.assessment import Verdict
from voice_interviewer.core.session import State, Turn
from voice_interviewer.core.transcript import Word
from voice_interviewer.desk import Playhead
from voice_interviewer.tui.words import follow_up_number

_ECHO_S = 0.15
_SLACK_S = 0.001


@dataclass(frozen=True)
class Point:
    """A criterion, how it stands, and where its evidence is heard; no turn without any.

    `turn_name` is empty for the opening answer.
    """

    label: str
    verdict: Verdict
    turn_id: int | None = None
    at_s: float | None = None
    turn_name: str = ""


def words_of_turn(turn: Turn) -> tuple[Word, ...]:
    """What was said, as it is to be read."""
    transcript = turn.corrected
    return transcript.words if transcript is not None else turn.committed


def begun(words: Sequence[Word], at_s: float) -> int:
    """How many words have begun by a second of the recording; all of them where none has a time."""
    starts = _starts(words)
    return bisect_right(starts, at_s + _SLACK_S) if starts else len(words)


def sounding(words: Sequence[Word], at_s: float) -> int | None:
    """The number of the word that sounds at a second; None in a pause and where no time is known.

    Recognisers end words early, so a word lasts a moment longer than they say.
    """
    last = begun(words, at_s) - 1
    if last < 0 or not _starts(words):
        return None
    end_s = words[last].end_s
    return last if end_s is not None and at_s < end_s + _ECHO_S else None


def word_beside(words: Sequence[Word], head: Playhead, step: int) -> float | None:
    """The start in seconds of the next word (step 1) or the one before (-1).

    None where there is none. From the prompt, the next word is the first one.
    """
    starts = _starts(words)
    if head.part == "prompt":
        return starts[0] if starts and step > 0 else None
    target = begun(words, head.at_s) - 1 + step if starts else -1
    return starts[target] if 0 <= target < len(starts) else None


def turn_beside(state: State, turn_id: int, step: int) -> int | None:
    """The id of the next turn or the one before; None at either end."""
    ids = [turn.id for turn in state.turns]
    target = ids.index(turn_id) + step
    return ids[target] if 0 <= target < len(ids) else None


def points_of(state: State, turn: Turn) -> tuple[Point, ...]:
    """The criteria of the take that a turn belongs to, in the order of the rubric."""
    question = state.plan[turn.item].question
    found = []
    for standing in state.standings(turn.item, turn.take):
        label = question.criterion(standing.criterion_id).label
        evidence = standing.detail.evidence if standing.detail else ()
        earned = next((t for t in state.turns if t.id == standing.turn_id), None)
        if not evidence or earned is None:
            found.append(Point(label, standing.verdict))
            continue
        number = follow_up_number(state, earned)
        name = f"follow-up {number}" if number else ""
        found.append(Point(label, standing.verdict, earned.id, evidence[0].start_s, name))
    return tuple(found)


def _starts(words: Sequence[Word]) -> list[float]:
    """When each word begins, never before the one before; empty where any has no time."""
    starts: list[float] = []
    for word in words:
        if word.start_s is None:
            return []
        starts.append(max(word.start_s, starts[-1] if starts else 0.0))
    return starts

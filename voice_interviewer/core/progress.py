"""What each answer of a take brought."""

from __future__ import annotations

from collections.abc import Sequence

from voice_interviewer.core.assessment import Verdict
from voice_interviewer.core.planning import gives_up, nearer, standing_after
from voice_interviewer.core.state import Turn


def moved_by(turns: Sequence[Turn], criteria: Sequence[str]) -> list[frozenset[str]]:
    """For every turn of a take the criteria that it got nearer to met."""
    standing: dict[str, Verdict] = {criterion_id: "missed" for criterion_id in criteria}
    result = []
    for turn in turns:
        verdicts = turn.assessment.verdicts if turn.assessment else ()
        after = standing_after(tuple(standing.items()), verdicts)
        result.append(frozenset(key for key in criteria if nearer(standing[key], after[key])))
        standing = after
    return result


def fruitless_follow_ups(turns: Sequence[Turn], criteria: Sequence[str]) -> int:
    """How many of the latest follow-ups in a row brought nothing new."""
    count = 0
    for turn, moved in zip(reversed(turns), reversed(moved_by(turns, criteria)), strict=True):
        if turn.aim is None or moved:
            break
        count += 1
    return count


def times_not_known(turns: Sequence[Turn]) -> int:
    """How often the candidate said that they did not know, by key or aloud."""
    return sum(
        turn.ended == "dont_know" or (turn.transcript is not None and gives_up(turn.transcript))
        for turn in turns
    )


def said_in(turns: Sequence[Turn]) -> str:
    """All that was asked and answered in these turns, as one text."""
    return " ".join(
        text
        for turn in turns
        for text in (turn.prompt, turn.transcript.text if turn.transcript else "")
    )

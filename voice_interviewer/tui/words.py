"""What the screens say about times, sessions and verdicts, as plain functions of values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from voice_interviewer.core.assessment import Verdict
from voice_interviewer.core.bank import Rung
from voice_interviewer.core.report import points
from voice_interviewer.core.session import State, Turn
from voice_interviewer.desk import SessionRow

MARKS: Mapping[Verdict, tuple[str, str]] = {
    "met": ("✓", "$success"),
    "partial": ("◐", "$warning"),
    "unclear": ("?", "$warning"),
    "missed": ("✗", "$error"),
}

RUNGS: Mapping[Rung, str] = {
    "clarify": "asks you to make it clear",
    "example": "asks for an example",
    "number": "asks for a number",
    "tradeoff": "asks for the trade-off",
    "failure": "asks what could fail",
    "change_mind": "asks what would change your mind",
}

_LITTLE = 1.5


def minutes_seconds(seconds: float) -> str:
    """Seconds as `m:ss`."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def soft_time(elapsed_s: float | None, about_minutes: float | None) -> str:
    """A clock that never shouts: it only changes its words.

    Args:
        elapsed_s: how long the answer has taken; None before it began.
        about_minutes: what the question is meant to take; None for a follow-up.
    """
    about = None if about_minutes is None else minutes_seconds(about_minutes * 60)
    if elapsed_s is None:
        return "" if about is None else f"about {about}"
    elapsed = f"{max(0, int(elapsed_s)) // 60:02}:{max(0, int(elapsed_s)) % 60:02}"
    if about_minutes is None or about is None:
        return elapsed
    share = elapsed_s / (about_minutes * 60)
    if share <= 1:
        return f"{elapsed} of about {about}"
    return f"{elapsed}, {'a little' if share < _LITTLE else 'well'} over {about}"


def follow_up_number(state: State, turn: Turn) -> int:
    """0 for the opening turn of a take, 1 for its first follow-up, and so on."""
    return [t.id for t in state.take(turn.item, turn.take)].index(turn.id)


def local_time(at_utc: str) -> str:
    """An ISO time in UTC as a short local date and time; as it stands where it is none."""
    try:
        at = datetime.fromisoformat(at_utc.replace("Z", "+00:00"))
    except ValueError:
        return at_utc[:16]
    return at.astimezone().strftime("%d %b %H:%M")


def row_result(row: SessionRow) -> str:
    """The score of a session in a list, a number or a range; without one, what became of it."""
    if row.score is not None:
        return points(row.score, row.best_score)
    return "–" if row.status == "finished" else row.status


def row_status(row: SessionRow) -> str:
    """What became of a session, where its result does not say so; empty where it was finished."""
    return row.status if row.score is not None and row.status != "finished" else ""


def counted(count: int, thing: str) -> str:
    """`1 session`, `2,000 sessions`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def was_judged(state: State, item: int) -> bool:
    """True when at least one answer to a plan item has been assessed."""
    return any(turn.assessment for turn in state.take(item))


def missed_labels(state: State, item: int | None = None) -> tuple[str, ...]:
    """Labels of what was asked for and not met, in one plan item or the whole session."""
    return tuple(
        planned.question.criterion(standing.criterion_id).label
        for index, planned in enumerate(state.plan)
        if item in (None, index) and was_judged(state, index)
        for standing in state.standings(index)
        if standing.verdict != "met"
    )

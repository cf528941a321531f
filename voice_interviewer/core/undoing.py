"""Whether an answer that seemed to be over may be taken up again, and for how long."""

from __future__ import annotations

from voice_interviewer.core.state import State, Turn

NOTICED_WITHIN_S = 0.5


def may_be_reopened(turn: Turn) -> bool:
    """True for a recorded answer that was not given up by key."""
    skip_said = bool(turn.commands) and turn.commands[-1].command == turn.ended
    undoable = turn.ended in ("silence", "key", "command") or skip_said
    return bool(turn.recordings) and undoable


def in_time(state: State, onset_t_s: float, since_t_s: float | None) -> bool:
    """True where speech that began at `onset_t_s` can undo what happened at `since_t_s`."""
    return since_t_s is not None and onset_t_s <= since_t_s + state.undo_s


def undo_left_s(state: State) -> float:
    """How long the last answer may still turn out to go on; 0 where nobody listens for that.

    Speech is noticed a moment after it began, so a little more than the time to speak in.
    """
    turn = state.turn
    if state.candidate != "mic" or turn is None or not may_be_reopened(turn):
        return 0.0
    since_t_s = state.t_s if turn.assessed_t_s is None else turn.assessed_t_s
    return round(max(0.0, since_t_s + state.undo_s + NOTICED_WITHIN_S - state.t_s), 3)

"""What will probably be said after the answer that is being given, so that it can be rendered."""

from __future__ import annotations

from voice_interviewer.core.acknowledging import acknowledgement
from voice_interviewer.core.bank import LADDER
from voice_interviewer.core.events import EndReason
from voice_interviewer.core.state import State

_PROBES = 2
_LIKELY_ENDS: tuple[EndReason, ...] = ("dont_know", "silence")

Line = tuple[str, str]
"""(what to say, the voice's name; empty for the session's own)."""


def spoken_next(state: State) -> tuple[Line, ...]:
    """Lines that may be spoken once the current answer ends, what is needed first last.

    The next question, then the plain probes of the two heaviest criteria that are still open, then
    the acknowledgement.
    """
    turn = state.turn
    if turn is None:
        return ()
    lines: list[Line] = []
    if turn.item + 1 < len(state.plan):
        asks = state.style.asks(turn.item + 1)
        lines.append((state.plan[turn.item + 1].say, asks.voice if asks else ""))
    asked = {(t.aim.criterion_id, t.aim.rung) for t in state.take(turn.item) if t.aim is not None}
    verdicts = state.verdicts(turn.item)
    still_open = [
        criterion
        for criterion in state.plan[turn.item].question.criteria
        if verdicts.get(criterion.id, "met") != "met" and (criterion.id, LADDER[0]) not in asked
    ]
    presses = state.style.presses(turn.item, LADDER[0])
    likely = sorted(still_open, key=lambda criterion: -criterion.weight)[:_PROBES]
    lines += [(c.probes.clarify, presses.voice if presses else "") for c in reversed(likely)]
    if state.style.acknowledge:
        for reason in _LIKELY_ENDS:
            text = acknowledgement(reason, turn.id, state.style.seed)
            if text is not None:
                lines.append((text, turn.asker_voice))
    return tuple(lines)

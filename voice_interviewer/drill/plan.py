"""Turn the criteria a session missed into a drill that asks for each of them again."""

from __future__ import annotations

from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.session import State

FOLLOW_UPS = 3


def drill_plan(state: State) -> tuple[PlanItem, ...]:
    """One item for each criterion that was asked for and not met, heaviest first.

    Each opens with the question it belongs to and the first probe on it, as an interviewer coming
    back to it would. Criteria of questions that were never reached are left out.
    """
    missed = []
    for index, item in enumerate(state.plan):
        if not any(turn.assessment for turn in state.take(index)):
            continue
        for standing in state.standings(index):
            if standing.verdict != "met":
                criterion = item.question.criterion(standing.criterion_id)
                opening = f"Let's come back to this one. {item.question.prompt} "
                opening += criterion.probes.clarify
                drilled = item.model_copy(update={"focus": (criterion.id,), "opening": opening})
                missed.append((-criterion.weight, index, drilled))
    return tuple(item for _, _, item in sorted(missed, key=lambda entry: entry[:2]))

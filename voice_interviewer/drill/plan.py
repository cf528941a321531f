"""Turn the criteria a session missed into a drill that asks for each of them again."""

from __future__ import annotations

from voice_interviewer.core.assessment import FollowUp
from voice_interviewer.core.bank import Criterion
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.session import State

LEAD = "Let's come back to this one."


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
                missed.append((-criterion.weight, index, _drilled(item, criterion)))
    return tuple(item for _, _, item in sorted(missed, key=lambda entry: entry[:2]))


def _drilled(item: PlanItem, criterion: Criterion) -> PlanItem:
    probe = FollowUp(
        criterion_id=criterion.id,
        rung="clarify",
        text=criterion.probes.clarify,
        why="missed in an earlier session",
    )
    update = {"focus": (criterion.id,), "opening": probe, "lead": LEAD}
    return item.model_copy(update=update)

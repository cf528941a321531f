"""The next follow-up after an answer, as core plans it."""

from __future__ import annotations

from collections.abc import Iterable

from voice_interviewer.core.assessment import CriterionVerdict, FollowUp
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.planning import plan


def open_ids(command: Assess) -> list[str]:
    """The criteria that still need a verdict, in rubric order: those not yet met."""
    return [criterion_id for criterion_id, verdict in command.standing if verdict != "met"]


def plan_follow_up(command: Assess, verdicts: Iterable[CriterionVerdict]) -> FollowUp | None:
    """The follow-up the session is going to ask, in the bank's words; None ends the take."""
    return plan(command, verdicts).follow_up

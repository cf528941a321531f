from __future__ import annotations

from judging_samples import command_for

from voice_interviewer.core.assessment import CriterionVerdict
from voice_interviewer.judging.followups import plan_follow_up

COMMAND = command_for("I would look at the win rate and the text.")


def test_the_plan_counts_this_answer() -> None:
    planned = plan_follow_up(COMMAND, ())
    assert planned is not None
    assert planned.criterion_id == "divergence"
    met = CriterionVerdict(criterion_id="divergence", verdict="met")
    planned = plan_follow_up(COMMAND, [met])
    assert planned is not None
    assert planned.criterion_id == "surface"

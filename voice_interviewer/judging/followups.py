"""The next follow-up after an answer: planned by core, at most worded by a model."""

from __future__ import annotations

from collections.abc import Iterable

from voice_interviewer.core.asking import in_words_of, is_fair, same_in_other_words, say_again
from voice_interviewer.core.assessment import CriterionVerdict, FollowUp
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.interviewer import decide
from voice_interviewer.core.planning import open_criteria, plan, situation_after


def open_ids(command: Assess) -> list[str]:
    """The criteria that still need a verdict, in rubric order: those not yet met."""
    return [criterion_id for criterion_id, verdict in command.standing if verdict != "met"]


def plan_follow_up(command: Assess, verdicts: Iterable[CriterionVerdict]) -> FollowUp | None:
    """The follow-up the session is going to ask, in the bank's words; None ends the take."""
    return plan(command, verdicts).follow_up


def may_be_worded(command: Assess, verdicts: Iterable[CriterionVerdict]) -> bool:
    """True where the follow-up is a probe: not a hint, nor a request to say a passage again."""
    given = {verdict.criterion_id: verdict for verdict in verdicts}
    planned = decide(situation_after(command, given.values())).follow_up
    if planned is None or planned.hint:
        return False
    return say_again(planned, given.get(planned.criterion_id)) == planned


def pressable(command: Assess) -> list[FollowUp]:
    """For every open criterion that may still be pressed, heaviest first, the bank's follow-up."""
    situation = situation_after(command, ())
    planned = [
        decide(situation.model_copy(update={"standing": ((key, "missed"),), "fruitless": 0}))
        for key in open_ids(command)
    ]
    found = [d.follow_up for d in planned if d.follow_up is not None and not d.follow_up.hint]
    return sorted(found, key=lambda f: -command.question.criterion(f.criterion_id).weight)


def worded(command: Assess, planned: FollowUp | None, text: str) -> FollowUp | None:
    """The planned follow-up in the model's words, where they are a fit, fair and new question."""
    if planned is None or planned.hint:
        return planned
    asked = (follow_up.text for follow_up in command.asked)
    heard = (command.said, command.prompt, command.question.prompt, command.transcript.text)
    fair = is_fair(text, open_criteria(command), " ".join(heard), command.transcript)
    if not fair or same_in_other_words(text, asked):
        return planned
    offered = FollowUp(criterion_id=planned.criterion_id, rung=planned.rung, text=text)
    return in_words_of(planned, offered)

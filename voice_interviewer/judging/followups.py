"""The next follow-up after an answer: planned by core, at most worded by a model."""

from __future__ import annotations

from collections.abc import Iterable

from voice_interviewer.core.assessment import CriterionVerdict, FollowUp, Standing, Verdict, better
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.interviewer import in_words_of, next_follow_up
from voice_interviewer.core.transcript import tokens_of

_MOST_WORDS = 45


def open_ids(command: Assess) -> list[str]:
    """The criteria that still need a verdict, in rubric order: those not yet met."""
    return [criterion_id for criterion_id, verdict in command.standing if verdict != "met"]


def standing_after(command: Assess, verdicts: Iterable[CriterionVerdict]) -> dict[str, Verdict]:
    """Best verdict of every criterion in play once this answer counts too."""
    given = {verdict.criterion_id: verdict for verdict in verdicts}
    result: dict[str, Verdict] = {}
    for criterion_id, before in command.standing:
        result[criterion_id] = before
        if criterion_id in given:
            known = CriterionVerdict(criterion_id=criterion_id, verdict=before)
            standing = Standing(criterion_id=criterion_id, verdict=before, detail=known)
            result[criterion_id] = better(standing, given[criterion_id], command.turn_id).verdict
    return result


def plan_follow_up(command: Assess, verdicts: Iterable[CriterionVerdict]) -> FollowUp | None:
    """The follow-up the session is going to ask, in the bank's words; None ends the take."""
    return next_follow_up(
        command.question,
        standing_after(command, verdicts),
        command.asked,
        limit=command.follow_up_limit,
        per_criterion=command.per_criterion_limit,
    )


def pressable(command: Assess) -> list[FollowUp]:
    """For every open criterion that may still be pressed, heaviest first, the bank's follow-up."""
    planned = [
        next_follow_up(
            command.question,
            {criterion_id: "missed"},
            command.asked,
            limit=command.follow_up_limit,
            per_criterion=command.per_criterion_limit,
        )
        for criterion_id in open_ids(command)
    ]
    found = [follow_up for follow_up in planned if follow_up is not None]
    return sorted(found, key=lambda f: -command.question.criterion(f.criterion_id).weight)


def worded(
    command: Assess, planned: FollowUp | None, criterion_id: str, text: str
) -> FollowUp | None:
    """The planned follow-up in the model's words, where they are a fit and fair question."""
    if planned is None or not is_fair(command, planned.criterion_id, text):
        return planned
    return in_words_of(planned, FollowUp(criterion_id=criterion_id, rung=planned.rung, text=text))


def is_fair(command: Assess, criterion_id: str, text: str) -> bool:
    """True for one short question that names no jargon of the criterion nobody has said yet."""
    text = text.strip()
    one_question = text.endswith("?") and text.count("?") == 1
    if not one_question or "\n" in text or len(text.split()) > _MOST_WORDS:
        return False
    criterion = command.question.criterion(criterion_id)
    said = " ".join((command.transcript.text, command.prompt, command.question.prompt))
    return not any(
        _contains(text, term.term)
        and not any(_contains(said, form) for form in (term.term, *term.sounds_like))
        for term in criterion.terms
    )


def _contains(text: str, phrase: str) -> bool:
    """True when the words of `phrase` stand in `text` in a row."""
    return f" {' '.join(tokens_of(phrase))} " in f" {' '.join(tokens_of(text))} "

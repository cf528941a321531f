"""From an answer and its verdicts to the follow-up that will be asked, in its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from voice_interviewer.core.asking import say_again, tied_to
from voice_interviewer.core.assessment import RANK, CriterionVerdict, Verdict
from voice_interviewer.core.bank import Criterion
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.interviewer import Decision, Situation, decide
from voice_interviewer.core.transcript import Transcript, tokens_of

HOW_MUCH = "How much is that in numbers, and how did you measure it?"

_MOST_WORDS_OF_GIVING_UP = 14
_GIVES_UP = re.compile(
    r"\b(?:i (?:really |honestly |just )?(?:don't|do not|dont) (?:really )?(?:know|remember|recall)"
    r"|(?:i have |i've got |i've |i got )?no (?:idea|clue)"
    r"|i(?:'m| am) (?:really )?not sure|i can(?:'t|not) (?:remember|recall|think of))\b"
)


def plan(command: Assess, verdicts: Iterable[CriterionVerdict]) -> Decision:
    """What the session does after this answer, should it be judged so. Pure and deterministic."""
    given = tuple(verdicts)
    decision = decide(situation_after(command, given))
    aim = decision.follow_up
    if aim is None or aim.hint:
        return decision
    by_id = {verdict.criterion_id: verdict for verdict in given}
    again = say_again(aim, by_id.get(aim.criterion_id))
    if command.cut_at:
        again = aim.model_copy(update={"text": f'You said "{command.cut_at}". {HOW_MUCH}'})
    elif again == aim:
        criterion = command.question.criterion(aim.criterion_id)
        again = tied_to(aim, criterion, given, command.transcript, command.asked)
    return decision.model_copy(update={"follow_up": again})


def situation_after(command: Assess, verdicts: Iterable[CriterionVerdict]) -> Situation:
    """Where the take stands once this answer counts too."""
    before = dict(command.standing)
    after = standing_after(command.standing, verdicts)
    moved = tuple(key for key, verdict in after.items() if nearer(before[key], verdict))
    return Situation(
        question=command.question,
        item=command.item,
        standing=tuple(after.items()),
        asked=command.asked,
        moved=moved,
        fruitless=0 if moved or command.aim is None else command.fruitless + 1,
        not_known=command.not_known + (command.did_not_know or gives_up(command.transcript)),
        skipped=command.skipped,
        said=" ".join((command.said, command.prompt, command.transcript.text)),
        left_s=command.left_s,
        limit=command.follow_up_limit,
        per_criterion=command.per_criterion_limit,
        wanted="number" if command.cut_at else None,
        style=command.style,
    )


def standing_after(
    standing: Sequence[tuple[str, Verdict]], verdicts: Iterable[CriterionVerdict]
) -> dict[str, Verdict]:
    """Best verdict of every criterion in play once these verdicts count too.

    The first verdict on a criterion that had none counts as it is; a credit is never lost.
    """
    result = dict(standing)
    for verdict in verdicts:
        known = result.get(verdict.criterion_id)
        if known is not None and RANK[verdict.verdict] > RANK[known]:
            result[verdict.criterion_id] = verdict.verdict
    return result


def open_criteria(command: Assess) -> list[Criterion]:
    """The criteria in play that are not yet met, in rubric order."""
    standing = dict(command.standing)
    return [c for c in command.question.criteria if standing.get(c.id, "met") != "met"]


def nearer(before: Verdict, after: Verdict) -> bool:
    """True where a verdict earned more than the one before."""
    return after in ("partial", "met") and RANK[after] > RANK[before]


def gives_up(transcript: Transcript) -> bool:
    """True for a short answer that says nothing but that the candidate does not know."""
    words = tokens_of(transcript.text)
    text = " ".join(words)
    return 0 < len(words) <= _MOST_WORDS_OF_GIVING_UP and _GIVES_UP.search(text) is not None

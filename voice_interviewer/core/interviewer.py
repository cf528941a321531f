"""The follow-up policy: which criterion to press next, on which rung, and when to stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voice_interviewer.core.assessment import CriterionVerdict, FollowUp, Verdict
from voice_interviewer.core.bank import LADDER, Criterion, Question, Rung

_PRESSED_FIRST: Mapping[Verdict, int] = {"missed": 0, "unclear": 0, "partial": 1, "met": 2}
_WHY: Mapping[Verdict, str] = {
    "missed": "heaviest criterion still missed",
    "partial": "heaviest criterion only partly said",
    "unclear": "heaviest criterion that could not be made out",
    "met": "",
}
_MOST_QUOTED_WORDS = 14


def next_follow_up(
    question: Question,
    standing: Mapping[str, Verdict],
    asked: Sequence[FollowUp],
    *,
    limit: int,
    per_criterion: int,
) -> FollowUp | None:
    """The next follow-up in the bank's own words, or None when the take is over.

    Criteria missed or unclear come before partial ones, heavier before lighter, rubric order last;
    what is unclear has earned nothing yet and may need but a few other words. A criterion
    is pressed at most `per_criterion` times and never twice on one rung; the take has at most
    `limit` follow-ups.
    """
    if len(asked) >= limit:
        return None
    candidates = [
        (criterion, rung)
        for criterion in question.criteria
        if standing.get(criterion.id, "met") != "met"
        and sum(f.criterion_id == criterion.id for f in asked) < per_criterion
        and (rung := _next_rung(criterion, asked)) is not None
    ]
    if not candidates:
        return None
    criterion, rung = min(
        candidates, key=lambda pair: (_PRESSED_FIRST[standing[pair[0].id]], -pair[0].weight)
    )
    text = criterion.probes.on(rung)
    assert text is not None, "_next_rung only names rungs that have a probe"
    return FollowUp(
        criterion_id=criterion.id, rung=rung, text=text, why=_WHY[standing[criterion.id]]
    )


def in_words_of(planned: FollowUp | None, offered: FollowUp | None) -> FollowUp | None:
    """The planned follow-up in the judge's words, where the judge kept to the plan.

    A judge may word a follow-up; it may not choose one. Anything aimed elsewhere is ignored.
    """
    if planned is None or offered is None:
        return planned
    if offered.criterion_id != planned.criterion_id or not offered.text.strip():
        return planned
    return planned.model_copy(update={"text": offered.text.strip()})


def say_again(planned: FollowUp, verdict: CriterionVerdict | None) -> FollowUp:
    """The planned follow-up as a request to say a passage again, where that passage was unclear.

    Asked once a criterion, on the first rung; later rungs keep their own words.
    """
    unclear = verdict is not None and verdict.verdict == "unclear" and verdict.evidence
    if not unclear or planned.rung != LADDER[0]:
        return planned
    assert verdict is not None
    said = verdict.evidence[0].quote.split()
    quote = " ".join(said[:_MOST_QUOTED_WORDS]).strip(" ,;:.!?…\"'")
    text = f'You said: "{quote}". Could you say that part again in another way?'
    return planned.model_copy(update={"text": text})


def _next_rung(criterion: Criterion, asked: Sequence[FollowUp]) -> Rung | None:
    used = {f.rung for f in asked if f.criterion_id == criterion.id}
    return next((r for r in LADDER if r not in used and criterion.probes.on(r)), None)

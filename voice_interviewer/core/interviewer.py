"""The follow-up policy: which criterion to press next, on which rung, and when to stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from voice_interviewer.core.asking import leaked, same_in_other_words
from voice_interviewer.core.assessment import FollowUp, Verdict
from voice_interviewer.core.bank import LADDER, Criterion, Question, Rung
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.style import Style

MET_ALL = "every criterion is met"
DEPTH = "as many follow-ups as this take may have"
FRUITLESS = "the last follow-ups brought nothing new"
GAVE_UP = "the candidate did not know, twice"
SKIPPED = "the candidate skipped it"
NO_TIME = "the time for this question is over"
NOTHING_LEFT = "there is nothing left to ask"
HINTED = "the candidate did not know twice, so the hint is offered"

_PRESSED_FIRST: Mapping[Verdict, int] = {"missed": 0, "unclear": 0, "partial": 1, "met": 2}
_WHY: Mapping[Verdict, str] = {
    "missed": "heaviest criterion still missed",
    "partial": "heaviest criterion only partly said",
    "unclear": "heaviest criterion that could not be made out",
    "met": "",
}
_HURRY_S = 45.0
_HINT_AFTER = 2


class Situation(Frozen):
    """All that the policy goes by.

    Args:
        item: the plan item's number from 0; who asks goes by it.
        standing: best verdict of every criterion in play, in rubric order.
        asked: the follow-ups of this take so far.
        moved: ids of the criteria that the last answer got nearer to met.
        fruitless: how many of the latest follow-ups in a row moved nothing.
        not_known: how often the candidate said so in this take.
        said: everything that was asked and answered in this take.
        left_s: seconds left for the question; None where there is no limit.
        limit: how many follow-ups the take may have.
        per_criterion: how often one criterion may be pressed.
        wanted: the rung that what was said asks for, before any other.
    """

    question: Question
    item: int = 0
    standing: tuple[tuple[str, Verdict], ...]
    asked: tuple[FollowUp, ...] = ()
    moved: tuple[str, ...] = ()
    fruitless: int = 0
    not_known: int = 0
    skipped: bool = False
    said: str = ""
    left_s: float | None = None
    limit: int
    per_criterion: int
    wanted: Rung | None = None
    style: Style = Style()


class Decision(Frozen):
    """What comes next, and by which rule: a follow-up, or the end of the take."""

    follow_up: FollowUp | None = None
    why: str


def decide(situation: Situation) -> Decision:
    """The next follow-up in the bank's own words, or the rule that ends the take.

    A criterion that the last answer only half reached is pressed at once, then those that were
    pressed least, missed or unclear before partial, heavier before lighter, rubric order last.
    Nothing is asked twice on one rung, in nearly the same words, or with a term of an open
    criterion that nobody has said.
    """
    if (over := _over(situation)) is not None:
        return Decision(why=over)
    if situation.not_known >= _HINT_AFTER:
        return _hint(situation)
    candidates = list(_candidates(situation))
    if not candidates:
        return Decision(why=NOTHING_LEFT)
    verdicts = dict(situation.standing)
    criterion, rung = min(candidates, key=lambda pair: _order(situation, verdicts, pair[0]))
    text = criterion.probes.on(rung)
    assert text is not None, "only rungs that have a probe are candidates"
    why = _WHY[verdicts[criterion.id]]
    if criterion.id in situation.moved:
        why = "the last answer got nearer to it"
    follow_up = FollowUp(criterion_id=criterion.id, rung=rung, text=text, why=why)
    return Decision(follow_up=follow_up, why=why)


def _over(situation: Situation) -> str | None:
    """The rule that ends the take now, if one does."""
    hinted = any(follow_up.hint for follow_up in situation.asked)
    hintable = situation.style.hints and not hinted
    rules = (
        (SKIPPED, situation.skipped),
        (MET_ALL, all(verdict == "met" for _, verdict in situation.standing)),
        (GAVE_UP, situation.not_known >= _HINT_AFTER and not hintable),
        (NO_TIME, situation.left_s is not None and situation.left_s <= 0),
        (DEPTH, len(situation.asked) >= situation.limit),
        (FRUITLESS, situation.fruitless >= situation.style.fruitless),
    )
    return next((why for why, holds in rules if holds), None)


def _hint(situation: Situation) -> Decision:
    """The question's hint, aimed at what weighs most among what is open."""
    open_criteria = [c for c in situation.question.criteria if _is_open(situation, c)]
    criterion = max(open_criteria, key=lambda c: c.weight)
    text = f"Here is a hint: {situation.question.hint} What comes to mind?"
    aim = FollowUp(criterion_id=criterion.id, rung=LADDER[0], text=text, why=HINTED, hint=True)
    return Decision(follow_up=aim, why=HINTED)


def _candidates(situation: Situation) -> Iterator[tuple[Criterion, Rung]]:
    """The open criteria that may still be pressed, each with its next rung."""
    for criterion in situation.question.criteria:
        if not _is_open(situation, criterion):
            continue
        if _pressed(situation, criterion) >= situation.per_criterion:
            continue
        rung = next(_fit_rungs(situation, criterion), None)
        if rung is not None:
            yield criterion, rung


def _fit_rungs(situation: Situation, criterion: Criterion) -> Iterator[Rung]:
    """The rungs that may be asked on, the next one first.

    What is missed or unclear is asked about plainly before anything else; what is partly said is
    pressed where the interviewer likes to press. In a hurry only the plain question is asked.
    """
    rungs = (LADDER[0], *situation.style.rungs(situation.item))
    if dict(situation.standing)[criterion.id] == "partial":
        rungs = (*rungs[1:], rungs[0])
    if situation.wanted is not None:
        rungs = (situation.wanted, *(rung for rung in rungs if rung != situation.wanted))
    if situation.left_s is not None and situation.left_s < _HURRY_S:
        rungs = (LADDER[0],)
    used = {f.rung for f in situation.asked if f.criterion_id == criterion.id and not f.hint}
    open_criteria = [c for c in situation.question.criteria if _is_open(situation, c)]
    said = f"{situation.said} {situation.question.prompt}"
    asked = [follow_up.text for follow_up in situation.asked]
    for rung in rungs:
        text = criterion.probes.on(rung)
        if rung in used or text is None or same_in_other_words(text, asked):
            continue
        if leaked(text, open_criteria, said) is None:
            yield rung


def _order(
    situation: Situation, verdicts: Mapping[str, Verdict], criterion: Criterion
) -> tuple[bool, int, int, float]:
    moved = criterion.id in situation.moved and _pressed(situation, criterion) > 0
    verdict = verdicts[criterion.id]
    return (
        not moved,
        _pressed(situation, criterion),
        _PRESSED_FIRST[verdict],
        -criterion.weight,
    )


def _is_open(situation: Situation, criterion: Criterion) -> bool:
    return dict(situation.standing).get(criterion.id, "met") != "met"


def _pressed(situation: Situation, criterion: Criterion) -> int:
    return sum(f.criterion_id == criterion.id and not f.hint for f in situation.asked)

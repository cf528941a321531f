"""A drill as the items of a session: each criterion comes back in other words than last time."""

from __future__ import annotations

import random
from collections.abc import Sequence

from voice_interviewer.core.asking import leaked
from voice_interviewer.core.assessment import FollowUp
from voice_interviewer.core.bank import LADDER, Criterion, Rung
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.session import State
from voice_interviewer.drill.choosing import mixed
from voice_interviewer.drill.past import Past, past_of
from voice_interviewer.drill.reviews import CardKey, bank_of

LEADS = (
    "Let's come back to this one.",
    "Here is one that you have met before.",
    "Let me ask you about this from another side.",
    "Back to something from an earlier session.",
    "Another one for a second look.",
)
BRIEF_LEADS = (
    "Once more, the question that began",
    "Still on what I asked a moment ago,",
    "Back to",
)
_MISSED = "missed in an earlier session"
_DUE = "due again"


def drill_plan(state: State, seed: int = 0) -> tuple[PlanItem, ...]:
    """One item for each criterion that a session asked for and did not get, heaviest first.

    Criteria of questions that were never reached are left out.
    """
    missed: dict[CardKey, float] = {}
    for index, item in enumerate(state.plan):
        if not any(turn.assessment for turn in state.take(index)):
            continue
        for standing in state.standings(index):
            if standing.verdict != "met":
                key = CardKey(bank_of(state, item), item.question.id, standing.criterion_id)
                missed[key] = item.question.criterion(standing.criterion_id).weight
    heaviest_first = sorted(missed, key=lambda key: -missed[key])
    return plan_items(mixed(heaviest_first), past_of([state]), seed, why=_MISSED)


def plan_items(
    keys: Sequence[CardKey], past: Past, seed: int, *, why: str = _DUE
) -> tuple[PlanItem, ...]:
    """The items that ask about these criteria, in this order.

    An item opens with the question and a probe on the criterion; where the same drill has asked
    the question before, its first words are enough. Equal seeds give equal words.
    """
    drawn = random.Random(seed)
    leads = drawn.sample(LEADS, len(LEADS))
    brief_leads = drawn.sample(BRIEF_LEADS, len(BRIEF_LEADS))
    heard: set[tuple[str, str]] = set()
    items = []
    for number, key in enumerate(keys):
        brief = key[:2] in heard
        heard.add(key[:2])
        among = brief_leads if brief else leads
        item = past.item(key)
        update = {
            "focus": (key.criterion_id,),
            "opening": _probe(item, past.criterion(key), past.asked.get(key, ()), why),
            "lead": among[number % len(among)],
            "brief": brief,
            "bank_id": key.bank_id,
        }
        items.append(item.model_copy(update=update))
    return tuple(items)


def next_rung(criterion: Criterion, prompt: str, asked: Sequence[Rung]) -> Rung:
    """The rung to ask on next: one never asked on, else the one that was asked longest ago.

    A probe that names a term of the criterion which the prompt does not is passed over.
    """

    def last_asked(rung: Rung) -> int:
        return max((at for at, used in enumerate(asked) if used == rung), default=-1)

    fit: list[Rung] = []
    for rung in LADDER:
        text = criterion.probes.on(rung)
        if text is not None and leaked(text, [criterion], prompt) is None:
            fit.append(rung)
    return min(fit or LADDER[:1], key=last_asked)


def _probe(item: PlanItem, criterion: Criterion, asked: Sequence[Rung], why: str) -> FollowUp:
    rung = next_rung(criterion, item.question.prompt, asked)
    text = criterion.probes.on(rung)
    assert text is not None, "only rungs that have a probe are chosen"
    return FollowUp(criterion_id=criterion.id, rung=rung, text=text, why=why)

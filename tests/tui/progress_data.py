"""Where a candidate stands after a week of small interviews and a drill."""

from __future__ import annotations

from datetime import date

from drill.drill_sessions import Said, session
from fakes import started
from tui_data import QUESTION, SECOND

from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State
from voice_interviewer.drill.past import past_of
from voice_interviewer.drill.plan import plan_items
from voice_interviewer.drill.progress import Progress, progress_of
from voice_interviewer.drill.reviews import CardKey
from voice_interviewer.drill.scores import SessionScore

DAY = date(2030, 1, 9)
BANK = "rlhf"
PLAN = (
    ev.PlanItem(question=QUESTION, section_title="Reward modelling", level="Advanced"),
    ev.PlanItem(
        question=SECOND.model_copy(update={"section": "policy"}),
        section_title="Policy optimisation",
        level="Expert",
    ),
)
WEEK: tuple[tuple[str, Said, Said], ...] = (
    ("2030-01-02", {"held-out": "met", "length": "missed", "kl": "missed"}, {"kl": "partial"}),
    (
        "2030-01-04",
        {"held-out": "met", "length": "partial", "kl": "met", "ensembles": "missed"},
        {"kl": "met", "held-out": "met", "adversarial": "missed"},
    ),
    (
        "2030-01-08",
        {"held-out": "met", "length": "missed", "kl": "met", "ensembles": "partial"},
        {"kl": "met", "held-out": "met", "length": "met", "ensembles": "met"},
    ),
)


def week() -> list[State]:
    """Three interviews, and a drill of one criterion."""
    states = [
        session(
            started(
                *PLAN,
                session_id=f"{number:06x}",
                at=f"{day}T18:00:00Z",
                bank_id=BANK,
                bank_title="AI RLHF Systems Engineer",
                follow_up_limit=0,
            ),
            *answers,
        )
        for number, (day, *answers) in enumerate(WEEK)
    ]
    (item,) = plan_items([CardKey(BANK, QUESTION.id, "length")], past_of(states), seed=1)
    opening = started(
        item, kind="drill", session_id="dddddd", at="2030-01-08T20:00:00Z", bank_id=BANK
    )
    return [*states, session(opening, {"length": "met"})]


def progress() -> Progress:
    """The same as the screens get it, on the day after."""
    scores = ((1.5, 1.5), (5.0, 5.0), (6.5, 9.0))
    interviews = [
        SessionScore(BANK, f"{number:06x}", day, *score)
        for number, ((day, *_), score) in enumerate(zip(WEEK, scores, strict=True))
    ]
    return progress_of(past_of(week()), DAY, interviews=interviews)

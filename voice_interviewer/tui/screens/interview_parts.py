"""The texts of the interview screen, made from where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from voice_interviewer.core.report import judge_notices, judged_line, row_tag, score_words
from voice_interviewer.core.session import State, Turn
from voice_interviewer.tui.safe import hanging, ink, prose
from voice_interviewer.tui.screens.interview_keys import MOST_CHOICES
from voice_interviewer.tui.screens.readings import Readings
from voice_interviewer.tui.screens.situation import Situation
from voice_interviewer.tui.widgets.heard import heard_content
from voice_interviewer.tui.widgets.verdict import decided_part
from voice_interviewer.tui.words import MARKS

_NOTHING = Content("")


def words_part(situation: Situation, readings: Readings, width: int) -> Content:
    """What was heard: the final transcript, or the words so far; `width` is in cells."""
    state, turn = situation.state, situation.turn
    if state is None or turn is None or (state.phase == "asking" and not turn.committed):
        return _NOTHING
    if state.phase == "feedback":
        return feedback_part(state, turn, width)
    if turn.transcript is not None:
        return heard_content(turn.transcript.words, "", doubts=True)
    return heard_content(turn.committed, readings.interim, doubts=False)


def feedback_part(state: State, turn: Turn, width: int) -> Content:
    """What a coach says after a question: every criterion, and what would have met it."""
    question = state.plan[turn.item].question
    lines = [
        ink(score_words(state, turn.item), "bold $loud"),
        ink(judged_line(state, turn.item), "$muted"),
        *(ink(notice, "$muted") for notice in judge_notices(state, turn.item)),
    ]
    for standing in state.standings(turn.item):
        criterion = question.criterion(standing.criterion_id)
        mark, colour = MARKS[standing.verdict]
        head = ink(f"{mark} {standing.verdict:8} ", colour)
        beside = Content(" " * head.cell_length)
        decided = decided_part(row_tag(state, turn.item, standing))
        lines.append(hanging(head, ink(criterion.label, "bold") + decided, width))
        detail = standing.detail
        if detail is not None and detail.evidence:
            lines.append(hanging(beside, ink(f"“{detail.evidence[0].quote}”"), width))
        if standing.verdict != "met":
            said = f"A strong answer says: {criterion.statement}"
            lines.append(hanging(beside, prose(said, "$primary"), width))
    return Content("\n").join(lines)


def failure_part(situation: Situation) -> Content:
    """What failed, and what to do about it."""
    failure = situation.error
    if failure is None and situation.failed and situation.state is not None:
        what = situation.state.failure
        assert what is not None, "a failed situation has a failure"
        return _failure(what.message, what.hint, situation.choices)
    return _NOTHING if failure is None else _failure(failure.message, failure.hint)


def notice_part(situation: Situation) -> Content:
    """What the session told since this turn began; in the first one, all that it has told."""
    state, turn = situation.state, situation.turn
    if state is None or turn is None:
        return _NOTHING
    began_s = state.t_s if turn.asked_t_s is None else turn.asked_t_s
    began_s = began_s if len(state.turns) > 1 else 0.0
    told = [notice for notice in state.notices if notice.t_s >= began_s]
    return ink(f"{told[-1].message} {told[-1].hint}".strip(), "$muted") if told else _NOTHING


def remark_part(situation: Situation, readings: Readings) -> str:
    """The quiet words beside the phase."""
    if situation.asked_to_leave:
        return "Everything so far is kept, and can be continued."
    held = situation.turn is not None and situation.turn.held
    if situation.listening and held:
        return "held: silence will not end it"
    if situation.listening and readings.patient:
        return "take your time"
    return readings.progress


def _failure(message: str, hint: str, choices: Sequence[str] = ()) -> Content:
    lines = [prose(message, "bold $error")]
    if hint:
        lines.append(prose(hint))
    for number, name in enumerate(choices[:MOST_CHOICES], 1):
        lines.append(Content.assemble((f"  {number} ", "bold $primary"), ink(name)))
    return Content("\n").join(lines)

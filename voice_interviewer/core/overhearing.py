"""What it means that the candidate speaks while nobody listens for an answer.

They go on with the answer that seemed to be over, they interrupt the prompt, or they begin the next
answer a moment before the prompt is over; anything else means nothing.
"""

from __future__ import annotations

from typing import Any

from voice_interviewer.core import events as ev
from voice_interviewer.core import issuing
from voice_interviewer.core.commands import StopSpeaking
from voice_interviewer.core.course import Step, with_turn
from voice_interviewer.core.state import State, Turn
from voice_interviewer.core.undoing import in_time, may_be_reopened

EAGER_S = 1.5
_UNDONE_BY_REOPENING = (
    "ended",
    "ended_t_s",
    "speech_end_t_s",
    "transcript",
    "transcribed_t_s",
    "second_pass",
    "assessment",
    "judged",
    "assessed_t_s",
    "acknowledged_t_s",
    "decided",
)


def overheard(state: State, event: ev.SpeechOverheard) -> Step:
    """The candidate goes on with the answer that seemed to be over, or speaks into the prompt."""
    turn = state.turn
    if turn is None:
        return state, ()
    if state.phase == "asking":
        before = state.turns[:-1]
        if before and not turn.recordings and _belongs_before(state, turn, event.onset_t_s):
            return _reopen(state, before)
        return _spoken_into_prompt(state, turn, event.onset_t_s)
    if may_be_reopened(turn) and _goes_on(state, turn, event):
        return _reopen(state, state.turns)
    return state, ()


def began_before_the_end(turn: Turn, ended_t_s: float) -> bool:
    """True where what was overheard of a prompt that ended then is the beginning of the answer.

    It is also true where nothing has been told yet: what is noticed last began just now.
    """
    onset_t_s = turn.overheard_t_s
    return turn.interrupted or onset_t_s is None or onset_t_s >= ended_t_s - EAGER_S


def _goes_on(state: State, turn: Turn, event: ev.SpeechOverheard) -> bool:
    """True where speech after an answer takes it up again.

    In time is who speaks before the answer is judged, or soon after that or after a failure. Events
    of older journals name no turn: they undid nothing once the answer was judged.
    """
    if state.phase in ("feedback", "done"):
        return event.turn_id == turn.id and in_time(state, event.onset_t_s, turn.assessed_t_s)
    if state.phase not in ("transcribing", "assessing"):
        return False
    failure = state.failure
    if failure is None or event.turn_id is None:
        return True
    return in_time(state, event.onset_t_s, failure.t_s)


def _belongs_before(state: State, turn: Turn, onset_t_s: float) -> bool:
    """True where speech at the prompt of this turn goes on with the answer before it.

    The time for that begins with the prompt. After feedback, where the candidate says when to go
    on, it began with the feedback.
    """
    before = state.turns[-2]
    decided = before.decided
    if not may_be_reopened(before):
        return False
    if state.style.feedback == "each" and decided is not None and decided.follow_up is None:
        return in_time(state, onset_t_s, before.assessed_t_s)
    return turn.asked_t_s is None or in_time(state, onset_t_s, turn.asked_t_s)


def _spoken_into_prompt(state: State, turn: Turn, onset_t_s: float) -> Step:
    """With headphones that interrupts the prompt; without them it is remembered when it began.

    Before the first sample there is nothing to interrupt: the ear stays open.
    """
    if turn.asked_t_s is None:
        return state, issuing.overhear(state)
    if state.headphones:
        return with_turn(state, turn, interrupted=True), (StopSpeaking(turn_id=turn.id),)
    return with_turn(state, turn, overheard_t_s=onset_t_s), ()


def _reopen(state: State, turns: tuple[Turn, ...]) -> Step:
    """Go on with the last of these turns; a prompt after it was never asked."""
    undone: dict[str, Any] = dict.fromkeys(_UNDONE_BY_REOPENING) | {"assessments": ()}
    open_again = turns[-1].model_copy(update=undone | {"attempt": turns[-1].attempt + 1})
    update = {"turns": (*turns[:-1], open_again), "phase": "listening", "failure": None}
    live = state.model_copy(update=update)
    listen = issuing.listen(live, open_again, overheard=True)
    return live, (StopSpeaking(turn_id=state.turns[-1].id), listen)

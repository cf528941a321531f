"""Where an interview screen stands: which keys mean something then, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass

from voice_interviewer.core.course import may_be_retaken
from voice_interviewer.core.session import State, Turn
from voice_interviewer.errors import InterviewerError
from voice_interviewer.tui.words import follow_up_number, soft_time

_PUTTING_AWAY = "putting things away"


@dataclass(frozen=True)
class Situation:
    """Everything that decides about keys and words on an interview screen.

    Args:
        state: the session; None until its engines are ready.
        error: it could not be opened or cannot go on; `openable` when opening may be tried again.
        confirming: the candidate was asked whether to leave.
        leaving: the candidate has left; things are being put away.
    """

    state: State | None = None
    error: InterviewerError | None = None
    openable: bool = False
    confirming: bool = False
    leaving: bool = False

    @property
    def turn(self) -> Turn | None:
        """The turn being played."""
        return None if self.state is None else self.state.turn

    @property
    def typed(self) -> bool:
        """True when this candidate types."""
        return self.state is not None and self.state.candidate == "typed"

    @property
    def failed(self) -> bool:
        """True when a part failed and the session waits."""
        return self.state is not None and self.state.failure is not None

    @property
    def listening(self) -> bool:
        """True while the candidate may answer."""
        state = self.state
        gone = self.error is not None or self.leaving or self.failed
        return (
            state is not None
            and (state.status, state.phase) == ("running", "listening")
            and not gone
        )

    @property
    def coaching(self) -> bool:
        """True while the verdicts on a question are shown."""
        return self.state is not None and self.state.phase == "feedback"

    @property
    def metered(self) -> bool:
        """True while a microphone, or what stands for one, is open."""
        return self.listening and not (self.typed or self.asked_to_leave)

    @property
    def asked_to_leave(self) -> bool:
        """True while the candidate may say whether to leave or to stay."""
        return "stay" in self.actions()

    @property
    def choices(self) -> tuple[str, ...]:
        """What could be used instead of what failed."""
        failure = self.state.failure if self.state is not None and self.failed else None
        return failure.choices if failure is not None else ()

    def actions(self) -> frozenset[str]:
        """What the keys may do just now."""
        state = self.state
        if self.leaving:
            return frozenset()
        if self.error is not None:
            return frozenset({"back", "open_again"} if self.openable else {"back"})
        if state is None:
            return frozenset({"back"})
        if state.status == "finished" or state.phase == "done":
            return frozenset()
        if self.confirming:
            return frozenset({"leave", "stay"})
        if self.failed:
            return frozenset({"try_again", "leave_failed"})
        return frozenset({"ask_leave"}) | self._answering(state)

    def _answering(self, state: State) -> frozenset[str]:
        if state.phase == "feedback":
            return frozenset({"next_question", "retake"})
        if state.phase == "asking":
            again = {"start_over"} if may_be_retaken(state) else set()
            return frozenset({"start_answering"} | again)
        if state.phase != "listening":
            return frozenset()
        if self.typed:
            return frozenset({"repeat_typed", "dont_know_typed", "skip_typed", "start_over_typed"})
        keys = frozenset({"answer_done", "repeat", "dont_know", "skip", "start_over"})
        held = state.turn is not None and state.turn.held
        return keys if held else keys | {"hold"}

    def phase(self) -> str:
        """What is going on, in a word or two."""
        state = self.state
        if self.error is not None or self.failed:
            return ""
        if self.leaving:
            return _PUTTING_AWAY
        if self.asked_to_leave:
            return "leave for later?"
        if state is None or state.turn is None:
            return "getting ready"
        if state.status != "running":
            return _PUTTING_AWAY
        if state.phase == "asking":
            silent = state.turn.asked_t_s is not None and not state.turn.audible
            return "the question is shown" if silent else "interviewer speaking"
        if state.phase == "listening":
            return "your turn" if self.typed else "listening"
        words = {
            "transcribing": "transcribing",
            "assessing": "judging",
            "feedback": "your answer, judged",
            "done": "that was the last question",
        }
        return words.get(state.phase, "")

    def place(self) -> tuple[str, str]:
        """The title, and where in the session this is."""
        state = self.state
        if state is None or state.turn is None or state.item is None:
            return "Interview", ""
        number = follow_up_number(state, state.turn)
        parts = [
            f"question {state.turn.item + 1} of {len(state.plan)}",
            state.item.level[:1].upper() + state.item.level[1:],
            f"take {state.turn.take}" if state.turn.take > 1 else "",
            f"follow-up {number}" if number else "",
            f"{state.turn.asker} asks" if state.turn.asker else "",
        ]
        return state.bank_title, " · ".join(part for part in parts if part)

    def clock(self, since_s: float) -> str:
        """The soft timer of the answer; `since_s` is the time since the state was reached."""
        state = self.state
        if state is None or state.turn is None or state.item is None:
            return ""
        turn = state.turn
        about = None if follow_up_number(state, turn) else state.item.question.minutes
        until_s = turn.ended_t_s
        if turn.answer_started_t_s is None:
            return soft_time(None, about)
        if until_s is None:
            until_s = state.t_s + (since_s if self.listening else 0.0)
        return soft_time(until_s - turn.answer_started_t_s, about)

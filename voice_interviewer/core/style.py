"""How an interview is held: its kind, who asks, how hard, and when it stops. Data, not code."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from voice_interviewer.core.bank import LADDER, Rung
from voice_interviewer.core.frozen import Frozen

Feedback = Literal["end", "each"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class Interviewer(Frozen):
    """One of those who ask.

    Args:
        voice: a voice's name; empty for the session's own.
        interests: the rungs this one likes to press on, the favourite first.
    """

    name: Name
    voice: str = ""
    interests: tuple[Rung, ...] = ()


class Pressure(Frozen):
    """When the interviewer cuts in, by rule; seconds are drawn from the range for every answer.

    Args:
        least_s: the earliest cut after the last new criterion (or the start of the answer).
        most_s: the latest one.
        vague_numbers: cut in where an amount is named without a number.
    """

    least_s: float = Field(default=20.0, ge=5, le=600)
    most_s: float = Field(default=45.0, ge=5, le=600)
    vague_numbers: bool = True


class Style(Frozen):
    """What makes an interview a rehearsal, a phone screen, or a panel.

    Args:
        preset: the name it goes by.
        feedback: verdicts when all is over, or after every question, with a retake offered.
        follow_ups: most follow-ups in a take.
        per_criterion: how often one criterion may be pressed in a take.
        fruitless: follow-ups in a row that bring nothing new before the take ends.
        hints: offer the question's hint to a candidate who twice did not know.
        acknowledge: a few neutral words after every answer.
        strict_time: a question's minutes are a limit, not a guide.
        minutes: no new question is begun after so many; None for no limit.
        pressure: cut in by these rules; None for never.
        interviewers: those who ask, in turn; empty for one without a name.
        seed: what is drawn by lot is drawn by this.
    """

    preset: str = "rehearsal"
    feedback: Feedback = "end"
    follow_ups: int = Field(default=2, ge=0, le=10)
    per_criterion: int = Field(default=2, ge=1, le=6)
    fruitless: int = Field(default=2, ge=1, le=10)
    hints: bool = True
    acknowledge: bool = True
    strict_time: bool = False
    minutes: float | None = Field(default=None, gt=0, le=600)
    pressure: Pressure | None = None
    interviewers: tuple[Interviewer, ...] = ()
    seed: int = 0

    def asks(self, item: int) -> Interviewer | None:
        """Who opens a plan item; they take turns."""
        return self.interviewers[item % len(self.interviewers)] if self.interviewers else None

    def presses(self, item: int, rung: Rung) -> Interviewer | None:
        """Who asks on this rung: the one most interested in it, else who opened the item."""
        keen = [who for who in self.interviewers if rung in who.interests]
        if not keen:
            return self.asks(item)
        return min(keen, key=lambda who: who.interests.index(rung))

    def rungs(self, item: int) -> tuple[Rung, ...]:
        """The rungs above `clarify`, the favourites of who opened the item first."""
        who = self.asks(item)
        liked = who.interests if who is not None else ()
        return tuple(dict.fromkeys(r for r in (*liked, *LADDER) if r != LADDER[0]))

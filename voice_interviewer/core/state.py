"""What a session is at any moment: its turns, and where they stand."""

from __future__ import annotations

from typing import Literal

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import (
    Assessment,
    FollowUp,
    Standing,
    Verdict,
    better,
    score,
)
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.transcript import Span, Transcript, Word

Phase = Literal["idle", "asking", "listening", "transcribing", "assessing", "done"]
Status = Literal["new", "running", "interrupted", "finished"]

PER_CRITERION_LIMIT = 2
DRILL_LIMIT = 4


class Turn(Frozen):
    """The interviewer's prompt, the candidate's answer, and its assessment.

    All `*_t_s` are session time in seconds; None until it has happened. `transcript` is what was
    judged, `second_pass` the same answer heard with more time, `retranscribed` what other models
    made of it later. `attempt` counts how often the answer was reopened; `interrupted` is set when
    the candidate began while the prompt was still being spoken.
    """

    id: int
    item: int
    prompt: str
    say: str
    aim: FollowUp | None = None
    voice: str = ""
    audible: bool = False
    asked_t_s: float | None = None
    recordings: tuple[str, ...] = ()
    source: str = ""
    held: bool = False
    interrupted: bool = False
    attempt: int = 0
    commands: tuple[ev.CommandSpoken, ...] = ()
    answer_started_t_s: float | None = None
    committed: tuple[Word, ...] = ()
    ended: ev.EndReason | None = None
    ended_t_s: float | None = None
    speech_end_t_s: float | None = None
    lost_frames: int = 0
    transcript: Transcript | None = None
    transcribed_t_s: float | None = None
    second_pass: Transcript | None = None
    retranscribed: tuple[Transcript, ...] = ()
    assessment: Assessment | None = None
    assessed_t_s: float | None = None

    @property
    def removed(self) -> tuple[Span, ...]:
        """What was said to the interviewer, in seconds of the turn's recordings put together."""
        return tuple((told.start_s, told.end_s) for told in self.commands)

    @property
    def saved(self) -> Transcript | None:
        """The best transcript of the first two; what a reader wants, while verdicts quote the
        judged one."""
        return self.second_pass or self.transcript


class State(Frozen):
    """Everything a screen or a report needs to know about a session."""

    status: Status = "new"
    phase: Phase = "idle"
    session_id: str = ""
    at: str = ""
    kind: ev.SessionKind = "interview"
    bank_id: str = ""
    bank_title: str = ""
    plan: tuple[ev.PlanItem, ...] = ()
    follow_up_limit: int = 0
    candidate: str = ""
    voice: str = ""
    judge: str = ""
    headphones: bool = False
    microphone: str | None = None
    drill_of: str | None = None
    turns: tuple[Turn, ...] = ()
    notices: tuple[ev.NoticeRaised, ...] = ()
    failure: ev.PartFailed | None = None
    ended_because: str = ""
    t_s: float = 0.0

    @property
    def turn(self) -> Turn | None:
        """The turn being played, or the last one."""
        return self.turns[-1] if self.turns else None

    @property
    def item(self) -> ev.PlanItem | None:
        """The plan item being asked, or the last one."""
        return self.plan[self.turns[-1].item] if self.turns else None

    @property
    def per_criterion_limit(self) -> int:
        """How often one criterion may be pressed in a take."""
        return DRILL_LIMIT if self.kind == "drill" else PER_CRITERION_LIMIT

    def take(self, item: int) -> tuple[Turn, ...]:
        """The turns of one plan item, in order."""
        return tuple(turn for turn in self.turns if turn.item == item)

    def standings(self, item: int) -> tuple[Standing, ...]:
        """Best verdict of every criterion of a plan item, in rubric order."""
        result = []
        for criterion_id in self.plan[item].criteria:
            standing = Standing(criterion_id=criterion_id)
            for turn in self.take(item):
                verdict = turn.assessment.of(criterion_id) if turn.assessment else None
                if verdict is not None:
                    standing = better(standing, verdict, turn.id)
            result.append(standing)
        return tuple(result)

    def verdicts(self, item: int) -> dict[str, Verdict]:
        """Criterion id to best verdict of a plan item."""
        return {s.criterion_id: s.verdict for s in self.standings(item)}

    def score(self, item: int) -> float:
        """Points out of 10 for a plan item."""
        return score(self.plan[item].question, self.verdicts(item))

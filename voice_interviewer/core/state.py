"""What a session is at any moment: its turns, and where they stand."""

from __future__ import annotations

from typing import Literal

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import (
    Assessment,
    FollowUp,
    Standing,
    Verdict,
    best_score,
    better,
    score,
)
from voice_interviewer.core.bank import Pronunciation
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.interviewer import Decision
from voice_interviewer.core.style import Style
from voice_interviewer.core.transcript import Span, Transcript, Word

Phase = Literal["idle", "asking", "listening", "transcribing", "assessing", "feedback", "done"]
Status = Literal["new", "running", "interrupted", "finished"]

_SECONDS = 60.0


class Turn(Frozen):
    """The interviewer's prompt, the candidate's answer, and its assessment.

    All `*_t_s` are session time in seconds; None until it has happened. `transcript` is what was
    judged first, `second_pass` the same answer heard with more time, `retranscribed` what other
    models made of it later. `assessment` is the latest judgement and the one that counts,
    `assessments` all of them in order, `judged` the transcript whose words the latest one quotes.
    `corrections` are those of `judged`, `put_right_before` is the answer with earlier ones.
    `words_before` tells how many words were committed before each of the `recordings`.
    `take` counts the attempts at a question from 1, `attempt` how often the answer was reopened;
    `interrupted` is set when the candidate cut the prompt short, `overheard_t_s` is when they began
    to speak while it went on all the same. `worded` tells that a model found its words. `asker`
    is who asks, where they have names. `cut_in` says why the interviewer cut in, `cut_at` at which
    words. `decided` is what followed, and by which rule.
    """

    id: int
    item: int
    take: int = 1
    prompt: str
    say: str
    aim: FollowUp | None = None
    worded: bool = False
    asker: str = ""
    asker_voice: str = ""
    voice: str = ""
    audible: bool = False
    asked_t_s: float | None = None
    recordings: tuple[str, ...] = ()
    source: str = ""
    held: bool = False
    interrupted: bool = False
    overheard_t_s: float | None = None
    attempt: int = 0
    commands: tuple[ev.CommandSpoken, ...] = ()
    heard_met: tuple[str, ...] = ()
    heard_met_t_s: float | None = None
    cut_in: str = ""
    cut_at: str = ""
    answer_started_t_s: float | None = None
    committed: tuple[Word, ...] = ()
    words_before: tuple[int, ...] = ()
    ended: ev.EndReason | None = None
    ended_t_s: float | None = None
    speech_end_t_s: float | None = None
    lost_frames: int = 0
    transcript: Transcript | None = None
    transcribed_t_s: float | None = None
    second_pass: Transcript | None = None
    retranscribed: tuple[Transcript, ...] = ()
    corrections: tuple[ev.WordCorrected, ...] = ()
    put_right_before: Transcript | None = None
    assessment: Assessment | None = None
    assessments: tuple[Assessment, ...] = ()
    judged: Transcript | None = None
    assessed_t_s: float | None = None
    acknowledged_t_s: float | None = None
    decided: Decision | None = None

    @property
    def removed(self) -> tuple[Span, ...]:
        """What was said to the interviewer, in seconds of the turn's recordings put together."""
        return tuple((told.start_s, told.end_s) for told in self.commands)

    @property
    def saved(self) -> Transcript | None:
        """The best transcript of the first two; what a reader wants, while verdicts quote the
        judged one."""
        return self.second_pass or self.transcript

    @property
    def latest(self) -> Transcript | None:
        """What was said as far as anybody knows: as the candidate put it right, else as it was
        heard last."""
        again = self.retranscribed[-1] if self.retranscribed else None
        return self.put_right or again or self.saved

    @property
    def put_right(self) -> Transcript | None:
        """The answer as the candidate put it right; None where nothing was corrected."""
        return self.corrected if self.corrections else self.put_right_before

    @property
    def corrected(self) -> Transcript | None:
        """The judged transcript with the candidate's corrections; None before it is judged.

        Words keep their times; those taken out are gone.
        """
        heard = self.judged or self.transcript
        if heard is None:
            return None
        words = list(heard.words)
        for told in self.corrections:
            if told.word < len(words):
                words[told.word] = words[told.word].model_copy(
                    update={"text": told.text, "probability": 1.0}
                )
        kept = tuple(word for word in words if word.text.strip())
        return heard.model_copy(update={"words": kept})


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
    pronunciations: tuple[Pronunciation, ...] = ()
    follow_up_limit: int = 0
    candidate: str = ""
    voice: str = ""
    judge: str = ""
    headphones: bool = False
    undo_s: float = 2.0
    microphone: str | None = None
    drill_of: str | None = None
    fork_of: str | None = None
    fork_turn: int | None = None
    style: Style = Style(acknowledge=False)
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
    def preset(self) -> str:
        """The name of the kind of interview this is."""
        return self.style.preset

    def left_s(self, item: int) -> float | None:
        """Seconds left for the latest take of a plan item; None where time is no limit."""
        if not self.style.strict_time:
            return None
        limit_s = self.plan[item].question.minutes * _SECONDS
        began = [turn.asked_t_s for turn in self.take(item) if turn.asked_t_s is not None]
        return round(limit_s - (self.t_s - min(began)), 3) if began else limit_s

    @property
    def time_is_over(self) -> bool:
        """True when no new question may be begun."""
        return self.style.minutes is not None and self.t_s >= self.style.minutes * _SECONDS

    @property
    def per_criterion_limit(self) -> int:
        """How often one criterion may be pressed in a take."""
        return self.style.per_criterion

    def takes(self, item: int) -> tuple[tuple[Turn, ...], ...]:
        """The turns of every take of a plan item, the first take first."""
        numbers = dict.fromkeys(turn.take for turn in self.turns if turn.item == item)
        return tuple(self.take(item, number) for number in numbers)

    def take(self, item: int, number: int | None = None) -> tuple[Turn, ...]:
        """The turns of one take of a plan item, in order; of its latest take by default."""
        turns = tuple(turn for turn in self.turns if turn.item == item)
        if number is None:
            number = max((turn.take for turn in turns), default=1)
        return tuple(turn for turn in turns if turn.take == number)

    def standings(self, item: int, take: int | None = None) -> tuple[Standing, ...]:
        """Best verdict of every criterion in a take (the latest by default), in rubric order."""
        result = []
        for criterion_id in self.plan[item].criteria:
            standing = Standing(criterion_id=criterion_id)
            for turn in self.take(item, take):
                verdict = turn.assessment.of(criterion_id) if turn.assessment else None
                if verdict is not None:
                    standing = better(standing, verdict, turn.id)
            result.append(standing)
        return tuple(result)

    def verdicts(self, item: int, take: int | None = None) -> dict[str, Verdict]:
        """Criterion id to best verdict in a take (the latest by default)."""
        return {s.criterion_id: s.verdict for s in self.standings(item, take)}

    def score(self, item: int, take: int | None = None) -> float:
        """Points out of 10 for a take (the latest by default)."""
        return score(self.plan[item].question, self.verdicts(item, take))

    def best_score(self, item: int, take: int | None = None) -> float:
        """Points out of 10 if all that is unclear turned out to be met."""
        return best_score(self.plan[item].question, self.verdicts(item, take))

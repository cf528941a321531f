"""A verdict per criterion, its evidence, and the score that code (never a model) computes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field

from voice_interviewer.core.bank import Question, Rung
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.transcript import Evidence, Transcript, is_verbatim

Verdict = Literal["met", "partial", "missed", "unclear"]

APPROXIMATE = "approximate, matched without a language model"
MOST_WHY_WORDS = 25
CREDIT: Mapping[Verdict, float] = {"met": 1.0, "partial": 0.5, "unclear": 0.0, "missed": 0.0}
RANK: Mapping[Verdict, int] = {"missed": 0, "unclear": 1, "partial": 2, "met": 3}


class CriterionVerdict(Frozen):
    """What one judge says of one criterion, and the words it rests on."""

    criterion_id: str
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    confidence: float = Field(default=1.0, ge=0.0, le=1.0)
    decided_by: str = ""
    why: str = ""


class FollowUp(Frozen):
    """A follow-up question: which criterion it aims at, on which rung, and its words.

    `hint` marks the question's own hint, given to a candidate who did not know.
    """

    criterion_id: str
    rung: Rung
    text: str
    why: str = ""
    hint: bool = False


class Usage(Frozen):
    """What a judgement took of a server; None where the server does not tell.

    Requests are counted with those that failed or were given up. Cost is in the currency that the
    server bills in.
    """

    requests: int = Field(default=0, ge=0)
    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)
    cost: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class Assessment(Frozen):
    """The judgement of one answer.

    `addresses_grader` holds the passages that speak to whoever grades instead of answering; they
    stay in the answer and prove nothing. `usage` is None where no server was asked.
    """

    judge: str
    approximate: bool = False
    verdicts: tuple[CriterionVerdict, ...] = ()
    follow_up: FollowUp | None = None
    notice: str = ""
    addresses_grader: tuple[Evidence, ...] = ()
    usage: Usage | None = None

    @property
    def by(self) -> str:
        """Who judged, and what that is worth; shown wherever the verdicts are."""
        if not self.approximate:
            return self.judge
        decided = dict.fromkeys(verdict.decided_by for verdict in self.verdicts)
        others = [name for name in decided if name and not name.startswith(self.judge)]
        took_part = not others or len(others) < len(decided)
        who = ", in part ".join([self.judge, *others]) if took_part else ", ".join(others)
        return f"{who} ({APPROXIMATE})"

    def tag(self, verdict: CriterionVerdict) -> str:
        """Who decided one of the verdicts, where that is not who judged; shown in its row."""
        return "" if verdict.decided_by == self.judge else verdict.decided_by

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader is told beside the verdicts."""
        addressed = " ".join(f'"{evidence.quote}"' for evidence in self.addresses_grader)
        told = f"This speaks to whoever grades it and proves nothing: {addressed}"
        unclear = any(verdict.verdict == "unclear" for verdict in self.verdicts)
        told_of_unclear = "What is unclear is neither credited nor failed; it may be asked again."
        return tuple(
            text
            for text, wanted in (
                (self.notice, bool(self.notice)),
                (told, bool(self.addresses_grader)),
                (told_of_unclear, unclear),
            )
            if wanted
        )

    def of(self, criterion_id: str) -> CriterionVerdict | None:
        """The verdict on one criterion, or None where this answer was not judged for it."""
        return next((v for v in self.verdicts if v.criterion_id == criterion_id), None)


class Standing(Frozen):
    """A criterion's best verdict in a take, and the turn it was earned in."""

    criterion_id: str
    verdict: Verdict = "missed"
    turn_id: int | None = None
    detail: CriterionVerdict | None = None


def brief(why: str) -> str:
    """A reason in at most 25 words; what goes beyond them is cut off."""
    words = why.split()
    if len(words) <= MOST_WHY_WORDS:
        return why
    return " ".join(words[:MOST_WHY_WORDS]).rstrip(",;:")


def keep_proven(verdict: CriterionVerdict, transcript: Transcript) -> CriterionVerdict:
    """The verdict with evidence that is not word for word in the transcript taken out.

    A credit (met or partial) that is left without any evidence becomes `missed`: nothing that the
    candidate did not say earns a point.
    """
    proven = tuple(e for e in verdict.evidence if is_verbatim(transcript, e))
    if verdict.verdict in ("met", "partial") and not proven:
        return verdict.model_copy(
            update={
                "verdict": "missed",
                "evidence": (),
                "why": "no words of the answer were found to support it",
            }
        )
    return verdict.model_copy(update={"evidence": proven})


def proven(assessment: Assessment, transcript: Transcript, in_play: Collection[str]) -> Assessment:
    """Only verdicts on the criteria in play, each resting on words that were really said."""
    verdicts = tuple(
        keep_proven(verdict, transcript)
        for verdict in assessment.verdicts
        if verdict.criterion_id in in_play
    )
    return assessment.model_copy(update={"verdicts": verdicts})


def better(old: Standing, new: CriterionVerdict, turn_id: int) -> Standing:
    """The standing after another verdict: a credit once earned is never taken away."""
    if old.detail is not None and RANK[new.verdict] <= RANK[old.verdict]:
        return old
    return Standing(criterion_id=old.criterion_id, verdict=new.verdict, turn_id=turn_id, detail=new)


def best_score(question: Question, verdicts: Mapping[str, Verdict]) -> float:
    """Points out of 10 if all that is unclear turned out to be met."""
    hopeful: dict[str, Verdict] = {
        key: "met" if verdict == "unclear" else verdict for key, verdict in verdicts.items()
    }
    return score(question, hopeful)


def score(question: Question, verdicts: Mapping[str, Verdict]) -> float:
    """Points out of 10, weighted; `verdicts` maps criterion id to verdict.

    Only the criteria named in `verdicts` count, so a drill on one criterion is scored on that one.
    """
    judged = [c for c in question.criteria if c.id in verdicts]
    total = sum(c.weight for c in judged)
    if not total:
        return 0.0
    earned = sum(c.weight * CREDIT[verdicts[c.id]] for c in judged)
    return round(10.0 * earned / total, 1)

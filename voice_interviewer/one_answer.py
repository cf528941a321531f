"""One answer that was given elsewhere, judged as an interview would judge it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from voice_interviewer.archive.transcript import MARK
from voice_interviewer.banks.load import find_bank, load_bank
from voice_interviewer.banks.select import plan_of
from voice_interviewer.config import Settings
from voice_interviewer.core.assessment import Assessment, best_score, proven, score
from voice_interviewer.core.bank import Question
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.report import assessment_report, points
from voice_interviewer.core.transcript import Transcript, words_of
from voice_interviewer.errors import AudioError, UsageError
from voice_interviewer.wiring import open_judge, open_rehearing

Tell = Callable[[str, float | None], None]

_MOST_BYTES = 200_000
_LOAD_WAIT_S = 120.0


class OneAnswer:
    """A question of a bank, and what was said to it. Raises UsageError for an unknown question."""

    def __init__(self, settings: Settings, question_id: str, transcript: Transcript) -> None:
        self._settings = settings
        self.question = _question(settings, question_id)
        self.transcript = transcript

    def judged(self, judge: str) -> Assessment:
        """The assessment by the judge of this name. Raises InterviewerError."""
        command = Assess(
            turn_id=1,
            question=self.question,
            prompt=self.question.prompt,
            transcript=self.transcript,
            standing=tuple((criterion.id, "missed") for criterion in self.question.criteria),
            follow_up_limit=1,
        )
        opened = open_judge(self._settings, judge, load_wait_s=_LOAD_WAIT_S)
        try:
            assessment = opened.assess(command)
        finally:
            opened.close()
        told = (getattr(opened, "caveat", ""), assessment.notice)
        assessment = assessment.model_copy(update={"notice": "\n".join(filter(None, told))})
        return proven(assessment, self.transcript, [c.id for c in self.question.criteria])


def typed(text: str) -> Transcript:
    """A written answer. Raises UsageError where there is none, or far too much."""
    if len(text.encode()) > _MOST_BYTES:
        raise UsageError("That is no spoken answer: it is longer than 200 kB.", "Shorten it.")
    transcript = Transcript(words=words_of(text))
    if transcript.empty:
        raise UsageError("There is no answer in it: no word was found.", "Give a text with words.")
    return transcript


def spoken(settings: Settings, question_id: str, path: Path, tell: Tell) -> Transcript:
    """What is said in a sound file. Raises AudioError, and what the speech engine raises."""
    if not path.is_file():
        raise AudioError(f"There is no sound file {path}.", "Check the path.")
    terms = _question(settings, question_id).terms
    rehearing = open_rehearing(settings, path.parent, tell=tell)
    try:
        transcript = rehearing.hear_file(path, terms)
    finally:
        rehearing.close()
    if transcript.empty:
        raise AudioError(f"Nothing was heard in {path}.", "Check it with a player.")
    return transcript


def as_json(answer: OneAnswer, assessment: Assessment) -> dict[str, Any]:
    """Everything, for scripts."""
    question = answer.question
    verdicts = {v.criterion_id: v.verdict for v in assessment.verdicts}
    return {
        "question_id": question.id,
        "prompt": question.prompt,
        "transcript": answer.transcript.text,
        "engine": answer.transcript.engine,
        "score": score(question, verdicts),
        "best_score": best_score(question, verdicts),
        **assessment_report(question, assessment),
    }


def as_text(answer: OneAnswer, assessment: Assessment) -> str:
    """The same to be read."""
    question = answer.question
    verdicts = {v.criterion_id: v.verdict for v in assessment.verdicts}
    lines = [question.prompt, ""]
    for verdict in assessment.verdicts:
        label = question.criterion(verdict.criterion_id).label
        lines.append(f"{MARK[verdict.verdict]} {verdict.verdict:8}{label}")
        lines += [f'           "{evidence.quote}"' for evidence in verdict.evidence]
        lines.append(f"           {verdict.why} ({verdict.decided_by})")
    shown = points(score(question, verdicts), best_score(question, verdicts))
    lines += ["", f"{shown} of 10. Judged by {assessment.by}."]
    lines += assessment.remarks
    if assessment.follow_up is not None:
        lines += ["", f"Next it would ask: {assessment.follow_up.text}"]
    return "\n".join(lines)


def _question(settings: Settings, question_id: str) -> Question:
    bank = load_bank(find_bank(settings.interview.bank))
    return plan_of(bank, 1, (question_id,))[0].question

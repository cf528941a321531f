"""A session as one JSON object that scripts can rely on. Pure: everything comes from the state."""

from __future__ import annotations

from typing import Any

from voice_interviewer.core.assessment import (
    Assessment,
    CriterionVerdict,
    FollowUp,
    Standing,
)
from voice_interviewer.core.bank import Question
from voice_interviewer.core.delivery import delivery_of
from voice_interviewer.core.session import State, Turn
from voice_interviewer.core.transcript import Transcript

Json = dict[str, Any]


def session_report(state: State, path: str) -> Json:
    """The whole session. `path` is its folder; times in `timing_ms` are milliseconds."""
    return {
        "session_id": state.session_id,
        "path": path,
        "kind": state.kind,
        "status": state.status,
        "ended_because": state.ended_because,
        "at": state.at,
        "bank": state.bank_id,
        "candidate": state.candidate,
        "voice": state.voice,
        "preset": state.style.preset,
        "seed": state.style.seed,
        "judge": state.judge,
        "questions": [
            {
                "question_id": item.question.id,
                "prompt": item.question.prompt,
                "score": state.score(index) if state.take(index) else None,
                "best_score": state.best_score(index) if state.take(index) else None,
                "takes": [
                    {"take": turns[0].take, "score": state.score(index, turns[0].take)}
                    for turns in state.takes(index)
                ],
                "verdicts": state.verdicts(index) if state.take(index) else {},
            }
            for index, item in enumerate(state.plan)
        ],
        "turns": [_turn(state, turn) for turn in state.turns],
        "notices": [{"part": n.part, "message": n.message, "hint": n.hint} for n in state.notices],
    }


def score_words(state: State, item: int, take: int | None = None) -> str:
    """A score as people read it: a range where something is unclear."""
    return f"{points(state.score(item, take), state.best_score(item, take))} of 10"


def points(least: float, best: float | None) -> str:
    """A score out of 10, or the range from it to what it is if all that is unclear is met."""
    return f"{least:.1f}" if best is None or best <= least else f"{least:.1f} to {best:.1f}"


def judged_by(state: State, item: int, take: int | None = None) -> str:
    """Who judged a take, and what that is worth; empty where nobody did."""
    judged = (turn.assessment for turn in state.take(item, take))
    return "; ".join(dict.fromkeys(assessment.by for assessment in judged if assessment))


def judged_line(state: State, item: int, take: int | None = None) -> str:
    """The line that stands wherever the verdicts on a take are shown; empty where nobody judged."""
    by = judged_by(state, item, take)
    return f"Judged by {by}." if by else ""


def judge_notices(state: State, item: int) -> tuple[str, ...]:
    """What the judges of the latest take told beside their verdicts, each once."""
    judged = (turn.assessment for turn in state.take(item))
    return tuple(dict.fromkeys(found.notice for found in judged if found and found.notice))


def row_tag(state: State, item: int, standing: Standing, take: int | None = None) -> str:
    """Who decided on a criterion, where that is not plain from who judged the take."""
    judges = {turn.assessment.judge for turn in state.take(item, take) if turn.assessment}
    decided_by = standing.detail.decided_by if standing.detail else ""
    return "" if judges == {decided_by} else decided_by


def timing_ms(state: State, turn: Turn) -> Json:
    """How long the candidate waited after an answer, in milliseconds; None where not reached.

    The wait begins at the end of speech where speech was heard, else where the answer ended.
    """
    following = _after(state, turn)
    asked_t_s = following.asked_t_s if following is not None else None
    spoke_until_s = turn.speech_end_t_s if turn.speech_end_t_s is not None else turn.ended_t_s
    return {
        "answer_end_to_acknowledgement": _ms(turn.ended_t_s, turn.acknowledged_t_s),
        "end_of_speech_to_answer_end": _ms(spoke_until_s, turn.ended_t_s),
        "end_of_speech_to_transcript": _ms(spoke_until_s, turn.transcribed_t_s),
        "transcript_to_assessment": _ms(turn.transcribed_t_s, turn.assessed_t_s),
        "assessment_to_next_prompt": _ms(turn.assessed_t_s, asked_t_s),
        "end_of_speech_to_next_prompt": _ms(spoke_until_s, asked_t_s),
    }


def _after(state: State, turn: Turn) -> Turn | None:
    return next((t for t in state.turns if t.id == turn.id + 1), None)


def _ms(start_s: float | None, end_s: float | None) -> int | None:
    return None if start_s is None or end_s is None else round((end_s - start_s) * 1000)


def _words(transcript: Transcript | None) -> list[Json]:
    return [word.model_dump() for word in transcript.words] if transcript else []


def _turn(state: State, turn: Turn) -> Json:
    item = state.plan[turn.item]
    transcript, assessment = turn.transcript, turn.assessment
    delivery = delivery_of(turn.saved)
    following = _after(state, turn)
    asked_next = following.aim if following is not None else None
    return {
        "turn": turn.id,
        "question_id": item.question.id,
        "take": turn.take,
        "asker": turn.asker,
        "prompt": turn.prompt,
        "aim": _follow_up(turn.aim),
        "audible": turn.audible,
        "voice": turn.voice,
        "recordings": list(turn.recordings),
        "ended": turn.ended,
        "lost_frames": turn.lost_frames,
        "transcript": transcript.text if transcript else None,
        "engine": transcript.engine if transcript else None,
        "second_pass": turn.second_pass.text if turn.second_pass else None,
        "retranscribed": [{"engine": t.engine, "text": t.text} for t in turn.retranscribed],
        "words": _words(transcript),
        "put_right": turn.put_right.text if turn.put_right else None,
        "judged_words": _words(turn.judged),
        "delivery": delivery.model_dump() if delivery else None,
        **assessment_report(item.question, assessment),
        "follow_up": _follow_up(asked_next),
        "decided": turn.decided.why if turn.decided else None,
        "cut_in": {"why": turn.cut_in, "at": turn.cut_at} if turn.cut_in else None,
        "timing_ms": timing_ms(state, turn),
    }


def assessment_report(question: Question, assessment: Assessment | None) -> Json:
    """One judgement, with what the judge would ask next; the session may ask something else."""
    if assessment is None:
        return {
            "criteria": [],
            "judge": None,
            "approximate": None,
            "notice": "",
            "addresses_grader": [],
            "usage": None,
            "follow_up": None,
        }
    return {
        "criteria": [
            _criterion(question.criterion(v.criterion_id).label, v) for v in assessment.verdicts
        ],
        "judge": assessment.judge,
        "approximate": assessment.approximate,
        "notice": assessment.notice,
        "addresses_grader": [span.model_dump() for span in assessment.addresses_grader],
        "usage": assessment.usage.model_dump() if assessment.usage else None,
        "follow_up": _follow_up(assessment.follow_up),
    }


def _criterion(label: str, verdict: CriterionVerdict) -> Json:
    fields = verdict.model_dump(exclude={"criterion_id"})
    return {"criterion": verdict.criterion_id, "label": label, **fields}


def _follow_up(aim: FollowUp | None) -> Json | None:
    if aim is None:
        return None
    return {"criterion": aim.criterion_id, "rung": aim.rung, "text": aim.text, "why": aim.why}

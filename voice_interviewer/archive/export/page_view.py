"""What the page shows, in its order. All of it is plain text, which the template escapes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice_interviewer.archive.export.captions import answer_words
from voice_interviewer.archive.export.source import Source
from voice_interviewer.archive.export.text import printable
from voice_interviewer.archive.export.timeline import Slot, best_transcript
from voice_interviewer.archive.transcript import MARK, clock_time
from voice_interviewer.core.assessment import Standing
from voice_interviewer.core.delivery import Delivery, delivery_of
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.report import judged_by, row_tag, score_words
from voice_interviewer.core.session import State, Turn
from voice_interviewer.core.transcript import Evidence, Word, sentences

_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Timed:
    """Text with its time on the timeline: `clock` to read, `start` and `end` seconds to seek."""

    text: str
    start: str = ""
    end: str = ""
    clock: str = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence of an answer and its words."""

    at: Timed
    words: tuple[Timed, ...]


@dataclass(frozen=True)
class TurnView:
    """A prompt and its answer. `aim` tells what a follow-up was after."""

    number: int
    name: str
    asker: str
    aim: str
    prompt: Timed
    said: tuple[Sentence, ...]
    unsaid: str
    language: str
    delivery: Delivery | None
    otherwise: tuple[Timed, ...]


@dataclass(frozen=True)
class VerdictView:
    """A row of the criteria table. `decided_by` is empty where that is who judged the take."""

    verdict: str
    mark: str
    label: str
    decided_by: str
    why: str
    quotes: tuple[Timed, ...]


@dataclass(frozen=True)
class TakeView:
    """One attempt at a question. `name` is empty where it is the only one."""

    name: str
    score: str
    judged_by: str
    verdicts: tuple[VerdictView, ...]
    remarks: tuple[str, ...]
    turns: tuple[TurnView, ...]


@dataclass(frozen=True)
class QuestionView:
    """A question that was asked, with all its takes."""

    number: int
    prompt: str
    section: str
    score: str
    model_answer: tuple[str, ...]
    takes: tuple[TakeView, ...]


def questions_of(source: Source) -> tuple[QuestionView, ...]:
    """The questions that were asked, as they were planned."""
    state = source.state
    return tuple(
        QuestionView(
            number=index + 1,
            prompt=printable(item.question.prompt),
            section=_section(item),
            score=_score(state, index),
            model_answer=tuple(
                filter(None, map(printable, item.question.model_answer.split("\n\n")))
            ),
            takes=tuple(_take(source, index, turns) for turns in state.takes(index)),
        )
        for index, item in enumerate(state.plan)
        if state.take(index)
    )


def _score(state: State, item: int, take: int | None = None) -> str:
    """As people read it; empty where nothing is judged."""
    judged = any(turn.assessment for turn in state.take(item, take))
    return score_words(state, item, take) if judged else ""


def _take(source: Source, item: int, turns: tuple[Turn, ...]) -> TakeView:
    state, number = source.state, turns[0].take
    judged = [turn.assessment for turn in turns if turn.assessment]
    many = len(state.takes(item)) > 1
    standings = state.standings(item, number) if judged else ()
    return TakeView(
        name=f"Take {number}" if many else "",
        score=_score(state, item, number),
        judged_by=printable(judged_by(state, item, number)),
        verdicts=tuple(_verdict(source, item, number, standing) for standing in standings),
        remarks=tuple(dict.fromkeys(printable(r) for a in judged for r in a.remarks)),
        turns=tuple(_turn(source, turn, count) for count, turn in enumerate(turns)),
    )


def _section(item: PlanItem) -> str:
    title, level = printable(item.section_title), printable(item.level)
    alike = title.casefold() == level.casefold()
    return title if alike else " · ".join(filter(None, (title, level)))


def _verdict(source: Source, item: int, take: int, standing: Standing) -> VerdictView:
    detail = standing.detail
    slot = next((s for s in source.timeline.slots if s.turn_id == standing.turn_id), None)
    return VerdictView(
        verdict=standing.verdict,
        mark=MARK[standing.verdict],
        label=printable(source.state.plan[item].question.criterion(standing.criterion_id).label),
        decided_by=printable(row_tag(source.state, item, standing, take)),
        why=printable(detail.why) if detail else "",
        quotes=tuple(_quote(source, slot, e) for e in detail.evidence) if detail else (),
    )


def _quote(source: Source, slot: Slot | None, evidence: Evidence) -> Timed:
    text = printable(evidence.quote)
    if slot is None or not slot.recordings or evidence.start_s is None:
        return Timed(text)
    return _timed(source, text, slot.answer_s + evidence.start_s, slot.end_s)


def _turn(source: Source, turn: Turn, count: int) -> TurnView:
    slot = source.timeline.of(turn)
    transcript = best_transcript(turn)
    empty = "(nothing was heard)" if turn.ended else "(unanswered)"
    language = transcript.language if transcript else ""
    return TurnView(
        number=turn.id,
        name=f"Follow-up {count}" if count else "Question",
        asker=printable(turn.asker) or "Interviewer",
        aim=_aim(source.state, turn),
        prompt=_timed(source, printable(turn.prompt), slot.prompt_s, slot.answer_s),
        said=_said(source, turn, slot),
        unsaid="" if transcript and transcript.words else empty,
        language=language if _LANGUAGE.fullmatch(language) else "",
        delivery=delivery_of(turn.saved),
        otherwise=tuple(
            Timed(printable(t.text), clock=printable(t.engine)) for t in turn.retranscribed
        ),
    )


def _aim(state: State, turn: Turn) -> str:
    if turn.aim is None:
        return ""
    label = state.plan[turn.item].question.criterion(turn.aim.criterion_id).label
    return printable(f"{label}, {turn.aim.rung.replace('_', ' ')}")


def _said(source: Source, turn: Turn, slot: Slot) -> tuple[Sentence, ...]:
    words = answer_words(turn, slot)
    recorded = bool(slot.recordings)
    shown = [
        _timed(source, word.text, word.start_s, word.end_s) if recorded else Timed(word.text)
        for word in words
    ]
    spans = sentences([Word(text=word.text) for word in words])
    return tuple(Sentence(shown[first], tuple(shown[first : last + 1])) for first, last in spans)


def _timed(source: Source, text: str, start_s: float, end_s: float) -> Timed:
    """Text that can be heard at a time; only readable where the page has no sound."""
    if not source.timeline.sounds:
        return Timed(text)
    clock = clock_time(start_s)
    if not source.sounds:
        return Timed(text, clock=clock)
    return Timed(text, f"{start_s:.2f}", f"{end_s:.2f}", clock)

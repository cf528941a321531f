"""What the index keeps of one session, as rows of its tables. Pure."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from voice_interviewer.core.session import State, Turn
from voice_interviewer.core.transcript import Transcript, Word

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_TENTHS = 10
_NO_TIME = 0xFFFF
_NOT_JUDGED = 0xFF
_SCORES = (*(tenths / 10 for tenths in range(_NOT_JUDGED)), None)

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Rows:
    """A session's rows, without the keys that the index gives them.

    Args:
        session: `id, at, bank, title, kind, status, questions, score, best_score, fork_of,
            trace`.
        takes: `item, take, bank, question, section, section_title, prompt, score, best_score`.
        verdicts: `item, take, criterion, label, verdict`.
        turns: `item, take, turn, answer_times, other_times, prompt, answer, other`.
    """

    session: Row = ("", "", "", "", "", "unreadable", 0, None, None, None, b"")
    takes: list[Row] = field(default_factory=list)
    verdicts: list[Row] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)


def rows_of(state: State) -> Rows:
    """Everything that was asked, said and judged in a session."""
    latest_scores: list[tuple[float, float] | None] = []
    takes: list[Row] = []
    verdicts: list[Row] = []
    for index, item in enumerate(state.plan):
        question = item.question
        labels = {criterion.id: criterion.label for criterion in question.criteria}
        latest: tuple[float, float] | None = None
        for turns in state.takes(index):
            take = turns[0].take
            judged = any(turn.assessment for turn in turns)
            latest = (state.score(index, take), state.best_score(index, take)) if judged else None
            takes.append(
                (
                    index,
                    take,
                    item.bank_id or state.bank_id,
                    question.id,
                    question.section,
                    one_line(item.section_title),
                    one_line(question.prompt),
                    *(latest or (None, None)),
                )
            )
            if judged:
                verdicts += (
                    (index, take, key, one_line(labels[key]), verdict)
                    for key, verdict in state.verdicts(index, take).items()
                )
        latest_scores.append(latest)
    scores = [found for found in latest_scores if found is not None]
    session = (
        one_line(state.session_id),
        one_line(state.at),
        one_line(state.bank_id),
        one_line(state.bank_title),
        state.kind,
        "finished" if state.status == "finished" else "interrupted",
        len(state.plan),
        round(fmean(least for least, _ in scores), 1) if scores else None,
        round(fmean(most for _, most in scores), 1) if scores else None,
        state.fork_of,
        bytes(_NOT_JUDGED if found is None else round(found[0] * 10) for found in latest_scores),
    )
    return Rows(session, takes, verdicts, [_turn(turn) for turn in state.turns])


def one_line(text: str) -> str:
    """The text with single spaces, and without what a database or a terminal stumbles over."""
    return " ".join((text if text.isprintable() else _UNPRINTABLE.sub(" ", text)).split())


def scores_of(trace: bytes) -> tuple[float | None, ...]:
    """The score of each question of a session, out of 10; None where nothing was judged."""
    return tuple([_SCORES[tenths] for tenths in trace])


def time_of(times: bytes, word: int) -> float | None:
    """Seconds at which a word of a packed text begins."""
    tenths = array("H", times)
    if not 0 <= word < len(tenths) or tenths[word] == _NO_TIME:
        return None
    return tenths[word] / _TENTHS


class _Text:
    """A text of words with times; what is in it already is not added again."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._tenths = array("H")
        self.text = ""

    def add(self, words: Iterable[Word]) -> None:
        for word in words:
            pieces = one_line(word.text).split()
            self._pieces += pieces
            self._tenths.extend([_packed(word.start_s)] * len(pieces))
        self.text = " ".join(self._pieces)

    @property
    def times(self) -> bytes:
        return self._tenths.tobytes()

    def has(self, text: str) -> bool:
        return f" {one_line(text)} " in f" {self.text} "


def _turn(turn: Turn) -> Row:
    answer, other = _Text(), _Text()
    now = _answer(turn)
    answer.add(now.words)
    heard = [turn.transcript, turn.second_pass, *turn.retranscribed, turn.judged]
    for transcript in heard:
        if transcript is not None and not answer.has(transcript.text):
            _add(other, transcript.text, transcript.words)
    for assessment in turn.assessments:
        for verdict in assessment.verdicts:
            for evidence in verdict.evidence:
                if not answer.has(evidence.quote):
                    quote = Word(text=evidence.quote, start_s=evidence.start_s)
                    _add(other, evidence.quote, (quote,))
    for told in turn.corrections:
        if told.text.strip() and not answer.has(told.text):
            _add(other, told.text, (Word(text=told.text),))
    return (
        turn.item,
        turn.take,
        turn.id,
        answer.times,
        other.times,
        one_line(turn.prompt),
        answer.text,
        other.text,
    )


def _answer(turn: Turn) -> Transcript:
    """The answer as it stands now, or as far as it was heard."""
    return turn.latest or Transcript(words=turn.committed)


def _add(other: _Text, text: str, words: Iterable[Word]) -> None:
    if other.has(text):
        return
    if other.text:
        other.add((Word(text="/"),))
    other.add(words)


def _packed(start_s: float | None) -> int:
    """Tenths of a second in 16 bits, for the first hour and three quarters."""
    return _NO_TIME if start_s is None else min(max(0, int(start_s * _TENTHS)), _NO_TIME - 1)

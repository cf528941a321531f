"""Two answers to the same question side by side: what the second gained, what it lost. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from voice_interviewer.core.assessment import CREDIT, Standing
from voice_interviewer.core.delivery import delivery_of
from voice_interviewer.core.report import judged_by
from voice_interviewer.core.session import State, Turn
from voice_interviewer.core.transcript import tokens_of
from voice_interviewer.errors import UsageError

Change = Literal["gained", "lost", "same", "open", "unasked"]

REFERENCE = "SESSION[:question-id][#take]"
_REFERENCE = re.compile(r"(?P<session>[^:#]+)(?::(?P<question>[^:#]+))?(?:#(?P<take>[1-9]\d*))?")


@dataclass(frozen=True)
class Reference:
    """One answer as it is named on the command line; None where it is left to be found."""

    session: str
    question: str | None = None
    take: int | None = None


def reference(text: str) -> Reference:
    """Read `SESSION[:question-id][#take]`. Raises UsageError."""
    found = _REFERENCE.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"{text!r} does not name an answer.",
            f"Say {REFERENCE}, for example last:reward-hacking#2.",
        )
    take = found["take"]
    return Reference(found["session"], found["question"], None if take is None else int(take))


@dataclass(frozen=True)
class Take:
    """One attempt at a question, with its follow-ups."""

    state: State
    item: int
    number: int

    @property
    def question_id(self) -> str:
        """Which question it answers."""
        return self.state.plan[self.item].question.id

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Its turns that were answered, in order."""
        turns = self.state.take(self.item, self.number)
        return tuple(turn for turn in turns if turn.transcript is not None)

    @property
    def said(self) -> tuple[tuple[float | None, str], ...]:
        """When each answer began, in session time, and its text; alike in a copy of the session."""
        return tuple((turn.answer_started_t_s, _text(turn)) for turn in self.turns)


@dataclass(frozen=True)
class Figures:
    """How a take was spoken, its answers together; None where nothing was spoken or timed.

    Args:
        seconds: from the first speech to the last, added up over the answers.
        words_per_minute: over these seconds.
        pauses_over_1_s, longest_pause_s: silences between two stretches of speech.
        first_word_s: from the start of listening to the first speech of the first answer.
        first_criterion_s: seconds of answering until the first words that earned a criterion.
        fillers_at_least: a lower bound; `fillers` says which they were.
    """

    seconds: float | None = None
    words_per_minute: float | None = None
    pauses_over_1_s: int | None = None
    longest_pause_s: float | None = None
    first_word_s: float | None = None
    first_criterion_s: float | None = None
    fillers_at_least: int | None = None
    fillers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """One of the two answers. `score` and `best_score` are out of 10; `best_score` is what it were
    if all that is unclear were met. `alone` says of every word of `words` whether the other answer
    lacks it there; `spoken` is False where all was typed; `judged_by` is empty where
    nobody judged."""

    session_id: str
    at: str
    take: int
    turn_ids: tuple[int, ...]
    score: float | None
    best_score: float | None
    figures: Figures
    words: tuple[str, ...]
    alone: tuple[bool, ...]
    spoken: bool
    judged_by: str = ""


@dataclass(frozen=True)
class CriterionPair:
    """One criterion in both answers; a standing is None where it was not asked for."""

    criterion_id: str
    label: str
    change: Change
    first: Standing | None
    second: Standing | None


@dataclass(frozen=True)
class Comparison:
    """Two answers to one question; what is gained and lost is the second's.

    `section` is the title of the section the question is from."""

    question_id: str
    prompt: str
    first: Side
    second: Side
    criteria: tuple[CriterionPair, ...]
    section: str = ""

    def having(self, change: Change) -> tuple[CriterionPair, ...]:
        """The criteria that changed like this."""
        return tuple(pair for pair in self.criteria if pair.change == change)


def takes_of(state: State) -> tuple[Take, ...]:
    """Every answered take of a session, in the order they were begun."""
    seen = dict.fromkeys((turn.item, turn.take) for turn in state.turns)
    takes = (Take(state, item, number) for item, number in seen)
    return tuple(take for take in takes if take.turns)


def compare(first: Take, second: Take) -> Comparison:
    """Both takes side by side. Raises UsageError where they answer different questions."""
    if first.question_id != second.question_id:
        raise UsageError(
            f"These are answers to two questions, {first.question_id} and {second.question_id}.",
            f"Name the same question in both: {REFERENCE}.",
        )
    one, other = _words(first), _words(second)
    alone, other_alone = differing(one, other)
    return Comparison(
        first.question_id,
        second.state.plan[second.item].question.prompt,
        _side(first, one, alone),
        _side(second, other, other_alone),
        _criteria(first, second),
        second.state.plan[second.item].section_title,
    )


def change_of(first: Standing | None, second: Standing | None) -> Change:
    """What became of a criterion. Where either verdict is unclear nobody can know: `open`."""
    if first is None or second is None:
        return "unasked"
    if "unclear" in (first.verdict, second.verdict):
        return "open"
    step = CREDIT[second.verdict] - CREDIT[first.verdict]
    return "gained" if step > 0 else "lost" if step < 0 else "same"


def differing(
    first: tuple[str, ...], second: tuple[str, ...]
) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """For every word of both texts, whether the other text lacks it at that place.

    Case and punctuation make no difference.
    """
    one, other = [tuple(tokens_of(w)) for w in first], [tuple(tokens_of(w)) for w in second]
    alone, other_alone = [True] * len(one), [True] * len(other)
    for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            alone[block.a + offset] = other_alone[block.b + offset] = False
    return tuple(alone), tuple(other_alone)


def figures_of(take: Take) -> Figures:
    """How a take was spoken."""
    spoken = [(turn, delivery_of(turn.saved)) for turn in take.turns]
    told = [(turn, delivery) for turn, delivery in spoken if delivery is not None]
    if not told:
        return Figures()
    fillers: Counter[str] = Counter()
    seconds, words = 0.0, 0
    for turn, delivery in told:
        fillers.update(delivery.fillers)
        count = sum(bool(tokens_of(word.text)) for word in turn.saved.words) if turn.saved else 0
        rate = delivery.words_per_minute
        seconds += count * 60 / rate if rate else delivery.speaking_s
        words += count
    return Figures(
        seconds=round(seconds, 1),
        words_per_minute=round(words * 60 / seconds, 1) if seconds else None,
        pauses_over_1_s=sum(delivery.pauses_over_1_s for _, delivery in told),
        longest_pause_s=max(delivery.longest_pause_s for _, delivery in told),
        first_word_s=told[0][1].first_word_s,
        first_criterion_s=_first_criterion_s(take),
        fillers_at_least=fillers.total(),
        fillers=dict(fillers.most_common()),
    )


def _first_criterion_s(take: Take) -> float | None:
    begins_s: dict[int, float] = {}
    before_s = 0.0
    for turn in take.turns:
        begins_s[turn.id] = before_s
        before_s += turn.transcript.audio_s if turn.transcript else 0.0
    earned = [
        begins_s[standing.turn_id] + evidence.start_s
        for standing in take.state.standings(take.item, take.number)
        if CREDIT[standing.verdict] and standing.detail and standing.turn_id in begins_s
        for evidence in standing.detail.evidence
        if evidence.start_s is not None
    ]
    return round(min(earned), 1) if earned else None


def _side(take: Take, words: tuple[str, ...], alone: tuple[bool, ...]) -> Side:
    state = take.state
    judged = any(turn.assessment for turn in take.turns)
    return Side(
        state.session_id,
        state.at,
        take.number,
        tuple(turn.id for turn in take.turns),
        state.score(take.item, take.number) if judged else None,
        state.best_score(take.item, take.number) if judged else None,
        figures_of(take),
        words,
        alone,
        any(turn.transcript is not None and turn.transcript.audio_s > 0 for turn in take.turns),
        judged_by(state, take.item, take.number),
    )


def _criteria(first: Take, second: Take) -> tuple[CriterionPair, ...]:
    """The criteria of both, in the order of the second's rubric, what only the first has last."""
    one, other = _standings(first), _standings(second)
    labels = {
        criterion.id: criterion.label
        for take in (first, second)
        for criterion in take.state.plan[take.item].question.criteria
    }
    return tuple(
        CriterionPair(
            key, labels[key], change_of(one.get(key), other.get(key)), one.get(key), other.get(key)
        )
        for key in dict.fromkeys([*other, *one])
    )


def _standings(take: Take) -> dict[str, Standing]:
    if not any(turn.assessment for turn in take.turns):
        return {}
    return {s.criterion_id: s for s in take.state.standings(take.item, take.number)}


def _words(take: Take) -> tuple[str, ...]:
    return tuple(word for turn in take.turns for word in _text(turn).split())


def _text(turn: Turn) -> str:
    corrected = turn.corrected
    return corrected.text if corrected is not None else ""

"""The judge that needs no language model, no network and no key.

Every window of an answer is measured against every criterion (`features`), and where the weights
are there also read (`reader`). Plain numbers that were fitted on other questions (`calibration`)
turn the best window into a probability. Where that is high the criterion is met, where it is low it
is missed, and between them this judge says that it cannot tell. It sees wording, and little of the
meaning; so its assessments are marked approximate.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from voice_interviewer.core.assessment import Assessment, CriterionVerdict, brief
from voice_interviewer.core.bank import Criterion, Question
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.planning import gives_up
from voice_interviewer.core.transcript import Evidence, Transcript
from voice_interviewer.judging.addressing import addressing_spans
from voice_interviewer.judging.asked_back import ASKED_BACK, asked_back
from voice_interviewer.judging.asked_words import interviewers_words
from voice_interviewer.judging.calibration import Array, Calibrations, calibrations
from voice_interviewer.judging.doubts import doubt, leans_wrong, refuted
from voice_interviewer.judging.features import (
    FEATURES,
    Measured,
    Window,
    WordTable,
    for_reading,
    measure,
    windows_of,
)
from voice_interviewer.judging.followups import open_ids, plan_follow_up
from voice_interviewer.judging.heard import Hit, Sentence, hear
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.quoting import (
    MOST_QUOTE_WORDS,
    deciding_hits,
    mean_probability,
    quote,
    words_matched,
)
from voice_interviewer.judging.read_out import READ_OUT, read_out
from voice_interviewer.judging.reader import Reader, claim_of, open_reader
from voice_interviewer.judging.rubric import Claims, Rubric, read_rubric

# Mean probability of the deciding words below which they may have been heard wrongly.
DOUBTFUL = 0.45
HEARD_WITH_DOUBT = "the deciding words were heard with doubt"
# Probability from which an unclear criterion is asked about by the words that may have meant it.
QUOTED = 0.3
# Nothing that is matched without a language model makes this judge surer than this.
_SUREST = 0.97
_REMEMBERED_RUBRICS = 4
_TOUCHED, _OVERALL = FEATURES.index("touched"), FEATURES.index("overall")

_NAME = "embedded"
ECHOED = "the question says all its words"
_CLOSE_TO_WRONG = "too little of it was said, and words of a misconception were"


@dataclass(frozen=True)
class Credence:
    """How likely an answer meets a criterion, and the passage that says so best.

    Args:
        sure, missed: whether it is likely or unlikely enough for a verdict.
        doubt: what speaks against crediting it; empty where nothing does.
        refuted: True where any passage says a misconception outright.
        hits: the deciding words; none where the meaning alone decided.
    """

    probability: float
    score: float
    sure: bool
    missed: bool
    doubt: str
    refuted: bool
    evidence: Evidence
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class _Prepared:
    """What does not depend on the answer."""

    rubric: Rubric
    table: WordTable


class EmbeddedJudge:
    """Deterministic; safe to call from several threads.

    Args:
        reader: reads what is said; None goes by the words alone.
    """

    name = _NAME

    def __init__(self, reader: Reader | None = None) -> None:
        self._reader = reader
        self._prepared: dict[tuple[str, ...], _Prepared] = {}
        self._one_at_a_time = threading.Lock()

    def assess(self, command: Assess) -> Assessment:
        """Verdicts on the criteria not yet met, and the next follow-up.

        What was unclear is asked for again in its own words, all else in the bank's words.
        """
        verdicts = self.verdicts(command, open_ids(command))
        return Assessment(
            judge=self.name,
            approximate=True,
            verdicts=verdicts,
            follow_up=plan_follow_up(command, verdicts),
            addresses_grader=addressing_spans(command.transcript),
        )

    def anticipate(self, command: Assess) -> None:
        """Read the rubric, and the answer so far, which takes longer than judging it."""
        if self._reader is None:
            self._prepare(command)
        else:
            self._measure(command, command.transcript, open_ids(command))

    def met(self, command: Assess) -> tuple[str, ...]:
        """The criteria in play that are met by what was said so far."""
        verdicts = self.verdicts(command, open_ids(command))
        return tuple(v.criterion_id for v in verdicts if v.verdict == "met")

    def verdicts(
        self, command: Assess, criterion_ids: Sequence[str]
    ) -> tuple[CriterionVerdict, ...]:
        """Verdicts on these criteria alone, in rubric order."""
        found = self.credences(command, criterion_ids)
        return tuple(
            self._verdict(command.transcript, criterion, found.get(criterion.id))
            for criterion in command.question.criteria
            if criterion.id in criterion_ids
        )

    def credences(
        self, command: Assess, criterion_ids: Collection[str] | None = None
    ) -> dict[str, Credence]:
        """Criterion id to what the best window makes of it; empty where nothing was said.

        All criteria unless ids are given. Windows that speak to the grader are left out.
        """
        ids = _all_ids(command) if criterion_ids is None else criterion_ids
        prepared, heard, measured = self._measure(command, command.transcript, ids)
        if not measured.windows:
            return {}
        gave_up = gives_up(command.transcript)
        return {
            claims.criterion.id: self._credence(
                command.transcript, claims, heard, measured, index, gave_up
            )
            for index, claims in enumerate(prepared.rubric.claims)
            if claims.criterion.id in ids
        }

    def measured(self, command: Assess) -> Array:
        """The features of every window, shape `(n_criteria, n_windows, n_features)`."""
        return self._measure(command, command.transcript, _all_ids(command))[2].values

    def leans_to_misconception(
        self, command: Assess, criterion_id: str, evidence: Evidence
    ) -> bool:
        """True when a quote says a misconception of the criterion more plainly than the criterion.

        In doubt False: other words alone are no reason.
        """
        words = command.transcript.words[evidence.first_word : evidence.last_word + 1]
        prepared, _, measured = self._worded(command, Transcript(words=words))
        if not measured.windows:
            return False
        ids = [claims.criterion.id for claims in prepared.rubric.claims]
        index = ids.index(criterion_id)
        numbers = calibrations().of(prepared.rubric.claims[index].bare)
        best = int(numbers.scores(measured.values[index]).argmax())
        return leans_wrong(measured.values[index], best)

    def close(self) -> None:
        """Nothing to release."""

    @property
    def _calibrations(self) -> Calibrations:
        return calibrations(read=self._reader is not None)

    def _worded(
        self, command: Assess, transcript: Transcript
    ) -> tuple[_Prepared, list[Sentence], Measured]:
        """Measured by words alone."""
        prepared = self._prepare(command)
        heard = hear(transcript, prepared.rubric)
        windows = _not_to_the_grader(transcript, windows_of(heard))
        if self._reader is not None:
            windows = for_reading(windows)
        return prepared, heard, measure(prepared.table, heard, windows)

    def _measure(
        self, command: Assess, transcript: Transcript, criterion_ids: Collection[str]
    ) -> tuple[_Prepared, list[Sentence], Measured]:
        """Measured by words, and for these criteria read where there is a reader."""
        prepared, heard, measured = self._worded(command, transcript)
        if self._reader is None:
            return prepared, heard, measured
        claims = prepared.rubric.claims
        chosen = [n for n, claim in enumerate(claims) if claim.criterion.id in criterion_ids]
        texts = [_text(transcript, window.first, window.last) for window in measured.windows]
        readings = np.zeros((len(claims), len(texts), 2), dtype=np.float32)
        readings[chosen] = self._reader.readings(
            [claim_of(claims[n].criterion) for n in chosen], texts
        )
        values = np.concatenate([measured.values, readings], axis=2)
        return prepared, heard, replace(measured, values=values)

    def _prepare(self, command: Assess) -> _Prepared:
        question = command.question
        prompts = interviewers_words(command)
        key = (question.model_dump_json(), *prompts)
        with self._one_at_a_time:
            return self._remembered(key, question, prompts)

    def _remembered(
        self, key: tuple[str, ...], question: Question, prompts: Sequence[str]
    ) -> _Prepared:
        known = self._prepared.pop(key, None)
        if known is None:
            ids = [criterion.id for criterion in question.criteria]
            rubric = read_rubric(question, ids, prompts)
            known = _Prepared(rubric, WordTable(rubric))
            while len(self._prepared) >= _REMEMBERED_RUBRICS:
                self._prepared.pop(next(iter(self._prepared)))
        self._prepared[key] = known
        return known

    def _credence(
        self,
        transcript: Transcript,
        claims: Claims,
        heard: Sequence[Sentence],
        measured: Measured,
        index: int,
        gave_up: bool,
    ) -> Credence:
        numbers = self._calibrations.of(claims.bare)
        values = measured.values[index]
        scores = numbers.scores(values)
        # Of windows that are as likely the one with the most of its words is quoted.
        best = int(np.lexsort((values[:, _TOUCHED], scores))[-1])
        window = measured.windows[best]
        phrase = claims.supports[measured.best[index, best]] if claims.supports else None
        hits = deciding_hits(phrase, heard[window.start : window.start + window.sentences])
        likely = numbers.probability(float(scores[best]))
        first, last = window.first, window.last
        if not hits and likely >= QUOTED and window.words > MOST_QUOTE_WORDS:
            first, last = self._telling_part(transcript, claims, heard, window)
        return Credence(
            probability=likely,
            score=float(scores[best]),
            sure=likely >= numbers.met,
            missed=likely <= numbers.missed or (gave_up and not values[:, _OVERALL].any()),
            doubt=ECHOED if claims.echoed else doubt(values, best, claims.bare),
            refuted=refuted(values),
            evidence=quote(transcript, first, last, hits),
            hits=hits,
        )

    def _telling_part(
        self, transcript: Transcript, claims: Claims, heard: Sequence[Sentence], window: Window
    ) -> tuple[int, int]:
        """First and last word of the sentence that says most of what a long window says."""
        parts = [(s.first, s.last) for s in heard[window.start : window.start + window.sentences]]
        if self._reader is None:
            return window.first, window.last
        texts = [_text(transcript, first, last) for first, last in parts]
        (readings,) = self._reader.readings([claim_of(claims.criterion)], texts)
        return parts[int(readings[:, 0].argmax())]

    def _verdict(
        self, transcript: Transcript, criterion: Criterion, found: Credence | None
    ) -> CriterionVerdict:
        if found is None or found.missed:
            likely = 0.0 if found is None else found.probability
            instead = found is not None and found.refuted
            return CriterionVerdict(
                criterion_id=criterion.id,
                verdict="missed",
                confidence=round(min(_SUREST, 1 - likely), 2),
                decided_by=self.name,
                why=_CLOSE_TO_WRONG if instead else "too little of it was said",
            )
        if found.probability < QUOTED or (self._reader is None and not found.hits):
            return CriterionVerdict(
                criterion_id=criterion.id,
                verdict="unclear",
                confidence=round(found.probability, 2),
                decided_by=self.name,
                why="cannot be told without a language model",
            )
        unsure = self._unsure(transcript, criterion, found)
        matched = words_matched(transcript, found.hits)
        said = f"matched on: {matched}" if matched else "said in other words"
        return CriterionVerdict(
            criterion_id=criterion.id,
            verdict="unclear" if unsure else "met",
            evidence=(found.evidence,),
            confidence=round(min(_SUREST, found.probability), 2),
            decided_by=self.name,
            why=brief(f"{unsure}; {said}" if unsure else said),
        )

    def _unsure(self, transcript: Transcript, criterion: Criterion, found: Credence) -> str:
        """Why a likely criterion is not met for sure; empty where it is."""
        if mean_probability(transcript, found.evidence, found.hits) < DOUBTFUL:
            return HEARD_WITH_DOUBT
        if found.doubt:
            return found.doubt
        if read_out(transcript, criterion, found.evidence):
            return READ_OUT
        if asked_back(transcript, found.evidence):
            return ASKED_BACK
        return "" if found.sure else "not surely said"


def open_judge(options: JudgeOptions) -> EmbeddedJudge:
    """The embedded judge, with a reader where its weights are there. Raises WeightsError."""
    folder = options.reader_dir
    return EmbeddedJudge(None if folder is None else open_reader(folder))


def _text(transcript: Transcript, first: int, last: int) -> str:
    return " ".join(word.text for word in transcript.words[first : last + 1])


def _all_ids(command: Assess) -> tuple[str, ...]:
    return tuple(criterion.id for criterion in command.question.criteria)


def _not_to_the_grader(transcript: Transcript, windows: Sequence[Window]) -> tuple[Window, ...]:
    spans = [(span.first_word, span.last_word) for span in addressing_spans(transcript)]
    return tuple(
        window
        for window in windows
        if not any(first <= window.last and window.first <= last for first, last in spans)
    )

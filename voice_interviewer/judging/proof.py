"""Whether a quote proves anything: it stands in the answer, and says something of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.fuzz import partial_ratio

from voice_interviewer.core.assessment import CriterionVerdict
from voice_interviewer.core.bank import Criterion
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import Evidence, tokens_of
from voice_interviewer.judging.addressing import addressing_spans
from voice_interviewer.judging.alignment import align, overlaps
from voice_interviewer.judging.asked_words import interviewers_words
from voice_interviewer.judging.read_out import READ_OUT, read_out
from voice_interviewer.judging.words import STOPWORDS, key_of, keys_of

_LEAST_WORDS = 4
# A quote without a content word of its own echoes the prompt when it is this much like a stretch of
# it, or has this many of its content words in the same order.
_ECHO = 80.0
_ECHO_KEYS = 4

NO_QUOTE = "no words of the answer are quoted for it"
NOT_SAID = "the words it quotes are not in the answer"
ADDRESSED = "the words it quotes speak to the grader"
ECHOED = "the words it quotes only repeat the question"
RECITED = f"what it quotes are {READ_OUT}"
TOO_SHORT = "the words it quotes are too few to say it"


@dataclass(frozen=True)
class Proof:
    """The passages of a quote that count; where there are none, `fault` says why."""

    evidence: tuple[Evidence, ...] = ()
    fault: str = ""


class Prover:
    """Checks quotes against one answer."""

    def __init__(self, command: Assess) -> None:
        self._command = command
        self.addressing = addressing_spans(command.transcript)

    def prove(self, criterion_id: str, quote: str) -> Proof:
        """The passages of this quote that may prove the criterion."""
        found = align(self._command.transcript, quote, self.addressing)
        if not found:
            return Proof(fault=NOT_SAID if tokens_of(quote) else NO_QUOTE)
        faults = [self._fault(criterion_id, evidence) for evidence in found]
        counting = tuple(e for e, fault in zip(found, faults, strict=True) if not fault)
        return Proof(counting) if counting else Proof(fault=faults[0])

    def confidence(self, evidence: Sequence[Evidence]) -> float:
        """How surely the words were heard: their mean probability; 1.0 without any."""
        words = self._command.transcript.words
        heard = [w.probability for e in evidence for w in words[e.first_word : e.last_word + 1]]
        return round(sum(heard) / len(heard), 2) if heard else 1.0

    def _fault(self, criterion_id: str, evidence: Evidence) -> str:
        """Why a passage that was said counts for nothing; empty where it counts."""
        if overlaps(evidence, self.addressing):
            return ADDRESSED
        tokens = tokens_of(evidence.quote)
        keys = keys_of(tokens)
        if not keys or (len(tokens) < _LEAST_WORDS and not keys & self._concepts(criterion_id)):
            return TOO_SHORT
        if read_out(self._command.transcript, self._criterion(criterion_id), evidence):
            return RECITED
        return ECHOED if self._echoes(tokens) else ""

    def _concepts(self, criterion_id: str) -> set[str]:
        criterion = self._criterion(criterion_id)
        sounds = (sound for term in criterion.terms for sound in (term.term, *term.sounds_like))
        texts = (criterion.statement, *criterion.also, *sounds)
        return keys_of(token for text in texts for token in tokens_of(text))

    def _criterion(self, criterion_id: str) -> Criterion:
        return self._command.question.criterion(criterion_id)

    def _echoes(self, tokens: list[str]) -> bool:
        keys = _keys_in_order(tokens)
        for prompt in self._prompts:
            asked = _keys_in_order(prompt)
            if not set(keys) <= set(asked):
                continue
            rest = iter(asked)
            if len(keys) >= _ECHO_KEYS and all(key in rest for key in keys):
                return True
            if partial_ratio(" ".join(tokens), " ".join(prompt)) >= _ECHO:
                return True
        return False

    @cached_property
    def _prompts(self) -> list[list[str]]:
        return [tokens_of(text) for text in dict.fromkeys(interviewers_words(self._command))]


def _keys_in_order(tokens: Sequence[str]) -> list[str]:
    return [key_of(token) for token in tokens if token not in STOPWORDS]


def unproven(verdict: CriterionVerdict, fault: str) -> CriterionVerdict:
    """A credit without proof, left open."""
    return verdict.model_copy(update={"verdict": "unclear", "evidence": (), "why": fault})

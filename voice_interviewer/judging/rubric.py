"""A question's rubric made ready for matching: phrases as weighted concepts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from voice_interviewer.core.bank import Criterion, Question
from voice_interviewer.core.transcript import tokens_of
from voice_interviewer.judging.words import COMMON_KEYS, NEGATIONS, STOPWORDS, key_of, keys_of

# What an everyday word weighs beside a word of the field (1.0), and a word of movement (rises,
# falls): judged by eye, so that no credit can be made of such words alone.
_COMMON_WEIGHT = 0.35
_MOVE_WEIGHT = 0.5
# What the interviewer's own words are worth where a criterion has no others.
_ECHO_WEIGHT = 0.35
# How many tokens a negation reaches forward.
_NEGATION_REACH = 4


@dataclass(frozen=True)
class Concept:
    """One content word of a phrase; `weight` in (0, 1], `negated` where a "not" covers it."""

    key: str
    weight: float
    negated: bool


@dataclass(frozen=True)
class Phrase:
    """One way of saying a claim, as concepts without repetition."""

    concepts: tuple[Concept, ...]

    @property
    def weight(self) -> float:
        """What all its concepts weigh together."""
        return sum(concept.weight for concept in self.concepts)


@dataclass(frozen=True)
class Claims:
    """What earns a criterion, and what a wrong but fluent candidate says instead.

    Args:
        echoed: True where the interviewer said every word of it; these words count a little then,
            but prove nothing.
    """

    criterion: Criterion
    supports: tuple[Phrase, ...]
    misconceptions: tuple[Phrase, ...]
    echoed: bool = False

    @property
    def bare(self) -> bool:
        """True where nothing but the statement tells what is meant."""
        return not self.criterion.also and not self.criterion.misconceptions

    @property
    def texts(self) -> tuple[str, ...]:
        """What earns the criterion, as its author wrote it, the statement first."""
        return (self.criterion.statement, *self.criterion.also)


@dataclass(frozen=True)
class Rubric:
    """Everything about a question that does not depend on the answer.

    Args:
        claims: one for each criterion asked for, in rubric order.
        surfaces: every content word of the rubric, with its key.
        rewrites: token sequences a recogniser writes, and the tokens they stand for.
        silent: keys of the words that the interviewer said; they count for nothing.
    """

    claims: tuple[Claims, ...]
    surfaces: dict[str, str] = field(default_factory=dict)
    rewrites: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


def read_rubric(question: Question, criterion_ids: Iterable[str], prompts: Sequence[str]) -> Rubric:
    """Prepare the criteria with these ids; the words of `prompts` count for nothing.

    A word weighs more the fewer criteria of the question use it (inverse document frequency, one
    criterion being one document), so that what all criteria share decides none of them.
    """
    spoken = keys_of(token for prompt in prompts for token in tokens_of(prompt))
    documents = [keys_of(_tokens_of_criterion(criterion)) for criterion in question.criteria]
    frequency = Counter(key for document in documents for key in document)
    term_words = _words_of_terms(question)

    def weight(token: str) -> float:
        return 0.0 if key_of(token) in spoken else own_weight(token)

    def own_weight(token: str) -> float:
        key = key_of(token)
        if token in STOPWORDS or len(token) == 1:
            return 0.0
        count = len(documents)
        rarity = math.log(1 + count / frequency[key]) / math.log(1 + count)
        if key.startswith("<"):
            return rarity * _MOVE_WEIGHT
        return rarity * (_COMMON_WEIGHT if key in COMMON_KEYS else 1 / term_words.get(token, 1))

    def phrases(texts: Iterable[str], weigh: Callable[[str], float] = weight) -> tuple[Phrase, ...]:
        return tuple(p for p in (_phrase(tokens_of(t), weigh) for t in texts) if p.concepts)

    def claims_of(criterion: Criterion) -> Claims:
        texts = (criterion.statement, *criterion.also)
        wrong = phrases(criterion.misconceptions)
        if supports := phrases(texts):
            return Claims(criterion, supports, wrong)
        return Claims(
            criterion, phrases(texts, lambda t: _ECHO_WEIGHT * own_weight(t)), wrong, True
        )

    wanted = set(criterion_ids)
    claims = tuple(claims_of(c) for c in question.criteria if c.id in wanted)
    echoed = {c.key for claim in claims if claim.echoed for p in claim.supports for c in p.concepts}
    surfaces = {
        token: key_of(token)
        for criterion in question.criteria
        for token in _tokens_of_criterion(criterion)
        if weight(token) > 0 or key_of(token) in echoed
    }
    return Rubric(
        claims=claims,
        surfaces=surfaces,
        rewrites=_rewrites(question),
        silent=frozenset(spoken),
    )


def negated_flags(tokens: Sequence[str]) -> list[bool]:
    """For every token whether a negation stands within reach before it ("not only" is none)."""
    flags = [False] * len(tokens)
    reach = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        flags[index] = reach > 0
        reach -= 1
        if token in NEGATIONS and following not in ("only", "just"):
            reach = _NEGATION_REACH
    return flags


def _phrase(tokens: list[str], weight: Callable[[str], float]) -> Phrase:
    concepts: dict[str, Concept] = {}
    for token, negated in zip(tokens, negated_flags(tokens), strict=True):
        worth = weight(token)
        key = key_of(token)
        if worth > 0 and key not in concepts:
            concepts[key] = Concept(key=key, weight=worth, negated=negated)
    return Phrase(tuple(concepts.values()))


def _words_of_terms(question: Question) -> dict[str, int]:
    """Of how many words a term consists that a token is part of: "win rate" is one concept."""
    longest: dict[str, int] = {}
    for criterion in question.criteria:
        for term in criterion.terms:
            tokens = tokens_of(term.term)
            for token in tokens:
                longest[token] = max(longest.get(token, 1), len(tokens))
    return longest


def _tokens_of_criterion(criterion: Criterion) -> list[str]:
    texts = (criterion.statement, *criterion.also, *criterion.misconceptions)
    return tokens_of(" ".join((*texts, *(term.term for term in criterion.terms))))


def _rewrites(question: Question) -> dict[tuple[str, ...], tuple[str, ...]]:
    """From what is written to what was said: compounds in one word, the bank's `sounds_like`."""
    rules: dict[tuple[str, ...], tuple[str, ...]] = {}
    vocabulary: set[str] = set()
    for criterion in question.criteria:
        tokens = _tokens_of_criterion(criterion)
        vocabulary.update(tokens)
        for left, right in pairwise(tokens):
            if left not in STOPWORDS and right not in STOPWORDS:
                rules[(left + right,)] = (left, right)
    rules = {heard: said for heard, said in rules.items() if heard[0] not in vocabulary}
    for criterion in question.criteria:
        for term in criterion.terms:
            for sound in term.sounds_like:
                if heard := tuple(tokens_of(sound)):
                    rules[heard] = tuple(tokens_of(term.term))
    return rules

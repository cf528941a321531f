"""How well a stretch of an answer says a claim, and how well it says the opposite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voice_interviewer.judging.heard import Hit, Sentence
from voice_interviewer.judging.rubric import Claims, Concept, Phrase
from voice_interviewer.judging.words import OPPOSITES

# The numbers below and the thresholds in embedded.py were set by hand on the answers of
# tests/judging/judging_samples.py and on the answers shipped with the bank, each against its own
# question and against the others. They are approximate.
# A window of two or three sentences has more words to hit by chance than one.
_WINDOW_FACTOR = (1.0, 0.9, 0.8)
# A phrase with fewer or lighter concepts than this cannot be recalled in full.
_LEAST_WEIGHT = 2.4
_LEAST_HITS = 2
# Share of a score that a second phrasing of the same claim decides, where an author wrote at least
# three: one phrasing is sometimes hit by chance, two seldom are.
_CORROBORATION = 0.25
_LEAST_PHRASINGS = 3
# Share of a score lost when every matched word stands under a "not" that the claim lacks, or the
# other way round; and when the answer says "falls" where the claim says "rises".
_NEGATION_COST = 0.7
_OPPOSITE_COST = 0.5
# Lesser words this near to the deciding ones belong to the same passage.
_NEAR_WORDS = 8


@dataclass(frozen=True)
class Match:
    """The best way in which a window says one of several phrases; score in [0, 1].

    `hits` are the deciding words: those at least half as telling as the most telling one, and the
    lesser ones near them.
    """

    score: float
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Window:
    """One to three sentences in a row, as transcript word indices, compared with a criterion."""

    first: int
    last: int
    support: Match
    against: Match


NO_MATCH = Match(0.0, ())


def windows(sentences: Sequence[Sentence], claims: Claims) -> Iterator[Window]:
    """Every window of an answer that shares a word with the criterion, in order."""
    for start, head in enumerate(sentences):
        hits = dict(head.hits)
        for size, factor in enumerate(_WINDOW_FACTOR):
            if start + size >= len(sentences):
                break
            tail = sentences[start + size]
            for key, hit in tail.hits.items():
                if key not in hits or hit.quality > hits[key].quality:
                    hits[key] = hit
            if hits:
                yield Window(
                    first=head.first,
                    last=tail.last,
                    support=_best(claims.supports, hits, factor),
                    against=_best(claims.misconceptions, hits, factor),
                )


def _best(phrases: Sequence[Phrase], hits: dict[str, Hit], factor: float) -> Match:
    """The phrase that is said best, its score shared with the second best phrasing."""
    ranked = sorted((_recall(phrase, hits) for phrase in phrases), key=_score, reverse=True)
    if not ranked:
        return NO_MATCH
    score = ranked[0].score
    if len(ranked) >= _LEAST_PHRASINGS:
        score += _CORROBORATION * (ranked[1].score - score)
    return Match(score * factor, ranked[0].hits)


def _score(match: Match) -> float:
    return match.score


def _recall(phrase: Phrase, hits: dict[str, Hit]) -> Match:
    """The share of a phrase's weight that was heard, less what was heard the other way round."""
    found = [(concept, hits[concept.key]) for concept in phrase.concepts if concept.key in hits]
    if len(found) < _LEAST_HITS:
        return NO_MATCH
    weight = sum(concept.weight for concept, _ in found)
    heard = sum(concept.weight * hit.quality for concept, hit in found)
    turned = sum(concept.weight for concept, hit in found if concept.negated != hit.negated)
    score = heard / max(phrase.weight, _LEAST_WEIGHT) * (1 - _NEGATION_COST * turned / weight)
    keys = {concept.key for concept in phrase.concepts}
    unsaid = keys - hits.keys()
    if any(key in hits and key not in keys for move in unsaid for key in OPPOSITES.get(move, ())):
        score *= 1 - _OPPOSITE_COST
    return Match(score, _deciding(found))


def _deciding(found: Sequence[tuple[Concept, Hit]]) -> tuple[Hit, ...]:
    """The telling hits in order, with every lesser one that stands close to them."""
    telling = max(concept.weight for concept, _ in found) / 2
    hits = [hit for concept, hit in found if concept.weight >= telling]
    first, last = min(hit.first for hit in hits), max(hit.last for hit in hits)
    lesser = [hit for concept, hit in found if concept.weight < telling]
    for hit in sorted(lesser, key=lambda hit: max(first - hit.last, hit.first - last)):
        if first - _NEAR_WORDS <= hit.last and hit.first <= last + _NEAR_WORDS:
            first, last = min(first, hit.first), max(last, hit.last)
            hits.append(hit)
    return tuple(sorted(hits, key=lambda hit: (hit.first, hit.last)))

"""What is always printed beside the judge: majority, answer length, token overlap and BM25.

Every baseline gives an answer one score for how well it says a list of statements.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voice_interviewer.core.transcript import tokens_of
from voice_interviewer.judging.words import STOPWORDS, key_of

K1, B = 1.2, 0.75

Score = Callable[[Sequence[str], str, str], float]


@dataclass(frozen=True)
class Background:
    """How many of a set of answers each word stands in, and how long they are."""

    frequency: Counter[str]
    answers: int
    mean_length: float

    @classmethod
    def of(cls, texts: Sequence[str]) -> Background:
        """The statistics of these answers; take those of the training split."""
        bags = [_keys(text) for text in texts]
        frequency = Counter(key for bag in bags for key in set(bag))
        return cls(frequency, len(bags), sum(map(len, bags)) / max(len(bags), 1))

    def idf(self, key: str) -> float:
        """Inverse document frequency, never negative (Robertson and Zaragoza 2009)."""
        seen = self.frequency[key]
        return math.log(1 + (self.answers - seen + 0.5) / (seen + 0.5))


def baselines(background: Background) -> dict[str, Score]:
    """Name to score(statements, prompt, answer)."""

    def majority(_statements: Sequence[str], _prompt: str, _answer: str) -> float:
        return 0.0

    def length(_statements: Sequence[str], _prompt: str, answer: str) -> float:
        return float(len(answer.split()))

    def overlap(statements: Sequence[str], _prompt: str, answer: str) -> float:
        wanted = set(_keys(" ".join(statements)))
        return len(wanted & set(_keys(answer))) / max(len(wanted), 1)

    def bm25(statements: Sequence[str], _prompt: str, answer: str) -> float:
        bag = Counter(_keys(answer))
        norm = K1 * (1 - B + B * sum(bag.values()) / background.mean_length)
        wanted = set(_keys(" ".join(statements)))
        best = sum(background.idf(key) * (K1 + 1) for key in wanted)
        found = sum(
            background.idf(key) * bag[key] * (K1 + 1) / (bag[key] + norm)
            for key in wanted
            if key in bag
        )
        return found / max(best, 1e-9)

    def idf_recall(statements: Sequence[str], prompt: str, answer: str) -> float:
        asked = set(_keys(prompt))
        wanted = set(_keys(" ".join(statements)))
        wanted = (wanted - asked) or wanted
        said = set(_keys(answer))
        total = sum(map(background.idf, wanted))
        return sum(map(background.idf, wanted & said)) / max(total, 1e-9)

    return {
        "majority": majority,
        "answer length": length,
        "token overlap": overlap,
        "BM25": bm25,
        "idf recall without the question's words": idf_recall,
    }


def _keys(text: str) -> list[str]:
    return [key_of(token) for token in tokens_of(text) if token not in STOPWORDS]

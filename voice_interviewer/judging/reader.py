"""How passages stand to claims, by the cross-encoder, each pair read once."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Sequence
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from voice_interviewer.core.bank import Criterion
from voice_interviewer.judging.cross_encoder import (
    ABSENT,
    CONTRARY,
    SAID,
    Array,
    Claim,
    CrossEncoder,
    ReadClaim,
)

# The model was trained with at most so many phrases of each kind beside the statement.
_PHRASES = 2
_CLAIMS, _PAIRS = 16, 8192
_V = TypeVar("_V")


@cache
def open_reader(folder: Path) -> Reader:
    """The reader with the base model in this folder, the same one for all who ask.

    Matrices are multiplied by one thread from then on: a second one would spin while it waits for
    a core that hearing has taken, which makes reading ten times slower. Raises WeightsError.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=1, user_api="blas")
    return Reader(CrossEncoder.open(folder))


def claim_of(criterion: Criterion) -> Claim:
    """A criterion as the model reads it."""
    return Claim(
        criterion.statement,
        tuple(criterion.also[:_PHRASES]),
        tuple(criterion.misconceptions[:_PHRASES]),
    )


class Reader:
    """Remembers what it read, so that an answer can be read while it is being spoken.

    Safe to call from several threads; whoever comes second waits for one passage at most.
    """

    def __init__(self, encoder: CrossEncoder) -> None:
        self._encoder = encoder
        self._lock = threading.Lock()
        self._claims: _Kept[ReadClaim] = _Kept(_CLAIMS)
        self._pairs: _Kept[Array] = _Kept(_PAIRS)

    def readings(self, claims: Sequence[Claim], passages: Sequence[str]) -> Array:
        """Log-odds of all pairs, shape `(n_claims, n_passages, 2)`.

        First that the passage says the claim, then that it says a contrary.
        """
        result = np.zeros((len(claims), len(passages), 2), dtype=np.float32)
        for place, passage in enumerate(passages):
            with self._lock:
                result[:, place] = self._read(claims, passage)
        return result

    def _read(self, claims: Sequence[Claim], passage: str) -> Array:
        found = {claim: self._pairs.get((claim, passage)) for claim in claims}
        new = [claim for claim, reading in found.items() if reading is None]
        if new:
            read = [self._claim(claim) for claim in new]
            stands = self._encoder.compare(read, self._encoder.passage(passage))
            for claim, reading in zip(new, _log_odds(stands), strict=True):
                found[claim] = self._pairs.keep((claim, passage), reading)
        return np.array([found[claim] for claim in claims], dtype=np.float32)

    def _claim(self, claim: Claim) -> ReadClaim:
        return self._claims.get(claim) or self._claims.keep(claim, self._encoder.claim(claim))


class _Kept(Generic[_V]):
    """The last so many values by key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, _V] = {}

    def get(self, key: Hashable) -> _V | None:
        return self._values.get(key)

    def keep(self, key: Hashable, value: _V) -> _V:
        self._values[key] = value
        while len(self._values) > self._most:
            del self._values[next(iter(self._values))]
        return value


def _log_odds(stands: Array) -> Array:
    """From the model's three outputs to the two log-odds."""
    absent, said, contrary = stands[:, ABSENT], stands[:, SAID], stands[:, CONTRARY]
    reads = said - np.logaddexp(absent, contrary)
    contradicts = contrary - np.logaddexp(absent, said)
    return np.stack([reads, contradicts], axis=1)

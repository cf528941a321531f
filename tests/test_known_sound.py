"""The comparison that the capture tests and the soak rely on finds every kind of fault."""

from __future__ import annotations

import numpy as np
import pytest
from known_sound import Pcm16, compare, known_sound

KNOWN = known_sound(60_000)
QUIET = np.zeros(500, dtype=np.int16)


def changed(position: int) -> Pcm16:
    copy = KNOWN.copy()
    copy[position] ^= 1
    return copy


@pytest.mark.parametrize(
    ("recorded", "faults"),
    [
        (KNOWN, {}),
        (np.concatenate((QUIET, KNOWN[300:], QUIET)), {"first": 300}),
        (np.concatenate((KNOWN[:20_000], KNOWN[20_320:])), {"lost": 320}),
        (np.concatenate((KNOWN[:20_000], KNOWN[20_001:])), {"lost": 1}),
        (np.concatenate((KNOWN[:20_000], QUIET, KNOWN[20_000:])), {"silent": 500}),
        (np.concatenate((KNOWN[:20_000], QUIET, KNOWN[20_500:])), {"silent": 500, "lost": 500}),
        (np.concatenate((KNOWN[:20_320], KNOWN[20_000:])), {"repeated": 320}),
        (changed(20_000), {"different": 1, "lost": 1}),
    ],
    ids=["whole", "from-the-middle", "block", "sample", "gap", "hole", "twice", "changed"],
)
def test_every_fault_is_found(recorded: Pcm16, faults: dict[str, int]) -> None:
    result = compare(recorded, KNOWN)
    counted = {key: getattr(result, key) for key in ("lost", "silent", "repeated", "different")}
    expected = dict.fromkeys(counted, 0) | {"first": 0} | faults
    assert counted | {"first": result.first} == expected
    assert result.last == len(KNOWN) - 1
    assert result.received == result.expected - result.lost + result.repeated

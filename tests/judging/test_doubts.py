"""What keeps a likely criterion from being credited."""

from __future__ import annotations

import numpy as np
import pytest

from voice_interviewer.judging.doubts import doubt
from voice_interviewer.judging.features import FEATURES, READ_FEATURES


def windows(*rows: dict[str, float], names: tuple[str, ...] = FEATURES) -> np.ndarray:
    return np.array([[row.get(name, 0.0) for name in names] for row in rows])


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([{"said": 0.6}, {"said": 0.1, "denied": 0.2}], ""),
        ([{"said": 0.4, "denied": 0.6}], "close to a misconception too"),
        ([{"said": 0.6}, {"said": 0.1, "denied": 0.5}], "a misconception was said as well"),
    ],
)
def test_by_words_alone_a_misconception_raises_it(rows: list[dict[str, float]], why: str) -> None:
    assert doubt(windows(*rows), 0) == why


@pytest.mark.parametrize(
    ("rows", "doubted"),
    [
        ([{"said": 0.8, "reads": 0.4, "contradicts": -0.2}], False),
        ([{"said": 0.8, "reads": -0.4, "contradicts": 0.2}], True),
        # Said plainly elsewhere, or in other words: the reader is trusted.
        ([{"said": 0.8, "reads": -0.4, "contradicts": 0.2}, {"reads": 0.5}], False),
        ([{"said": 0.5, "reads": -0.4, "contradicts": 0.2}], False),
        # A contrary beside the repeated phrasing.
        ([{"said": 0.8, "reads": 0.4, "contradicts": -1.0}, {"contradicts": 0.9}], True),
        # What only the words would doubt.
        ([{"said": 0.2, "denied": 0.9, "reads": 2.0, "contradicts": -3.0}], False),
    ],
)
def test_read_too_a_repeated_phrasing_read_as_a_contrary_raises_it(
    rows: list[dict[str, float]], doubted: bool
) -> None:
    assert bool(doubt(windows(*rows, names=READ_FEATURES), 0)) is doubted


@pytest.mark.parametrize(
    ("rows", "doubted"),
    [
        ([{"said": 1.0, "turned": 0.6}], True),
        ([{"said": 1.0, "turned": 0.2}], False),
        # Denied once, and said as fully elsewhere.
        ([{"said": 0.9, "turned": 1.0}, {"said": 1.0}], False),
        ([{"said": 0.2}, {"said": 1.0, "turned": 1.0}], True),
        ([{"turned": 1.0}], False),
    ],
)
def test_a_bare_statement_under_a_negation_is_doubted(
    rows: list[dict[str, float]], doubted: bool
) -> None:
    assert bool(doubt(windows(*rows), 0, bare=True)) is doubted
    assert not doubt(windows(*rows), 0)


def test_of_a_bare_statement_any_contrary_that_is_read_counts() -> None:
    said = [{"said": 0.5, "reads": -0.4, "contradicts": 0.2}]
    assert doubt(windows(*said, names=READ_FEATURES), 0, bare=True)
    surely = [{"said": 0.5, "reads": 0.4, "contradicts": 0.2}]
    assert not doubt(windows(*surely, names=READ_FEATURES), 0, bare=True)

"""Whole interviews with made-up candidates and the embedded judge: the policy keeps its word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from simulated_candidate import KINDS, Candidate, Kind, Played, play

from voice_interviewer.banks.load import load_bank, shipped_banks
from voice_interviewer.core.bank import Bank
from voice_interviewer.core.interviewer import (
    DEPTH,
    FRUITLESS,
    GAVE_UP,
    MET_ALL,
    NOTHING_LEFT,
)
from voice_interviewer.core.session import fold
from voice_interviewer.core.style import Style
from voice_interviewer.judging.embedded import EmbeddedJudge

SEEDS = range(3)
RULES = {DEPTH, FRUITLESS, GAVE_UP, MET_ALL, NOTHING_LEFT}


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank(shipped_banks()["rlhf-systems-engineer"])


@pytest.fixture(scope="module")
def judge() -> Iterator[EmbeddedJudge]:
    judge = EmbeddedJudge()
    yield judge
    judge.close()


def played(kind: Kind, seed: int, bank: Bank, judge: EmbeddedJudge) -> Played:
    return play(Candidate(kind, seed), bank, judge, Style(follow_ups=3), questions=2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_follow_up_is_on_an_open_criterion_and_every_take_ends_by_a_rule(
    kind: Kind, seed: int, bank: Bank, judge: EmbeddedJudge
) -> None:
    whole = played(kind, seed, bank, judge)
    assert whole.state.status == "finished"
    for before, event in whole.follow_ups:
        aim = event.decision.follow_up
        assert aim is not None
        item = before.turns[event.turn_id - 1].item
        assert before.verdicts(item)[aim.criterion_id] != "met"
    for item in range(2):
        last = whole.state.take(item)[-1]
        assert last.decided is not None
        assert last.decided.follow_up is None
        assert last.decided.why in RULES
    assert fold(whole.events) == whole.state


def test_a_strong_candidate_gains_criteria_by_follow_ups(bank: Bank, judge: EmbeddedJudge) -> None:
    gained = 0
    for seed in SEEDS:
        state = played("strong", seed, bank, judge).state
        for item in range(2):
            first = state.take(item)[0]
            assert first.assessment is not None
            at_first = {v.criterion_id for v in first.assessment.verdicts if v.verdict == "met"}
            now = {key for key, verdict in state.verdicts(item).items() if verdict == "met"}
            gained += len(now - at_first)
    assert gained > 0


@pytest.mark.parametrize("kind", ["vague", "silent", "rambling", "hostile", "dont_know"])
def test_nobody_else_is_credited(kind: Kind, bank: Bank, judge: EmbeddedJudge) -> None:
    for seed in SEEDS:
        state = played(kind, seed, bank, judge).state
        assert [state.score(item) for item in range(2)] == [0.0, 0.0]


def test_not_knowing_is_never_pressed_for_long(bank: Bank, judge: EmbeddedJudge) -> None:
    for seed in SEEDS:
        state = played("dont_know", seed, bank, judge).state
        for item in range(2):
            turns = state.take(item)
            assert len(turns) == 3, "the question, one follow-up, the hint"
            assert turns[-1].aim is not None
            assert turns[-1].aim.hint

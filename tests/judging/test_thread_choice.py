"""How many cores a model gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_interviewer.judging.threads import choose_threads, free_cores


@pytest.mark.parametrize(
    ("cores", "load", "free"),
    [
        (1, 0.0, 1),
        (2, 0.0, 1),
        (2, 6.0, 1),
        (4, 0.3, 3),
        (4, 1.4, 3),
        (4, 2.6, 1),
        (8, 0.0, 7),
        (8, 3.0, 5),
        (8, 30.0, 1),
    ],
)
def test_one_core_is_left_and_busy_ones_are_not_counted(cores: int, load: float, free: int) -> None:
    assert free_cores(cores, load) == free


def test_this_machine_has_at_least_one() -> None:
    assert free_cores() >= 1


class Machine:
    """Takes so many seconds with so many threads, and notes what was tried."""

    def __init__(self, seconds: dict[int, float]) -> None:
        self.seconds = seconds
        self.tried: list[int] = []

    def measure(self, threads: int) -> float | None:
        self.tried.append(threads)
        return self.seconds.get(threads)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF")
    return path


@pytest.mark.parametrize(
    ("seconds", "best"),
    [
        ({3: 4.0, 6: 2.0}, 6),
        ({3: 4.0, 6: 3.9}, 3),
        ({3: 2.0, 6: 9.0}, 3),
        ({6: 2.0}, 6),
        ({3: 2.0}, 3),
        ({}, 6),
    ],
)
def test_more_threads_are_taken_only_where_they_are_worth_it(
    model: Path, seconds: dict[int, float], best: int
) -> None:
    machine = Machine(seconds)
    assert choose_threads(model, model.parent, machine.measure, 6) == best
    assert machine.tried == [3, 6]


def test_it_is_measured_once_and_never_more_than_are_free(model: Path) -> None:
    machine = Machine({3: 4.0, 6: 2.0})
    for free, wanted in ((6, 6), (6, 6), (2, 2), (1, 1), (7, 6)):
        assert choose_threads(model, model.parent, machine.measure, free) == wanted
    assert machine.tried == [3, 6]


def test_one_free_core_needs_no_measurement(model: Path) -> None:
    machine = Machine({})
    assert choose_threads(model, model.parent, machine.measure, 1) == 1
    assert machine.tried == []


@pytest.mark.parametrize("notes", ["", "[", "[]", '{"m.gguf 4 on 2 cores": "x"}', "5"])
def test_spoilt_notes_are_measured_anew(model: Path, notes: str) -> None:
    (model.parent / "threads.json").write_text(notes)
    assert choose_threads(model, model.parent, Machine({2: 1.0, 1: 5.0}).measure, 2) == 2


def test_a_measurement_that_failed_is_not_kept(model: Path) -> None:
    assert choose_threads(model, model.parent, Machine({}).measure, 2) == 2
    machine = Machine({1: 1.0, 2: 1.0})
    assert choose_threads(model, model.parent, machine.measure, 2) == 1
    assert machine.tried == [1, 2]

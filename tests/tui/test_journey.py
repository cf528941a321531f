"""The whole story on the real app: first run, interview, review, retake, comparison; history,
replay, fork.

Once with a voice, a microphone and Whisper, and once typed and silent; the embedded judge judges.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import virtual_sound

from voice_interviewer.archive.journal import read_journal
from voice_interviewer.core.session import State, fold
from voice_interviewer.weights.find import PACKAGE

PROGRAM = Path(__file__).with_name("journey_process.py")
REAL_PARTS = {"hibari": "a neural voice", PACKAGE: "Whisper's weights", "faster_whisper": "Whisper"}


@pytest.fixture(params=["typed", pytest.param("spoken", marks=pytest.mark.real)])
def way(request: pytest.FixtureRequest) -> Iterator[tuple[str, dict[str, str]]]:
    """How answers are given, and the environment for it."""
    how: str = request.param
    with ExitStack() as stack:
        env = dict(os.environ)
        if how == "spoken":
            absent = [what for name, what in REAL_PARTS.items() if find_spec(name) is None]
            problem = virtual_sound.missing() or ", ".join(absent)
            if problem:
                pytest.skip(f"not there: {problem}")
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vi-"))
            env = stack.enter_context(virtual_sound.virtual_sound(Path(folder))).env
        yield how, env


def states(data: Path) -> list[State]:
    """The sessions on disk, the oldest first."""
    journals = sorted(data.glob("voice-interviewer/sessions/*/journal.jsonl"))
    return [fold(read_journal(path)) for path in journals]


@pytest.mark.timeout(400)
def test_from_the_first_start_to_a_better_answer_and_back_to_the_poor_one(
    tmp_path: Path, way: tuple[str, dict[str, str]]
) -> None:
    how, env = way
    done = subprocess.run(
        [sys.executable, str(PROGRAM), how],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    seen, took_s = found["seen"], found["took_s"]
    print(f"\n{how}: {took_s}")
    assert took_s["trial"] < 60, "the first run is under a minute"

    config = tmp_path / "config" / "voice-interviewer" / "config.toml"
    kept = {"judge": {"kind": "embedded"}}
    if how == "typed":
        kept = {"speaking": {"voice": "silent"}, **kept}
    assert tomllib.loads(config.read_text()) == kept, "what was chosen, and nothing else"

    poor, good, forked = states(tmp_path / "data")
    for state in (poor, good, forked):
        assert state.status == "finished"
        assert state.plan[0].question.id == "rlhf-pipeline"
    assert good.fork_of == forked.fork_of == poor.session_id
    assert "quote you a number" in said(poor)
    assert "KL penalty" in said(good)
    assert "KL penalty" in said(forked)
    for better in ("retake", "fork"):
        assert scores(seen[better]) > scores(seen["review"]), "the better answer scores more"

    assert "✓ met" not in seen["review"]
    assert "✓ met" in seen["retake"]
    assert int(re.search(r"(\d+) gained", seen["compare"])[1]) > 0  # type: ignore[index]
    assert corner(seen["review"]) in seen["compare"]
    assert corner(seen["retake"]) in seen["compare"]
    assert ("Hear the second" in seen["compare"]) == (how == "spoken"), "typed: nothing to hear"
    if how == "spoken":
        assert "✓ You can be heard." in seen["microphone"]
        folder = next((tmp_path / "data").glob("voice-interviewer/sessions/*/audio"))
        assert any(folder.iterdir()), "what was said is kept as sound"


def said(state: State) -> str:
    """What the candidate said to the question itself."""
    return state.turns[0].transcript.text


def corner(screen: str) -> str:
    """The score as a review shows it: one, or a range."""
    found = re.search(r"[\d.]+( to [\d.]+)? of 10", screen)
    assert found is not None, screen
    return found[0]


def scores(screen: str) -> list[float]:
    """The same as numbers, out of 10."""
    return [float(number) for number in re.findall(r"\d+\.\d+", corner(screen))]

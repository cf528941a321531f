"""Interviews judged by a real language model that the program runs itself; minutes, not seconds.

`make test-local-model` installs what this needs and runs it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from voice_interviewer.archive.journal import read_journal
from voice_interviewer.core import events as ev
from voice_interviewer.judging.fitness import Figures, Outcome
from voice_interviewer.judging.tested import OURS, ModelTest, ModelTests
from voice_interviewer.logs import log_file
from voice_interviewer.servers.llama_process import PACKAGE
from voice_interviewer.weights.installed import model_file, models_folder
from voice_interviewer.weights.models import SMALL

pytestmark = [
    pytest.mark.local_model,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]

# Few criteria in few words: on one core, reading the question takes longer than judging it.
BANK, QUESTION = "behavioral-general", "proud-of"
VAGUE = "There are many things, it is hard to say."
STRONG = (
    "It is the night library we opened in 2019 with no budget at all. My part was to find the "
    "room and to write the rota, and Ana did the talking with the council. After a year four "
    "hundred people had a card, and it is still open. It matters to me that a place is for all."
)
# Long enough for a machine that is busy with everything else.
PATIENT_S = 400
VERDICTS = ("met", "partial", "missed", "unclear")

# The settings of the person who runs this, before the tests' own home hides them.
MODEL = model_file(
    Path(os.environ.get("VOICE_INTERVIEWER_STORAGE_MODELS_DIR") or models_folder()), SMALL.name
)
_T = TypeVar("_T")
# As if the self-test had found that this model may be asked for verdicts; what they are worth is
# not at issue here.
FIT = ModelTest(
    place=OURS,
    model=MODEL.stem,
    at="2026-01-02T03:04:05+00:00",
    bank=BANK,
    questions=1,
    outcome=Outcome(way="verdicts", sentence="-", verdicts=Figures(recall=1.0, inflation=0.0)),
)


@pytest.fixture(autouse=True)
def _installed() -> None:
    if not MODEL.is_file() or importlib.util.find_spec(PACKAGE) is None:
        pytest.fail(f"{MODEL} or the extra local-model is missing; type: make test-local-model")


class Interview:
    """A headless interview with typed answers in a process of its own."""

    def __init__(self, folder: Path, follow_ups: int, timeout_s: int) -> None:
        self.data = folder / "sessions-of-this-test"
        self.errors = folder / "errors.txt"
        ModelTests(self.data).keep(FIT)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voice_interviewer", "interview", "--headless", "--json"]
            + ["--offline", "--candidate", "typed", "--voice", "silent", "--judge", "local"]
            + ["--bank", BANK, "--question", QUESTION, "--data-dir", str(self.data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors.open("w"),
            text=True,
            env={
                **os.environ,
                "VOICE_INTERVIEWER_JUDGE_TIMEOUT_S": str(timeout_s),
                "VOICE_INTERVIEWER_JUDGE_MODEL": str(MODEL),
                "VOICE_INTERVIEWER_INTERVIEW_FOLLOW_UPS": str(follow_ups),
            },
        )

    def say(self, answer: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(answer + "\n")
        self.process.stdin.flush()

    def events(self) -> list[ev.Event]:
        journal = next(self.data.rglob("journal.jsonl"), None)
        return read_journal(journal) if journal else []

    def assessed(self, count: int) -> list[ev.AnswerAssessed]:
        """The judgements so far, once there are this many."""

        def so_far() -> list[ev.AnswerAssessed]:
            found = [e for e in self.events() if isinstance(e, ev.AnswerAssessed)]
            return found if len(found) >= count else []

        return self.wait_for(so_far, 450)

    def worker(self) -> int | None:
        """The process that runs the model."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        for pid in " ".join(path.read_text() for path in children).split():
            if b"llama_worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
        return None

    def serving_worker(self, other_than: int | None = None) -> int:
        """The process that runs the model, once the program judges with it."""
        log = log_file(self.data)

        def serving() -> int | None:
            pid = self.worker()
            if pid in (None, other_than) or not log.is_file():
                return None
            return pid if f"judges from now on (process {pid})" in log.read_text() else None

        return self.wait_for(serving, 120)

    def wait_for(self, look: Callable[[], _T | None], limit_s: float) -> _T:
        deadline_s = time.monotonic() + limit_s
        while time.monotonic() < deadline_s:
            found = look()
            if found:
                return found
            assert self.process.poll() is None, self.errors.read_text()
            time.sleep(0.1)
        raise AssertionError(f"nothing within {limit_s:g} s: {self.errors.read_text()}")


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Interview]]:
    """Begins an interview with so many follow-ups; what is left of it is ended."""
    begun: list[Interview] = []

    def interview(follow_ups: int, timeout_s: int = PATIENT_S) -> Interview:
        begun.append(Interview(tmp_path, follow_ups, timeout_s))
        return begun[-1]

    yield interview
    for each in begun:
        each.process.kill()
        each.process.communicate()


def listening(pid: int) -> list[str]:
    """The addresses a process listens at, as /proc/net/tcp and tcp6 write them."""
    sockets = set()
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            sockets.add(str(link.readlink()))
        except OSError:
            continue
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]


def gone(pid: int, within_s: float = 10) -> bool:
    """Whether a process ends in time; one that nobody has buried yet counts as ended."""
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def assert_sound(report: dict[str, Any]) -> None:
    """Every verdict has its shape, and every quote was said."""
    for turn in report["turns"]:
        assert turn["criteria"], turn
        for criterion in turn["criteria"]:
            assert criterion["verdict"] in VERDICTS
            assert 0 <= criterion["confidence"] <= 1
            if criterion["verdict"] in ("met", "partial"):
                assert criterion["evidence"]
            for evidence in criterion["evidence"]:
                assert evidence["quote"] in turn["transcript"]


def test_an_interview_is_judged_by_a_model_of_our_own(begin: Callable[..., Interview]) -> None:
    interview = begin(1)
    interview.say(VAGUE)
    first = interview.assessed(1)[0].assessment
    if first.judge == "embedded":
        assert "is still loading, so this answer was matched without it" in first.notice
    worker = interview.serving_worker()
    assert [address.partition(":")[0] for address in listening(worker)] == ["0100007F"]
    interview.say(STRONG)
    output, _ = interview.process.communicate(timeout=450)
    assert interview.process.returncode == 0, interview.errors.read_text()
    report = json.loads(output)
    assert report["status"] == "finished"
    assert [turn["transcript"] for turn in report["turns"]] == [VAGUE, STRONG]
    assert_sound(report)
    by_model = [
        event.assessment
        for event in interview.events()
        if isinstance(event, ev.AnswerAssessed) and event.assessment.judge == f"local {SMALL.name}"
    ]
    assert by_model, [turn["notice"] for turn in report["turns"]]
    usage = by_model[-1].usage
    assert usage is not None
    assert usage.requests >= 1
    assert usage.completion_tokens
    decided = [verdict.decided_by for verdict in by_model[-1].verdicts]
    assert any(judge.startswith("local ") for judge in decided)
    print(f"{usage} {[turn['timing_ms']['transcript_to_assessment'] for turn in report['turns']]}")
    assert gone(worker, 1)


def test_a_model_that_is_slow_judges_in_the_background(begin: Callable[..., Interview]) -> None:
    interview = begin(1, timeout_s=1)
    interview.serving_worker()
    interview.say(VAGUE)
    first = interview.assessed(1)[0].assessment
    assert first.judge == "embedded"
    assert first.notice.startswith("The local model needs more than 1 s")

    def added() -> ev.AssessmentAdded | None:
        events = interview.events()
        return next((e for e in events if isinstance(e, ev.AssessmentAdded)), None)

    late = interview.wait_for(added, 330)
    assert (late.turn_id, late.made_by) == (1, "background")
    assert late.assessment.judge == f"local {SMALL.name}", late.assessment.notice
    events = interview.events()
    asked = [e for e in events if isinstance(e, ev.QuestionAsked)]
    assert [event.turn_id for event in asked] == [1, 2]
    assert events.index(asked[1]) < events.index(late)


def test_a_model_that_dies_is_started_again_and_dies_with_the_program(
    begin: Callable[..., Interview],
) -> None:
    interview = begin(2)
    first = interview.serving_worker()
    os.kill(first, signal.SIGABRT)
    interview.say(VAGUE)
    assessment = interview.assessed(1)[0].assessment
    assert assessment.judge == "embedded"
    assert "local model" in assessment.notice
    second = interview.serving_worker(other_than=first)
    interview.process.kill()
    assert gone(second)


def test_a_kill_while_the_model_is_loading_leaves_nothing_behind(
    begin: Callable[..., Interview],
) -> None:
    interview = begin(0)
    worker = interview.wait_for(interview.worker, 60)
    interview.process.kill()
    assert gone(worker)

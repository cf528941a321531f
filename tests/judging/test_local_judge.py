"""The judge that runs its own model, with a worker that behaves as each test needs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import model_worker
import pytest
from judging_samples import STRONG, command_for
from pydantic import SecretStr

from voice_interviewer.errors import InterviewerError, JudgeError, WeightsError
from voice_interviewer.judging import local_judge, ways
from voice_interviewer.judging.embedded import open_judge as open_embedded
from voice_interviewer.judging.fallback import FallbackJudge
from voice_interviewer.judging.fitness import Figures, Outcome
from voice_interviewer.judging.local_judge import LocalJudge, Measure
from voice_interviewer.judging.options import JudgeOptions, Way
from voice_interviewer.judging.tested import OURS, ModelTest, ModelTests
from voice_interviewer.servers.llama_process import LlamaProcess, ModelServerError

OPTIONS = JudgeOptions(timeout_s=20, load_wait_s=20)
Begin = Callable[..., "Kept"]


class Kept:
    """A local judge and the processes it has started."""

    def __init__(
        self,
        modes: tuple[str, ...],
        options: JudgeOptions,
        choose: Callable[[Measure], int] = lambda _measure: 1,
    ) -> None:
        self.processes: list[LlamaProcess] = []
        self.threads: list[int] = []
        self._modes = modes
        self.judge = LocalJudge(options, open_embedded(options), start=self._start, choose=choose)

    def _start(self, threads: int) -> LlamaProcess:
        mode = self._modes[min(len(self.processes), len(self._modes) - 1)]
        process = LlamaProcess(Path("small.gguf"), command=model_worker.command(mode))
        self.processes.append(process)
        self.threads.append(threads)
        return process

    def started(self, count: int) -> None:
        deadline_s = time.monotonic() + 10
        while len(self.processes) < count:
            assert time.monotonic() < deadline_s, f"only {len(self.processes)} were started"
            time.sleep(0.01)


@pytest.fixture
def begin() -> Iterator[Begin]:
    begun: list[Kept] = []

    def kept(*modes: str, options: JudgeOptions = OPTIONS, **more: Callable) -> Kept:
        begun.append(Kept(modes, options, **more))
        return begun[-1]

    yield kept
    for each in begun:
        each.judge.close()
        assert all(process.ended for process in each.processes)


def test_the_model_judges_once_it_is_loaded(begin: Begin) -> None:
    assessment = begin("serve").judge.assess(command_for(STRONG))
    assert assessment.judge == "local small"
    assert {verdict.verdict for verdict in assessment.verdicts} == {"missed"}
    assert {verdict.decided_by for verdict in assessment.verdicts} == {"local small"}
    assert assessment.usage is not None
    assert assessment.usage.completion_tokens == 5


def test_while_it_loads_the_embedded_judge_answers_at_once_and_says_so(begin: Begin) -> None:
    judge = begin("mute", options=JudgeOptions()).judge
    assessment = judge.assess(command_for(STRONG))
    assert assessment.judge == "embedded"
    assert assessment.notice == (
        "The local model is still loading, so this answer was matched without it."
    )


def test_nothing_waits_for_it_to_be_opened_or_to_look_ahead(begin: Begin) -> None:
    """It would take a minute to load."""
    kept = begin("mute", options=JudgeOptions())
    kept.judge.anticipate(command_for(STRONG))
    assert not any(process.ended for process in kept.processes)


def test_a_process_that_aborts_is_started_again(begin: Begin) -> None:
    kept = begin("abort-when-asked", "serve")
    with pytest.raises(JudgeError, match="process is gone") as caught:
        kept.judge.assess(command_for(STRONG))
    assert caught.value.retryable
    kept.started(2)
    assert kept.judge.assess(command_for(STRONG)).judge == "local small"


def test_a_process_that_is_killed_between_answers_never_breaks_the_judge(begin: Begin) -> None:
    kept = begin("serve", options=JudgeOptions(timeout_s=20))
    kept.started(1)
    os.kill(kept.processes[0].pid, signal.SIGKILL)
    deadline_s = time.monotonic() + 10
    judged_by, told = "", set()
    while judged_by != "local small" and time.monotonic() < deadline_s:
        try:
            judged_by = kept.judge.assess(command_for(STRONG)).judge
        except JudgeError as error:
            told.add(error.message)
    assert told <= {"The local model's process is gone."}
    assert judged_by == "local small"


def test_an_abort_never_ends_the_interview(begin: Begin) -> None:
    kept = begin("abort-when-asked")
    judge = FallbackJudge(kept.judge, open_embedded(OPTIONS), limit_s=20)
    assessment = judge.assess(command_for(STRONG))
    assert assessment.judge == "embedded"
    assert "(the local model's process is gone)" in assessment.notice


def test_after_three_ends_it_is_left_alone_and_the_reason_is_told(begin: Begin) -> None:
    kept = begin("abort")
    with pytest.raises(JudgeError, match=r"ended 3 times.*SIGABRT") as caught:
        kept.judge.assess(command_for(STRONG))
    assert "voice-interviewer models list" in caught.value.hint
    assert len(kept.processes) == 3


def test_a_damaged_model_is_not_tried_three_times(begin: Begin) -> None:
    kept = begin("damaged")
    with pytest.raises(JudgeError, match="cannot be loaded") as caught:
        kept.judge.assess(command_for(STRONG))
    assert "models remove small" in caught.value.hint
    assert len(kept.processes) == 1


def test_a_process_that_hangs_is_replaced(begin: Begin) -> None:
    kept = begin(
        "hang-when-asked",
        "serve",
        options=JudgeOptions(timeout_s=0.5, local_timeout_s=0.5, load_wait_s=20),
    )
    with pytest.raises(JudgeError):
        kept.judge.assess(command_for(STRONG))
    kept.started(2)
    assert kept.processes[0].ended
    assert kept.judge.assess(command_for(STRONG)).judge == "local small"


def test_closing_while_it_loads_or_is_measured_leaves_no_process(begin: Begin) -> None:
    loading = begin("mute")
    loading.started(1)
    measuring = begin("mute", choose=lambda measure: int(measure(2) or 1))
    measuring.started(1)
    for kept in (loading, measuring):
        kept.judge.close()
        assert all(process.ended for process in kept.processes)


def test_threads_are_measured_with_the_process_itself(begin: Begin) -> None:
    took: list[float | None] = []

    def choose(measure: Measure) -> int:
        took.extend((measure(2), measure(4)))
        return 4

    kept = begin("serve", "abort", "serve", choose=choose)
    assert kept.judge.assess(command_for(STRONG)).judge == "local small"
    assert kept.threads == [2, 4, 4]
    assert took[0] is not None
    assert took[1] is None


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes it look as if the package that runs models were installed, or not."""

    def there(installed: bool) -> None:
        monkeypatch.setattr(
            local_judge.importlib.util, "find_spec", lambda _name: object() if installed else None
        )

    return there


def gguf(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"GGUF" + b"\0" * 100)
    return path


def test_without_a_model_or_the_package_the_error_names_the_line_to_type(
    tmp_path: Path, package: Callable[[bool], None]
) -> None:
    options = JudgeOptions(models_dir=tmp_path)
    with pytest.raises(WeightsError) as caught:
        local_judge.open_judge(options)
    assert "voice-interviewer models install qwen2.5-coder-1.5b" in caught.value.hint
    gguf(tmp_path / "mine.gguf")
    package(False)
    with pytest.raises(JudgeError) as missing:
        local_judge.open_judge(options)
    assert "pip install 'voice-interviewer[local-model]'" in missing.value.hint


@pytest.mark.parametrize(
    ("model", "others", "taken"),
    [
        (None, {}, "mine"),
        ("mine", {}, "mine"),
        ("gpt-4o", {"api_key": SecretStr("k")}, "mine"),
        ("llama3", {"base_url": "http://127.0.0.1:11434/v1"}, "mine"),
        ("other", {"base_url": "http://127.0.0.1:11434/v1"}, "other"),
    ],
)
def test_judge_model_names_an_installed_model_or_is_meant_for_the_server(
    tmp_path: Path,
    package: Callable[[bool], None],
    model: str | None,
    others: dict[str, object],
    taken: str,
) -> None:
    package(True)
    gguf(tmp_path / "mine.gguf").write_bytes(b"GGUF" + b"\0" * 200)
    gguf(tmp_path / "other.gguf")
    options = JudgeOptions(models_dir=tmp_path, model=model, **others)
    assert local_judge.probe(options).startswith(f"{taken} is installed")


@pytest.mark.parametrize("way", [None, "verdicts"])
def test_a_model_that_was_not_tested_only_words_follow_ups_and_nobody_waits_for_it(
    tmp_path: Path,
    package: Callable[[bool], None],
    monkeypatch: pytest.MonkeyPatch,
    way: Way | None,
) -> None:
    package(True)
    gguf(tmp_path / "mine.gguf")
    monkeypatch.setattr(ways, "decides", lambda: False)
    monkeypatch.setattr(
        local_judge,
        "LlamaProcess",
        lambda _model, **_more: LlamaProcess(
            Path("mine.gguf"), command=model_worker.command("slow")
        ),
    )
    if way is not None:
        outcome = Outcome(way=way, sentence="-", verdicts=Figures())
        tested = {"place": OURS, "model": "mine", "at": "", "bank": "", "questions": 1}
        ModelTests(tmp_path).keep(ModelTest(**tested, outcome=outcome))
    options = JudgeOptions(models_dir=tmp_path, tested_dir=tmp_path, load_wait_s=0.5)
    judge = local_judge.open_judge(options)
    began_s = time.monotonic()
    assessment = judge.assess(command_for(STRONG))
    took_s = time.monotonic() - began_s
    judge.close()
    assert assessment.judge == "embedded"
    if way is None:
        assert took_s < 0.5
        assert assessment.notice == ""
        assert judge.caveat.endswith("judge-test --judge local --model mine")
    else:
        assert "still loading" in assessment.notice
        assert judge.caveat == ""


def test_a_path_is_taken_and_an_unknown_name_is_named(
    tmp_path: Path, package: Callable[[bool], None]
) -> None:
    package(True)
    elsewhere = gguf(tmp_path / "elsewhere" / "big.gguf")
    options = JudgeOptions(models_dir=tmp_path, model=str(elsewhere))
    assert local_judge.probe(options).startswith("big is installed")
    with pytest.raises(WeightsError, match="qwen3-4b is not installed") as caught:
        local_judge.probe(options.model_copy(update={"model": "qwen3-4b"}))
    assert "models install qwen3-4b" in caught.value.hint


def test_a_process_that_cannot_be_started_is_an_error_of_the_judge() -> None:
    def start(_threads: int) -> LlamaProcess:
        raise ModelServerError("The model's process could not be started.", "-", retryable=True)

    judge = LocalJudge(OPTIONS, open_embedded(OPTIONS), start=start, choose=lambda _measure: 1)
    with pytest.raises(InterviewerError, match="ended 3 times"):
        judge.assess(command_for(STRONG))
    judge.close()

"""The judge that runs a language model itself, for people without a key or a server."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.commands import Assess, Phrase
from voice_interviewer.core.model_reply import strict_object
from voice_interviewer.core.ports import Judge, Phraser
from voice_interviewer.errors import InterviewerError, JudgeError
from voice_interviewer.judging.deadline import Deadline, guarded
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.embedded import open_judge as open_embedded
from voice_interviewer.judging.failures import inside_a_sentence
from voice_interviewer.judging.log_odds import LogOddsJudge, windows_of
from voice_interviewer.judging.openai_judge import OpenAIJudge
from voice_interviewer.judging.options import JudgeOptions, Way
from voice_interviewer.judging.server import Server
from voice_interviewer.judging.tested import OURS
from voice_interviewer.judging.threads import choose_threads, free_cores
from voice_interviewer.judging.ways import caveat, open_way, untested_way, way_of
from voice_interviewer.servers.llama_process import (
    EXTRA_HINT,
    PACKAGE,
    LlamaProcess,
    LocalServer,
    ModelServerError,
)
from voice_interviewer.weights.installed import find_model, installed, models_folder

log = logging.getLogger(__name__)

Start = Callable[[int], LlamaProcess]
"""Starts a process that serves the model with that many threads. Raises ModelServerError."""
Open = Callable[[JudgeOptions, EmbeddedJudge], Judge]
"""Opens the judge that asks the model, once it is loaded, at the address of these options."""
Measure = Callable[[int], float | None]
"""Seconds that a short task takes with that many threads; None where it failed."""

_STARTS = 3
_MEASURE_S = 60.0
_ALIVE_S = 2.0
_GOODBYE_S = 5.0
_MEASURED_TEXT = "The reward model is only a proxy for what people want. " * 12


class _OurModel(OpenAIJudge):
    """The model judge, under the name of this one."""

    name = "local"


class _OurLogOdds(LogOddsJudge):
    """The log-odds judge, under the name of this one."""

    name = "local"


def for_verdicts(options: JudgeOptions, embedded: EmbeddedJudge) -> Judge:
    """The model at this address, asked for verdicts."""
    return _OurModel(options, contrast=embedded.leans_to_misconception, embedded=embedded)


def as_tested(options: JudgeOptions, embedded: EmbeddedJudge) -> Judge:
    """The model at this address, asked as its self-test found best."""
    way = _way(options)
    if way == "log-odds":
        return _OurLogOdds(options, evidence=windows_of(embedded), embedded=embedded)
    if way == "verdicts":
        return for_verdicts(options, embedded)
    return open_way(way, options, embedded)


def _way(options: JudgeOptions) -> Way:
    """How this model is asked, tested or not."""
    return way_of(options, OURS) or untested_way(OURS)


class LocalJudge:
    """Judges with a model in a child process of its own, which it starts at once and in background.

    While the model is loading (or loading again, after its process has ended) the embedded judge
    answers and says so. A process that ends is started again, three times in all.

    Args:
        options: the time limits; address, model and key are the child's own.
        embedded: judges what the model does not; closed with this judge.
        start: starts the child.
        choose: how many cores the model gets, with a way to measure; asked once, before the start.
        open_model: in which way the model is asked.
        words_only: the model only words follow-ups, so no answer waits for it to be judged.
        caveat: what is to be known of the model before it judges; empty where there is nothing.
    """

    name = "local"

    def __init__(
        self,
        options: JudgeOptions,
        embedded: EmbeddedJudge,
        *,
        start: Start,
        choose: Callable[[Measure], int],
        open_model: Open = for_verdicts,
        words_only: bool = False,
        caveat: str = "",
    ) -> None:
        self.caveat = caveat
        self._words_only = words_only
        self._options = options
        self._embedded = embedded
        self._start = start
        self._choose = choose
        self._open_model = open_model
        self._changed = threading.Condition()
        self._judge: Judge | None = None
        self._reached = options
        self._process: LlamaProcess | None = None
        self._failure: InterviewerError | None = None
        self._why_loading = "is still loading"
        self._closing = False
        self._supervisor = threading.Thread(target=self._supervise, name="local-model", daemon=True)
        self._supervisor.start()

    def assess(self, command: Assess) -> Assessment:
        """The model's assessment, or the embedded one while the model is loading.

        The embedded one at once where the model only words follow-ups.

        Raises JudgeError when the model fails, is late, or cannot be run at all.
        """
        with self._changed:
            if not self._words_only:
                self._changed.wait_for(self._settled, self._options.load_wait_s)
            judge, failure, why = self._judge, self._failure, self._why_loading
        if judge is None and failure is not None:
            raise failure
        if self._words_only:
            return self._embedded.assess(command)
        if judge is None:
            notice = f"The local model {why}, so this answer was matched without it."
            return self._embedded.assess(command).model_copy(update={"notice": notice})
        try:
            return guarded(lambda: judge.assess(command))
        except InterviewerError as error:
            raise self._explained(judge, error) from error

    def anticipate(self, command: Assess) -> None:
        """Let the model look ahead, once it is loaded. Never raises."""
        with self._changed:
            judge = self._judge
        with contextlib.suppress(Exception):
            (judge or self._embedded).anticipate(command)

    @property
    def phraser(self) -> Phraser:
        """Phrases with the model once it is loaded."""
        return _WhenLoaded(self)

    def phraser_now(self) -> Phraser | None:
        """What phrases just now; None while the model is loading."""
        with self._changed:
            return getattr(self._judge, "phraser", None)

    def close(self) -> None:
        """End the child, and wait until it is gone."""
        with self._changed:
            self._closing = True
            process, judge = self._process, self._judge
            self._changed.notify_all()
        if judge is not None:
            judge.close()
        if process is not None:
            process.end()
        self._supervisor.join(_GOODBYE_S)
        self._embedded.close()

    def _settled(self) -> bool:
        return self._judge is not None or self._failure is not None or self._closing

    def _explained(self, judge: Judge, error: InterviewerError) -> InterviewerError:
        """What a failed request comes from: a process that is gone, that hangs, or the reply."""
        with self._changed:
            process = self._process if self._judge is judge else None
            reached = self._reached
        if process is not None and not process.ended:
            if _answers(reached):
                return error
            process.end()
        return JudgeError(
            "The local model's process is gone.", "It is being started again.", retryable=True
        )

    def _supervise(self) -> None:
        """Keep a process running until this judge is closed or too many have ended."""
        try:
            threads = self._choose(self._measured_s)
            for _ in range(_STARTS):
                if not self._run_once(threads):
                    return
            self._give_up(
                JudgeError(
                    f"The local model's process ended {_STARTS} times and is not started again "
                    f"({self._why_loading}).",
                    "Take a smaller model: voice-interviewer models list",
                )
            )
        except Exception:
            log.exception("the local model cannot be kept running")
            self._give_up(JudgeError("The local model cannot be run.", "Look into the log."))

    def _run_once(self, threads: int) -> bool:
        """Start a process and stay until it has ended; whether another one may be started."""
        try:
            process = self._start(threads)
            if not self._hold(process):
                return False
            self._ready(process.wait_ready())
            how = process.wait()
        except ModelServerError as error:
            log.warning("the local model: %s", error)
            if not error.retryable:
                self._give_up(JudgeError(error.message, error.hint))
                return False
            how = inside_a_sentence(error.message)
        with self._changed:
            old, self._judge, self._process = self._judge, None, None
            self._why_loading = f"is loading again after {how}"
            closing = self._closing
        if old is not None and not closing:
            log.warning("the local model's process: %s", how)
            old.close()
        return not closing

    def _measured_s(self, threads: int) -> float | None:
        """Start a process only to time it."""
        process = None
        try:
            process = self._start(threads)
            return _task_s(process.wait_ready()) if self._hold(process) else None
        except InterviewerError as error:
            log.warning("measuring the local model with %d threads: %s", threads, error)
            return None
        finally:
            if process is not None:
                process.end()

    def _hold(self, process: LlamaProcess) -> bool:
        """Keep a process that was started, or end it where the judge has been closed meanwhile."""
        with self._changed:
            closing = self._closing
            self._process = None if closing else process
        if closing:
            process.end()
        return not closing

    def _ready(self, server: LocalServer) -> None:
        options = self._options.model_copy(
            update={
                "base_url": server.base_url,
                "api_key": server.api_key,
                "model": server.model,
                "timeout_s": self._options.local_limit_s,
            }
        )
        judge = self._open_model(options, self._embedded)
        with self._changed:
            self._judge, self._reached = judge, options
            self._changed.notify_all()
        log.info("the local model judges from now on (process %d)", server.pid)

    def _give_up(self, failure: InterviewerError) -> None:
        with self._changed:
            self._failure = failure
            self._changed.notify_all()


class _WhenLoaded:
    """The phraser of whatever model is loaded at the moment; silent where none is."""

    def __init__(self, judge: LocalJudge) -> None:
        self._judge = judge

    def chunks(self, command: Phrase) -> Iterator[str]:
        """The text in pieces."""
        phraser = self._judge.phraser_now()
        return phraser.chunks(command) if phraser is not None else iter(())


def open_judge(options: JudgeOptions) -> LocalJudge:
    """The judge with an installed model; settings that name a model name the one to take.

    Raises JudgeError or WeightsError where the package or the model is missing.
    """
    folder = options.models_dir or models_folder()
    model = model_file(options)
    named = options.model_copy(update={"model": model.stem})
    return LocalJudge(
        options,
        open_embedded(options),
        start=lambda threads: LlamaProcess(model, threads=threads),
        choose=lambda measure: choose_threads(model, folder, measure, free_cores()),
        open_model=as_tested,
        words_only=_way(named) == "words",
        caveat=caveat(named, OURS),
    )


def probe(options: JudgeOptions) -> str:
    """What this judge would run; starts nothing. Raises JudgeError or WeightsError."""
    model = model_file(options)
    return f"{model.stem} is installed ({model.stat().st_size / 1e9:.1f} GB)"


def model_file(options: JudgeOptions) -> Path:
    """The GGUF file this judge would run. Raises JudgeError or WeightsError."""
    folder = options.models_dir or models_folder()
    model = find_model(_wanted(options, folder), folder)
    if importlib.util.find_spec(PACKAGE) is None:
        raise JudgeError("The package that runs a local model is not installed.", EXTRA_HINT)
    return model


def _wanted(options: JudgeOptions, folder: Path) -> str | None:
    """The model the settings name; one that lives on a server they also name is not meant."""
    name = options.model
    if not name or name in installed(folder) or Path(name).expanduser().is_file():
        return name
    return None if options.configured else name


def _answers(options: JudgeOptions) -> bool:
    """Whether the server gives a sign of life."""
    server = Server(options)
    try:
        server.probe(_ALIVE_S)
    except InterviewerError:
        return False
    finally:
        server.close()
    return True


def _task_s(at: LocalServer) -> float:
    """Seconds that a short reading and writing takes. Raises JudgeError."""
    options = JudgeOptions(base_url=at.base_url, api_key=at.api_key, model=at.model, max_tokens=64)
    server = Server(options)
    schema = strict_object(reply={"type": "string", "enum": ["yes", "no"]})
    message = {"role": "user", "content": f"{_MEASURED_TEXT} Say yes or no."}
    began_s = time.monotonic()
    try:
        server.chat([message], schema, Deadline.after(_MEASURE_S))
    finally:
        server.close()
    return time.monotonic() - began_s

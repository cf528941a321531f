"""The self-test of one model as a judge: what it is tried on, how, and what is kept of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from voice_interviewer import wiring
from voice_interviewer.addresses import on_this_machine
from voice_interviewer.banks.load import find_bank, load_bank
from voice_interviewer.banks.select import plan_of
from voice_interviewer.config import Settings
from voice_interviewer.core.bank import Bank, Question
from voice_interviewer.errors import BankError, UsageError
from voice_interviewer.judging.fitness import Outcome, find_way, outcome_of_embedded
from voice_interviewer.judging.self_test import evaluate
from voice_interviewer.judging.self_test_answers import Trial, trials, with_model_answers
from voice_interviewer.judging.tested import FILE_NAME, OURS, ModelTest, ModelTests

if TYPE_CHECKING:
    from voice_interviewer.judging.options import JudgeOptions

Tell = Callable[[str, float | None], None]
Kind = Literal["model", "local", "embedded"]

_ASKED = {"verdicts": "Asked for verdicts", "log-odds": "Asked Yes or No"}
_ROWS = (
    ("accuracy", "accuracy", "share"),
    ("recall", "credit for what strong answers say", "share"),
    ("missed", "of that called missed", "share"),
    ("inflation", "credit for what nobody said", "share"),
    ("padding", "more credit with chat around it", "share"),
    ("verbatim", "quotes word for word, unrepaired", "share"),
    ("agreement", "same verdict in three runs", "share"),
    ("left_out", "criteria left out", "share"),
    ("median_s", "seconds an answer, median", "seconds"),
    ("slowest_s", "seconds an answer, slowest", "seconds"),
)


def run(settings: Settings, kind: Kind, count: int, tell: Tell) -> ModelTest:
    """Try the model that is set on so many questions of the bank that is set; keep the result.

    Raises InterviewerError; then, or when it is interrupted, nothing is kept.
    """
    bank = load_bank(find_bank(settings.interview.bank))
    sample = _sample(bank, count)
    tried_on = trials(sample, bank.questions)
    if kind == "embedded":
        place, model = OURS, embedded_name()
        outcome = _outcome_of_embedded(wiring.judge_options(settings), tried_on, tell)
    else:
        with _model(settings, kind, tell) as (options, place):
            model, outcome = options.model or "", _outcome(options, tried_on, tell)
    tested = ModelTest(
        place=place,
        model=model,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        bank=bank.id,
        questions=len(sample),
        outcome=outcome,
    )
    ModelTests(settings.data_dir).keep(tested)
    return tested


def kind_of(settings: Settings, wanted: str | None) -> Kind:
    """Which judge is meant. Raises UsageError for another one."""
    name = wanted or settings.judge.kind
    if name == "local":
        return "local"
    if wanted == "embedded":
        return "embedded"
    if name in ("model", "auto", "embedded") and wanted in (None, "model"):
        return "model"
    raise UsageError(
        f"There is no model behind the judge {name!r}.", "Say model, local or embedded."
    )


def embedded_name() -> str:
    """The embedded judge as results name it: another one with other numbers."""
    return f"embedded {wiring.embedded_calibration()}"


def as_text(settings: Settings, tested: ModelTest) -> str:
    """The result to be read."""
    lines = [tested.outcome.sentence, ""]
    way = "embedded" if tested.model == embedded_name() else "asked for verdicts"
    columns = [(way, tested.outcome.verdicts)]
    if tested.outcome.log_odds is not None:
        columns.append(("by log-odds", tested.outcome.log_odds))
    lines.append(f"{'':34}" + "".join(f"{name:>20}" for name, _ in columns))
    for name, text, unit in _ROWS:
        values = (_shown(getattr(figures, name), unit) for _, figures in columns)
        lines.append(f"{text:34}" + "".join(f"{value:>20}" for value in values))
    failed = (f"{figures.failures} of {figures.answers}" for _, figures in columns)
    lines.append(f"{'answers it failed on':34}" + "".join(f"{value:>20}" for value in failed))
    reasons = dict.fromkeys(figures.failure for _, figures in columns if figures.failure)
    lines += [f"    {reason}" for reason in reasons]
    count = "1 question" if tested.questions == 1 else f"{tested.questions} questions"
    lines += [
        "",
        f"Tried on {count} of the bank {tested.bank}, three runs. A sample, not a proof.",
        f"Kept in {settings.data_dir / FILE_NAME}"
        + ("." if way == "embedded" else "; the interview goes by it."),
    ]
    return "\n".join(lines)


def as_json(settings: Settings, tested: ModelTest) -> dict[str, Any]:
    """The same for scripts."""
    flat = tested.model_dump(mode="json")
    return {**flat.pop("outcome"), **flat, "kept_in": str(settings.data_dir / FILE_NAME)}


def _sample(bank: Bank, count: int) -> list[Question]:
    """Questions spread over the bank. Raises BankError where none can be used."""
    usable = {question.id for question in with_model_answers(bank.questions)}
    if not usable:
        raise BankError(
            f"No question of the bank {bank.id} has a model answer to try a judge on.",
            "Name another bank with --bank, or write model answers.",
        )
    return [item.question for item in plan_of(bank, min(count, len(usable)), among=usable)]


def _outcome(options: JudgeOptions, tried_on: list[Trial], tell: Tell) -> Outcome:
    from voice_interviewer.judging.first_quotes import first_quotes
    from voice_interviewer.judging.log_odds_calibration import decides
    from voice_interviewer.judging.ways import open_way

    def told(way: str, done: int, total: int, trial: Trial) -> None:
        if not done:
            began_s[way] = time.monotonic()
        kind = trial.kind.replace("_", "-")
        left = _left((time.monotonic() - began_s[way]) / done * (total - done)) if done else ""
        what = f"{kind} answer to {trial.question.id}"
        tell(f"{_ASKED[way]}, {done} of {total} answers done{left}, now the {what}", done / total)

    began_s: dict[str, float] = {}

    alone = options.model_copy(update={"early_after_s": None})
    return find_way(
        options.model or "",
        tried_on,
        by_verdicts=lambda: open_way("verdicts", alone),
        by_log_odds=(lambda: open_way("log-odds", alone)) if decides() else None,
        limit_s=options.timeout_s,
        quotes=first_quotes(alone),
        tell=told,
    )


def _outcome_of_embedded(options: JudgeOptions, tried_on: list[Trial], tell: Tell) -> Outcome:
    from voice_interviewer.judging.embedded import open_judge

    def told(done: int, total: int, trial: Trial) -> None:
        tell(f"{done} of {total} answers judged:", done / total)

    judge = open_judge(options)
    try:
        figures = evaluate(judge, tried_on, limit_s=options.timeout_s, tell=told)
    finally:
        judge.close()
    return outcome_of_embedded(figures)


def _left(seconds: float) -> str:
    """How long it will take, as far as one can tell by now."""
    minutes = round(seconds / 60)
    return f", about {minutes} min left" if minutes else ""


@contextmanager
def _model(settings: Settings, kind: Kind, tell: Tell) -> Iterator[tuple[JudgeOptions, str]]:
    """How to reach the model while the block runs, and where results say that it runs."""
    from voice_interviewer.judging.failures import not_configured
    from voice_interviewer.judging.ways import place_of

    options = wiring.judge_options(settings)
    if kind == "local":
        with _local_model(settings, options, tell) as reached:
            yield reached, OURS
        return
    if not options.configured:
        raise not_configured()
    if settings.offline and not on_this_machine(settings.judge.base_url):
        raise UsageError(
            "--offline and a model on the network exclude each other.",
            "Use --judge local, or name a server on this machine as judge.base_url.",
        )
    yield options, place_of(options)


@contextmanager
def _local_model(settings: Settings, options: JudgeOptions, tell: Tell) -> Iterator[JudgeOptions]:
    """An installed model in a process of its own, with as many threads as cores are free."""
    from voice_interviewer.judging.local_judge import model_file
    from voice_interviewer.judging.threads import choose_threads, free_cores
    from voice_interviewer.servers.llama_process import local_server

    model = model_file(options)
    threads = choose_threads(model, settings.models_dir, lambda _count: None, free_cores())
    tell(f"Loading {model.stem}.", None)
    with local_server(model, threads=threads) as server:
        yield options.model_copy(
            update={
                "base_url": server.base_url,
                "api_key": server.api_key,
                "model": server.model,
                "timeout_s": options.local_limit_s,
            }
        )


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{value:.0%}" if unit == "share" else f"{value:.1f}"

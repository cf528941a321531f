"""The commands under `banks`: list, show, check and make question banks."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voice_interviewer.cli_options import Config, Json, Offline
from voice_interviewer.errors import BankError, InterviewerError
from voice_interviewer.visible import echo

if TYPE_CHECKING:
    from voice_interviewer.banks.making.asking import AskModel
    from voice_interviewer.banks.making.draft import Draft
    from voice_interviewer.config import Settings
    from voice_interviewer.core.bank import Bank

banks_app = typer.Typer(help="Question banks.", rich_markup_mode=None, no_args_is_help=True)

Out = Annotated[
    Path | None, typer.Option("--out", help="Write this new file; else to standard output.")
]
BankName = Annotated[str, typer.Argument(metavar="ID", help="A shipped bank's id, or a file.")]
BankFile = Annotated[
    str | None, typer.Argument(metavar="[FILE]", help="A bank's file or id. Default: all shipped.")
]
_LINES_NAMED = 4


@banks_app.command("list")
def banks_list(as_json: Json = False) -> None:
    """The banks that come with the program."""
    from voice_interviewer.banks.load import load_bank, shipped_banks

    banks = [(path, load_bank(path)) for path in shipped_banks().values()]
    if as_json:
        _print_json({"banks": [{**_about(bank), "file": str(path)} for path, bank in banks]})
        return
    for _, bank in banks:
        echo(f"{bank.id}  {len(bank.questions)} questions  {bank.title}")


@banks_app.command("show")
def banks_show(
    bank: BankName,
    question: Annotated[str | None, typer.Option(help="Only this one, with its rubric.")] = None,
    as_json: Json = False,
) -> None:
    """What a bank asks; one question with its whole rubric."""
    from voice_interviewer.banks.load import find_bank, load_bank
    from voice_interviewer.banks.select import plan_of
    from voice_interviewer.banks.show import outline_of, rubric_of

    found = load_bank(find_bank(bank))
    if question is None:
        shown, text = found.model_dump(mode="json", by_alias=True), outline_of(found)
    else:
        chosen = plan_of(found, 1, [question])[0].question
        shown, text = chosen.model_dump(mode="json", by_alias=True), rubric_of(chosen)
    if as_json:
        _print_json(shown)
    else:
        echo(text)


@banks_app.command("validate")
def banks_validate(file: BankFile = None, as_json: Json = False) -> None:
    """Check a bank file; every problem is named with its line and column."""
    from voice_interviewer.banks.load import load_bank

    rows: list[dict[str, Any]] = []
    for path in _paths(file):
        row: dict[str, Any] = {"file": str(path), "ok": True, "questions": 0, "errors": []}
        try:
            row["questions"] = len(load_bank(path).questions)
        except InterviewerError as error:
            row |= {"ok": False, "errors": str(error).splitlines(), "problems": _problems(error)}
        rows.append(row)
    ok = all(row["ok"] for row in rows)
    if as_json:
        _print_json({"ok": ok, "banks": rows})
        raise typer.Exit(0 if ok else 1)
    for row in rows:
        for line in row["errors"]:
            echo(line, err=True)
        if row["ok"]:
            echo(f"{row['file']}: {row['questions']} questions, all valid")
    raise typer.Exit(0 if ok else 1)


@banks_app.command("lint")
def banks_lint(
    file: BankFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    as_json: Json = False,
) -> None:
    """Name what a valid bank could do better: leaks, overlaps, long prompts, gaps."""
    from voice_interviewer.banks.lint import lint_bank

    rows: list[dict[str, Any]] = []
    for path in _paths(file):
        row: dict[str, Any] = {"file": str(path), "errors": [], "findings": []}
        try:
            row["findings"] = lint_bank(path)
        except InterviewerError as error:
            row["errors"] = str(error).splitlines()
        rows.append(row)
    found = [finding for row in rows for finding in row["findings"]]
    failed = any(row["errors"] for row in rows) or any(
        strict or finding.severity == "error" for finding in found
    )
    if as_json:
        for row in rows:
            row["findings"] = [finding.as_json() for finding in row["findings"]]
        _print_json({"ok": not failed, "banks": rows})
        raise typer.Exit(1 if failed else 0)
    for row in rows:
        for line in row["errors"]:
            echo(line, err=True)
        for finding in row["findings"]:
            echo(str(finding))
        if not row["errors"]:
            errors = sum(finding.severity == "error" for finding in row["findings"])
            warnings = len(row["findings"]) - errors
            echo(f"{row['file']}: {errors} errors, {warnings} warnings")
    raise typer.Exit(1 if failed else 0)


@banks_app.command("schema")
def banks_schema() -> None:
    """Print the JSON Schema of a bank, which editors use to complete and check."""
    from voice_interviewer.banks.schema import bank_schema_text

    echo(bank_schema_text())


@banks_app.command("new")
def banks_new(
    bank_id: Annotated[str, typer.Argument(metavar="ID", help="Lower-case words and hyphens.")],
    out: Out = None,
) -> None:
    """A commented bank with one example question, to begin from."""
    from voice_interviewer.banks.making.skeleton import skeleton
    from voice_interviewer.banks.making.write import save_new

    text = skeleton(bank_id)
    if out is None:
        typer.echo(text, nl=False)
        return
    save_new(out, text)
    echo(f"{out} is yours to edit; check it with: voice-interviewer banks lint {out}")


@banks_app.command("from-text")
def banks_from_text(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Text, Markdown or CSV.")],
    out: Out = None,
    use_model: Annotated[
        bool,
        typer.Option(
            "--model/--no-model",
            help="A configured model is sent the text and words the bank; --no-model does without.",
        ),
    ] = True,
    offline: Offline = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Make a bank of a text with questions or hints.

    Reads pages with sections ("Beginner", "5 questions", then one hint a line), `Q:` and `A:`
    lines, Markdown headings and lists, tables (CSV with the columns question, hint or answer,
    section), and plain lines. Each clause of a hint becomes a criterion. What is left for a person
    is marked TODO in the file.
    """
    from voice_interviewer import launch
    from voice_interviewer.banks.making.draft import draft_bank
    from voice_interviewer.banks.making.outlines import read_outline

    _must_be_new(out)
    outline = read_outline(file)
    draft = draft_bank(outline, _id_for(out, outline.title))
    settings = launch.settings(offline=offline, config=config)
    ask = _model(settings) if use_model else None
    if ask is not None:
        draft = _finished_by(draft, ask, settings)
    _deliver(
        draft, out, f"{file.name}, read as {outline.form}", asked=ask is not None, as_json=as_json
    )


@banks_app.command("from-job")
def banks_from_job(
    job: Annotated[Path, typer.Option("--job", help="The advert: text or PDF.")],
    cv: Annotated[Path | None, typer.Option("--cv", help="The CV: text or PDF.")] = None,
    questions: Annotated[int, typer.Option(min=1, max=30, help="How many at most.")] = 10,
    out: Out = None,
    offline: Offline = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Make a bank for one job; a configured model draws the questions from the advert and the CV.

    Every question cites the lines that it comes from, and is dropped where they do not say so.
    """
    from voice_interviewer import launch
    from voice_interviewer.banks.making.documents import read_source
    from voice_interviewer.banks.making.from_job import draft_from_job

    _must_be_new(out)
    sources = [read_source("job", job), *([read_source("cv", cv)] if cv else [])]
    settings = launch.settings(offline=offline, config=config)
    ask = _model(settings)
    if ask is None:
        raise BankError(
            "Questions for a job need a language model, and none is configured.",
            "Set judge.base_url and judge.model in the config file, or "
            "VOICE_INTERVIEWER_JUDGE_BASE_URL and VOICE_INTERVIEWER_JUDGE_MODEL.",
        )
    read = " and ".join(path.name for path in (job, cv) if path)
    echo(f"{settings.judge.model} reads {read}.", err=True)
    draft = draft_from_job(sources, _id_for(out, f"{job.stem} interview"), questions, ask)
    draft = _finished_by(draft, ask, settings)
    _deliver(draft, out, read, asked=True, as_json=as_json)


def _paths(file: str | None) -> list[Path]:
    from voice_interviewer.banks.load import find_bank, shipped_banks

    return [find_bank(file)] if file else list(shipped_banks().values())


def _problems(error: InterviewerError) -> list[dict[str, Any]]:
    from dataclasses import asdict

    from voice_interviewer.banks.source import BankFileError

    return [asdict(p) for p in error.problems] if isinstance(error, BankFileError) else []


def _about(bank: Bank) -> dict[str, Any]:
    return {
        "id": bank.id,
        "title": bank.title,
        "role": bank.role,
        "sections": [section.title for section in bank.sections],
        "questions": len(bank.questions),
    }


def _model(settings: Settings) -> AskModel | None:
    from voice_interviewer.wiring import open_ask_model

    return open_ask_model(settings)


def _must_be_new(out: Path | None) -> None:
    """Say so before any work is done."""
    from voice_interviewer.errors import UsageError

    if out is not None and out.exists():
        raise UsageError(f"{out} exists already.", "Name another file, or move it away.")


def _id_for(out: Path | None, title: str) -> str:
    from voice_interviewer.banks.slugs import slug_of

    return (slug_of(out.stem) if out else "") or slug_of(title) or "my-bank"


def _finished_by(draft: Draft, ask: AskModel, settings: Settings) -> Draft:
    """The draft as far as the model has improved it; an interruption keeps what is there."""
    from dataclasses import replace

    from voice_interviewer.banks.making.enrich import enriched

    echo(f"{settings.judge.model} words the questions. Ctrl-C keeps what is done.", err=True)
    try:
        for better in enriched(draft, ask, lambda line: echo(f"  {line}", err=True)):
            draft = better
    except KeyboardInterrupt:
        return replace(draft, notes=(*draft.notes, "interrupted; the rest stays as drafted"))
    return draft


def _deliver(draft: Draft, out: Path | None, read: str, *, asked: bool, as_json: bool) -> None:
    """Write the bank, and say what a person must check and finish."""
    from voice_interviewer.banks.making.write import bank_yaml, save_new
    from voice_interviewer.banks.unfinished import todos_in

    bank = draft.bank
    head = [f"Drafted from {read}.", "What a person must finish is marked TODO."]
    text = bank_yaml(bank, head=head, todos=draft.todos)
    todos = todos_in(text)
    if out is not None:
        save_new(out, text)
    if as_json:
        _print_json(
            {
                **_about(bank),
                "file": str(out) if out else None,
                "yaml": None if out else text,
                "read": read,
                "model_asked": asked,
                "notes": list(draft.notes),
                "unfinished": [
                    {"line": line, "column": column, "what": what} for line, column, what in todos
                ],
            }
        )
        return
    if out is None:
        typer.echo(text, nl=False)
    for line in _told(draft, out, read, todos):
        echo(line, err=out is None)


def _told(
    draft: Draft, out: Path | None, read: str, todos: Sequence[tuple[int, int, str]]
) -> Iterable[str]:
    bank = draft.bank
    criteria = sum(len(question.criteria) for question in bank.questions)
    yield f"{out or bank.id}: {len(bank.questions)} questions, {criteria} criteria, from {read}"
    for section in bank.sections:
        count = sum(question.section == section.id for question in bank.questions)
        yield f"  {section.title}: {count}"
    for note in draft.notes:
        yield f"Check: {note}"
    by_text: dict[str, list[int]] = defaultdict(list)
    for line, _, what in todos:
        by_text[what].append(line)
    if by_text:
        yield "What a person must finish, each marked TODO in the file:"
    for what, lines in by_text.items():
        named = ", ".join(map(str, lines[:_LINES_NAMED]))
        more = ", …" if len(lines) > _LINES_NAMED else ""
        yield f"  {len(lines)} x {what} (line {named}{more})"


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value))

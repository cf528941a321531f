"""`sessions list`, `sessions search` and `sessions delete`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from voice_interviewer.cli_options import DataDir, Json, SessionId
from voice_interviewer.errors import UsageError
from voice_interviewer.visible import clean, echo

if TYPE_CHECKING:
    from voice_interviewer.archive.found import Hit
    from voice_interviewer.core.assessment import Verdict
    from voice_interviewer.desk import Deletion, SessionRow

_VERDICTS: dict[str, Verdict] = {
    "met": "met",
    "partial": "partial",
    "missed": "missed",
    "unclear": "unclear",
}
_MARK = "\x1b[1m", "\x1b[0m"

Bank = Annotated[str, typer.Option("--bank", help="Only questions of the bank with this id.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")]


def sessions_list(
    bank: Bank = "",
    limit: Limit = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """All sessions, newest first."""
    from voice_interviewer import launch
    from voice_interviewer.archive.found import Wanted

    history = launch.desk(launch.settings(data_dir), headless=True).history
    history.refresh(launch.tell)
    rows = history.sessions(Wanted(bank=bank))[:limit]
    if as_json:
        typer.echo(json.dumps({"sessions": [row._asdict() for row in rows]}))
        return
    for row in rows:
        echo(f"{row.id}  {row.at:20}  {row.status:11}  {row.kind:9}  {_score(row):18}  {row.title}")
    if not rows:
        where = f" with the bank {bank}" if bank else ""
        echo(f"No sessions{where} yet. Start one with: voice-interviewer interview")


def sessions_search(
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="Words, or beginnings.")],
    bank: Bank = "",
    section: Annotated[
        str, typer.Option("--section", help="Only this section, by its id or title.")
    ] = "",
    verdict: Annotated[
        str, typer.Option("--verdict", help="Some criterion was met, partial, missed or unclear.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 20,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Find what was said or asked, in all sessions, newest first.

    Every word of the query must begin a word of the same turn; case and accents do not matter."""
    from voice_interviewer import launch
    from voice_interviewer.archive.found import Wanted

    if verdict and verdict not in _VERDICTS:
        raise UsageError(f"There is no verdict {verdict!r}.", f"Say {', '.join(_VERDICTS)}.")
    wanted = Wanted(bank=bank, section=section, verdict=_VERDICTS.get(verdict, ""))
    text = " ".join(query)
    history = launch.desk(launch.settings(data_dir), headless=True).history
    history.refresh(launch.tell)
    hits = history.search(text, wanted, limit)
    if as_json:
        typer.echo(json.dumps({"query": text, "hits": [asdict(hit) for hit in hits]}))
        return
    bold = launch.in_terminal()
    for hit in hits:
        typer.echo(_hit(hit, bold=bold))
    if not hits:
        echo("Nothing was found. All words must be in the same turn; try fewer.")


def sessions_delete(
    session_id: SessionId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Delete a session for good: journal, recordings, transcript, and what the index has of it."""
    from voice_interviewer import launch

    history = launch.desk(launch.settings(data_dir), headless=True).history
    history.refresh(launch.tell)
    if not yes:
        if not launch.in_terminal():
            raise UsageError("This deletes a session for good.", "Add --yes where nobody is asked.")
        echo(f"{_described(history.deletion(session_id))}\nThis cannot be undone.")
        if not typer.confirm("Delete it?"):
            raise typer.Exit(1)
    gone = history.delete(session_id)
    if as_json:
        typer.echo(json.dumps({**asdict(gone), "folder": str(gone.folder)}))
        return
    echo(f"Deleted: {_described(gone)}")
    if gone.copies:
        echo(f"Copies of its answers are left in: {', '.join(gone.copies)}")


def _score(row: SessionRow) -> str:
    from voice_interviewer.core.report import points

    return "" if row.score is None else f"{points(row.score, row.best_score)} of 10"


def _hit(hit: Hit, *, bold: bool) -> str:
    from voice_interviewer.archive.transcript import clock_time

    part = {"answer": "said", "other": "heard", "prompt": "asked"}[hit.part]
    at = f" at {clock_time(hit.start_s)}" if hit.start_s is not None else ""
    place = clean(f"{hit.session_id}  {hit.at}  turn {hit.turn}  {hit.bank}/{hit.question_id}")
    snippet = clean(hit.snippet)
    for begin, end in reversed(hit.marks if bold else ()):
        snippet = f"{snippet[:begin]}{_MARK[0]}{snippet[begin:end]}{_MARK[1]}{snippet[end:]}"
    return f"{place}\n    {part}{at}: {snippet}"


def _described(gone: Deletion) -> str:
    what = f"session {gone.session_id}"
    if gone.at:
        what += f" of {gone.at}, {gone.title}"
    return (
        f"{what}: {gone.answers} answers, {gone.recordings} recordings, "
        f"{gone.size} in {gone.folder}"
    )

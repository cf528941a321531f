"""The commands under `models`: language models of one's own, for the judge `local`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voice_interviewer.cli_options import Config, Json, Offline
from voice_interviewer.errors import UsageError

if TYPE_CHECKING:
    from voice_interviewer.servers.loopback import FoundServer

models_app = typer.Typer(
    help="Language models of your own, for --judge local.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A model's name, as in `models list`.")]

_BAR = 30
_LEAST_PAUSE_S = 0.1


@models_app.command("list")
def models_list(config: Config = None, as_json: Json = False) -> None:
    """The models there are, which fit this machine, and servers that run here already."""
    from voice_interviewer import launch
    from voice_interviewer.servers.loopback import find_servers
    from voice_interviewer.weights.machine import memory_bytes

    folder = launch.settings(config=config).models_dir
    memory = memory_bytes()
    rows = _rows(folder, memory)
    servers = find_servers()
    if as_json:
        found = [
            {"kind": s.kind, "base_url": s.base_url, "models": list(s.models)} for s in servers
        ]
        typer.echo(
            json.dumps(
                {
                    "folder": str(folder),
                    "memory_bytes": memory,
                    "runnable": _runnable(),
                    "models": rows,
                    "servers": found,
                }
            )
        )
        return
    for line in (*_told(rows, folder, memory), *_told_servers(servers)):
        typer.echo(line)


@models_app.command("install")
def models_install(
    name: Name,
    from_file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="A GGUF file you have already.")
    ] = None,
    offline: Offline = False,
    config: Config = None,
) -> None:
    """Fetch a model, or take over a file; a broken download goes on where it stopped."""
    from voice_interviewer import launch
    from voice_interviewer.weights.install import install, install_from
    from voice_interviewer.weights.machine import OTHERS_BYTES, fits, memory_bytes
    from voice_interviewer.weights.models import MODELS, model_named

    settings = launch.settings(offline=offline, config=config)
    folder = settings.models_dir
    if from_file is not None:
        with _Bar() as bar:
            path = install_from(from_file.expanduser(), name, folder, bar.show)
        _installed(name, path)
        return
    model = model_named(name)
    if model is None:
        names = ", ".join(m.name for m in MODELS)
        raise UsageError(
            f"There is no model {name!r}.", f"Say one of {names}, or give a file with --from."
        )
    if settings.offline:
        raise UsageError(
            "--offline forbids the download.",
            f"Drop it, or give a file: voice-interviewer models install {name} --from FILE",
        )
    memory = memory_bytes()
    if not fits(model.memory_bytes, memory):
        typer.echo(
            f"{name} needs about {_gb(model.memory_bytes)} of memory beside {_gb(OTHERS_BYTES)} "
            f"for everything else; this machine has {_gb(memory or 0)}.",
            err=True,
        )
    typer.echo(f"{model.title}; {model.licence}; {_gb(model.size_bytes)} from {model.source.place}")
    try:
        with _Bar() as bar:
            path = install(model, folder, bar.show)
    except KeyboardInterrupt:
        typer.echo(
            "Interrupted. What has arrived is kept; go on with: "
            f"voice-interviewer models install {name}",
            err=True,
        )
        raise
    _installed(name, path)


@models_app.command("remove")
def models_remove(name: Name, config: Config = None) -> None:
    """Delete a model, and what is left of a broken download of it."""
    from voice_interviewer import launch
    from voice_interviewer.weights.installed import remove

    freed = remove(launch.settings(config=config).models_dir, name)
    typer.echo(f"{name} is removed; {_gb(freed)} are free again.")


def _rows(folder: Path, memory: int | None) -> list[dict[str, Any]]:
    from voice_interviewer.weights.installed import installed
    from voice_interviewer.weights.machine import fits
    from voice_interviewer.weights.models import MODELS

    there = installed(folder)
    rows: list[dict[str, Any]] = []
    for model in MODELS:
        path = there.pop(model.name, None)
        rows.append(
            {
                "name": model.name,
                "title": model.title,
                "licence": model.licence,
                "size_bytes": model.size_bytes,
                "memory_bytes": model.memory_bytes,
                "fits": fits(model.memory_bytes, memory),
                "installed": path is not None,
                "path": str(path) if path else None,
                "source": model.source.place,
            }
        )
    for name, path in there.items():
        size = path.stat().st_size
        rows.append(
            {
                "name": name,
                "title": "a file of your own",
                "licence": None,
                "size_bytes": size,
                "memory_bytes": 2 * size,
                "fits": fits(2 * size, memory),
                "installed": True,
                "path": str(path),
                "source": None,
            }
        )
    return rows


def _told(rows: list[dict[str, Any]], folder: Path, memory: int | None) -> list[str]:
    of = f" of {_gb(memory)}" if memory else ""
    lines = [f"{'':12}{'name':20}{'download':>9}{'memory':>9}"]
    for row in rows:
        mark = "installed" if row["installed"] else "" if row["fits"] else "too large"
        lines.append(
            f"{mark:12}{row['name']:20}{_gb(row['size_bytes']):>9}{_gb(row['memory_bytes']):>9}"
            f"  {row['title']}"
        )
    lines += ["", f"Too large: leaves less than 2 GB{of} memory for the rest. Folder: {folder}"]
    if any(row["installed"] for row in rows):
        lines.append("Used with --judge local; judge.model names which, where there are several.")
        lines.append("Each only words follow-ups until judge-test finds it fit to judge.")
        if not _runnable():
            lines.append(_package_line())
    else:
        lines.append(f"Install one with: voice-interviewer models install {rows[0]['name']}")
    return lines


def _told_servers(servers: tuple[FoundServer, ...]) -> list[str]:
    if not servers:
        return []
    lines = [
        "",
        "Running on this machine already; not used unless your settings say so, with "
        "--judge model:",
    ]
    for server in servers:
        named = ", ".join(server.models[:3]) + (", …" if len(server.models) > 3 else "")
        lines.append(f"  {server.kind}: {named or 'no model'}")
        if server.models:
            lines.append(
                f'    judge.base_url = "{server.base_url}", judge.model = "{server.models[0]}"'
            )
    return lines


def _installed(name: str, path: Path) -> None:
    typer.echo(f"{name} is installed: {path}")
    if not _runnable():
        typer.echo(_package_line())
        return
    typer.echo("Let it word follow-ups with: voice-interviewer interview --judge local")
    typer.echo(f"It also judges once this finds it fit: {_test_command(name)}")


def _test_command(name: str) -> str:
    from voice_interviewer.judging.tested import OURS
    from voice_interviewer.judging.ways import how_to_test

    return how_to_test(name, OURS)


def _runnable() -> bool:
    from importlib.util import find_spec

    from voice_interviewer.servers.llama_process import PACKAGE

    return find_spec(PACKAGE) is not None


def _package_line() -> str:
    from voice_interviewer.servers.llama_process import EXTRA_HINT

    return f"The package that runs it is still missing. {EXTRA_HINT}"


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


class _Bar:
    """A progress bar on standard error; without a terminal, a line for every tenth."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._message = ""
        self._tenth = -1
        self._drawn_s = 0.0
        self._open = False

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_error: object) -> None:
        self._end_line()

    def show(self, message: str, fraction: float | None) -> None:
        """Say what is going on, and the share done in [0, 1] where it is known."""
        if message != self._message:
            self._end_line()
            self._message, self._tenth = message, -1
            if fraction is None:
                typer.echo(f"{message} ...", err=True)
        if fraction is None:
            return
        if not self._terminal:
            if int(10 * fraction) > self._tenth:
                self._tenth = int(10 * fraction)
                typer.echo(f"{message} {fraction:.0%}", err=True)
            return
        now_s = time.monotonic()
        if fraction < 1 and now_s - self._drawn_s < _LEAST_PAUSE_S:
            return
        self._drawn_s = now_s
        full = round(_BAR * fraction)
        bar = "#" * full + "." * (_BAR - full)
        typer.echo(f"\r{message} [{bar}] {fraction:4.0%}", nl=False, err=True)
        self._open = True

    def _end_line(self) -> None:
        if self._open:
            typer.echo("", err=True)
        self._open = False

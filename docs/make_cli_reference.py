"""Writes docs/cli.md from the program (`make cli-reference`); a test tells when it is stale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from voice_interviewer.cli import app

PAGE = Path(__file__).parent / "cli.md"
HEAD = """\
# The command line

Made by `make cli-reference` from the program; every command also tells with `--help`.
"""


def reference() -> str:
    """The whole page."""
    command = typer.main.get_command(app)
    return "\n".join([HEAD, *_lines(command, "voice-interviewer")]).rstrip() + "\n"


def _lines(command: Any, name: str) -> Iterator[str]:
    yield f"## `{name}`"
    yield ""
    yield from _text(command.help or "")
    rows = [_row(parameter) for parameter in command.params if not _is_help(parameter)]
    if rows:
        yield from ("| | |", "|---|---|", *rows, "")
    for sub, found in sorted(getattr(command, "commands", {}).items()):
        yield from _lines(found, f"{name} {sub}")


def _text(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield " ".join(paragraph.split())
        yield ""


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "option":
        flags = ", ".join((*parameter.opts, *parameter.secondary_opts))
        value = "" if parameter.is_flag else f" {_metavar(parameter)}"
        often = " (repeatable)" if parameter.multiple else ""
        return _cells(f"`{flags}{value}`{often}", (parameter.help or "") + _default(parameter))
    told = getattr(parameter, "help", None) or ""
    return _cells(f"`{_metavar(parameter)}`", told)


def _default(parameter: Any) -> str:
    """What holds where the option is not given, if that is a number or a word."""
    value = parameter.default
    told = isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    return f" Default: {value}." if told else ""


def _metavar(parameter: Any) -> str:
    return parameter.metavar or (parameter.name or "").upper()


def _is_help(parameter: Any) -> bool:
    return "--help" in parameter.opts


def _cells(what: str, told: str) -> str:
    escaped = [" ".join(text.split()).replace("|", "\\|") for text in (what, told)]
    return f"| {escaped[0]} | {escaped[1]} |"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")

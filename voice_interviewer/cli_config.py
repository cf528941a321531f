"""`voice-interviewer config`: every setting, where it came from, and changes to the user's file."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voice_interviewer.cli_options import Config, Json
from voice_interviewer.errors import UsageError
from voice_interviewer.visible import echo

if TYPE_CHECKING:
    from voice_interviewer.config import Settings

config_app = typer.Typer(
    help="Settings: what holds, where it came from, and how to change it.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Key = Annotated[str, typer.Argument(metavar="KEY", help="A setting, like interview.questions.")]


@config_app.command("show")
def config_show(
    key: Annotated[
        str | None, typer.Argument(metavar="[KEY]", help="One setting, or a section.")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Every setting with its value and where that came from; keys and passwords never in full."""
    from voice_interviewer.config import check_key
    from voice_interviewer.setting_words import rows

    settings = _settings(config)
    found = [row for row in rows(settings) if key is None or _is_under(row.key, key)]
    if not found and key is not None:
        check_key(key, "config show")
    if as_json:
        typer.echo(json.dumps({"file": str(settings.file), "settings": [asdict(r) for r in found]}))
        return
    width = max(len(row.key) for row in found)
    for row in found:
        echo(f"{row.key:{width}}  {row.value}  ({row.origin})")
        if key is not None:
            may_be = f" One of: {', '.join(row.choices)}." if row.choices else ""
            echo(f"{'':{width}}  {row.about}{may_be} Default: {row.default}.")


@config_app.command("path")
def config_path(config: Config = None, as_json: Json = False) -> None:
    """Where your own settings file is, or would be."""
    from voice_interviewer.config import user_file

    path = config.absolute() if config else user_file()
    exists = path.is_file()
    typer.echo(json.dumps({"file": str(path), "exists": exists}) if as_json else str(path))


@config_app.command("set")
def config_set(
    key: Key,
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="The new value; - reads it from standard input.")
    ],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Write one setting into your settings file; every other line of it stays as it is."""
    from voice_interviewer.setting_words import checked_for
    from voice_interviewer.settings_file import set_in_file

    file = _file(config)
    said = _read_value(key) if value == "-" else value
    set_in_file(file, key, checked_for(file, key, said))
    _tell(key, config, as_json=as_json)


@config_app.command("unset")
def config_unset(key: Key, config: Config = None, as_json: Json = False) -> None:
    """Take one setting out of your settings file, so that the default holds again."""
    from voice_interviewer.settings_file import unset_in_file

    file = _file(config)
    if not unset_in_file(file, key) and not as_json:
        echo(f"{key} is not set in {file}.")
    _tell(key, config, as_json=as_json)


def _tell(key: str, config: Path | None, *, as_json: bool) -> None:
    """What holds now, which may come from elsewhere than the file."""
    from voice_interviewer.settings_file import rows

    settings = _settings(config)
    (row,) = (row for row in rows(settings) if row.key == key)
    if as_json:
        typer.echo(json.dumps({"file": str(settings.file), "setting": asdict(row)}))
    else:
        echo(f"{row.key} is {row.value} ({row.origin}).")


def _settings(config: Path | None) -> Settings:
    from voice_interviewer.config import load_settings

    file = config if config is not None and config.is_file() else None
    if config is not None and file is None:
        raise UsageError(f"There is no file {config}.", "config set --config makes one.")
    return load_settings(file=file)


def _file(config: Path | None) -> Path:
    from voice_interviewer.config import user_file

    return config.absolute() if config else user_file()


def _read_value(key: str) -> str:
    import getpass

    return getpass.getpass(f"{key}: ") if sys.stdin.isatty() else sys.stdin.readline()


def _is_under(key: str, wanted: str) -> bool:
    return key == wanted or key.startswith(f"{wanted}.")

"""The kinds of interview, as configs/*.toml and the user's own files describe them."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import ValidationError

from voice_interviewer.core.style import Style
from voice_interviewer.errors import ConfigError, UsageError
from voice_interviewer.resources import shipped

DEFAULT = "rehearsal"
DRILL = "drill"
_ORDER = (DEFAULT, "coaching", "phone-screen", "panel", "pressure")


@dataclass(frozen=True)
class Preset:
    """One kind of interview: its file's name, and what a chooser says of it."""

    name: str
    title: str
    about: str
    path: Path


def presets(settings_file: Path | None = None) -> tuple[Preset, ...]:
    """All kinds, the shipped ones first; a file of the user's replaces a shipped one of its name.

    Args:
        settings_file: the one in force; kinds of the user's lie beside it, and those beside the
            usual one are there as well.

    Raises ConfigError where a file cannot be read.
    """
    found: dict[str, Preset] = {}
    for folder in (shipped("configs"), *own_presets(settings_file)):
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            table = _read(path)
            if "style" in table:
                title = str(table.get("title", path.stem))
                found[path.stem] = Preset(path.stem, title, str(table.get("about", "")), path)
    names = [name for name in _ORDER if name in found]
    names += [name for name in found if name not in (*_ORDER, DRILL)]
    return tuple(found[name] for name in (*names, *([DRILL] if DRILL in found else ())))


def own_presets(settings_file: Path | None = None) -> tuple[Path, ...]:
    """Where the user's own kinds of interview are looked for, what wins last."""
    usual = platformdirs.user_config_path("voice-interviewer")
    beside = usual if settings_file is None else settings_file.parent
    return tuple(folder / "presets" for folder in dict.fromkeys((usual, beside)))


def personas() -> tuple[str, ...]:
    """The names of all who may ask."""
    return tuple(_table("personas.toml"))


def style_of(
    preset: str,
    *,
    settings_file: Path | None = None,
    difficulty: str = "standard",
    interviewers: Iterable[str] = (),
    seed: int = 0,
) -> Style:
    """The style of an interview of this kind.

    Args:
        settings_file: the one in force; see `presets`.
        interviewers: names from configs/personas.toml instead of the preset's own.

    Raises:
        UsageError: for a name that is not there.
        ConfigError: naming the file and the key of a value that cannot be.
    """
    kinds = {kind.name: kind for kind in presets(settings_file)}
    if preset not in kinds:
        raise UsageError(f"There is no kind of interview {preset!r}.", _rather(preset, kinds))
    path = kinds[preset].path
    hardness = _table("difficulties.toml")
    if difficulty not in hardness:
        raise UsageError(f"There is no difficulty {difficulty!r}.", _rather(difficulty, hardness))
    fields = {**_read(path)["style"], **hardness[difficulty]}
    names = list(interviewers) or list(fields.pop("interviewers", []))
    asked = [_persona(name) for name in names]
    try:
        return Style(**{**fields, "preset": preset, "seed": seed, "interviewers": asked})
    except (ValidationError, TypeError) as error:
        raise ConfigError(
            f"{path}: {_told(error)}.", "Compare it with configs/panel.toml."
        ) from error


def _persona(name: str) -> Any:
    people = _table("personas.toml")
    if name not in people:
        raise UsageError(f"There is no interviewer {name!r}.", _rather(name, people))
    return people[name]


def _told(error: ValidationError | TypeError) -> str:
    if isinstance(error, TypeError):
        return str(error)
    first = error.errors()[0]
    return f"style.{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _table(name: str) -> dict[str, Any]:
    return _read(shipped("configs") / name)


def _rather(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else f"There are: {', '.join(names)}."


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}).", "Mend or remove it.") from error

"""Every setting as it stands, and changes to the user's file that leave the rest of it alone."""

from __future__ import annotations

import os
import tempfile
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import tomlkit
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from tomlkit.exceptions import TOMLKitError

from voice_interviewer.config import OF_PRESET, Settings, check_key, default_settings, load_settings
from voice_interviewer.errors import ConfigError, StorageError
from voice_interviewer.keys import SECRETS, KeyStore

SET, NOT_SET = "set", "not set"


@dataclass(frozen=True)
class SettingRow:
    """One setting as people read it.

    Args:
        key: its dotted name.
        value: what is in force; for a secret whether it is set.
        default: what the program starts from.
        origin: `default`, a file's path, an environment variable, a flag, or the preset it is of.
        about: what it means.
        choices: the words it may be, where those are all.
        secret: its value is never shown.
        in_file: it stands in the user's file, or where keys are kept, and nothing stronger
            overrides it.
    """

    key: str
    value: str
    default: str
    origin: str
    about: str
    choices: tuple[str, ...] = ()
    secret: bool = False
    in_file: bool = False

    @property
    def changed(self) -> bool:
        """True where the user has said so, in whatever place."""
        return self.origin != "default" and not self.origin.startswith(OF_PRESET)


def rows(settings: Settings) -> tuple[SettingRow, ...]:
    """All settings in the order they are declared."""
    start = default_settings()
    mine, keys = str(settings.file), KeyStore(settings.file)
    return tuple(
        SettingRow(
            key=key,
            value=_shown(_value(settings, key)),
            default=_shown(_value(start, key)),
            origin=settings.origin(key) or "default",
            about=field.description or "",
            choices=_choices(field.annotation),
            secret=_is_secret(field.annotation),
            in_file=settings.origin(key) == mine or keys.keeps(key, settings.origin(key)),
        )
        for key, field in _fields().items()
    )


def set_in_file(file: Path, key: str, text: str) -> None:
    """Write one setting into the user's file; all other lines and comments stay.

    `text` is a value as it would be typed: `6`, `true`, `base.en`, or names with commas between.
    A key for a server goes where keys are kept instead, for the server that the file names.
    Raises ConfigError for a value that cannot be, and for a file that is broken already;
    StorageError where it cannot be written.
    """
    check_key(key, "config")
    value = _parsed(key, text)
    if key in SECRETS:
        begin_file(file)
        KeyStore(file).keep(key, value, _server_of(key, file))
        _take_out(file, key)
        return
    section, _, name = key.rpartition(".")
    document = _document(file)
    if not section:
        document[key] = value
    else:
        if not isinstance(document.get(section), dict):
            document[section] = tomlkit.table()
        document[section][name] = value
    _replace(file, document)


def unset_in_file(file: Path, key: str) -> bool:
    """Take one setting out of the user's file; False where it does not stand there.

    Raises ConfigError, StorageError.
    """
    check_key(key, "config")
    forgotten = key in SECRETS and KeyStore(file).forget(key)
    return _take_out(file, key) or forgotten


def _take_out(file: Path, key: str) -> bool:
    section, _, name = key.rpartition(".")
    document = _document(file)
    table: Any = document.get(section) if section else document
    if not isinstance(table, Mapping) or name not in table:
        return False
    del table[name]  # type: ignore[attr-defined]
    _replace(file, document)
    return True


def begin_file(file: Path) -> None:
    """Make the user's file, with no setting in it, where there is none. Raises StorageError."""
    if not file.exists():
        document = tomlkit.document()
        document.add(tomlkit.comment("Your settings. See them all: voice-interviewer config show"))
        _replace(file, document)


def _server_of(key: str, file: Path) -> str | None:
    server = _value(load_settings(file=file), SECRETS[key])
    return None if server is None else str(server)


def _fields() -> dict[str, FieldInfo]:
    found: dict[str, FieldInfo] = {}
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            found |= {f"{name}.{key}": inner for key, inner in section.model_fields.items()}
        else:
            found[name] = field
    return found


def _value(settings: Settings, key: str) -> Any:
    value: Any = settings
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        return SET
    if value is None:
        return NOT_SET
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _parsed(key: str, text: str) -> Any:
    """The value that a text stands for, checked as the file would be."""
    field = _fields()[key]
    raw: Any = text.strip()
    if get_origin(field.annotation) is tuple:
        raw = [part.strip() for part in raw.split(",") if part.strip()]
    elif not raw:
        raise ConfigError(f"{key}: there is no value.", f"To go back: config unset {key}")
    if get_origin(field.annotation) is None and field.annotation is bool:
        raw = raw.lower()
    annotated: Any = Annotated[field.annotation, field]
    checked: TypeAdapter[Any] = TypeAdapter(annotated)
    try:
        value = checked.validate_python(raw)
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        raise ConfigError(
            f"{key}: {message[0].lower()}{message[1:]}.", f"{key}: {field.description}"
        ) from error
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value


def _choices(annotation: Any) -> tuple[str, ...]:
    if annotation is bool:
        return ("true", "false")
    return tuple(get_args(annotation)) if get_origin(annotation) is Literal else ()


def _is_secret(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, types.UnionType):
        return any(_is_secret(inner) for inner in get_args(annotation))
    return annotation is SecretStr


def _document(file: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: {error}.", "Mend that line by hand.") from error
    except OSError as error:
        raise StorageError(f"{file} cannot be read ({error.strerror}).", "Check it.") from error


def _replace(file: Path, document: tomlkit.TOMLDocument) -> None:
    """Write a whole new file beside the old one, check it as it will be read, and swap them."""
    there = file.resolve()
    try:
        there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=there.parent, prefix=".config-", suffix=".toml")
    except OSError as error:
        raise _unwritable(file, error) from error
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(tomlkit.dumps(document))
        load_settings(file=new, environ={})
        new.replace(there)
    except ConfigError as error:
        raise ConfigError(error.message.replace(name, str(file)), error.hint) from error
    except OSError as error:
        raise _unwritable(file, error) from error
    finally:
        new.unlink(missing_ok=True)


def _unwritable(file: Path, error: OSError) -> StorageError:
    return StorageError(f"{file} cannot be written ({error.strerror}).", "Check its rights.")

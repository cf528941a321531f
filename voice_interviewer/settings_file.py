"""Every setting as it stands, and changes to the user's file that leave the rest of it alone."""

from __future__ import annotations

import os
import tempfile
import types
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import tomlkit
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from tomlkit.exceptions import TOMLKitError

from voice_interviewer.config import (
    ENV_PREFIX,
    OF_PRESET,
    Settings,
    check_key,
    default_settings,
    load_settings,
)
from voice_interviewer.errors import ConfigError, StorageError
from voice_interviewer.keys import SECRETS, KeyStore, check_server

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
            about=" ".join(filter(None, (field.description, settings.withheld.get(key)))),
            choices=_choices(field.annotation),
            secret=_is_secret(field.annotation),
            in_file=settings.origin(key) == mine or keys.keeps(key, settings.origin(key)),
        )
        for key, field in _fields().items()
    )


def typed(settings: Settings, key: str) -> str:
    """A setting as it would be typed; empty where it is not set. Never the value of a secret."""
    value = _value(settings, key)
    return "" if value is None else _shown(value)


def stronger(settings: Settings, values: Mapping[str, str]) -> str:
    """What a variable or an option says instead of these values, as a sentence; empty for nothing.

    Args:
        values: what was written into the user's file, as it was typed.
    """
    told = []
    for key, text in values.items():
        origin, value = settings.origin(key), _value(settings, key)
        if not origin.startswith((ENV_PREFIX, "--")):
            continue
        if isinstance(value, SecretStr) and text and value.get_secret_value() != text:
            told.append(f"{origin} is set and wins: the key is kept and not used.")
        elif not isinstance(value, SecretStr) and _shown(value) != text:
            told.append(f"{origin} is set and wins: {key} stays {_shown(value)}.")
    return " ".join(told)


def set_in_file(file: Path, key: str, text: str) -> None:
    """Write one setting into the user's file; see `change_file`."""
    change_file(file, {key: text})


def unset_in_file(file: Path, key: str) -> bool:
    """Take one setting out of the user's file; False where it does not stand there.

    Raises ConfigError, StorageError.
    """
    return change_file(file, {key: None})


def change_file(file: Path, values: Mapping[str, str | None]) -> bool:
    """Change several settings of the user's file at once; all other lines and comments stay.

    A text is a value as it would be typed: `6`, `true`, `base.en`, or names with commas between;
    None takes a setting out. Either all of it holds afterwards or what held before. A key for a
    server goes where keys are kept instead, for the server that is set by then; so does a key that
    stands in the file beside a server that changes.

    Returns True where something that was to be taken out was there. Raises ConfigError for a value
    that cannot be, for a key that others could read on its way, and for a file that is broken
    already; StorageError where it cannot be written.
    """
    for key in values:
        check_key(key, "config")
    parsed = {key: None if text is None else _parsed(key, text) for key, text in values.items()}
    document = _document(file)
    before = tomlkit.dumps(document)
    keys = _loose_keys(document, parsed)
    there = False
    for key, value in parsed.items():
        if value is None:
            there = _take_out(document, key) or there
        elif key in SECRETS:
            keys.append(_new_key(key, value, file, parsed))
            _take_out(document, key)
        else:
            _put_in(document, key, value)
    _begin(document)
    if tomlkit.dumps(document) == before:
        _keep(file, keys)
    else:
        _replace(file, document, keys)
    for key, value in parsed.items():
        if value is None and key in SECRETS:
            there = KeyStore(file).forget(key) or there
    return there


def keep_keys_apart(file: Path) -> tuple[str, ...]:
    """Move keys that were written into the user's file to where keys are kept; which, if any.

    Each is kept for the server that stands beside it. Raises ConfigError, StorageError; then the
    file is as it was.
    """
    document = _document(file)
    keys = _loose_keys(document, SECRETS.values())
    if keys:
        _replace(file, document, keys)
    return tuple(key.name for key in keys)


class _Key(NamedTuple):
    """A key to be kept: the setting it is, and its server (None: the vendor's own)."""

    name: str
    secret: str
    server: str | None


def _loose_keys(document: tomlkit.TOMLDocument, servers: Container[str]) -> list[_Key]:
    """Take the keys that belong to these settings out of a document."""
    found = []
    for name, names_server in SECRETS.items():
        secret = _standing(document, name)
        if names_server in servers and isinstance(secret, str) and secret:
            server = _standing(document, names_server)
            found.append(_Key(name, str(secret), None if server is None else str(server)))
            _take_out(document, name)
    return found


def _new_key(name: str, secret: str, file: Path, parsed: Mapping[str, Any]) -> _Key:
    """A key for the server it comes with, or else for the one that is set. Raises ConfigError."""
    if SECRETS[name] in parsed:
        server = parsed[SECRETS[name]]
    else:
        begin_file(file)
        server = _value(load_settings(file=file), SECRETS[name])
    check_server(server)
    return _Key(name, secret, server)


def _keep(file: Path, keys: Sequence[_Key]) -> None:
    for key in keys:
        KeyStore(file).keep(*key)


def _standing(document: tomlkit.TOMLDocument, key: str) -> Any:
    section, _, name = key.rpartition(".")
    table: Any = document.get(section) if section else document
    return table.get(name) if isinstance(table, Mapping) else None


def _put_in(document: tomlkit.TOMLDocument, key: str, value: Any) -> None:
    section, _, name = key.rpartition(".")
    if not section:
        document[key] = value
        return
    if not isinstance(document.get(section), dict):
        document[section] = tomlkit.table()
    document[section][name] = value


def _take_out(document: tomlkit.TOMLDocument, key: str) -> bool:
    section, _, name = key.rpartition(".")
    table: Any = document.get(section) if section else document
    if not isinstance(table, Mapping) or name not in table:
        return False
    del table[name]  # type: ignore[attr-defined]
    return True


def begin_file(file: Path) -> None:
    """Make the user's file, with no setting in it, where there is none. Raises StorageError."""
    if not file.exists():
        document = tomlkit.document()
        _begin(document)
        _replace(file, document)


def _begin(document: tomlkit.TOMLDocument) -> None:
    if not document.as_string():
        document.add(tomlkit.comment("Your settings. See them all: voice-interviewer config show"))


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


def _replace(file: Path, document: tomlkit.TOMLDocument, keys: Sequence[_Key] = ()) -> None:
    """Write a whole new file beside the old one, check it as it will be read, and swap them.

    Keys are kept just before: one that is for another server than the one set does no harm.
    """
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
            stream.flush()
            os.fsync(stream.fileno())
        load_settings(file=new, environ={})
        _keep(file, keys)
        new.replace(there)
    except ConfigError as error:
        raise ConfigError(error.message.replace(name, str(file)), error.hint) from error
    except OSError as error:
        raise _unwritable(file, error) from error
    finally:
        new.unlink(missing_ok=True)


def _unwritable(file: Path, error: OSError) -> StorageError:
    return StorageError(f"{file} cannot be written ({error.strerror}).", "Check its rights.")

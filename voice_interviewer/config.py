"""Settings: defaults < user file < environment < flags; errors name the file and the key."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError

from voice_interviewer.errors import ConfigError, UsageError
from voice_interviewer.keys import SECRETS, KeyStore, Layer, fitting_key
from voice_interviewer.resources import shipped
from voice_interviewer.weights.installed import models_folder

ENV_PREFIX = "VOICE_INTERVIEWER_"
OF_PRESET = "endpointing.preset"
_APP = "voice-interviewer"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InterviewSettings(_Section):
    """What is asked, and who answers."""

    bank: str = Field(description="A shipped bank's id, or a path to a bank file.")
    questions: int = Field(ge=1, le=100, description="How many questions a session asks.")
    follow_ups: int | None = Field(
        default=None, ge=0, le=10, description="Most follow-ups after one question."
    )
    preset: str = Field(
        description="The kind: rehearsal, coaching, phone-screen, panel, pressure or your own."
    )
    difficulty: Literal["gentle", "standard", "hard"] = Field(
        description="gentle, standard or hard."
    )
    interviewers: tuple[str, ...] = Field(
        default=(), description="Who asks, by names from configs/personas.toml."
    )
    seed: int | None = Field(
        default=None, ge=0, description="With one seed the same answers meet the same interview."
    )
    candidate: str = Field(description="auto, mic, typed, recorded or audio:PATH.")


class HearingSettings(_Section):
    """Speech recognition, under the names whisper-ctranslate2 uses."""

    engine: Literal["whisper", "remote"] = Field(
        description="whisper, on this machine, or remote: then recordings go to hearing.base_url."
    )
    base_url: str | None = Field(
        default=None, description="An OpenAI-compatible transcription server (engine remote)."
    )
    remote_model: str = Field(min_length=1, description="The recogniser's name on that server.")
    api_key: SecretStr | None = Field(default=None, description="Its key, where it wants one.")
    model: str = Field(description="A Whisper size, or a folder with CTranslate2 weights.")
    model_directory: Path | None = Field(default=None, description="Where such folders lie.")
    language: str = Field(description="Language of the answers, as Whisper names it.")
    compute_type: str = Field(description="CTranslate2 quantisation, for example int8.")
    threads: int = Field(ge=0, le=64, description="CPU threads; 0 chooses for this machine.")
    device: Literal["cpu", "cuda", "auto"] = Field(description="Where Whisper runs.")
    beam_size: int = Field(ge=1, le=10, description="Beam width of the decoder.")
    initial_prompt: str | None = Field(default=None, description="Text before the first window.")
    hotwords: str | None = Field(default=None, description="Words to listen for, every window.")
    second_pass: bool = Field(description="Hear answers again, thoroughly, for the saved text.")
    microphone: str | None = Field(default=None, description="The input device, by its name.")
    headphones: bool = Field(description="You wear some, so you may interrupt the interviewer.")


class EndpointingSettings(_Section):
    """When silence ends a spoken answer.

    What is not set is taken from the preset's table in configs/endpointing.toml; a silence that
    stands in neither never ends an answer.
    """

    preset: Literal["patient", "normal", "brisk", "manual"] = Field(
        description="patient, normal, brisk, or manual, where only the candidate ends an answer."
    )
    least_silence_s: float = Field(
        ge=0.3, le=60, description="No shorter silence ever ends an answer."
    )
    closed_silence_s: float | None = Field(
        default=None, ge=0.3, le=60, description="Silence after an answer closed in so many words."
    )
    fading_silence_s: float | None = Field(
        default=None,
        ge=0.3,
        le=60,
        description="Silence after an answer that fades out.",
    )
    complete_silence_s: float | None = Field(
        default=None, ge=0.3, le=60, description="Silence after a complete sentence."
    )
    unclear_silence_s: float | None = Field(
        default=None, ge=0.3, le=60, description="Silence where the text says neither."
    )
    unfinished_silence_s: float | None = Field(
        default=None, ge=0.3, le=60, description="Silence after a text that breaks off."
    )
    least_words: int = Field(
        ge=0, le=1000, description="An answer of fewer words counts as unclear."
    )
    own_pause_factor: float = Field(
        ge=0, le=10, description="Silence needed at least, as a multiple of the longest pause."
    )
    take_your_time_s: float = Field(
        ge=1, le=600, description="After this silence nothing is cut off any more."
    )
    no_speech_s: float | None = Field(
        default=None, ge=5, le=3600, description="Limit for an answer without a word."
    )
    command_silence_s: float = Field(
        ge=0.3, le=10, description="Silence after which a spoken command is obeyed."
    )
    undo_s: float = Field(
        ge=0,
        le=10,
        description="Seconds into the next question in which going on reopens the answer.",
    )


class SpeakingSettings(_Section):
    """The interviewer's voice."""

    voice: str = Field(
        description="auto, hibari, kokoro, pyttsx3, one of their speakers (kokoro:jm_kumo), silent."
    )
    voice_id: str | None = Field(
        default=None, description="A speaker of that voice, by the engine's own name."
    )
    rate_wpm: int | None = Field(
        default=None, ge=80, le=400, description="Words per minute; default: the voice's own pace."
    )
    volume: float = Field(
        ge=0,
        le=1.5,
        description="1.0 is one loudness for every voice; 0 shows questions only.",
    )
    language: str = Field(
        pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$",
        description="What it speaks, like en, en-GB or de; the neural voices know English only.",
    )
    cache_mb: int = Field(
        ge=0, le=100_000, description="Disk space for rendered speech; the least used goes first."
    )


class JudgeSettings(_Section):
    """Who compares an answer with the rubric."""

    kind: str = Field(description="auto, embedded, model, or local: a model run by this program.")
    base_url: str | None = Field(default=None, description="An OpenAI-compatible server.")
    model: str | None = Field(
        default=None, description="The model's name on that server, or of an installed one."
    )
    api_key: SecretStr | None = Field(default=None, description="Its key, where it wants one.")
    timeout_s: float = Field(gt=0, le=600, description="Longest wait for a verdict.")


class StorageSettings(_Section):
    """Where sessions are kept."""

    data_dir: Path | None = Field(default=None, description="Default: the system's data folder.")
    models_dir: Path | None = Field(
        default=None, description="Where language models lie; default: `models` in the data folder."
    )


class InterfaceSettings(_Section):
    """How the program shows itself."""

    plain: bool = Field(
        default=False, description="Lines of text for screen readers instead of a full screen."
    )
    theme: Literal["dark", "light", "high-contrast"] = Field(
        default="dark", description="Colours of the screens: dark, light or high-contrast."
    )


class Settings(_Section):
    """Every setting there is."""

    interview: InterviewSettings
    hearing: HearingSettings
    endpointing: EndpointingSettings
    speaking: SpeakingSettings
    judge: JudgeSettings
    storage: StorageSettings = StorageSettings()
    interface: InterfaceSettings = InterfaceSettings()
    offline: bool = Field(
        default=False, description="No network; servers on this machine are still used."
    )

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _flags: dict[str, Any] = PrivateAttr(default_factory=dict)
    _file: Path | None = PrivateAttr(default=None)
    _withheld: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def file(self) -> Path:
        """The user's file, where changes are kept; it need not exist."""
        return self._file or user_file()

    def origin(self, key: str) -> str:
        """Where a setting's value came from: a file's path, an environment variable, a flag or
        the system's keyring; empty for the default of the program."""
        return self._origins.get(key, "")

    @property
    def withheld(self) -> Mapping[str, str]:
        """Keys that are set and not used, because another server is meant: why, and the fix."""
        return self._withheld

    @property
    def data_dir(self) -> Path:
        """The data folder in force."""
        return (self.storage.data_dir or platformdirs.user_data_path(_APP)).expanduser()

    @property
    def models_dir(self) -> Path:
        """The folder of language models in force; one for all data folders."""
        return (self.storage.models_dir or models_folder()).expanduser().absolute()


def user_file() -> Path:
    """Where the user's own settings are looked for."""
    return platformdirs.user_config_path(_APP) / "config.toml"


def load_settings(
    flags: Mapping[str, Any] | None = None,
    *,
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Merge all layers and check them.

    Args:
        flags: dotted key to value (`{"hearing.model": "base"}`); None values are left out.
        file: the user's file; the usual place where not given.
        environ: the process environment where not given.

    A key is for the server that is named in the same layer; in front of another one it is left
    out, and one that is kept apart for that server (see `keys`) is used.

    Raises:
        ConfigError: naming the file (or variable) and the key.
        UsageError: naming the flag.
    """
    merged: dict[str, Any] = {}
    origin: dict[str, str] = {}

    def put(key: str, value: Any, source: str) -> None:
        check_key(key, source)
        merged[key] = value
        origin[key] = source

    own = file or user_file()
    layers = _layers(flags or {}, own, file, os.environ if environ is None else environ)
    for layer in layers:
        for key, (value, source) in layer.items():
            put(key, value, source)
    withheld: dict[str, str] = {}
    for key in SECRETS.keys() & merged.keys():
        del merged[key], origin[key]
        fitting, why = fitting_key(key, layers, merged.get(SECRETS[key]))
        if fitting is not None:
            put(key, *fitting)
        if why:
            withheld[key] = why
    preset = merged.get("endpointing.preset")
    for key, value in _of_preset(preset).items():
        if key not in merged:
            put(key, value, f"{OF_PRESET} = {preset}")
    for key, kept in KeyStore(own).fitting(merged).items():
        put(key, kept.secret, kept.place)
    try:
        settings = Settings.model_validate(_nested(merged))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        message = first["msg"][0].lower() + first["msg"][1:]
        source = origin.get(key, "configs/default.toml")
        if source.startswith("--"):
            raise UsageError(f"{source}: {message}.", keys().get(key, "")) from error
        raise ConfigError(f"{source}: {key}: {message}.", _description(key)) from error
    settings._origins = {key: where for key, where in origin.items() if where != str(_defaults())}
    settings._flags, settings._file, settings._withheld = dict(flags or {}), file, withheld
    return settings


def default_settings() -> Settings:
    """What the program starts from, before any file of the user, variable or flag."""
    return load_settings(file=_defaults(), environ={})


def reloaded(settings: Settings) -> Settings:
    """The same layers read again, after the user's file has changed. Raises ConfigError."""
    return load_settings(settings._flags, file=settings._file)


def supposing(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings as they would be with these values given as options; changes nothing.

    A key is then the one for the server that is supposed. Raises ConfigError, UsageError.
    """
    return load_settings({**settings._flags, **values}, file=settings._file)


def keys() -> dict[str, str]:
    """Every dotted key and what it means."""
    found = {}
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            for key, inner in section.model_fields.items():
                found[f"{name}.{key}"] = inner.description or ""
        else:
            found[name] = field.description or ""
    return found


def _layers(
    flags: Mapping[str, Any], own: Path, file: Path | None, environ: Mapping[str, str]
) -> list[Layer]:
    """What each place says, the weakest first."""
    files = [
        {key: (value, str(path)) for key, value in _flat(_read_toml(path)).items()}
        for path in (_defaults(), own)
        if path.is_file() or path == file
    ]
    variables = {
        _key_of_variable(name): (value, name)
        for name, value in sorted(environ.items())
        if name.startswith(ENV_PREFIX) and value
    }
    options = {
        key: (value, "--" + key.split(".")[-1].replace("_", "-"))
        for key, value in flags.items()
        if value is not None
    }
    return [*files, variables, options]


def _defaults() -> Path:
    return shipped("configs") / "default.toml"


def _presets() -> Path:
    return shipped("configs") / "endpointing.toml"


def _of_preset(name: Any) -> dict[str, Any]:
    """The numbers of an endpointing preset as settings; none where there is no such preset."""
    table = _read_toml(_presets()).get(str(name), {})
    return {f"endpointing.{key}": value for key, value in table.items()}


def _description(key: str) -> str:
    return f"{key}: {keys().get(key, '')}".strip()


def check_key(key: str, source: str) -> None:
    """Raise ConfigError, naming the nearest key, where there is no such key."""
    if key in keys():
        return
    close = difflib.get_close_matches(key, keys(), n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]}?" if close else f"Valid keys: {', '.join(keys())}."
    raise ConfigError(f"{source}: unknown key {key}.", hint)


def _key_of_variable(name: str) -> str:
    rest = name.removeprefix(ENV_PREFIX).lower()
    section, _, key = rest.partition("_")
    return rest if rest in keys() or not key else f"{section}.{key}"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}.", "Mend that line.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}).", "Check the path.") from error


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            flat[name] = value
    return flat


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for key, value in values.items():
        section, _, name = key.partition(".")
        if name:
            nested.setdefault(section, {})[name] = value
        else:
            nested[section] = value
    return nested

"""The words settings may be, where files, packages and devices of this machine decide on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from voice_interviewer import settings_file, wiring
from voice_interviewer.banks.load import find_bank, load_bank, shipped_banks
from voice_interviewer.config import Settings, default_settings, load_settings, supposing
from voice_interviewer.errors import AudioError, ConfigError, InterviewerError
from voice_interviewer.presets import DRILL, personas, presets

_BANK, _KIND, _PEOPLE = "interview.bank", "interview.preset", "interview.interviewers"
_CANDIDATE, _VOICE, _JUDGE = "interview.candidate", "speaking.voice", "judge.kind"
_CHECKED = (_BANK, _KIND, _PEOPLE, _CANDIDATE, _VOICE, _JUDGE)
_AUDIO = "audio"


def words_of(settings: Settings, key: str) -> tuple[str, ...]:
    """The words a setting may be, where those are all; empty for any other.

    Raises ConfigError where a file that has some cannot be read.
    """
    if key == _KIND:
        return tuple(kind.name for kind in presets(settings.file) if kind.name != DRILL)
    return wiring.judges() if key == _JUDGE else ()


def rows(settings: Settings) -> tuple[settings_file.SettingRow, ...]:
    """Every setting as it stands, each with the words it may be."""

    def offered(key: str) -> tuple[str, ...]:
        try:
            return words_of(settings, key)
        except ConfigError:
            return ()

    return tuple(
        replace(row, choices=row.choices or offered(row.key))
        for row in settings_file.rows(settings)
    )


def check_words(settings: Settings) -> None:
    """Check what the user's file and the environment say against the words there are.

    Raises ConfigError naming the file or the variable, the key and the words.
    """
    for key in _CHECKED:
        origin = settings.origin(key)
        if origin and not origin.startswith("--"):
            try:
                _check_word(settings, key, settings_file.typed(settings, key))
            except InterviewerError as error:
                raise ConfigError(f"{origin}: {error.message}", error.hint) from error


def checked(settings: Settings, key: str, text: str) -> str:
    """What to keep of a value as it was typed: paths in full, for the file holds in every folder.

    Raises ConfigError, naming the key, where the next interview could not begin with it.
    """
    if key not in _CHECKED or not text.strip():
        return text
    said = text.strip()
    _check_word(settings, key, said)
    try:
        if key == _BANK:
            return _whole_bank(said)
        if key == _CANDIDATE and said.startswith(f"{_AUDIO}:"):
            return _whole_recordings(said)
        if key == _VOICE:
            wiring.open_voice(supposing(settings, {_VOICE: said}), said).close()
    except InterviewerError as error:
        raise ConfigError(f"{key}: {error.message}", error.hint) from error
    return said


def checked_for(file: Path, key: str, text: str) -> str:
    """The same for a settings file, which may be missing or broken: this may be what mends it."""
    try:
        settings = load_settings(file=file if file.is_file() else None)
    except ConfigError:
        settings = default_settings()
    return checked(settings, key, text)


def _check_word(settings: Settings, key: str, said: str) -> None:
    """Raises ConfigError where it is none of the words, whatever else it would need."""
    if key == _BANK:
        if Path(said).suffix not in (".yaml", ".yml") and not Path(said).expanduser().is_file():
            _one_of(key, said, shipped_banks(), " or a path to a bank file")
    elif key == _PEOPLE:
        for name in filter(None, (part.strip() for part in said.split(","))):
            _one_of(key, name, personas())
    elif key == _CANDIDATE:
        kind, _, where = said.partition(":")
        if kind != _AUDIO or not where:
            _one_of(key, said, wiring.CANDIDATE_WORDS, " or audio:PATH")
    elif key == _VOICE:
        _one_of(key, said.partition(":")[0], wiring.known_voices(), ", also with a speaker")
    else:
        _one_of(key, said, words_of(settings, key))


def _one_of(key: str, said: str, words: Iterable[str], more: str = "") -> None:
    known = tuple(words)
    if said not in known:
        raise ConfigError(f"{key}: there is no {said!r}.", f"It may be {', '.join(known)}{more}.")


def _whole_bank(said: str) -> str:
    """A bank that can be read, by its id or its whole path. Raises UsageError, BankError."""
    path = find_bank(str(Path(said).expanduser()))
    load_bank(path)
    return said if path == shipped_banks().get(said) else str(path.absolute())


def _whole_recordings(said: str) -> str:
    """Recordings that are there, by their whole paths. Raises AudioError."""
    for path in wiring.recordings(said):
        if not path.exists():
            raise AudioError(f"There is no {path}.", "Name a recording, or a folder of them.")
    return wiring.absolute(said)

"""Settings come in layers, and every mistake names the file and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_interviewer.config import keys, load_settings
from voice_interviewer.errors import ConfigError, UsageError
from voice_interviewer.wiring import hearing_options


def own_file(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_later_layers_win(tmp_path: Path) -> None:
    file = own_file(tmp_path, "[interview]\nquestions = 2\n[hearing]\nmodel = 'base'\n")
    environ = {"VOICE_INTERVIEWER_HEARING_MODEL": "small", "UNRELATED": "x"}
    settings = load_settings({"speaking.voice": "silent"}, file=file, environ=environ)
    assert settings.interview.questions == 2
    assert settings.hearing.model == "small"
    assert settings.speaking.voice == "silent"
    assert settings.judge.kind == "auto"


def test_flags_that_were_not_given_change_nothing(tmp_path: Path) -> None:
    file = own_file(tmp_path, "[interview]\nquestions = 2\n")
    assert load_settings({"interview.questions": None}, file=file).interview.questions == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[hearing]\nthread = 2\n", "unknown key hearing.thread. Did you mean hearing.threads?"),
        ("[herring]\nthreads = 2\n", "unknown key herring.threads. Did you mean hearing.threads?"),
        ("surprise = 1\n", "unknown key surprise."),
        ("[hearing]\nthreads = 'two'\n", "hearing.threads: "),
        ("[interview]\nquestions = 0\n", "interview.questions: "),
        ("[endpointing]\npreset = 'hasty'\n", "endpointing.preset: input should be 'patient', "),
        ("[endpointing]\nclosed_silence_s = 0.0\n", "endpointing.closed_silence_s: "),
        ("[hearing]\nend_silence_s = 3.0\n", "unknown key hearing.end_silence_s."),
        ("[hearing\n", "config.toml: "),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    file = own_file(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_settings(file=file)
    assert str(error.value).startswith(f"{file}: ")
    assert told in str(error.value)


def test_a_mistake_in_a_flag_names_the_flag_alone() -> None:
    with pytest.raises(UsageError) as error:
        load_settings({"interview.difficulty": "impossible"}, environ={})
    assert error.value.message.startswith("--difficulty: input should be 'gentle', ")
    assert error.value.hint == "gentle, standard or hard."


def test_an_endpointing_preset_fills_in_what_is_not_set(tmp_path: Path) -> None:
    file = own_file(tmp_path, "[endpointing]\npreset = 'brisk'\ncomplete_silence_s = 2.0\n")
    patient = load_settings(environ={}).endpointing
    mine = load_settings(file=file, environ={}).endpointing
    assert (patient.preset, mine.preset) == ("patient", "brisk")
    assert mine.complete_silence_s == 2.0
    assert mine.closed_silence_s is not None
    assert patient.closed_silence_s is not None
    assert mine.closed_silence_s < patient.closed_silence_s
    environ = {"VOICE_INTERVIEWER_ENDPOINTING_PRESET": "manual"}
    manual = load_settings(file=file, environ=environ).endpointing
    assert (manual.closed_silence_s, manual.no_speech_s) == (None, None)
    assert manual.complete_silence_s == 2.0


def test_the_times_of_commands_and_of_going_on_can_be_set(tmp_path: Path) -> None:
    for preset in ("patient", "normal", "brisk", "manual"):
        shipped = load_settings({"endpointing.preset": preset}, environ={}).endpointing
        assert (shipped.command_silence_s, shipped.undo_s) == (0.7, 2.0)
    file = own_file(tmp_path, "[endpointing]\ncommand_silence_s = 0.9\nundo_s = 3.0\n")
    settings = load_settings(file=file, environ={})
    assert hearing_options(settings).endpointing.command_silence_s == 0.9
    assert settings.endpointing.undo_s == 3.0


def test_a_missing_own_file_is_told_when_it_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml cannot be read"):
        load_settings(file=tmp_path / "nowhere.toml")


def test_a_key_is_never_shown() -> None:
    settings = load_settings(environ={"VOICE_INTERVIEWER_JUDGE_API_KEY": "sk-very-secret"})
    assert "sk-very-secret" not in repr(settings) + str(settings)


def test_every_setting_is_described() -> None:
    assert all(keys().values())

"""A setting is checked against the words there are on this machine before it is kept."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner, Result

from voice_interviewer import launch, wiring
from voice_interviewer.cli import app
from voice_interviewer.config import InterviewSettings, load_settings
from voice_interviewer.errors import ConfigError
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.resources import shipped
from voice_interviewer.setting_words import check_words, checked, rows
from voice_interviewer.settings_file import set_in_file

WRONG = [
    ("interview.difficulty", "impossible", "'gentle', 'standard' or 'hard'"),
    ("interview.interviewers", "maya, grace", "there is no 'grace'. It may be maya, tom, irene."),
    ("interview.preset", "panell", "It may be rehearsal, coaching, phone-screen, panel, pressure."),
    ("interview.preset", "drill", "there is no 'drill'"),
    ("interview.bank", "small", "It may be behavioral-general, rlhf-systems-engineer or a path"),
    ("interview.candidate", "parrot", "It may be auto, mic, typed, recorded or audio:PATH."),
    ("judge.kind", "solomon", "It may be auto, embedded, local, model."),
    ("speaking.voice", "opera", "auto, hibari, kokoro, pyttsx3, silent, also with a speaker."),
]
MISSING = [
    ("interview.bank", "/nowhere/bank.yaml", "/nowhere/bank.yaml"),
    ("interview.candidate", "audio:/nowhere", "There is no /nowhere."),
    ("speaking.voice", "kokoro:nobody", "kokoro"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text("[interview]\nquestions = 4\n")
    return path


def config(file: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["config", *words, "--config", str(file)])


@pytest.mark.parametrize(("key", "value", "said"), [*WRONG, *MISSING])
def test_what_the_next_interview_could_not_begin_with_is_not_kept(
    file: Path, key: str, value: str, said: str
) -> None:
    before = file.read_text()
    done = config(file, "set", key, value)
    assert isinstance(done.exception, ConfigError)
    assert done.exception.message.startswith(f"{key}: ")
    assert said in str(done.exception)
    with pytest.raises(ConfigError, match=key):
        FrontDesk(load_settings(file=file)).set_setting(key, value)
    assert file.read_text() == before


@pytest.mark.parametrize(("key", "value", "said"), WRONG)
def test_at_the_start_the_file_the_key_and_the_words_are_named(
    file: Path, tmp_path: Path, key: str, value: str, said: str
) -> None:
    if key == "interview.difficulty":
        file.write_text(f'[interview]\ndifficulty = "{value}"\n')
    else:
        set_in_file(file, key, value)
    with pytest.raises(ConfigError) as raised:
        launch.settings(tmp_path / "data", config=file)
    assert raised.value.message.startswith(f"{file}: {key}: ")
    assert said in str(raised.value)


def test_a_variable_is_named_too_and_an_option_is_left_to_the_command() -> None:
    environ = {"VOICE_INTERVIEWER_JUDGE_KIND": "solomon"}
    with pytest.raises(ConfigError, match=r"VOICE_INTERVIEWER_JUDGE_KIND: judge\.kind: there is"):
        check_words(load_settings(environ=environ))
    check_words(load_settings({"judge.kind": "solomon"}, environ=environ))


def test_a_broken_value_can_be_mended(file: Path) -> None:
    file.write_text('[interview]\ndifficulty = "impossible"\n')
    assert config(file, "set", "interview.difficulty", "hard").exit_code == 0
    assert load_settings(file=file).interview.difficulty == "hard"
    file.write_text('[interview]\npreset = "gone"\n')
    assert config(file, "unset", "interview.preset").exit_code == 0
    check_words(load_settings(file=file))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("interview.interviewers", "maya, irene"),
        ("interview.interviewers", ""),
        ("interview.bank", "behavioral-general"),
        ("interview.candidate", "typed"),
        ("judge.kind", "local"),
        ("speaking.voice", "silent"),
    ],
)
def test_what_is_there_is_kept_as_it_was_typed(file: Path, key: str, value: str) -> None:
    assert checked(load_settings(file=file), key, value) == value


def test_paths_are_kept_in_full(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, clip = tmp_path / "own.yaml", tmp_path / "a.ogg"
    bank.write_bytes((shipped("questions") / "behavioral-general.yaml").read_bytes())
    clip.write_bytes(next(wiring.sample_answers().glob("*.ogg")).read_bytes())
    monkeypatch.chdir(tmp_path)
    settings = load_settings(file=file)
    assert checked(settings, "interview.bank", "own.yaml") == str(bank)
    assert checked(settings, "interview.candidate", "audio:a.ogg") == f"audio:{clip}"


def test_a_kind_beside_the_file_may_be_chosen(file: Path) -> None:
    (file.parent / "presets").mkdir()
    (file.parent / "presets" / "friday.toml").write_text("[style]\nfollow_ups = 0\n")
    assert config(file, "set", "interview.preset", "friday").exit_code == 0
    launch.settings(file.parent / "data", config=file)


def test_every_setting_with_words_of_its_own_offers_them(file: Path) -> None:
    choices = {row.key: row.choices for row in rows(load_settings(file=file))}
    assert choices["interview.preset"] == (
        "rehearsal",
        "coaching",
        "phone-screen",
        "panel",
        "pressure",
    )
    assert choices["interview.difficulty"] == ("gentle", "standard", "hard")
    assert choices["judge.kind"] == ("auto", "embedded", "local", "model")
    assert choices["interface.plain"] == ("true", "false")
    assert choices["speaking.voice"] == (), "a speaker of a voice is one more"
    assert FrontDesk(load_settings(file=file)).setting_rows() == rows(load_settings(file=file))
    assert "One of: gentle, standard, hard." in config(file, "show", "interview").output


def test_a_kind_that_cannot_be_read_keeps_no_setting_from_being_shown(file: Path) -> None:
    (file.parent / "presets").mkdir()
    (file.parent / "presets" / "broken.toml").write_text("[style\n")
    assert {row.key: row.choices for row in rows(load_settings(file=file))}[
        "interview.preset"
    ] == ()


def test_the_difficulties_are_those_of_their_file() -> None:
    table = tomllib.loads((shipped("configs") / "difficulties.toml").read_text(encoding="utf-8"))
    assert get_args(InterviewSettings.model_fields["difficulty"].annotation) == tuple(table)

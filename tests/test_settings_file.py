"""Settings are told with their origin, and changed without touching anything else."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voice_interviewer.cli import app
from voice_interviewer.config import load_settings
from voice_interviewer.errors import ConfigError, StorageError
from voice_interviewer.settings_file import SettingRow, rows, set_in_file, unset_in_file

MINE = """\
# how I like it
offline = false

[interview]  # what is asked
questions = 4   # not too many

[judge]
api_key = "sk-very-secret"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    return path


def row(key: str, file: Path | None = None, **layers: object) -> SettingRow:
    found = {r.key: r for r in rows(load_settings(file=file, **layers))}  # type: ignore[arg-type]
    return found[key]


def test_every_value_says_where_it_came_from(file: Path) -> None:
    environ = {"VOICE_INTERVIEWER_SPEAKING_VOLUME": "0.5"}
    layers = {"environ": environ, "flags": {"interview.bank": "small"}}
    assert row("interview.questions", file, **layers).origin == str(file)
    assert row("speaking.volume", file, **layers).origin == "VOICE_INTERVIEWER_SPEAKING_VOLUME"
    assert row("interview.bank", file, **layers).origin == "--bank"
    unchanged = row("hearing.model", file, **layers)
    assert (unchanged.origin, unchanged.changed) == ("default", False)
    assert (row("interview.questions", file).value, unchanged.default) == ("4", "tiny.en")
    assert row("interface.theme", file).choices == ("dark", "light", "high-contrast")


def test_a_secret_is_never_told(file: Path) -> None:
    assert "sk-very-secret" not in repr(rows(load_settings(file=file)))
    assert (row("judge.api_key", file).value, row("judge.api_key", file).secret) == ("set", True)
    assert row("hearing.api_key", file).value == "not set"


@pytest.mark.parametrize(
    ("key", "text", "line"),
    [
        ("interview.questions", " 9 ", "questions = 9   # not too many"),
        ("offline", "TRUE", "offline = true"),
        ("interview.interviewers", "ada, grace", 'interviewers = ["ada", "grace"]'),
        ("speaking.volume", "0.5", "volume = 0.5"),
        ("storage.data_dir", "/tmp/x", 'data_dir = "/tmp/x"'),
        ("interface.plain", "yes", "plain = true"),
    ],
)
def test_one_setting_changes_and_every_other_line_stays(
    file: Path, key: str, text: str, line: str
) -> None:
    set_in_file(file, key, text)
    lines = file.read_text().splitlines()
    assert line in lines
    changed = {line, "questions = 4   # not too many", "offline = false"}
    assert [kept for kept in MINE.splitlines() if kept not in changed | set(lines)] == []
    assert row(key, file).origin == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("interview.questions", "many", "interview.questions"),
        ("interview.questions", "101", "less than or equal to 100"),
        ("interface.theme", "pink", "'dark', 'light' or 'high-contrast'"),
        ("interview.questons", "3", "unknown key"),
        ("interview.bank", "", "no value"),
    ],
)
def test_a_value_that_cannot_be_changes_nothing(file: Path, key: str, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        set_in_file(file, key, text)
    assert file.read_text() == MINE


def test_a_file_that_is_broken_already_is_named_and_kept(file: Path) -> None:
    file.write_text("[interview]\nquestions = 0\n")
    with pytest.raises(ConfigError, match=r"mine\.toml: interview\.questions") as raised:
        set_in_file(file, "interview.bank", "small")
    assert ".config-" not in str(raised.value)
    assert file.read_text() == "[interview]\nquestions = 0\n"


def test_unsetting_gives_the_default_back(file: Path) -> None:
    assert unset_in_file(file, "interview.questions")
    assert not unset_in_file(file, "interview.questions")
    assert (row("interview.questions", file).value, "# how I like it" in file.read_text()) == (
        "6",
        True,
    )


def test_a_link_to_the_file_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    set_in_file(link, "interview.questions", "5")
    assert link.is_symlink()
    assert "questions = 5" in file.read_text()


def test_a_folder_that_cannot_be_made_is_told(file: Path) -> None:
    with pytest.raises(StorageError, match="cannot be"):
        set_in_file(file / "below.toml", "interview.questions", "5")


def test_the_command_shows_sets_and_unsets(file: Path) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["config", *words, "--config", str(file)])
        assert done.exit_code == 0, done.output
        return done.output

    assert f"interview.questions is 8 ({file})." in run("set", "interview.questions", "8")
    shown = json.loads(run("show", "--json"))
    assert shown["file"] == str(file)
    assert {"key": "interview.questions", "value": "8"}.items() <= shown["settings"][1].items()
    assert "sk-very-secret" not in run("show")
    assert "Default: 6." in run("show", "interview.questions")
    assert "interview.questions is 6 (default)." in run("unset", "interview.questions")
    assert run("path").strip() == str(file)


def test_a_secret_may_be_piped_in(tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    words = ["config", "set", "judge.api_key", "-", "--config", str(file)]
    done = CliRunner().invoke(app, words, input="sk-piped\n")
    assert done.exit_code == 0
    assert "sk-piped" not in done.output
    assert 'api_key = "sk-piped"' in file.read_text()

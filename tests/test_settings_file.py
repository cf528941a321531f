"""Settings are told with their origin, and changed without touching anything else."""

from __future__ import annotations

import json
import random
import signal
import stat
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voice_interviewer.cli import app
from voice_interviewer.config import load_settings
from voice_interviewer.errors import ConfigError, StorageError
from voice_interviewer.settings_file import (
    SettingRow,
    change_file,
    rows,
    set_in_file,
    stronger,
    unset_in_file,
)

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
    assert "sk-piped" not in file.read_text()
    assert "sk-piped" in (tmp_path / "keys.toml").read_text()


A_OR_B = """
import sys
from pathlib import Path
from voice_interviewer.settings_file import change_file
file, choices = Path(sys.argv[1]), [
    {"judge.kind": "model", "judge.base_url": "http://127.0.0.1:1/v1", "judge.model": "a"},
    {"judge.kind": "local", "judge.base_url": None, "judge.model": "b"},
]
print("ready", flush=True)
while True:
    for values in choices:
        change_file(file, values)
"""


def judge_of(file: Path) -> dict[str, object]:
    judge: dict[str, object] = tomllib.loads(file.read_text())["judge"]
    return judge


def test_a_crash_leaves_one_choice_or_the_other(tmp_path: Path) -> None:
    """Killed at a random moment while choices are written, again and again."""
    file = tmp_path / "own.toml"
    change_file(file, {"judge.kind": "local", "judge.model": "b"})
    a = {"kind": "model", "base_url": "http://127.0.0.1:1/v1", "model": "a"}
    seen = []
    for turn in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", A_OR_B, str(file)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(random.Random(turn).uniform(0.02, 0.2))
        writer.send_signal(signal.SIGKILL)
        writer.wait(10)
        assert writer.returncode == -signal.SIGKILL
        seen.append(judge_of(file))
    assert all(judge in (a, {"kind": "local", "model": "b"}) for judge in seen), seen


FULL = """
import resource, signal, sys
from pathlib import Path
from voice_interviewer.errors import StorageError
from voice_interviewer.settings_file import change_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))
try:
    change_file(Path(sys.argv[1]), {"judge.kind": "model", "judge.model": "a" * 100})
except StorageError as error:
    print(error.message)
"""


def test_where_nothing_more_can_be_written_the_old_choice_stays(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(file)], capture_output=True, text=True, check=True
    )
    assert f"{file} cannot be written" in done.stdout
    assert file.read_text() == MINE
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_one_bad_value_among_several_changes_nothing(file: Path) -> None:
    with pytest.raises(ConfigError, match="questions"):
        change_file(file, {"interview.bank": "small", "interview.questions": "0"})
    assert file.read_text() == MINE


def test_what_wins_over_the_file_is_told(file: Path) -> None:
    environ = {
        "VOICE_INTERVIEWER_JUDGE_KIND": "auto",
        "VOICE_INTERVIEWER_JUDGE_MODEL": "m",
        "VOICE_INTERVIEWER_JUDGE_API_KEY": "of-the-environment",
    }
    settings = load_settings({"speaking.voice": "silent"}, file=file, environ=environ)
    told = stronger(
        settings,
        {
            "judge.kind": "embedded",
            "judge.model": "m",
            "judge.api_key": "typed",
            "speaking.voice": "hibari",
            "interview.questions": "4",
        },
    )
    assert told == (
        "VOICE_INTERVIEWER_JUDGE_KIND is set and wins: judge.kind stays auto. "
        "VOICE_INTERVIEWER_JUDGE_API_KEY is set and wins: the key is kept and not used. "
        "--voice is set and wins: speaking.voice stays silent."
    )

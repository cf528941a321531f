"""The command line as scripts and people meet it, where it matters in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from command_line import Done, run_here

LIGHT = {"annotated_doc", "click", "colorama", "shellingham", "typer", "typing_extensions"}
LIGHT |= {"voice_interviewer"}

TYPED = ["--candidate", "typed", "--voice", "silent", "--judge", "embedded"]


def run(
    *arguments: str, stdin: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voice_interviewer", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
        env={**os.environ, **(env or {})},
    )


def test_help_imports_nothing_heavy() -> None:
    """So that it answers at once: of other people's packages, only what reads a command line."""
    code = (
        "import sys; before = set(sys.modules); sys.argv = ['voice-interviewer', '--help']\n"
        "try:\n    from voice_interviewer.cli import main; main()\n"
        "except SystemExit: pass\n"
        "names = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(names - sys.stdlib_module_names), len(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "interview" in done.stdout
    *packages, modules = done.stderr.split()
    assert set(packages) <= LIGHT
    assert int(modules) < 300


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["interview", "--candidate", "parrot", "--headless"], 2, "Say mic, typed, recorded"),
        (["interview", "--bank", "rlhf-sistems-engineer", "--headless"], 2, "Did you mean rlhf-"),
        (["interview", "--question", "nonsense", "--headless"], 2, "has no question 'nonsense'"),
        (["interview", "--question", "nonsense", "--headless"], 2, "banks show rlhf-systems-eng"),
        (["interview", "--question", "own-mistake", "--headless"], 2, "--bank behavioral-general"),
        (["interview", "--questions", "0"], 2, "--questions"),
        (["interview", "--nonsense"], 2, "nonsense"),
        (["interview", "--candidate", "audio:/nowhere", "--headless"], 1, "/nowhere"),
        (["interview", "--voice", "opera", "--headless"], 2, "opera"),
        (["interview", "--judge", "model", "--headless"], 1, "judge.model"),
        (["interview", "--pace", "slow", "--headless"], 2, "fast"),
        (["interview", "--config", "/nowhere.toml", "--headless"], 1, "/nowhere.toml"),
        (["sessions", "show", "abcdef"], 1, "sessions list"),
        (["resume", "abcdef"], 1, "sessions list"),
        (["replay", "abcdef"], 1, "sessions list"),
        (["drill", "--session", "abcdef"], 1, "sessions list"),
        (["banks", "validate", "/nowhere.yaml"], 1, "/nowhere.yaml"),
    ],
)
def test_a_mistake_gets_one_message_with_its_fix(
    arguments: list[str], code: int, told: str, tmp_path: Path
) -> None:
    if arguments[0] == "interview":
        arguments = [*arguments, "--data-dir", str(tmp_path)]
    done = run_here(*arguments)
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    sessions = tmp_path / "sessions"
    assert not sessions.is_dir() or not list(sessions.iterdir())


def test_a_mistake_is_json_for_scripts() -> None:
    done = run_here("sessions", "show", "abcdef", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"].startswith("There is no session 'abcdef'")


def test_an_unknown_setting_names_file_and_key(tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text("[hearing]\nmodle = 'base'\n")
    done = run_here("interview", "--headless", "--config", str(config))
    assert done.returncode == 1
    assert f"{config}: unknown key hearing.modle. Did you mean hearing.model?" in done.stderr


def test_a_wrong_value_names_its_variable() -> None:
    done = run("doctor", env={"VOICE_INTERVIEWER_HEARING_THREADS": "many"})
    assert done.returncode == 1
    assert "VOICE_INTERVIEWER_HEARING_THREADS: hearing.threads" in done.stderr


def test_a_bank_with_a_typo_names_line_and_column(tmp_path: Path) -> None:
    bank = tmp_path / "mine.yaml"
    bank.write_text("schema: voice-interviewer/bank@1\nid: mine\ntitel: Mine\n")
    done = run_here("interview", "--headless", "--bank", str(bank), "--data-dir", str(tmp_path))
    assert done.returncode == 1
    assert f"{bank}:3:1: unknown key `titel`. Did you mean `title`?" in done.stderr


def test_a_typed_interview_from_standard_input_to_json(tmp_path: Path) -> None:
    answers = "It learns from people.\nI do not know.\nNo idea.\n"
    done = run(
        *["interview", "--headless", "--questions", "2", "--json", "--data-dir", str(tmp_path)],
        *TYPED,
        stdin=answers,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["ended_because"] == "end_of_input"
    assert [t["transcript"] for t in report["turns"][:3]] == answers.splitlines()
    assert Path(report["path"]).is_relative_to(tmp_path)
    assert (Path(report["path"]) / "transcript.md").read_text().count("**You:**") >= 3

    listed = json.loads(run_here("sessions", "list", "--json", "--data-dir", str(tmp_path)).stdout)
    assert [row["status"] for row in listed["sessions"]] == ["finished"]
    shown = run_here("sessions", "show", "last", "--json", "--data-dir", str(tmp_path))
    assert json.loads(shown.stdout) == report
    replayed = run_here("replay", "last", "--json", "--data-dir", str(tmp_path))
    assert json.loads(replayed.stdout)["turns"] == report["turns"]
    timing = json.loads(
        run_here("sessions", "timing", "last", "--json", "--data-dir", str(tmp_path)).stdout
    )
    assert timing["turns"][0]["transcript_to_assessment"] >= 0

    drilled = run_here(
        *["drill", "--session", "last", "--json", "--data-dir", str(tmp_path), "--headless"],
        *TYPED,
        stdin="",
    )
    drill = json.loads(drilled.stdout)
    assert drill["kind"] == "drill"
    assert drill["questions"][0]["prompt"] in drill["turns"][0]["prompt"]


def test_banks_can_be_listed_and_validated(tmp_path: Path) -> None:
    listed = json.loads(run_here("banks", "list", "--json").stdout)
    assert "rlhf-systems-engineer" in [bank["id"] for bank in listed["banks"]]
    assert run_here("banks", "validate").returncode == 0
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema: [")
    done = run_here("banks", "validate", str(broken), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["banks"][0]["errors"][0].startswith(f"{broken}:1:")


def test_a_closed_standard_input_is_the_end_of_input(tmp_path: Path) -> None:
    for more in ([], ["--headless"]):
        command = [sys.executable, "-m", "voice_interviewer", "interview", *more, *TYPED]
        done = subprocess.run(
            ["sh", "-c", 'exec "$@" <&-', "sh", *command, "--data-dir", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert "Thank you" in done.stdout


def run_with(encoding: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the program in a process of its own whose streams have this encoding."""
    return partial(run, env={"PYTHONIOENCODING": encoding})


@pytest.mark.parametrize(
    "run_it",
    [
        run_with("ascii"),
        partial(run_here, encoding="latin-1"),
        partial(run_here, encoding="cp1252"),
    ],
    ids=["ascii", "latin-1", "cp1252"],
)
def test_an_output_that_knows_few_characters_gets_question_marks(
    tmp_path: Path, run_it: Callable[..., Done | subprocess.CompletedProcess[str]]
) -> None:
    options = ["interview", "--headless", "--questions", "1", *TYPED, "--data-dir", str(tmp_path)]
    done = run_it(*options, stdin="Schr\u00f6dinger\n")
    assert done.returncode == 0, done.stderr
    assert "? missed" in done.stdout
    report = json.loads(run_it("sessions", "show", "last", "--json", *options[-2:]).stdout)
    assert report["turns"][0]["transcript"]


def test_a_session_that_never_began_is_not_listed(tmp_path: Path) -> None:
    run_here("interview", "--headless", *TYPED, "--data-dir", str(tmp_path), stdin="An answer.\n")
    empty = tmp_path / "sessions" / "20990101T000000Z_small_abcdef"
    (empty / "audio").mkdir(parents=True)
    (empty / "journal.jsonl").write_text("")
    listed = json.loads(run_here("sessions", "list", "--json", "--data-dir", str(tmp_path)).stdout)
    assert len(listed["sessions"]) == 1
    assert run_here("sessions", "show", "last", "--data-dir", str(tmp_path)).returncode == 0
    for command in (["resume", "abcdef"], ["sessions", "show", "abcdef"], ["replay", "abcdef"]):
        done = run_here(*command, "--data-dir", str(tmp_path))
        assert done.returncode == 1
        assert "is empty" in done.stderr

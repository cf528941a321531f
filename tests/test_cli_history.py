"""`sessions list`, `search` and `delete` as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from archive.test_index import session
from made_up_past import write
from typer.testing import CliRunner

from voice_interviewer import launch
from voice_interviewer.archive.journal import JournalFile
from voice_interviewer.archive.store import JOURNAL, SessionStore
from voice_interviewer.cli import app
from voice_interviewer.core import events as ev
from voice_interviewer.errors import StorageError, UsageError
from voice_interviewer.history import SessionHistory


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(launch, "_libraries_write_to", lambda _log: None)
    for number in (1, 2, 3):
        write(tmp_path, session(number, f"talk of vLLM number{number}"))
    return tmp_path


def run(data_dir: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["sessions", *arguments, "--data-dir", str(data_dir)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_hits_tell_session_question_turn_second_and_words(past: Path) -> None:
    found = json.loads(run(past, "search", "vllm", "number2", "--json"))
    assert found["query"] == "vllm number2"
    (hit,) = found["hits"]
    assert (hit["session_id"], hit["question_id"], hit["turn"]) == ("000002", "apples", 1)
    assert hit["start_s"] == 1.0
    assert [hit["snippet"][begin:end] for begin, end in hit["marks"]] == ["vLLM", "number2"]
    shown = run(past, "search", "number2")
    assert "000002  2030-01-03T03:04:05Z  turn 1  small/apples" in shown
    assert "said at 0:01: talk of vLLM number2" in shown


def test_filters_and_limit_hold(past: Path) -> None:
    hits = json.loads(run(past, "search", "vllm", "--limit", "2", "--json"))["hits"]
    assert [hit["session_id"] for hit in hits] == ["000003", "000002"]
    for option, value, count in (
        ("--bank", "small", 3),
        ("--bank", "other", 0),
        ("--section", "nowhere", 0),
        ("--verdict", "met", 3),
        ("--verdict", "unclear", 0),
    ):
        found = json.loads(run(past, "search", "vllm", option, value, "--json"))
        assert len(found["hits"]) == count, (option, value)


@pytest.mark.parametrize("query", ['"', "*", 'NEAR("', "a AND (", "'; DROP TABLE turns; --", "^"])
def test_a_hostile_query_finds_nothing_and_breaks_nothing(past: Path, query: str) -> None:
    assert json.loads(run(past, "search", "--json", "--", query))["hits"] == []
    assert len(json.loads(run(past, "search", "vllm", "--json"))["hits"]) == 3


def test_a_verdict_that_is_none_is_refused(past: Path) -> None:
    with pytest.raises(UsageError, match="no verdict 'good'"):
        run(past, "search", "vllm", "--verdict", "good")


def test_the_list_knows_bank_and_limit(past: Path) -> None:
    rows = json.loads(run(past, "list", "--limit", "2", "--bank", "small", "--json"))["sessions"]
    assert [row["id"] for row in rows] == ["000003", "000002"]
    assert rows[0]["best_score"] == rows[0]["score"] == 3.3
    assert rows[0]["scores"][0] == 3.3
    assert json.loads(run(past, "list", "--bank", "other", "--json"))["sessions"] == []
    assert "with the bank other" in run(past, "list", "--bank", "other")


def test_delete_takes_the_folder_and_what_the_index_has_and_says_so(past: Path) -> None:
    with pytest.raises(UsageError, match="for good"):
        run(past, "delete", "000002")
    said = run(past, "delete", "000002", "--yes")
    assert said.startswith("Deleted: session 000002 of 2030-01-03T03:04:05Z, A small bank")
    assert "1 answers, 0 recordings" in said
    assert sorted(f.name[-6:] for f in (past / "sessions").iterdir()) == ["000001", "000003"]
    index = SessionHistory(SessionStore(past))
    assert index.search("number2") == ()
    assert len(index.sessions()) == 2


def test_delete_names_the_forks_that_hold_copies(past: Path) -> None:
    start, *rest = session(4)
    assert isinstance(start, ev.SessionStarted)
    write(past, [start.model_copy(update={"fork_of": "000002", "fork_turn": 2}), *rest])
    assert "Copies of its answers are left in: 000004" in run(past, "delete", "000002", "--yes")


def test_a_session_that_is_running_is_not_deleted(past: Path) -> None:
    store = SessionStore(past)
    folder = store.find("000002")
    journal = JournalFile(folder / JOURNAL)
    with pytest.raises(StorageError, match="open in another window"):
        run(past, "delete", "000002", "--yes")
    journal.close()
    assert folder.is_dir()


def test_the_program_itself_answers_one_line_and_no_traceback(past: Path) -> None:
    for arguments, code, says in (
        (["search", 'NEAR("'], 0, "Nothing was found"),
        (["search", "vllm", "--verdict", "good"], 2, "no verdict"),
        (["delete", "ffffff", "--yes"], 1, "no session"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "voice_interviewer", "sessions", *arguments]
            + ["--data-dir", str(past)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code
        assert says in done.stdout + done.stderr
        assert "Traceback" not in done.stderr

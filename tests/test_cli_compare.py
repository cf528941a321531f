"""`voice-interviewer compare`: what it prints, and what it says when it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Done, run_here
from two_takes import answered_better, answered_poorly

from voice_interviewer.archive.store import SessionStore
from voice_interviewer.cli_compare import as_object, as_text
from voice_interviewer.comparing import compare, takes_of


def comparison():
    return compare(takes_of(answered_poorly())[0], takes_of(answered_better())[0])


def test_the_table_aligns_both_answers_and_groups_what_changed() -> None:
    text = as_text(comparison())
    lines = text.splitlines()
    head = next(line for line in lines if "3f9a1c take 1" in line)
    at = head.index("77aa01 take 1")
    score = next(line for line in lines if line.startswith("score"))
    assert score[at:] == "5.0 of 10"
    assert "4.0 to 6.0 of 10" in score[:at]
    kl = next(line for line in lines if "KL penalty" in line)
    assert kl[at:] == "◐ partial"
    assert text.index("+ gained") < text.index("Names output length") < text.index("- lost")
    assert all(len(line) <= 80 for line in lines)


def test_the_object_has_verdicts_evidence_and_figures_of_both() -> None:
    found = json.loads(json.dumps(as_object(comparison())))
    assert found["question_id"] == "reward-hacking"
    assert found["second"]["session_id"] == "77aa01"
    assert found["first"]["fillers"] == {"um": 1, "uh": 1}
    gained = [c for c in found["criteria"] if c["change"] == "gained"]
    assert [c["criterion"] for c in gained] == ["held-out", "length"]
    assert gained[1]["second"]["evidence"][0]["quote"] == "the length of outputs"
    assert gained[1]["first"]["verdict"] == "missed"


def run(data_dir: Path, *arguments: str, stdin: str = "") -> Done:
    return run_here(*arguments, "--data-dir", str(data_dir), stdin=stdin)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "No question was answered twice yet."),
        (["abcdef"], 1, "There is no session 'abcdef'"),
        (["#1"], 2, "does not name an answer"),
    ],
)
def test_what_cannot_be_compared_is_told(
    tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    _, folder = SessionStore(tmp_path).create("2030-01-02T03:04:05Z", "rlhf")
    (folder / "journal.jsonl").write_text("not a journal\n")
    done = run(tmp_path, "compare", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_two_real_sessions_are_compared(tmp_path: Path) -> None:
    interview = ["interview", "--headless", "--candidate", "typed", "--voice", "silent"]
    interview += ["--judge", "embedded", "--question", "reward-hacking"]
    for answer in ("I do not know.", "I would compare the reward with a held-out human win rate."):
        done = run(tmp_path, *interview, stdin=f"{answer}\n" * 6)
        assert done.returncode == 0, done.stderr
    found = json.loads(run(tmp_path, "compare", "--json").stdout)
    assert found["question_id"] == "reward-hacking"
    assert found["first"]["text"].startswith("I do not know.")
    assert "held-out human win rate." in found["second"]["text"]
    assert found["first"]["seconds"] is None

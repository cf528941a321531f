"""The `banks` commands as scripts and people meet them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, run_here
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer.banks.load import load_bank, shipped_banks

NOTES = """\
Night Shift Interview Questions
Basics
2 questionsShould cover alarms, handover notes, and when to wake somebody.
Should explain that a checklist saves tired people while habits do not.
"""
ADVERT = "Night nurse\nYou keep calm when three bells ring at once.\n"


def run(*arguments: str, env: dict[str, str] | None = None) -> Done:
    return run_here("banks", *arguments, env=env)


def from_json(*arguments: str, env: dict[str, str] | None = None) -> Any:
    done = run(*arguments, "--json", env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_text(NOTES)
    return path


def test_shipped_banks_are_listed_shown_and_linted() -> None:
    listed = from_json("list")["banks"]
    assert {bank["id"] for bank in listed} == set(shipped_banks())
    bank = from_json("show", "rlhf-systems-engineer")
    assert bank["schema"] == "voice-interviewer/bank@1"
    question = bank["questions"][0]
    assert question["prompt"] in " ".join(run("show", bank["id"]).stdout.split())
    shown = run("show", bank["id"], "--question", question["id"]).stdout
    assert all(criterion["label"] in shown for criterion in question["criteria"])
    assert from_json("show", bank["id"], "--question", question["id"]) == question
    assert from_json("lint")["ok"] is True


def test_validate_names_line_column_and_the_nearest_key(tmp_path: Path) -> None:
    good = run("new", "mine").stdout
    broken = tmp_path / "mine.yaml"
    broken.write_text(good.replace("    hint:", "    hnit:").replace("id: basics,", "idd: basics,"))
    done = run("validate", str(broken))
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert all(line.startswith(f"{broken}:") for line in lines)
    assert any("unknown key `hnit`. Did you mean `hint`?" in line for line in lines)
    assert "Traceback" not in done.stderr
    report = json.loads(run("validate", str(broken), "--json").stdout)
    assert report["banks"][0]["errors"] == lines
    first = report["banks"][0]["problems"][0]
    assert lines[0].startswith(f"{broken}:{first['line']}:{first['column']}: {first['message']}")


def test_lint_fails_on_errors_and_with_strict_on_warnings(tmp_path: Path) -> None:
    text = run("new", "mine").stdout
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("weight: 2\n", "weight: 9\n", 1))
    assert run("lint", str(path)).returncode == 0
    strict = run("lint", str(path), "--strict")
    assert strict.returncode == 1
    assert "has 82% of the question's weight [dominant-weight]" in strict.stdout
    path.write_text(text.replace("You inherit", "word " * 45 + "You inherit", 1))
    failed = run("lint", str(path), "--json")
    assert failed.returncode == 1
    (row,) = json.loads(failed.stdout)["banks"]
    (finding,) = row["findings"]
    assert (finding["file"], finding["severity"]) == (str(path), "error")
    assert finding["rule"] == "long-prompt"
    path.write_text("schema: [")
    assert f"{path}:1:" in run("lint", str(path)).stderr


def test_the_schema_is_json() -> None:
    assert json.loads(run("schema").stdout)["title"] == "Bank"


def test_a_new_bank_is_written_once_and_can_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "night-shift.yaml"
    assert run("new", "night-shift", "--out", str(path)).returncode == 0
    assert load_bank(path).id == "night-shift"
    again = run("new", "other", "--out", str(path))
    assert (again.returncode, load_bank(path).id) == (2, "night-shift")
    assert "exists already" in again.stderr
    done = run("new", "../night")
    assert (done.returncode, done.stdout) == (2, "")
    assert "for example night" in done.stderr


def test_a_text_becomes_a_file_with_a_list_of_what_is_to_do(notes: Path, tmp_path: Path) -> None:
    out = tmp_path / "night.yaml"
    done = run("from-text", str(notes), "--out", str(out))
    assert done.returncode == 0, done.stderr
    bank = load_bank(out)
    assert (bank.id, len(bank.questions)) == ("night", 2)
    assert "night.yaml: 2 questions, 5 criteria, from notes.txt" in done.stdout
    assert "What a person must finish" in done.stdout
    assert "5 x make the statement a claim an expert would sign" in done.stdout
    again = run("from-text", str(notes), "--out", str(out))
    assert again.returncode == 2


def test_a_text_goes_to_standard_output_as_yaml_alone(notes: Path, tmp_path: Path) -> None:
    done = run("from-text", str(notes))
    out = tmp_path / "x.yaml"
    out.write_text(done.stdout)
    assert load_bank(out).id == "night-shift-interview-questions"
    assert "What a person must finish" in done.stderr
    report = from_json("from-text", str(notes))
    assert report["yaml"] == done.stdout
    assert report["model_asked"] is False
    assert len(report["unfinished"]) == 7
    lines = report["yaml"].split("\n")
    assert all("# TODO: " in lines[todo["line"] - 1] for todo in report["unfinished"])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x7fELF\x00\x01", ":1:5: this is a binary file"),
        (b"What?\n\xff", ":2:1: this is not UTF-8 text"),
        (b"a" * 20_000, ":1:10001: a line of 20000 characters"),
    ],
)
def test_a_text_that_is_none_is_one_message(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(data)
    done = run("from-text", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{path}{told}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_job_needs_a_model(tmp_path: Path) -> None:
    job = tmp_path / "job.txt"
    job.write_text(ADVERT)
    done = run("from-job", "--job", str(job))
    assert done.returncode == 1
    assert "need a language model" in done.stderr
    assert "judge.base_url and judge.model" in done.stderr


class Model:
    """A server that words what it is asked for; `hold` makes it wait at the second request."""

    def __init__(self, server: HTTPServer) -> None:
        self.held = threading.Event()
        self.hold: threading.Event | None = None
        self.count = 0
        self.env = {
            "VOICE_INTERVIEWER_JUDGE_BASE_URL": server.url_for("/v1"),
            "VOICE_INTERVIEWER_JUDGE_MODEL": "scribe",
        }
        server.expect_request("/v1/chat/completions").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        self.count += 1
        if self.hold is not None and self.count == 2:
            self.held.set()
            self.hold.wait(30)
        schema = request.get_json()["response_format"]["json_schema"]["schema"]
        reply = self.plan() if "role" in schema["properties"] else self.wording(schema)
        message = {"role": "assistant", "content": json.dumps(reply)}
        done = {"id": "1", "object": "chat.completion", "created": 1, "model": "scribe"}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        return Response(json.dumps({**done, "choices": choices}), mimetype="application/json")

    def plan(self) -> dict[str, Any]:
        said = {"document": "job", "section": "scenario", "hint": "Should cover order, and calm."}
        real = {"first_line": 2, "last_line": 2, "quote": "three bells ring at once"}
        false = {"first_line": 9, "last_line": 9, "quote": "ten years of surgery"}
        return {
            "role": "Night nurse",
            "questions": [
                {**said, **real, "prompt": "Three bells ring. Where do you go?"},
                {**said, **false, "prompt": "How was surgery?"},
            ],
        }

    def wording(self, schema: dict[str, Any]) -> dict[str, Any]:
        item = schema["properties"]["criteria"]["items"]["properties"]
        rungs = item["probes"]["required"]
        return {
            "prompt": f"Question {self.count}, please?",
            "criteria": [
                {
                    "id": own,
                    "also": [f"{word} about {own}" for word in ("one", "two", "three", "four")],
                    "misconceptions": [f"no {own}", f"never {own}"],
                    "probes": {rung: "And then?" for rung in rungs},
                }
                for own in item["id"]["enum"]
            ],
        }


@pytest.fixture
def model(httpserver: HTTPServer) -> Model:
    return Model(httpserver)


def test_a_configured_model_words_the_questions(notes: Path, model: Model) -> None:
    report = from_json("from-text", str(notes), env=model.env)
    assert report["model_asked"] is True
    assert report["notes"] == []
    assert "prompt: Question 1, please?" in report["yaml"]
    assert from_json("from-text", str(notes), "--no-model", env=model.env)["model_asked"] is False
    assert model.count == 2


def test_a_job_becomes_a_bank_that_cites_it(tmp_path: Path, model: Model) -> None:
    job = tmp_path / "job.txt"
    job.write_text(ADVERT)
    out = tmp_path / "nurse.yaml"
    done = run("from-job", "--job", str(job), "--out", str(out), env=model.env)
    assert done.returncode == 0, done.stderr
    (question,) = load_bank(out).questions
    assert question.source == 'job:2 "You keep calm when three bells ring at once."'
    assert "Check: dropped “How was surgery?”: job:9-9 does not exist" in done.stdout
    assert "scribe reads job.txt." in done.stderr


def test_an_interruption_keeps_what_is_done(notes: Path, tmp_path: Path, model: Model) -> None:
    model.hold = threading.Event()
    out = tmp_path / "night.yaml"
    process = subprocess.Popen(
        [sys.executable, "-m", "voice_interviewer", "banks", "from-text", str(notes)]
        + ["--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **model.env},
    )
    assert model.held.wait(30)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=30)
    model.hold.set()
    assert process.returncode == 0
    assert "Check: interrupted; the rest stays as drafted" in told
    first, second = load_bank(out).questions
    assert first.prompt == "Question 1, please?"
    assert second.prompt.startswith("Somebody tells you that a checklist saves tired people.")

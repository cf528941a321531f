"""The self-test on the command line, against a server that plays a model."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, run_here
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer import judge_check
from voice_interviewer.banks.load import find_bank, load_bank
from voice_interviewer.config import load_settings
from voice_interviewer.judging.fitness import Figures, Outcome
from voice_interviewer.judging.tested import FILE_NAME, OURS, ModelTest
from voice_interviewer.weights.installed import INSTALL_HINT, model_file, models_folder
from voice_interviewer.weights.models import SMALL

BANK = load_bank(find_bank("rlhf-systems-engineer"))
OPENINGS = {q.id: " ".join(q.model_answer.split()[:12]) for q in BANK.questions}


def say(content: str, logprobs: Any = None) -> Response:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "finish_reason": "stop", "message": message, "logprobs": logprobs}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return Response(json.dumps(body), content_type="application/json")


def verdicts(text: str, *, honest: bool) -> Response:
    """Verdicts on what the prompt lists: `met` throughout, if honest only for the model answer."""
    ids = re.findall(r"^- ([a-z0-9-]+): ", text.partition("Follow-up, the")[0], re.MULTILINE)
    asked = text.partition("Question asked: ")[2].partition("\n")[0]
    opening = next(OPENINGS[q.id] for q in BANK.questions if q.prompt == asked)
    first = re.search(r"^\[1\] (.*)$", text, re.MULTILINE)
    good = opening in re.sub(r"\n\[\d+\] ", " ", text)
    quote = opening if good else first[1] if first else ""
    said = [
        {
            "criterion_id": i,
            "quote": quote,
            "why": "",
            "verdict": "met" if good or not honest else "missed",
        }
        for i in ids
    ]
    return say(json.dumps({"verdicts": said, "follow_up_criterion_id": "", "follow_up": ""}))


def play(server: HTTPServer, *, honest: bool, pause_s: float = 0.0) -> None:
    def handle(request: Request) -> Response:
        time.sleep(pause_s)
        body = request.get_json()
        if body.get("logprobs"):
            return Response('{"error": {"message": "no logprobs"}}', status=400)
        return verdicts(body["messages"][1]["content"], honest=honest)

    server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(handle)


def words(*arguments: str, data_dir: Path) -> list[str]:
    return ["judge-test", "--questions", "1", "--data-dir", str(data_dir), *arguments]


def command(*arguments: str, data_dir: Path) -> list[str]:
    return [sys.executable, "-m", "voice_interviewer", *words(*arguments, data_dir=data_dir)]


def environment(url: str | None) -> dict[str, str]:
    return {"VOICE_INTERVIEWER_JUDGE_BASE_URL": url} if url else {}


def judge_test(*arguments: str, data_dir: Path, url: str | None) -> Done:
    return run_here(*words(*arguments, data_dir=data_dir), env=environment(url))


def test_a_model_that_judges_well_is_said_to_be_fit_and_it_is_kept(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    play(httpserver, honest=True)
    url = httpserver.url_for("/v1")
    done = judge_test("--model", "good-70b", "--json", data_dir=tmp_path, url=url)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["way"], report["model"], report["place"]) == ("verdicts", "good-70b", url)
    assert report["sentence"].startswith("good-70b is fit to judge: ")
    assert report["verdicts"]["inflation"] == 0
    assert report["verdicts"]["recall"] == report["verdicts"]["verbatim"] == 1
    assert report["log_odds"] is None
    assert report["kept_in"] == str(tmp_path / FILE_NAME)
    kept = json.loads((tmp_path / FILE_NAME).read_text())["results"]
    assert [(entry["model"], entry["outcome"]["way"]) for entry in kept] == [
        ("good-70b", "verdicts")
    ]


def test_a_model_that_is_fit_for_nothing_is_said_to_be(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    play(httpserver, honest=False)
    done = judge_test("--model", "tiny", data_dir=tmp_path, url=httpserver.url_for("/v1"))
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith("tiny is fit only to word follow-ups: asked for verdicts, it gave")
    assert "credit for what nobody said" in done.stdout
    assert "By log-odds it was not tried: so far they are never sure enough" in first
    assert "Tried on 1 question of the bank rlhf-systems-engineer" in done.stdout
    told = [line for line in done.stderr.splitlines() if "answers done" in line]
    assert len(told) == 14
    assert told[-1].startswith("Asked for verdicts, 13 of 14 answers done, now the off-topic")


def test_why_it_failed_on_an_answer_is_said_beside_the_figures(tmp_path: Path) -> None:
    figures = Figures(answers=13, failures=1, failure="No answer within 90 s.", recall=1.0)
    outcome = Outcome(way="verdicts", sentence="m is fit to judge.", verdicts=figures)
    tested = ModelTest(place=OURS, model="m", at="-", bank="b", questions=1, outcome=outcome)
    settings = load_settings({"storage.data_dir": str(tmp_path)}, environ={})
    lines = judge_check.as_text(settings, tested).splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("answers it failed on"))
    assert lines[place].endswith("1 of 13")
    assert lines[place + 1] == "    No answer within 90 s."


@pytest.mark.parametrize(
    ("seconds", "said"), [(20, ""), (40, ", about 1 min left"), (600, ", about 10 min left")]
)
def test_how_long_it_will_take_is_said_in_minutes(seconds: float, said: str) -> None:
    assert judge_check._left(seconds) == said


@pytest.mark.parametrize(
    ("arguments", "url", "complaint"),
    [
        ((), None, "No model is configured to judge"),
        (("--model", "m"), "http://127.0.0.1:9/v1", "Connection refused"),
        (("--model", "m", "--judge", "nobody"), "http://127.0.0.1:9/v1", "no model behind"),
        (("--model", "m", "--judge", "embedded"), None, "The embedded judge has no model."),
        (("--model", "m", "--offline"), "http://example.com/v1", "exclude each other"),
        (("--model", "m", "--bank", "nothing"), "http://127.0.0.1:9/v1", "nothing"),
        (("--questions", "0"), None, "greater than or equal to 1"),
        (("--judge", "local", "--model", "no-such-model"), None, "no-such-model"),
    ],
)
def test_what_cannot_be_tested_is_said_plainly_and_nothing_is_kept(
    tmp_path: Path, arguments: tuple[str, ...], url: str | None, complaint: str
) -> None:
    done = judge_test(*arguments, data_dir=tmp_path, url=url)
    assert done.returncode in (1, 2)
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / FILE_NAME).exists()


def test_ctrl_c_keeps_nothing(httpserver: HTTPServer, tmp_path: Path) -> None:
    play(httpserver, honest=True, pause_s=0.3)
    running = subprocess.Popen(
        command("--model", "good-70b", data_dir=tmp_path),
        env={**os.environ, **environment(httpserver.url_for("/v1"))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    ends_s = time.monotonic() + 60
    while not httpserver.log and time.monotonic() < ends_s:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.local_model
@pytest.mark.timeout(3600)
def test_a_real_small_model_is_no_judge_of_verdicts(tmp_path: Path) -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed: pip install 'voice-interviewer[local-model]'")
    folder = Path(os.environ.get("VOICE_INTERVIEWER_STORAGE_MODELS_DIR") or models_folder())
    if not model_file(folder, SMALL.name).is_file():
        pytest.skip(f"{SMALL.name} is not in {folder}: {INSTALL_HINT}")
    done = subprocess.run(
        command("--judge", "local", "--model", SMALL.name, "--json", data_dir=tmp_path),
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["place"] == "this machine"
    assert report["way"] in ("log-odds", "words")
    assert report["verdicts"]["answers"] >= 3
    assert "asked for verdicts, it " in report["sentence"]

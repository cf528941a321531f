from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from command_line import Done, run_here
from judging.judging_samples import EXPLOIT, transcript_of

from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.one_answer import OneAnswer, as_json, as_text

QUESTION = "reward-hacking"
ANSWER = (
    "I would keep an eye on the KL from the reference model. If the proxy reward keeps rising "
    "while the human win rate against the reference stalls, the reward is being gamed."
)


def judge(*arguments: str, said: bytes = b"") -> Done:
    return run_here("judge", *arguments, stdin=said)


def judge_apart(*arguments: str, said: bytes) -> bytes:
    """What is printed by a process of its own."""
    command = [sys.executable, "-m", "voice_interviewer", "judge", *arguments]
    return subprocess.run(command, input=said, capture_output=True, timeout=60, check=True).stdout


def reported(*arguments: str, said: bytes = b"") -> dict[str, object]:
    done = judge("--question", QUESTION, "--json", *arguments, said=said)
    assert done.returncode == 0, done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    return report


def test_a_written_answer_is_judged_with_quotes_from_it(tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(ANSWER, encoding="utf-8")
    report = reported("--text", str(file))
    apart = judge_apart("--question", QUESTION, "--json", "-", said=ANSWER.encode())
    assert report == json.loads(apart)
    criteria = report["criteria"]
    assert isinstance(criteria, list)
    quotes = [e["quote"] for c in criteria for e in c["evidence"]]
    assert quotes
    assert all(quote in ANSWER for quote in quotes)
    assert report["approximate"] is True
    assert isinstance(report["follow_up"], dict)
    assert report["follow_up"]["text"].endswith("?")


def test_what_is_read_says_what_kind_of_judge_it_was() -> None:
    done = judge("--question", QUESTION, "-", said=ANSWER.encode())
    shown = done.stdout
    assert "approximate, matched without a language model" in shown
    assert "Next it would ask: " in shown
    assert " of 10" in shown


def test_what_is_unclear_makes_the_score_a_range_as_in_sessions() -> None:
    unclear = CriterionVerdict(criterion_id="kl", verdict="unclear")
    assessment = Assessment(judge="embedded", approximate=True, verdicts=(unclear,))
    answer = cast(OneAnswer, SimpleNamespace(question=EXPLOIT, transcript=transcript_of(ANSWER)))
    assert "0.0 to 10.0 of 10." in as_text(answer, assessment)
    report = as_json(answer, assessment)
    assert (report["score"], report["best_score"]) == (0.0, 10.0)


def test_a_model_that_was_not_tested_is_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_JUDGE_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("VOICE_INTERVIEWER_JUDGE_MODEL", "m")
    notice = str(reported("--judge", "model", "-", said=ANSWER.encode())["notice"])
    assert notice.startswith(
        "The model m has not been tested as a judge yet: "
        "voice-interviewer judge-test --judge model --model m\nThe model could not judge"
    )
    assert notice.endswith("Start the server, or mend judge.base_url.")


@pytest.mark.parametrize(
    ("arguments", "said", "complaint"),
    [
        (("--question", QUESTION), b"", "One answer is needed"),
        (("--question", QUESTION, "-", "--text", "x"), b"", "One answer is needed"),
        (("--question", QUESTION, "answer"), b"", "'answer' is not known"),
        (("--question", QUESTION, "-"), b" \n... \n", "no word was found"),
        (("--question", QUESTION, "-"), b"\xff\xfe\x00", "not text in UTF-8"),
        (("--question", QUESTION, "-"), b"word " * 60_000, "longer than 200 kB"),
        (("--question", QUESTION, "--text", "/nowhere/x.txt"), b"", "cannot be read"),
        (("--question", QUESTION, "--audio", "/nowhere/x.wav"), b"", "no sound file"),
        (("--question", "reward-hackin", "-"), b"yes", "Did you mean reward-hacking?"),
        (("--question", QUESTION, "-", "--bank", "nothing"), b"yes", "nothing"),
        (("--question", QUESTION, "-", "--judge", "oracle"), b"yes", "oracle"),
    ],
)
def test_what_cannot_be_judged_is_said_plainly(
    arguments: tuple[str, ...], said: bytes, complaint: str
) -> None:
    done = judge(*arguments, said=said)
    assert done.returncode in (1, 2)
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.real
def test_a_recorded_answer_is_heard_and_judged() -> None:
    from voice_interviewer.wiring import sample_answers

    recording = sample_answers() / f"{QUESTION}.ogg"
    report = reported("--audio", str(recording), "--offline")
    assert len(str(report["transcript"]).split()) > 20
    criteria = report["criteria"]
    assert isinstance(criteria, list)
    evidence = [e for c in criteria for e in c["evidence"]]
    assert evidence
    assert all(e["end_s"] > e["start_s"] for e in evidence)

"""Whole interviews in which every part is real: voices, Whisper, devices and an HTTP server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import virtual_sound
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer.archive.journal import read_journal
from voice_interviewer.audio.sound import from_pcm16, level_dbfs, read_sound, write_sound
from voice_interviewer.core import events as ev
from voice_interviewer.core.session import fold
from voice_interviewer.resources import shipped

pytestmark = pytest.mark.real

SAMPLES = shipped("questions") / "samples" / "audio"
QUESTION = "reward-hacking"
ONE_FOLLOW_UP = {"VOICE_INTERVIEWER_INTERVIEW_FOLLOW_UPS": "1"}
"""Enough to be heard twice on one question; every answer costs seconds."""
QUICK = {
    f"VOICE_INTERVIEWER_ENDPOINTING_{name}_SILENCE_S": "1.5"
    for name in ("CLOSED", "FADING", "COMPLETE", "UNCLEAR", "UNFINISHED")
}


def interview(*arguments: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    """Run an interview in a process of its own and return its JSON report."""
    done = subprocess.run(
        [sys.executable, "-m", "voice_interviewer", "interview", "--headless", "--json"]
        + ["--offline", *arguments],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
        env={**os.environ, **(env or {})},
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def assert_quotes_are_verbatim(report: dict[str, Any]) -> None:
    quotes = [
        (turn["transcript"], evidence["quote"])
        for turn in report["turns"]
        for criterion in turn["criteria"]
        for evidence in criterion["evidence"]
    ]
    assert quotes
    assert all(quote in transcript for transcript, quote in quotes)


def test_the_recorded_candidate_with_real_whisper_and_a_real_voice(tmp_path: Path) -> None:
    report = interview(
        *["--candidate", "recorded", "--questions", "2", "--judge", "embedded"],
        *["--voice", "pyttsx3", "--data-dir", str(tmp_path)],
        env=ONE_FOLLOW_UP,
    )
    assert report["status"] == "finished"
    first = report["turns"][0]
    assert len(first["transcript"].split()) > 15
    times = [word["start_s"] for word in first["words"]]
    assert times == sorted(times)
    assert all(0 <= word["probability"] <= 1 for word in first["words"])
    assert_quotes_are_verbatim(report)
    folder = Path(report["path"])
    recorded = read_sound(folder / "audio" / "turn-001.flac")
    assert recorded.rate_hz == 16_000
    assert abs(recorded.duration_s - read_sound(_sample(first["question_id"])).duration_s) < 0.5
    assert fold(read_journal(folder / "journal.jsonl")).session_id == report["session_id"]


def _sample(question_id: str) -> Path:
    return SAMPLES / f"{question_id}.ogg"


OPENING = "Let us stay with what you would do."


def _streamed(text: str) -> Response:
    pieces = [{"index": 0, "delta": {"content": f"{word} "}} for word in text.split()]
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    lines = [f"data: {json.dumps({**chunk, 'choices': [piece]})}\n\n" for piece in pieces]
    return Response("".join(lines) + "data: [DONE]\n\n", mimetype="text/event-stream")


def _model_reply(request: Request) -> Response:
    """A model that quotes the answer for the first criterion and invents quotes for the others.

    Asked for the words of a follow-up it streams an opening of its own before the question.
    """
    asks = request.get_json()
    content = asks["messages"][-1]["content"]
    if asks.get("stream"):
        question = re.search(r"^The question to ask: (.*)$", content, re.MULTILINE)
        return _streamed(f"{OPENING} {question[1] if question else ''}")
    asked = re.findall(r"^- ([a-z0-9-]+): ", content, re.MULTILINE)
    said = re.search(r"^\[1\] (.*)$", content, re.MULTILINE)
    quotes = [said[1] if said else "", *["words that nobody said"] * len(asked)]
    reply = {
        "verdicts": [
            {"criterion_id": criterion_id, "quote": quote, "why": "-", "verdict": "met"}
            for criterion_id, quote in zip(asked, quotes, strict=False)
        ],
    }
    message = {"role": "assistant", "content": json.dumps(reply)}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m"}
    return Response(json.dumps({**body, "choices": [choice]}), mimetype="application/json")


def test_a_model_judges_and_invented_quotes_earn_nothing(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/v1/chat/completions").respond_with_handler(_model_reply)
    report = interview(
        *["--candidate", "recorded", "--question", QUESTION, "--judge", "model"],
        *["--voice", "pyttsx3", "--data-dir", str(tmp_path)],
        env={
            "VOICE_INTERVIEWER_JUDGE_BASE_URL": httpserver.url_for("/v1"),
            "VOICE_INTERVIEWER_JUDGE_MODEL": "m",
            **ONE_FOLLOW_UP,
        },
    )
    first = report["turns"][0]
    assert (first["judge"], first["approximate"]) == ("model m", False)
    verdicts = [criterion["verdict"] for criterion in first["criteria"]]
    assert sorted(verdicts) == ["met", *["unclear"] * (len(verdicts) - 1)]
    assert_quotes_are_verbatim(report)
    second = report["turns"][1]
    assert second["prompt"].startswith(OPENING), "in the model's words"
    assert second["prompt"].endswith("?"), "and the question that was decided"


def test_a_failing_model_is_replaced_and_the_review_says_so(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    """One fault of the many in judging/test_judge_faults.py, all the way to the page."""
    httpserver.expect_request("/v1/chat/completions").respond_with_data("no", status=500)
    report = interview(
        *["--candidate", "recorded", "--question", QUESTION, "--judge", "model"],
        *["--voice", "silent", "--data-dir", str(tmp_path)],
        env={
            "VOICE_INTERVIEWER_JUDGE_BASE_URL": httpserver.url_for("/v1"),
            "VOICE_INTERVIEWER_JUDGE_MODEL": "m",
            **ONE_FOLLOW_UP,
        },
    )
    assert report["status"] == "finished"
    first = report["turns"][0]
    assert first["judge"] == "embedded"
    assert "500" in first["notice"]
    page = (Path(report["path"]) / "transcript.md").read_text()
    assert "500" in page


def test_broken_weights_are_told_before_the_interview_begins(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (weights / name).write_text("{}")
    done = subprocess.run(
        [sys.executable, "-m", "voice_interviewer", "interview", "--headless", "--offline"]
        + ["--candidate", "recorded", "--voice", "silent", "--questions", "1"]
        + ["--data-dir", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "VOICE_INTERVIEWER_HEARING_MODEL": str(weights)},
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(weights) in done.stderr


def test_a_candidate_speaks_into_the_microphone_in_real_time(
    tmp_path: Path, sound_card: virtual_sound.VirtualSound
) -> None:
    """The question is heard on the speaker, the answer ends by silence, and the words are right."""
    answer = read_sound(_sample(QUESTION)).at(16_000)
    spoken = tmp_path / "answer.wav"
    write_sound(spoken, answer)
    heard = tmp_path / "speaker.raw"
    recorder = sound_card.record_speaker(heard)
    program = subprocess.Popen(
        [sys.executable, "-m", "voice_interviewer", "interview", "--headless", "--offline"]
        + ["--question", QUESTION, "--candidate", "mic", "--voice", "pyttsx3"]
        + ["--judge", "embedded", "--data-dir", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **sound_card.env,
            **QUICK,
            "VOICE_INTERVIEWER_INTERVIEW_FOLLOW_UPS": "0",
        },
    )
    try:
        journal = _wait_for(tmp_path, "journal.jsonl", lambda path: "AnswerStarted" in path)
        sound_card.say(spoken).wait(60)
        output, errors = program.communicate(timeout=60)
    finally:
        program.kill()
        recorder.terminate()
        recorder.wait(10)
    assert program.returncode == 0, errors
    events = read_journal(journal)
    state = fold(events)
    turn = state.turns[0]
    assert (turn.ended, turn.audible, turn.lost_frames) == ("silence", True, 0)
    assert turn.transcript is not None
    expected = _script_text(QUESTION).lower().split()
    said = turn.transcript.text.lower()
    assert sum(word.strip(".,'") in said for word in expected) / len(expected) > 0.7
    played = from_pcm16(heard.read_bytes()[: heard.stat().st_size // 2 * 2])
    assert level_dbfs(played) > -50, "the question was not heard on the speaker"
    asked = next(e for e in events if isinstance(e, ev.PromptEnded))
    assert asked.t_s > 3, "the prompt takes its time"
    assert "You:" in output


def _overlap(stem: str, said: str) -> float:
    expected = _script_text(stem).lower().split()
    return sum(word.strip(".,'") in said.lower() for word in expected) / len(expected)


def _mic_interview(
    data: Path, card: virtual_sound.VirtualSound, **env: str
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "voice_interviewer", "interview", "--headless", "--offline"]
        + ["--question", QUESTION, "--candidate", "mic", "--voice", "pyttsx3"]
        + ["--judge", "embedded", "--data-dir", str(data)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**card.env, **env},
    )


def test_going_on_as_the_interviewer_begins_takes_the_answer_up_again(
    tmp_path: Path, sound_card: virtual_sound.VirtualSound
) -> None:
    more = f"{QUESTION}.kl-tuning"
    write_sound(tmp_path / "first.wav", read_sound(_sample(QUESTION)).at(16_000))
    write_sound(tmp_path / "more.wav", read_sound(_sample(more)).at(16_000))
    program = _mic_interview(tmp_path / "data", sound_card, **QUICK)
    try:
        journal = _wait_for(tmp_path, "journal.jsonl", lambda text: "AnswerStarted" in text)
        sound_card.say(tmp_path / "first.wav").wait(60)
        _wait_for(tmp_path, "journal.jsonl", lambda text: '"QuestionAsked","turn_id":2' in text)
        sound_card.say(tmp_path / "more.wav").wait(60)
        _wait_for(tmp_path, "journal.jsonl", lambda text: text.count("AnswerTranscribed") == 2)
    finally:
        program.terminate()
        program.wait(30)
    events = read_journal(journal)
    assert any(isinstance(event, ev.SpeechOverheard) for event in events)
    turn = fold(events).turns[0]
    assert turn.attempt == 1
    assert len(turn.recordings) == 2
    assert turn.transcript is not None
    assert _overlap(QUESTION, turn.transcript.text) > 0.7
    assert _overlap(more, turn.transcript.text) > 0.7
    starts = [word.start_s or 0.0 for word in turn.transcript.words]
    assert starts == sorted(starts)


def test_with_headphones_the_interviewer_can_be_interrupted(
    tmp_path: Path, sound_card: virtual_sound.VirtualSound
) -> None:
    write_sound(tmp_path / "answer.wav", read_sound(_sample(QUESTION)).at(16_000))
    program = _mic_interview(
        tmp_path / "data", sound_card, **QUICK, VOICE_INTERVIEWER_HEARING_HEADPHONES="true"
    )
    try:
        journal = _wait_for(tmp_path, "journal.jsonl", lambda text: "QuestionAsked" in text)
        sound_card.say(tmp_path / "answer.wav").wait(60)
        _wait_for(tmp_path, "journal.jsonl", lambda text: "AnswerTranscribed" in text)
    finally:
        program.terminate()
        program.wait(30)
    events = read_journal(journal)
    overheard = next(event for event in events if isinstance(event, ev.SpeechOverheard))
    silent = next(event for event in events if isinstance(event, ev.PromptEnded))
    silent_after_s = silent.t_s - overheard.t_s
    print(f"silent {silent_after_s:.3f} s after the speech was noticed")
    assert silent.cut
    assert 0.0 <= silent_after_s <= 0.1
    turn = fold(events).turns[0]
    assert turn.interrupted
    assert turn.transcript is not None
    assert _overlap(QUESTION, turn.transcript.text) > 0.7
    first_words = " ".join(_script_text(QUESTION).lower().split()[:3])
    assert turn.transcript.text.lower().startswith(first_words.strip(".,"))


def test_an_answer_survives_the_kill_of_the_program(
    tmp_path: Path, sound_card: virtual_sound.VirtualSound
) -> None:
    """What was said before SIGKILL and what is said after the resumption are one answer."""
    before, after = read_sound(_sample(QUESTION)), read_sound(_sample(f"{QUESTION}.kl-tuning"))
    write_sound(tmp_path / "before.wav", before.at(16_000))
    write_sound(tmp_path / "after.wav", after.at(16_000))
    data = tmp_path / "data"
    program = subprocess.Popen(
        [sys.executable, "-m", "voice_interviewer", "interview", "--headless", "--offline"]
        + ["--question", QUESTION, "--candidate", "mic", "--voice", "silent"]
        + ["--judge", "embedded", "--data-dir", str(data)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=sound_card.env,
    )
    try:
        _wait_for(data, "journal.jsonl", lambda path: "AnswerStarted" in path)
        speaking = sound_card.say(tmp_path / "before.wav")
        time.sleep(6)
    finally:
        program.kill()
        program.wait(10)
    speaking.terminate()
    done = subprocess.run(
        [sys.executable, "-m", "voice_interviewer", "resume", "last", "--json", "--offline"]
        + ["--candidate", f"audio:{tmp_path / 'after.wav'}", "--data-dir", str(data)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "VOICE_INTERVIEWER_INTERVIEW_FOLLOW_UPS": "0"},
    )
    assert done.returncode == 0, done.stderr
    first = json.loads(done.stdout)["turns"][0]
    assert len(first["recordings"]) == 2
    said = first["transcript"].lower()
    assert "highest scoring samples" in said, "the words from before the kill"
    later = _script_text(f"{QUESTION}.kl-tuning").lower().split()
    assert sum(word.strip(".,'") in said for word in later) / len(later) > 0.7
    starts = [word["start_s"] for word in first["words"]]
    assert starts == sorted(starts)
    assert starts[-1] > 6


def test_a_dead_microphone_is_told_and_the_answer_is_not_lost(
    tmp_path: Path, sound_card: virtual_sound.VirtualSound
) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "voice_interviewer", "interview", "--headless", "--offline"]
        + ["--question", QUESTION, "--candidate", "mic", "--voice", "silent"]
        + ["--judge", "embedded", "--data-dir", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**sound_card.env, "VOICE_INTERVIEWER_ENDPOINTING_NO_SPEECH_S": "5"},
    )
    output, errors = program.communicate(timeout=120)
    assert program.returncode == 0, errors
    assert "No signal" in output
    assert "(nothing was heard)" in output


def _script_text(stem: str) -> str:
    from ruamel.yaml import YAML

    script = YAML(typ="safe").load(SAMPLES.parent / "script.yaml")
    return str(script[stem])


def _wait_for(folder: Path, pattern: str, ready: Any) -> Path:
    deadline_s = time.monotonic() + 60
    while time.monotonic() < deadline_s:
        for path in folder.rglob(pattern):
            if ready(path.read_text()):
                return path
        time.sleep(0.1)
    raise AssertionError("listening never began")

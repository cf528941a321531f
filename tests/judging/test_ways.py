from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from judging_samples import VAGUE, command_for
from judging_server import ALL_MISSED, Chat
from yes_no_server import yes_no

from voice_interviewer.errors import JudgeError, StorageError
from voice_interviewer.judging import judges, local_judge, ways
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.fitness import Outcome
from voice_interviewer.judging.log_odds_calibration import decides
from voice_interviewer.judging.options import JudgeOptions, Way
from voice_interviewer.judging.self_test import Figures
from voice_interviewer.judging.tested import FILE_NAME, OURS, ModelTest, ModelTests
from voice_interviewer.judging.ways import caveat, place_of, result_of, way_of

COMMAND = command_for(VAGUE)
PLAIN = EmbeddedJudge().assess(COMMAND)
WORDED = "You spoke of watching it: which two things would you put side by side?"


def a_test(place: str, model: str = "m", way: Way = "verdicts") -> ModelTest:
    outcome = Outcome(way=way, sentence="It is.", verdicts=Figures(recall=0.8, inflation=0.0))
    return ModelTest(
        place=place,
        model=model,
        at="2026-01-02T03:04:05+00:00",
        bank="a-bank",
        questions=3,
        outcome=outcome,
    )


def test_results_are_kept_by_place_and_model_for_this_user_alone(tmp_path: Path) -> None:
    kept = ModelTests(tmp_path / "data")
    assert kept.of("http://a/v1", "m") is None
    for tested in (
        a_test("http://a/v1"),
        a_test("http://b/v1", way="words"),
        a_test("http://a/v1", "n", way="log-odds"),
    ):
        kept.keep(tested)
    again = ModelTests(tmp_path / "data")
    assert again.of("http://a/v1", "m") == a_test("http://a/v1")
    assert again.way("http://b/v1", "m") == "words"
    assert again.way("http://a/v1", "n") == "log-odds"
    assert again.way("http://b/v1", "n") is None
    path = tmp_path / "data" / FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == [FILE_NAME]


def test_a_later_result_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    kept = ModelTests(tmp_path)
    kept.keep(a_test(OURS))
    kept.keep(a_test(OURS, way="words"))
    assert kept.way(OURS, "m") == "words"
    assert len(json.loads((tmp_path / FILE_NAME).read_text())["results"]) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"v": 2, "results": []}', b'{"v": 1, "results": 5}', b"\xff\xfe"],
)
def test_a_file_that_cannot_be_read_holds_nothing_and_is_replaced(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    kept = ModelTests(tmp_path)
    assert kept.of(OURS, "m") is None
    kept.keep(a_test(OURS))
    assert kept.way(OURS, "m") == "verdicts"


def test_one_entry_that_is_wrong_does_not_cost_the_others(tmp_path: Path) -> None:
    kept = ModelTests(tmp_path)
    kept.keep(a_test(OURS))
    path = tmp_path / FILE_NAME
    stored = json.loads(path.read_text())
    stored["results"].insert(0, {"place": OURS})
    path.write_text(json.dumps(stored))
    assert kept.way(OURS, "m") == "verdicts"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, no folder")
    with pytest.raises(StorageError, match="cannot be kept") as caught:
        ModelTests(tmp_path / "data").keep(a_test(OURS))
    assert "--data-dir" in caught.value.hint


def test_the_place_holds_no_password() -> None:
    options = JudgeOptions(base_url="http://me:secret@host:8080/v1/?key=x", model="m")
    assert place_of(options) == "http://host:8080/v1"
    assert place_of(JudgeOptions(model="m")) == "https://api.openai.com/v1"
    with pytest.raises(JudgeError, match="not an address"):
        place_of(JudgeOptions(base_url="nowhere", model="m"))


def test_without_a_folder_or_a_model_nothing_was_tested(tmp_path: Path) -> None:
    ModelTests(tmp_path).keep(a_test("http://a/v1"))
    options = JudgeOptions(base_url="http://a/v1", model="m", tested_dir=tmp_path)
    assert way_of(options) == "verdicts"
    assert result_of(options.model_copy(update={"tested_dir": None})) is None
    assert result_of(options.model_copy(update={"model": None})) is None
    assert way_of(options, OURS) is None


def judged_by(chat: Chat, folder: Path | None) -> str:
    judge = judges.open_judge("auto", chat.options(tested_dir=folder, early_after_s=None))
    result = judge.assess(COMMAND)
    judge.close()
    assert result.notice == ""
    return result.judge


@pytest.mark.parametrize(
    ("way", "judge"),
    [(None, "model m"), ("verdicts", "model m"), ("log-odds", "log-odds m"), ("words", "embedded")],
)
def test_the_interview_goes_by_the_result(
    chat: Chat, tmp_path: Path, way: Way | None, judge: str
) -> None:
    if way is not None:
        ModelTests(tmp_path).keep(a_test(chat.url, way=way))
    chat.script(lambda body: yes_no(0.0) if body.get("logprobs") else ALL_MISSED)
    assert judged_by(chat, tmp_path) == judge
    assert bool(chat.requests) == (way != "words")


@pytest.mark.parametrize(
    ("place", "way", "told"),
    [
        ("", None, "not been tested as a judge yet: voice-interviewer judge-test --judge model"),
        ("", "words", "was tested and is not fit to judge: it only words follow-ups"),
        ("", "verdicts", ""),
        ("", "log-odds", ""),
        (OURS, None, "until this finds it fit: voice-interviewer judge-test --judge local"),
        (OURS, "words", "was tested and is not fit to judge"),
        (OURS, "log-odds", ""),
    ],
)
def test_what_is_to_be_known_of_a_model_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, way: Way | None, told: str
) -> None:
    monkeypatch.setattr(ways, "decides", lambda: False)
    options = JudgeOptions(base_url="http://a/v1", model="my m", tested_dir=tmp_path)
    if way is not None:
        ModelTests(tmp_path).keep(a_test(place or "http://a/v1", "my m", way))
    said = caveat(options, place)
    assert told in said
    assert bool(said) == bool(told)
    if "judge-test" in said:
        assert said.endswith("--model 'my m'")
        assert ("only words follow-ups" in said) == (place == OURS)
    if not place:
        opened = judges.open_judge("auto", options)
        opened.close()
        assert getattr(opened, "caveat") == said  # noqa: B009


@pytest.mark.parametrize(
    ("way", "judge"),
    [
        (None, "log-odds" if decides() else "words"),
        ("verdicts", "verdicts"),
        ("log-odds", "log-odds"),
        ("words", "words"),
    ],
)
def test_a_model_of_our_own_is_asked_as_tested_or_by_log_odds_that_can_be_sure(
    chat: Chat, tmp_path: Path, way: Way | None, judge: str
) -> None:
    if way is not None:
        ModelTests(tmp_path).keep(a_test(OURS, way=way))
    ModelTests(tmp_path).keep(a_test(chat.url, way="verdicts"))
    options = chat.options(tested_dir=tmp_path, early_after_s=None)
    chat.script(lambda body: yes_no(0.0) if body.get("logprobs") else ALL_MISSED)
    opened = local_judge.as_tested(options, EmbeddedJudge())
    result = opened.assess(COMMAND)
    opened.close()
    assert result.judge == ("embedded" if judge == "words" else "local m")
    assert bool(chat.requests) == (judge != "words")
    assert any(request.get("logprobs") for request in chat.requests) == (judge == "log-odds")

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest
from judging_samples import STRONG, command_for
from judging_server import KEY, Chat, completion, refusal
from pydantic import SecretStr
from werkzeug import Response

from voice_interviewer.errors import JudgeError, UsageError
from voice_interviewer.judging import judges
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.fallback import FallbackJudge
from voice_interviewer.judging.in_background import BackgroundJudge
from voice_interviewer.judging.options import JudgeOptions

CHECKOUT = Path(__file__).resolve().parents[2]
LOCAL = JudgeOptions(base_url="http://127.0.0.1:9/v1", model="m")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry points as pyproject.toml declares them, and one package that is broken."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    declared = {**project["entry-points"][judges.GROUP], "broken": "no_such_package:open_judge"}
    points = EntryPoints(
        EntryPoint(name=name, value=value, group=judges.GROUP) for name, value in declared.items()
    )
    monkeypatch.setattr(judges, "entry_points", lambda group: points.select(group=group))


def test_the_judge_that_always_works_is_listed_first() -> None:
    assert judges.available_judges() == ("embedded", "broken", "local", "model")


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (JudgeOptions(), "embedded"),
        (JudgeOptions(model="m"), "embedded"),
        (JudgeOptions(api_key=SecretStr(KEY)), "embedded"),
        (JudgeOptions(base_url="http://127.0.0.1:9/v1"), "embedded"),
        (LOCAL, "model"),
        (JudgeOptions(model="m", api_key=SecretStr(KEY)), "model"),
    ],
)
def test_auto_takes_a_model_only_when_one_is_configured(options: JudgeOptions, name: str) -> None:
    judge = judges.open_judge("auto", options)
    assert judge.name == name
    assert isinstance(judge, FallbackJudge if name == "model" else EmbeddedJudge)
    judge.close()


def test_a_model_that_was_not_configured_names_the_settings() -> None:
    with pytest.raises(JudgeError) as caught:
        judges.open_judge("model", JudgeOptions())
    for setting in (
        "judge.base_url",
        "judge.model",
        "VOICE_INTERVIEWER_JUDGE_BASE_URL",
        "VOICE_INTERVIEWER_JUDGE_MODEL",
        "OPENAI_API_KEY",
    ):
        assert setting in caught.value.hint


def test_an_unknown_or_broken_judge_is_named() -> None:
    names = "auto, broken, embedded, local, model"
    with pytest.raises(UsageError, match=rf"no judge 'oracle'.*{names}"):
        judges.open_judge("oracle", LOCAL)
    with pytest.raises(JudgeError, match="'broken' cannot be loaded"):
        judges.open_judge("broken", LOCAL)


def test_a_dead_server_does_not_stop_the_interview(closed_port: int) -> None:
    options = JudgeOptions(base_url=f"http://127.0.0.1:{closed_port}/v1", model="m")
    judge = judges.open_judge("model", options)
    result = judge.assess(command_for(STRONG))
    judge.close()
    assert f"(connection refused by http://127.0.0.1:{closed_port}/v1)" in result.notice
    assert result.judge == "embedded"


def models(*names: str) -> Response:
    listed = [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in names]
    body = {"object": "list", "data": listed}
    return Response(json.dumps(body), content_type="application/json")


def test_probe_is_content_when_the_model_is_listed(chat: Chat) -> None:
    chat.server.expect_request("/v1/models").respond_with_response(models("other", "m"))
    assert judges.probe(chat.options()).startswith(f"m answers at {chat.url} (")


@pytest.mark.parametrize(
    "listing",
    [
        models("other"),
        refusal(404),
        refusal(500),
        Response('{"data": 5}', content_type="application/json"),
        Response("[]", content_type="application/json"),
        Response("<html>", content_type="text/html"),
        Response("{", content_type="application/json"),
    ],
)
def test_probe_asks_for_one_token_where_the_list_does_not_help(
    chat: Chat, listing: Response
) -> None:
    chat.server.expect_request("/v1/models").respond_with_response(listing)
    chat.script(completion("Y", finish_reason="length"))
    assert judges.probe(chat.options()).startswith("m answers at")
    assert [r["max_tokens"] for r in chat.requests] == [1]


def test_probe_reports_a_refused_key_a_missing_model_and_a_page(
    chat: Chat, with_key: JudgeOptions
) -> None:
    chat.server.expect_ordered_request("/v1/models").respond_with_response(refusal(401, KEY))
    with pytest.raises(JudgeError, match="The key was refused") as caught:
        judges.probe(with_key)
    assert KEY not in str(caught.value)
    chat.server.clear()
    chat.server.expect_request("/v1/models").respond_with_response(refusal(404))
    chat.script(refusal(404), Response("<html>", content_type="text/html"))
    with pytest.raises(JudgeError, match="No model 'm'"):
        judges.probe(chat.options())
    with pytest.raises(JudgeError, match="not a chat completion"):
        judges.probe(chat.options())


def test_probe_of_a_dead_or_missing_server_is_quick(closed_port: int) -> None:
    dead = JudgeOptions(base_url=f"http://127.0.0.1:{closed_port}/v1", model="m")
    with pytest.raises(JudgeError, match="Connection refused"):
        judges.probe(dead)
    with pytest.raises(JudgeError, match="No model is configured"):
        judges.probe(JudgeOptions())


def test_the_embedded_judge_loads_no_model_library() -> None:
    code = (
        "import sys; from voice_interviewer.judging.embedded import open_judge; "
        "import voice_interviewer.judging.judges, voice_interviewer.judging.openai_judge; "
        "print(sorted({'openai', 'httpx2', 'onnxruntime', 'tokenizers'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("in_background", [False, True])
def test_only_an_interview_lets_a_model_of_our_own_judge_in_the_background(
    monkeypatch: pytest.MonkeyPatch, in_background: bool
) -> None:
    own = EmbeddedJudge()
    monkeypatch.setattr(judges, "_open", lambda _name, _options: own)
    judge = judges.open_judge("local", LOCAL, in_background=in_background)
    assert isinstance(judge, BackgroundJudge if in_background else FallbackJudge)
    on_a_server = judges.open_judge("model", LOCAL, in_background=in_background)
    assert isinstance(on_a_server, FallbackJudge)

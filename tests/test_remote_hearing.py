"""The remote speech engine as settings choose it, and as the doctor tries it."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from voice_interviewer import doctor, trying, wiring
from voice_interviewer.config import Settings, load_settings
from voice_interviewer.errors import ConfigError, UsageError
from voice_interviewer.findings import Finding

KEY = "sk-test-51c0-never-shown"
ELSEWHERE = "https://speech.invalid/v1"


def settings(**hearing: Any) -> Settings:
    offline = hearing.pop("offline", False)
    flags = {f"hearing.{key}": value for key, value in hearing.items()}
    return load_settings({**flags, "offline": offline}, environ={})


def opened(chosen: Settings) -> Any:
    transcriber = wiring.open_transcriber(chosen, lambda _message, _fraction: None)
    transcriber.close()
    return transcriber


def examined(chosen: Settings) -> Finding:
    return next(check for check in doctor.checks(chosen) if check.part == "hearing").run()


def test_a_remote_engine_is_opened_with_what_is_set() -> None:
    chosen = load_settings(
        environ={
            "VOICE_INTERVIEWER_HEARING_ENGINE": "remote",
            "VOICE_INTERVIEWER_HEARING_BASE_URL": "http://user:pw@127.0.0.1:8000/v1/",
            "VOICE_INTERVIEWER_HEARING_REMOTE_MODEL": "large-v3",
            "VOICE_INTERVIEWER_HEARING_API_KEY": KEY,
            "VOICE_INTERVIEWER_HEARING_LANGUAGE": "de",
        }
    )
    transcriber = opened(chosen)
    assert transcriber.engine == "large-v3 at http://127.0.0.1:8000/v1"
    assert transcriber.language == "de"
    assert KEY not in repr(chosen)


def test_the_options_of_the_room_hold_nothing_of_the_server() -> None:
    options = wiring.hearing_options(settings(engine="remote", base_url=ELSEWHERE, api_key=KEY))
    assert options.model == "tiny.en"
    assert KEY not in repr(options)
    assert ELSEWHERE not in repr(options)


def test_without_an_address_the_key_to_set_is_named() -> None:
    with pytest.raises(ConfigError, match=r"hearing\.base_url") as caught:
        opened(settings(engine="remote"))
    assert "VOICE_INTERVIEWER_HEARING_BASE_URL" in caught.value.hint


def test_offline_allows_a_server_on_this_machine_only() -> None:
    with pytest.raises(UsageError, match="--offline") as caught:
        opened(settings(engine="remote", base_url=ELSEWHERE, offline=True))
    assert "hearing.engine" in caught.value.hint
    for address in ("http://127.0.0.1:9/v1", "http://localhost:9/v1", "http://[::1]:9/v1"):
        opened(settings(engine="remote", base_url=address, offline=True))


def test_an_engine_that_is_not_there_is_named_with_its_key() -> None:
    with pytest.raises(ConfigError, match=r"hearing\.engine"):
        load_settings(environ={"VOICE_INTERVIEWER_HEARING_ENGINE": "cloud"})


def test_the_doctor_hears_a_recording_through_the_server(httpserver: HTTPServer) -> None:
    said, _ = trying.sample_clip()
    transcriptions = httpserver.expect_request("/v1/audio/transcriptions", method="POST")
    transcriptions.respond_with_json({"text": said})
    url = httpserver.url_for("/v1")
    chosen = settings(engine="remote", base_url=url, remote_model="m")
    message = f"m at {url} heard 100% of the words of a test recording"
    assert examined(chosen) == Finding("hearing", True, message)


@pytest.mark.parametrize(
    ("status", "body", "message", "fix"),
    [
        (200, {"text": "something else"}, "heard only", "hearing.remote_model"),
        (401, {}, "The key was refused", "hearing.api_key"),
        (404, {}, "No model 'm'", "hearing.remote_model"),
        (500, {}, "Failure at", "log"),
    ],
)
def test_the_doctor_names_the_fix(
    httpserver: HTTPServer, status: int, body: dict[str, str], message: str, fix: str
) -> None:
    transcriptions = httpserver.expect_request("/v1/audio/transcriptions", method="POST")
    transcriptions.respond_with_json(body, status=status)
    url = httpserver.url_for("/v1")
    found = examined(settings(engine="remote", base_url=url, remote_model="m"))
    assert not found.ok
    assert message in found.message
    assert fix in found.fix


def test_the_doctor_names_what_to_set_where_there_is_no_server(closed_port: int) -> None:
    assert "hearing.base_url" in examined(settings(engine="remote")).fix
    found = examined(settings(engine="remote", base_url=f"http://127.0.0.1:{closed_port}/v1"))
    assert found.message.startswith("Connection refused by")
    assert "Start the server" in found.fix
    forbidden = examined(settings(engine="remote", base_url=ELSEWHERE, offline=True))
    assert "--offline" in forbidden.message

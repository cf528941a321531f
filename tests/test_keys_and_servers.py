"""A key goes to the server it was given for; every request of a real client is recorded here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer import judge_offers, launch, trying, wiring
from voice_interviewer.addresses import on_this_machine, same_server, unread_on_the_way
from voice_interviewer.config import Settings, load_settings, user_file
from voice_interviewer.errors import ConfigError, InterviewerError, JudgeError
from voice_interviewer.first_run import JudgeOffer
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.judging.judges import probe
from voice_interviewer.keys import KeyStore
from voice_interviewer.settings_file import rows, set_in_file

KEY, OTHER = "zq-of-the-one-4711", "zq-of-the-other-0815"
NO_KEY = "Bearer not-needed"


class Recorder:
    """A server that lets nobody in, and what it was sent."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/v1")
        self.requests: list[Request] = []
        for path in ("/v1/chat/completions", "/v1/models", "/v1/audio/transcriptions"):
            server.expect_request(path).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.requests.append(request)
        return Response('{"error": {"message": "no"}}', status=401, mimetype="application/json")

    @property
    def keys(self) -> set[str]:
        return {request.headers.get("Authorization", "") for request in self.requests}

    def sent(self, secret: str) -> bool:
        return any(secret in str(request.headers) for request in self.requests)


@pytest.fixture
def server(httpserver: HTTPServer) -> Recorder:
    return Recorder(httpserver)


@pytest.fixture
def second() -> Iterator[Recorder]:
    with HTTPServer() as other:
        yield Recorder(other)


@pytest.fixture(autouse=True)
def _no_vendor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS"):
        monkeypatch.delenv(name, raising=False)


def write(text: str) -> Path:
    file = user_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def judge_table(url: str, key: str = "") -> str:
    return f'[judge]\nkind = "model"\nmodel = "m"\nbase_url = "{url}"\n' + (
        f'api_key = "{key}"  # mine\n' if key else ""
    )


def ask(settings: Settings) -> None:
    """Ask the configured model, as an interview does."""
    with pytest.raises(JudgeError):
        probe(wiring.judge_options(settings))


def choose(url: str) -> FrontDesk:
    """What choosing a server in the first run does."""
    desk = FrontDesk(load_settings())
    desk.first_run.keep({"judge.kind": "model", "judge.base_url": url, "judge.model": "m"})
    return desk


def test_a_local_server_is_not_sent_the_key_of_the_file(server: Recorder, second: Recorder) -> None:
    file = write(judge_table(second.url, KEY))
    ask(choose(server.url).settings)
    assert server.keys == {NO_KEY}
    assert KEY not in file.read_text()
    ask(choose(second.url).settings)
    assert second.keys == {f"Bearer {KEY}"}, "it is kept for its own server"


def test_a_local_server_is_not_sent_the_keys_of_the_environment(
    server: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_JUDGE_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", OTHER)
    desk = choose(server.url)
    ask(desk.settings)
    assert server.keys == {NO_KEY}
    assert not server.sent(OTHER)
    why = desk.settings.withheld["judge.api_key"]
    assert f"VOICE_INTERVIEWER_JUDGE_API_KEY is not sent to {server.url}" in why
    assert KEY not in why
    told = next(row.about for row in rows(desk.settings) if row.key == "judge.api_key")
    assert why in told
    with pytest.raises(JudgeError) as caught:
        trying.try_model(desk.settings)
    assert caught.value.hint == why


def test_a_key_that_a_far_server_is_not_sent_is_told_at_the_start(
    server: Recorder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_JUDGE_API_KEY", KEY)
    write(judge_table("https://far.example/v1"))
    launch.settings()
    told = capsys.readouterr().err
    assert "VOICE_INTERVIEWER_JUDGE_API_KEY is not sent to https://far.example/v1" in told
    assert "voice-interviewer config set judge.api_key -" in told
    assert KEY not in told
    write(judge_table(server.url))
    launch.settings()
    assert capsys.readouterr().err == ""


def test_a_variable_beside_its_server_reaches_it(
    server: Recorder, second: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(judge_table(second.url, OTHER))
    monkeypatch.setenv("VOICE_INTERVIEWER_JUDGE_API_KEY", KEY)
    monkeypatch.setenv("VOICE_INTERVIEWER_JUDGE_BASE_URL", f"{server.url}/")
    ask(load_settings())
    assert server.keys == {f"Bearer {KEY}"}
    monkeypatch.delenv("VOICE_INTERVIEWER_JUDGE_API_KEY")
    server.requests.clear()
    ask(load_settings())
    assert server.keys == {NO_KEY}, "the file's key is for the file's server"


def test_an_address_changed_by_hand_leaves_the_key_behind(
    server: Recorder, second: Recorder
) -> None:
    """A key that was written by hand moves to where keys are kept, for the server beside it."""
    file = write(judge_table(server.url, KEY))
    ask(launch.settings())
    assert server.keys == {f"Bearer {KEY}"}
    assert file.read_text() == judge_table(server.url)
    assert KEY in KeyStore(file).file.read_text()
    file.write_text(judge_table(second.url))
    ask(launch.settings())
    assert second.keys == {NO_KEY}


def test_a_key_that_cannot_be_moved_stays_and_is_used(
    server: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(judge_table(server.url, KEY))
    KeyStore(file).file.mkdir()
    ask(launch.settings())
    assert server.keys == {f"Bearer {KEY}"}
    assert file.read_text() == judge_table(server.url, KEY)


def test_an_address_that_we_change_leaves_the_key_behind(
    server: Recorder, second: Recorder
) -> None:
    file = write(judge_table(server.url, KEY))
    set_in_file(file, "judge.base_url", second.url)
    ask(load_settings())
    assert second.keys == {NO_KEY}
    set_in_file(file, "judge.base_url", server.url)
    ask(load_settings())
    assert server.keys == {f"Bearer {KEY}"}


def test_the_self_test_of_an_offer_sends_no_key_of_another_server(
    tmp_path: Path, server: Recorder, second: Recorder
) -> None:
    write(judge_table(second.url))
    KeyStore(user_file()).keep("judge.api_key", KEY, second.url)
    offer = JudgeOffer(
        "server",
        "x",
        "",
        settings={"judge.kind": "model", "judge.base_url": server.url, "judge.model": "m"},
    )
    with pytest.raises(InterviewerError):
        judge_offers.test(load_settings({"storage.data_dir": tmp_path}), offer, lambda *_: None)
    assert server.keys == {NO_KEY}
    assert second.requests == []


def test_a_speech_server_is_not_sent_the_key_of_another(
    server: Recorder, second: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = f'[hearing]\nengine = "remote"\nbase_url = "{server.url}"\n'
    write(table)
    monkeypatch.setenv("VOICE_INTERVIEWER_HEARING_API_KEY", KEY)
    assert load_settings().hearing.api_key is None
    monkeypatch.setenv("VOICE_INTERVIEWER_HEARING_BASE_URL", second.url)
    assert load_settings().hearing.api_key is not None


def test_what_the_environment_says_about_an_account_stays_here(
    server: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The openai package would put it into every request, and could be made to change the key."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-4711")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-4711")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Mine: {OTHER}\nAuthorization: Bearer {OTHER}")
    ask(choose(server.url).settings)
    assert server.keys == {NO_KEY}
    for secret in ("4711", OTHER, "stainless"):
        assert not server.sent(secret)


@pytest.mark.parametrize("url", ["http://models.example/v1", "http://192.168.1.5:8000/v1"])
def test_a_key_is_not_taken_for_a_server_where_others_could_read_it(url: str) -> None:
    desk = FrontDesk(load_settings())
    values = {
        "judge.kind": "model",
        "judge.base_url": url,
        "judge.model": "m",
        "judge.api_key": KEY,
    }
    with pytest.raises(ConfigError, match="others could read it") as caught:
        desk.first_run.keep(values)
    assert caught.value.hint == "Use an https address, or a tunnel to this machine."
    assert not KeyStore(user_file()).file.exists()
    assert load_settings().judge.base_url is None
    write(judge_table(url))
    with pytest.raises(ConfigError, match="others could read it"):
        set_in_file(user_file(), "judge.api_key", KEY)
    with pytest.raises(JudgeError, match="could be read on its way"):
        probe(wiring.judge_options(load_settings(file=write(judge_table(url, KEY)))))


def test_a_key_is_kept_for_the_server_it_was_typed_with(
    server: Recorder, second: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for the one that a variable sets instead."""
    monkeypatch.setenv("VOICE_INTERVIEWER_JUDGE_BASE_URL", second.url)
    desk = FrontDesk(load_settings())
    told = desk.first_run.keep(
        {
            "judge.kind": "model",
            "judge.base_url": server.url,
            "judge.model": "m",
            "judge.api_key": KEY,
        }
    )
    assert told == (
        f"VOICE_INTERVIEWER_JUDGE_BASE_URL is set and wins: judge.base_url stays {second.url}."
    )
    ask(desk.settings)
    assert second.keys == {NO_KEY}
    monkeypatch.delenv("VOICE_INTERVIEWER_JUDGE_BASE_URL")
    ask(load_settings())
    assert server.keys == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("first", "other", "same"),
    [
        (None, "https://api.openai.com/v1/", True),
        ("", "https://API.openai.com", True),
        (None, "http://api.openai.com/v1", False),
        (None, "https://api.openai.com.evil.example/v1", False),
        (None, "https://api.openai.com@evil.example/v1", False),
        ("https://a.example:443/v1", "https://a.example/v1", True),
        ("https://a.example/v1", "https://a.example:8443/v1", False),
        ("http://127.0.0.1:1234/v1", "http://127.0.0.1:8080/v1", False),
        ("http://[::1]:80/v1", "http://[::1]/v1", True),
        ("no address", "http://a:b/v1", False),
    ],
)
def test_which_addresses_are_one_server(first: str | None, other: str, same: bool) -> None:
    assert same_server(first, other) is same


@pytest.mark.parametrize(
    ("url", "here", "unread"),
    [
        ("http://127.0.0.1:1/v1", True, True),
        ("http://127.8.8.8/v1", True, True),
        ("http://localhost:1/v1", True, True),
        ("http://[::1]:1/v1", True, True),
        ("http://localhost.evil.example/v1", False, False),
        ("http://127.0.0.1.evil.example/v1", False, False),
        ("http://127.0.0.1@evil.example/v1", False, False),
        ("https://a.example/v1", False, True),
        (None, False, True),
        ("ftp://a.example", False, False),
        ("", False, True),
    ],
)
def test_who_can_read_what_is_sent(url: str | None, here: bool, unread: bool) -> None:
    assert (on_this_machine(url), unread_on_the_way(url)) == (here, unread)

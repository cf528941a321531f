"""The first run on the real parts: what is offered, what is kept, and that it comes only once."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from voice_interviewer import judge_check, judge_offers, trying
from voice_interviewer.config import load_settings
from voice_interviewer.errors import ConfigError
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.hearing import sources
from voice_interviewer.judging.fitness import Outcome
from voice_interviewer.judging.options import Way
from voice_interviewer.judging.self_test import Figures
from voice_interviewer.judging.tested import OURS, ModelTest, ModelTests
from voice_interviewer.servers.loopback import FoundServer
from voice_interviewer.weights.models import SMALL


def desk(folder: Path) -> FrontDesk:
    return FrontDesk(load_settings({"storage.data_dir": folder / "data"}, environ={}))


def test_it_is_new_until_it_was_seen_or_something_was_kept(tmp_path: Path) -> None:
    front = desk(tmp_path)
    assert front.is_new
    front.first_run.seen()
    assert not front.is_new
    text = front.settings.file.read_text()
    assert all(line.startswith("#") for line in text.splitlines()), "nothing was chosen"
    front.first_run.seen()
    assert front.settings.file.read_text() == text


def test_what_is_kept_holds_at_once_and_a_key_lies_apart(tmp_path: Path) -> None:
    front = desk(tmp_path)
    front.first_run.keep(
        {
            "judge.base_url": "http://127.0.0.1:9/v1",
            "judge.model": "m",
            "judge.api_key": "zq-secret",
            "judge.kind": "model",
        }
    )
    judge = front.settings.judge
    assert (judge.kind, judge.model) == ("model", "m")
    assert judge.api_key is not None
    assert judge.api_key.get_secret_value() == "zq-secret"
    assert "zq-secret" not in front.settings.file.read_text()
    front.first_run.keep({"judge.base_url": ""})
    assert front.settings.judge.base_url is None
    assert front.settings.judge.api_key is None, "a key is for its own server"
    with pytest.raises(ConfigError):
        front.first_run.keep({"speaking.volume": "loud"})


def test_every_judge_there_is_is_offered_with_what_is_known_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = FoundServer("Ollama", "http://127.0.0.1:11434/v1", ("a", "b", "c", "d"))
    monkeypatch.setattr(judge_offers, "find_servers", lambda: (found,))
    monkeypatch.setattr(judge_offers, "memory_bytes", lambda: 16_000_000_000)
    offers = desk(tmp_path).first_run.judges()
    assert [offers[0].kind, offers[-1].kind] == ["embedded", "key"]
    servers = [offer for offer in offers if offer.kind == "server"]
    assert [offer.settings["judge.model"] for offer in servers] == ["a", "b", "c"]
    assert all(offer.tested == "Not tested as a judge yet." for offer in servers)
    own = [offer for offer in offers if offer.kind == "local"]
    assert own[0].title == f"our own: {SMALL.name}, 1.1 GB to fetch"
    assert own[0].download == SMALL.name
    assert own[0].tested.endswith("until it is found fit, it only words follow-ups.")
    assert not own[0].testable


def test_a_model_that_does_not_fit_this_machine_is_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_offers, "find_servers", tuple)
    monkeypatch.setattr(judge_offers, "memory_bytes", lambda: 3_000_000_000)
    assert {offer.kind for offer in desk(tmp_path).first_run.judges()} == {"embedded", "key"}


def test_every_offer_says_what_its_self_test_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is offered in silence, and a result is shown wherever that model is offered."""
    found = FoundServer("Ollama", "http://127.0.0.1:11434/v1", ("a", "b"))
    monkeypatch.setattr(judge_offers, "find_servers", lambda: (found,))
    monkeypatch.setattr(judge_offers, "memory_bytes", lambda: 16_000_000_000)
    front = desk(tmp_path)
    assert all(offer.tested for offer in front.first_run.judges())
    tests = ModelTests(front.settings.data_dir)
    keep_result(tests, found.base_url, "b", "words")
    keep_result(tests, OURS, SMALL.name, "log-odds")
    keep_result(tests, "https://far.example/v1", "m", "verdicts")
    front.first_run.keep(
        {"judge.base_url": "https://far.example/v1", "judge.model": "m", "judge.kind": "model"}
    )
    shown = {offer.title: offer for offer in front.first_run.judges()}
    assert shown["Ollama here: a"].tested == "Not tested as a judge yet."
    assert shown["Ollama here: b"].tested.startswith("Tested: not fit to judge")
    assert "Yes or No" in shown[f"our own: {SMALL.name}, 1.1 GB to fetch"].tested
    named = shown["as it is set: m"]
    assert (named.tested, named.current, named.testable) == ("Tested: fit to judge.", True, True)
    assert "go to https://far.example/v1" in named.about
    assert [offer.current for offer in shown.values()].count(True) == 1


def keep_result(tests: ModelTests, place: str, model: str, way: Way) -> None:
    outcome = Outcome(way=way, sentence="x", verdicts=Figures(answers=1))
    tests.keep(ModelTest(place=place, model=model, at="", bank="", questions=1, outcome=outcome))


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({}, "the embedded judge"),
        ({"judge.kind": "embedded"}, "the embedded judge"),
        (
            {
                "judge.kind": "model",
                "judge.base_url": "http://127.0.0.1:11434/v1/",
                "judge.model": "b",
            },
            "Ollama here: b",
        ),
        (
            {"judge.kind": "local", "judge.model": SMALL.name},
            f"our own: {SMALL.name}, 1.1 GB to fetch",
        ),
    ],
)
def test_the_judge_in_force_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: dict[str, str], title: str
) -> None:
    found = FoundServer("Ollama", "http://127.0.0.1:11434/v1", ("a", "b"))
    monkeypatch.setattr(judge_offers, "find_servers", lambda: (found,))
    monkeypatch.setattr(judge_offers, "memory_bytes", lambda: 16_000_000_000)
    front = desk(tmp_path)
    front.first_run.keep(values)
    offers = front.first_run.judges()
    assert [offer.title for offer in offers if offer.current] == [title]
    assert not any(offer.kind == "named" for offer in offers), "it is offered once"


@pytest.mark.real
def test_the_embedded_judge_is_tested_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_offers, "find_servers", tuple)
    front = desk(tmp_path)
    offer = front.first_run.judges()[0]
    assert (offer.kind, offer.tested) == ("embedded", "Not tested as a judge yet.")
    told: list[float | None] = []
    began_s = time.monotonic()
    said = front.first_run.test(offer, lambda _text, share: told.append(share))
    print(f"\n{time.monotonic() - began_s:.1f} s: {said}")
    assert told == sorted(told, key=lambda share: share or 0)
    assert len(told) > 20
    credited, invented = (int(n) for n in re.findall(r"(\d+)%", said)[:2])
    assert credited > 10 > invented
    result = ModelTests(front.settings.data_dir).of(OURS, judge_check.embedded_name())
    assert result is not None
    table = judge_check.as_text(front.settings, result)
    assert "embedded" in table.splitlines()[2]
    assert "goes by it" not in table
    kept = front.first_run.judges()[0].tested
    assert kept.startswith(f"Tested: credits {credited}% of what strong answers say")


class KnownSound:
    """A microphone that hears what a test says, 20 ms at a time, as fast as it is read."""

    name = "Known"
    sound: Callable[[int], np.ndarray]

    def __init__(self, device: str | None) -> None:
        self.device = device
        self.stopped = False
        self.closed = False

    def open(self, _command: object) -> None:
        pass

    def blocks(self) -> Iterator[np.ndarray]:
        while not self.stopped:
            yield type(self).sound(320)

    def stop(self) -> None:
        self.stopped = True

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        (lambda n: np.full(n, 0.1, dtype=np.float32), ""),
        (lambda n: np.zeros(n, dtype=np.float32), "No signal from Known."),
        (lambda n: np.ones(n, dtype=np.float32), "Known is too loud"),
    ],
    ids=["speech", "silence", "clipped"],
)
def test_three_seconds_of_a_microphone(
    sound: Callable[[int], np.ndarray], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least ten levels for every second of sound, and what is wrong with it in words."""
    monkeypatch.setattr(sources, "Microphone", KnownSound)
    blocks = 0
    stop = threading.Event()

    def counted(size: int) -> np.ndarray:
        nonlocal blocks
        blocks += 1
        if blocks == 150:
            stop.set()
        return sound(size)

    monkeypatch.setattr(KnownSound, "sound", staticmethod(counted), raising=False)
    levels: list[float] = []
    warnings: list[tuple[str, bool]] = []
    trying.watch_microphone(
        "USB", levels.append, lambda text, sounds: warnings.append((text, sounds)), stop
    )
    assert len(levels) >= 30
    assert all(text.startswith(told) for text, _ in warnings)
    assert {sounds for _, sounds in warnings} == ({told.endswith("loud")} if told else set())


def start(home: Path, until: str, keys: bytes) -> str:
    """Start the program without a command in a terminal of its own; press keys, then quit."""
    env = {
        **os.environ,
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "TERM": "xterm-256color",
        "COLUMNS": "100",
        "LINES": "30",
    }
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "voice_interviewer"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=env,
        start_new_session=True,
    )
    os.close(slave)
    shown = bytearray()

    def read() -> None:
        try:
            while piece := os.read(master, 65_536):
                shown.extend(piece)
        except OSError:
            pass

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        deadline_s = time.monotonic() + 60
        while until.encode() not in shown:
            assert time.monotonic() < deadline_s, shown.decode(errors="replace")
            assert process.poll() is None, shown.decode(errors="replace")
            time.sleep(0.05)
        os.write(master, keys)
        time.sleep(0.3)
        os.write(master, b"\x11")
        process.wait(30)
    finally:
        process.kill()
        process.wait()
        os.close(master)
    return shown.decode(errors="replace")


def test_a_first_start_asks_and_a_second_does_not(tmp_path: Path) -> None:
    shown = start(tmp_path, "Can you be heard?", b"\x13")
    assert "Voice interviewer" in shown
    own = tmp_path / "config" / "voice-interviewer" / "config.toml"
    assert own.read_text().startswith("# Your settings")
    shown = start(tmp_path, "Start the interview", b"")
    assert "Can you be heard?" not in shown

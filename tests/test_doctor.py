"""The doctor tries every part for real, and every fault comes with its fix."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import virtual_sound

from voice_interviewer import doctor, trying
from voice_interviewer.config import Settings, load_settings
from voice_interviewer.errors import AudioError
from voice_interviewer.findings import Finding
from voice_interviewer.hearing import sources
from voice_interviewer.judging import local_judge
from voice_interviewer.judging.fitness import Figures, Outcome
from voice_interviewer.judging.tested import OURS, ModelTest, ModelTests


def run_doctor(data_dir: Path, env: dict[str, str]) -> tuple[int, dict[str, dict[str, str]]]:
    done = subprocess.run(
        [sys.executable, "-m", "voice_interviewer", "doctor", "--json", "--offline"]
        + ["--data-dir", str(data_dir)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **env},
    )
    report = json.loads(done.stdout)
    parts = {part["part"]: part for part in report["parts"]}
    assert report["ok"] == all(part["ok"] for part in parts.values())
    assert all(part["ok"] or part["fix"] for part in parts.values())
    assert done.stderr == ""
    return done.returncode, parts


@pytest.mark.real
def test_with_a_sound_card_that_hears_everything_is_well(tmp_path: Path) -> None:
    problem = virtual_sound.missing()
    if problem:
        pytest.skip(problem)
    clip = next(Path("questions/samples/audio").absolute().glob("*.ogg"))
    with (
        tempfile.TemporaryDirectory(prefix="vi-") as folder,
        virtual_sound.virtual_sound(Path(folder)) as card,
    ):
        speaking = card.say(clip)
        code, parts = run_doctor(tmp_path, card.env)
        speaking.terminate()
    assert (code, [name for name, part in parts.items() if not part["ok"]]) == (0, [])
    assert "tiny.en" in parts["hearing"]["message"]


@pytest.mark.real
def test_microphones_are_listed_and_one_that_is_too_loud_is_told(tmp_path: Path) -> None:
    problem = virtual_sound.missing()
    if problem:
        pytest.skip(problem)
    script = (
        "from voice_interviewer import doctor\n"
        "from voice_interviewer.config import load_settings\n"
        "found = doctor.checks(load_settings({}))[0].run()\n"
        "print(found.ok, found.message, found.fix)\n"
    )
    loud = tmp_path / "loud.raw"
    loud.write_bytes((b"\xff\x7f" * 20 + b"\x00\x80" * 20) * 8_000)

    def found(env: dict[str, str]) -> str:
        command = [sys.executable, "-c", script]
        return subprocess.run(
            command, capture_output=True, text=True, env=env, timeout=60, check=True
        ).stdout

    with (
        tempfile.TemporaryDirectory(prefix="vi-") as folder,
        virtual_sound.virtual_sound(Path(folder)) as card,
    ):
        card.plug_in("desk")
        assert found(card.env).startswith("False default gives no signal; also there: desk. Check")
        play = ["pacat", "-d", "vmic", "--raw", "--format=s16le", "--rate=16000", "--channels=1"]
        player = subprocess.Popen([*play, str(loud)], env=card.env)
        time.sleep(1.0)
        said = found(card.env)
        player.kill()
        player.wait()
    assert said.startswith(
        "True default gives sound (0 dBFS now); also there: desk. default is too"
    )
    assert "Turn the input level down" in said


@pytest.mark.real
def test_what_is_broken_is_named_with_its_fix(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    env = {
        "VOICE_INTERVIEWER_HEARING_MODEL": str(tmp_path / "weights"),
        "VOICE_INTERVIEWER_JUDGE_BASE_URL": "http://127.0.0.1:9/v1",
        "VOICE_INTERVIEWER_JUDGE_MODEL": "m",
    }
    code, parts = run_doctor(tmp_path / "data", env)
    assert code == 1
    broken = {name for name, part in parts.items() if not part["ok"]}
    assert {"hearing", "model"} <= broken
    assert str(tmp_path / "weights") in parts["hearing"]["message"]
    assert "127.0.0.1:9" in parts["model"]["message"]


def part(name: str, settings: Settings) -> Finding:
    return next(check for check in doctor.checks(settings) if check.part == name).run()


def test_the_microphone_that_is_set_is_the_one_that_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str | None] = []

    def no_microphone(name: str | None = None) -> None:
        tried.append(name)
        raise AudioError(f"There is no microphone {name}.", "Plug one in.")

    monkeypatch.setattr(sources, "Microphone", no_microphone)
    assert not part("microphone", load_settings({"hearing.microphone": "desk"})).ok
    assert not part("microphone", load_settings({})).ok
    assert tried == ["desk", None]


def test_a_local_model_is_told_of_with_what_its_self_test_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_judge, "PACKAGE", "json")
    (tmp_path / "mine.gguf").write_bytes(b"GGUF")
    where = {"storage.data_dir": tmp_path, "storage.models_dir": tmp_path}
    settings = load_settings({**where, "judge.kind": "local"}, environ={})
    assert trying.try_model(settings).endswith(
        "not tested as a judge yet, so it only words follow-ups: "
        "voice-interviewer judge-test --judge local --model mine"
    )
    outcome = Outcome(way="verdicts", sentence="-", verdicts=Figures())
    tested = {"place": OURS, "model": "mine", "at": "", "bank": "", "questions": 1}
    ModelTests(tmp_path).keep(ModelTest(**tested, outcome=outcome))
    assert trying.try_model(settings).endswith("tested, and fit to judge")


def test_open_sessions_and_a_full_disk_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings({"storage.data_dir": tmp_path})
    assert "private" in doctor._data(settings)
    (tmp_path / "sessions").chmod(0o755)
    open_to_all = part("data", settings)
    assert not open_to_all.ok
    assert "chmod 700" in open_to_all.fix
    real = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: real._replace(free=5_000_000))
    found = part("disk", settings)
    assert not found.ok
    assert "5 MB" in found.message
    assert "--data-dir" in found.fix


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = load_settings({"storage.data_dir": tmp_path / "file"})
    found = part("data", settings)
    assert not found.ok
    assert "--data-dir" in found.fix

"""A key is kept where others cannot read it, is given to its own server only, and never shown."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest

from voice_interviewer import wiring
from voice_interviewer.config import Settings, load_settings, reloaded
from voice_interviewer.errors import StorageError
from voice_interviewer.keys import KeyStore
from voice_interviewer.settings_file import rows, set_in_file, unset_in_file

SECRET = "zq-never-to-be-seen-4711"  # looks like no known kind of key


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", FakeKeyring(priority=0))


class FakeKeyring(types.ModuleType):
    """The four functions of `keyring` that are used."""

    def __init__(self, priority: float = 5, broken: bool = False, slow_s: float = 0.0) -> None:
        super().__init__("keyring")
        self.priority = priority
        self.broken = broken
        self.slow_s = slow_s
        self.asked = self.answered = 0
        self.kept: dict[tuple[str, str], str] = {}

    def get_keyring(self) -> FakeKeyring:
        self.asked += 1
        time.sleep(self.slow_s)
        self.answered += 1
        if self.broken:
            raise RuntimeError("no bus")
        return self

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def kept(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


def keep(settings: Settings) -> Settings:
    set_in_file(settings.file, "judge.api_key", SECRET)
    return reloaded(settings)


def settings(tmp_path: Path, text: str = "", **environ: str) -> Settings:
    file = tmp_path / "own.toml"
    file.write_text(text)
    return load_settings({"storage.data_dir": tmp_path / "data"}, file=file, environ=environ)


def test_without_a_keyring_it_lies_in_a_private_file(tmp_path: Path) -> None:
    changed = keep(settings(tmp_path))
    assert changed.judge.api_key is not None
    assert changed.judge.api_key.get_secret_value() == SECRET
    file = kept(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert SECRET not in (tmp_path / "own.toml").read_text()
    assert unset_in_file(changed.file, "judge.api_key")
    assert reloaded(changed).judge.api_key is None
    assert SECRET not in file.read_text()


def test_with_a_keyring_no_file_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = FakeKeyring()
    monkeypatch.setitem(sys.modules, "keyring", ring)
    changed = keep(settings(tmp_path))
    assert SECRET in ring.kept.values()
    assert SECRET not in kept(tmp_path).read_text()
    assert changed.judge.api_key is not None
    assert changed.origin("judge.api_key") == "the system's keyring"
    unset_in_file(changed.file, "judge.api_key")
    assert not ring.kept


def test_a_broken_keyring_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", FakeKeyring(broken=True))
    keep(settings(tmp_path))
    assert SECRET in kept(tmp_path).read_text()


def test_a_keyring_that_waits_for_its_owner_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_interviewer.keys._KEYRING_LIMIT_S", 0.05)
    slow = FakeKeyring(slow_s=60)
    monkeypatch.setitem(sys.modules, "keyring", slow)
    keep(settings(tmp_path))
    assert (slow.asked, slow.answered) == (1, 0)


def test_no_keyring_is_asked_while_no_key_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = FakeKeyring(broken=True, slow_s=30)
    monkeypatch.setitem(sys.modules, "keyring", asked)
    settings(tmp_path)
    assert asked.asked == 0


def test_it_is_given_to_its_own_server_only(tmp_path: Path) -> None:
    own = "[judge]\nbase_url = 'https://a.example/v1'\n"
    assert keep(settings(tmp_path, own)).judge.api_key is not None
    assert settings(tmp_path, own.replace("a.example", "b.example")).judge.api_key is None
    assert settings(tmp_path).judge.api_key is None


def test_file_and_environment_win(tmp_path: Path) -> None:
    keep(settings(tmp_path))
    own = settings(tmp_path, "[judge]\napi_key = 'file'\n").judge.api_key
    assert own is not None
    assert own.get_secret_value() == "file"
    variable = settings(tmp_path, VOICE_INTERVIEWER_JUDGE_API_KEY="variable").judge.api_key
    assert variable is not None
    assert variable.get_secret_value() == "variable"


def test_the_vendors_own_variable_wins_over_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = keep(settings(tmp_path, "[judge]\nmodel = 'm'\n"))

    def used(chosen: Settings) -> str | None:
        key = wiring.judge_options(chosen).api_key
        return None if key is None else key.get_secret_value()

    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert used(loaded) == SECRET
    monkeypatch.setenv("OPENAI_API_KEY", "of-the-environment")
    assert used(loaded) == "of-the-environment"
    assert used(settings(tmp_path, "[judge]\nmodel = 'm'\napi_key = 'file'\n")) == "file"


def test_every_server_has_a_key_of_its_own(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "own.toml")
    store.keep("judge.api_key", "a", "https://a.example/v1")
    store.keep("judge.api_key", "b", "https://b.example/v1")
    for name in "ab":
        found = store.fitting({"judge.base_url": f"https://{name}.example/v1"})
        assert found["judge.api_key"].secret == name
    assert store.forget("judge.api_key")
    assert store.fitting({"judge.base_url": "https://a.example/v1"}) == {}


def test_a_broken_file_of_keys_is_not_written_over(tmp_path: Path) -> None:
    kept(tmp_path).write_text('["judge.api_key"]\nkey = "precious\n')
    with pytest.raises(StorageError, match="cannot be read") as caught:
        KeyStore(tmp_path / "own.toml").keep("judge.api_key", SECRET, None)
    assert "precious" in kept(tmp_path).read_text()
    assert "precious" not in str(caught.value)


def test_a_file_of_keys_that_is_broken_holds_none(tmp_path: Path) -> None:
    kept(tmp_path).write_text('["judge.api_key"\nkey = "x"')
    assert settings(tmp_path).judge.api_key is None


def test_it_is_in_no_log_and_no_listing(tmp_path: Path) -> None:
    loaded = keep(settings(tmp_path))
    assert SECRET not in repr(loaded) + str(rows(loaded)) + loaded.model_dump_json()
    assert SECRET not in repr(KeyStore(loaded.file).fitting({}))


def test_a_whole_interview_with_it_shows_it_nowhere(tmp_path: Path) -> None:
    folder, data = tmp_path / "home" / "voice-interviewer", tmp_path / "data"
    folder.mkdir(parents=True)
    env = {
        **os.environ,
        "XDG_CONFIG_HOME": str(tmp_path / "home"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "VOICE_INTERVIEWER_JUDGE_MODEL": "some-model",
        "VOICE_INTERVIEWER_STORAGE_DATA_DIR": str(data),
    }

    def run(*arguments: str, stdin: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "voice_interviewer", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=env,
        )
        return done.stdout + done.stderr

    typed = ("--candidate", "typed", "--voice", "silent", "--questions", "1", "--offline")
    said = [
        run("config", "set", "judge.api_key", "-", stdin=f"{SECRET}\n"),
        run("interview", *typed, "--json", stdin="reward hacking\n" * 5),
        run("config", "show", "--json", stdin=""),
        run("config", "show", stdin=""),
    ]
    assert (folder / "keys.toml").stat().st_mode & 0o777 == 0o600
    assert "judge.api_key is set" in said[0]
    assert '"session_id"' in said[1]
    assert SECRET not in "".join(said)
    kept = [path for path in data.rglob("*") if path.is_file()]
    assert any(path.name == "journal.jsonl" for path in kept)
    for path in kept:
        assert SECRET.encode() not in path.read_bytes(), path

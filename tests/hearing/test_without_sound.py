"""Words whose sound is lost stay in the answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hearing_fakes import FakeSource, FakeTranscriber, LoudnessDetector, Notes, said

from voice_interviewer.audio.sound import Sound, read_sound, write_sound
from voice_interviewer.core.commands import HearAgain, Listen, Transcribe
from voice_interviewer.core.transcript import Word
from voice_interviewer.hearing.endpointing import EndpointingPreset
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.spoken import SpokenListener

NAMES = ("audio/turn-001.wav", "audio/turn-001-2.wav")
ANSWERS = (said(1, 1.0, 2, 1.0, 3), said(4, 1.0, 5))


def listener(folder: Path, *sounds: object) -> SpokenListener:
    preset = EndpointingPreset(least_silence_s=3.0, unclear_silence_s=3.0)
    return SpokenListener(
        FakeSource(list(sounds)),  # type: ignore[arg-type]
        FakeTranscriber(),
        HearingOptions(endpointing=preset),
        folder,
        make_detector=LoudnessDetector,
    )


@pytest.fixture
def told(tmp_path: Path) -> Transcribe:
    """A turn of two recordings, of which every word was told."""
    first = listener(tmp_path, *ANSWERS)
    for part in (1, 2):
        first.listen(Listen(turn_id=1, question_id="q", part=part), Notes())
    words = first.transcribe(Transcribe(turn_id=1, recordings=NAMES)).words
    first.close()
    assert [word.text for word in words] == ["w1", "w2", "w3", "w4", "w5"]
    return Transcribe(turn_id=1, recordings=NAMES, committed=words, words_before=(0, 3))


def tear(path: Path, after_s: float) -> None:
    whole = read_sound(path)
    write_sound(path, Sound(whole.samples[: round(after_s * whole.rate_hz)], whole.rate_hz))


def test_what_is_whole_on_the_disk_is_heard_from_there(tmp_path: Path, told: Transcribe) -> None:
    heard = listener(tmp_path).transcribe(told)
    assert heard.text == "w1 w2 w3 w4 w5"
    assert all(word.start_s is not None for word in heard.words)


@pytest.mark.parametrize("part", [0, 1])
def test_words_beyond_the_end_of_a_torn_recording_are_kept(
    tmp_path: Path, told: Transcribe, part: int
) -> None:
    tear(tmp_path / NAMES[part], 1.0)
    heard = listener(tmp_path).transcribe(told)
    assert heard.text == "w1 w2 w3 w4 w5"
    without = [word.text for word in heard.words if word.start_s is None]
    assert without == (["w2", "w3"], ["w5"])[part]
    assert heard.words[0].start_s == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("part", [0, 1])
def test_the_words_of_a_recording_that_is_gone_are_kept(
    tmp_path: Path, told: Transcribe, part: int
) -> None:
    (tmp_path / NAMES[part]).unlink()
    heard = listener(tmp_path).transcribe(told)
    assert heard.text == "w1 w2 w3 w4 w5"
    assert heard.audio_s == pytest.approx(len(ANSWERS[1 - part]) / 16_000, abs=0.01)


def test_a_turn_that_is_gone_on_with_keeps_what_a_full_disk_lost(
    tmp_path: Path, told: Transcribe
) -> None:
    tear(tmp_path / NAMES[0], 1.0)
    (tmp_path / NAMES[1]).unlink()
    resumed = listener(tmp_path, said(7))
    resumed.listen(Listen(turn_id=1, question_id="q", part=2), Notes())
    more = (*told.committed[:3], Word(text="w7", start_s=1.0, end_s=1.5))
    command = told.model_copy(update={"committed": more})
    assert resumed.transcribe(command).text == "w1 w2 w3 w7"


def test_no_second_pass_is_made_where_sound_is_lost(tmp_path: Path, told: Transcribe) -> None:
    again = HearAgain(**dict(told))
    whole = listener(tmp_path).hear_again(again)
    assert whole is not None
    assert whole.text == "w1 w2 w3 w4 w5"
    tear(tmp_path / NAMES[1], 1.0)
    assert listener(tmp_path).hear_again(again) is None

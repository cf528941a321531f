"""The recorded candidate: which file answers which question, and when it plays."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from voice_interviewer.audio.sound import Sound, write_sound
from voice_interviewer.core.assessment import FollowUp
from voice_interviewer.core.commands import Listen
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.recorded import RecordedAnswers

LEVELS: dict[str, float] = {}


def record(folder: Path, *names: str, seconds: float = 0.1, rate_hz: int = 16_000) -> Path:
    """Files of constant sound, each at a level of its own."""
    folder.mkdir(exist_ok=True)
    for name in names:
        level = LEVELS.setdefault(name, (len(LEVELS) + 1) / 64)
        samples = np.full(round(seconds * rate_hz), level, dtype=np.float32)
        write_sound(folder / name, Sound(samples, rate_hz))
    return folder


def ask(turn_id: int, question_id: str = "q", aim: str = "", part: int = 1) -> Listen:
    follow_up = FollowUp(criterion_id=aim, rung="clarify", text="And?") if aim else None
    return Listen(turn_id=turn_id, question_id=question_id, part=part, follow_up=follow_up)


def heard(source: RecordedAnswers, command: Listen) -> str | None:
    """The file that answers, or why there is none."""
    reason = source.open(command)
    if reason is not None:
        return reason
    samples = np.concatenate(list(source.blocks()))
    source.close()
    level = float(np.median(samples))
    return min(LEVELS, key=lambda name: abs(LEVELS[name] - level))


def test_other_names_are_played_in_order_until_the_input_ends(tmp_path: Path) -> None:
    record(tmp_path, "answer-10.wav", "answer-2.flac", "answer-1.ogg")
    (tmp_path / "README.txt").write_text("not sound")
    source = RecordedAnswers(tmp_path, pace="fast")
    answers = [heard(source, ask(turn, f"q{turn}", aim="x" * (turn % 2))) for turn in range(1, 5)]
    assert answers == ["answer-1.ogg", "answer-2.flac", "answer-10.wav", "end_of_input"]


def test_a_list_keeps_its_order_and_a_resumed_session_its_place(tmp_path: Path) -> None:
    record(tmp_path, "b.wav", "a.wav", "c.wav")
    files = [tmp_path / "b.wav", tmp_path / "a.wav", tmp_path / "c.wav"]
    source = RecordedAnswers(files, pace="fast", skip=1)
    assert heard(source, ask(4)) == "a.wav"
    assert heard(source, ask(5)) == "c.wav"
    assert heard(source, ask(6)) == "end_of_input"


def test_files_named_after_questions_answer_them_and_their_follow_ups(tmp_path: Path) -> None:
    record(tmp_path, "kl.flac", "kl.beta.flac", "kl.follow-up-2.wav", "dpo.flac")
    source = RecordedAnswers(tmp_path, pace="fast")
    assert heard(source, ask(1, "kl")) == "kl.flac"
    assert heard(source, ask(2, "kl", "beta")) == "kl.beta.flac"
    assert heard(source, ask(3, "kl", "drift")) == "kl.follow-up-2.wav"
    assert heard(source, ask(4, "kl", "drift")) == "dont_know"
    assert heard(source, ask(5, "dpo")) == "dpo.flac"
    assert heard(source, ask(6, "rlaif")) == "dont_know"


def test_known_question_ids_decide_from_the_first_question_on(tmp_path: Path) -> None:
    record(tmp_path, "kl.flac", "dpo.flac")
    unsure = RecordedAnswers(tmp_path, pace="fast")
    assert heard(unsure, ask(1, "rlaif")) == "dpo.flac"
    sure = RecordedAnswers(tmp_path, pace="fast", question_ids=["rlaif", "kl", "dpo"])
    assert heard(sure, ask(1, "rlaif")) == "dont_know"
    assert heard(sure, ask(2, "kl")) == "kl.flac"


def test_a_turn_that_is_taken_up_again_goes_on_where_it_stopped(tmp_path: Path) -> None:
    record(tmp_path, "a.wav", seconds=1.0)
    source = RecordedAnswers(tmp_path / "a.wav", pace="fast")
    source.open(ask(1))
    first = 0
    for samples in source.blocks():
        first += len(samples)
        if first >= 4_000:
            source.stop()
    source.close()
    source.open(ask(1, part=2))
    rest = sum(len(samples) for samples in source.blocks())
    assert first < 5_000
    assert first + rest == 16_000


def test_any_rate_and_channels_arrive_as_16_khz_mono(tmp_path: Path) -> None:
    import soundfile

    stereo = np.zeros((44_100, 2), dtype=np.float32)
    stereo[:, 0] = 0.5
    soundfile.write(tmp_path / "s.wav", stereo, 44_100)
    source = RecordedAnswers(tmp_path / "s.wav", pace="fast")
    source.open(ask(1))
    samples = np.concatenate(list(source.blocks()))
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(16_000, abs=2)
    assert float(np.median(samples)) == pytest.approx(0.25, abs=0.01)


def test_real_time_takes_as_long_as_the_sound(tmp_path: Path) -> None:
    record(tmp_path, "a.wav", seconds=0.4)
    source = RecordedAnswers(tmp_path / "a.wav", pace="realtime")
    assert not source.waits
    source.open(ask(1))
    began_s = time.monotonic()
    times = [time.monotonic() - began_s for _ in source.blocks()]
    assert 0.25 <= times[-1] < 20
    assert 0.05 <= times[len(times) // 2] <= times[-1] - 0.05


def test_what_is_missing_empty_or_no_sound_is_named_before_anything_plays(tmp_path: Path) -> None:
    record(tmp_path / "good", "a.wav")
    (tmp_path / "empty").mkdir()
    (tmp_path / "good" / "b.flac").write_bytes(b"no sound at all")
    for where, named in (
        (tmp_path / "nowhere.wav", "nowhere.wav"),
        (tmp_path / "empty", "empty"),
        (tmp_path / "good", "b.flac"),
        ([tmp_path / "good" / "a.wav", tmp_path / "gone.wav"], "gone.wav"),
        ([], "No recorded answers"),
    ):
        with pytest.raises(AudioError) as caught:
            RecordedAnswers(where)
        assert named in caught.value.message
        assert caught.value.hint


def test_a_file_that_is_cut_short_is_found_at_the_start(tmp_path: Path) -> None:
    record(tmp_path, "a.flac", seconds=2.0)
    whole = (tmp_path / "a.flac").read_bytes()
    (tmp_path / "a.flac").write_bytes(whole[:60])
    with pytest.raises(AudioError, match=r"a\.flac"):
        RecordedAnswers(tmp_path)

"""Sessions begin, are remembered, and refuse what cannot be before anything is created."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voice_interviewer import wiring
from voice_interviewer.audio.sound import Sound, write_sound
from voice_interviewer.config import load_settings
from voice_interviewer.desk import Choices
from voice_interviewer.errors import InterviewerError, StorageError, UsageError
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.opening import Session
from voice_interviewer.redo_jobs import Job
from voice_interviewer.resources import shipped

BANK = "rlhf-systems-engineer"


def desk(folder: Path, *answers: str) -> FrontDesk:
    said: Iterator[str] = iter(answers)
    settings = load_settings({"storage.data_dir": folder, "interview.follow_ups": 0})
    return FrontDesk(settings, typed_lines=lambda: next(said, None))


def choices(**fields: object) -> Choices:
    usual = {"bank": BANK, "questions": 2, "candidate": "typed", "voice": "silent"}
    return Choices(**{**usual, "judge": "embedded", **fields})  # type: ignore[arg-type]


def asked(front: FrontDesk, **fields: object) -> list[str]:
    state = front.open(choices(**fields)).run()
    return [item.question.id for item in state.plan]


def test_another_session_asks_what_was_not_asked_yet(tmp_path: Path) -> None:
    first = asked(desk(tmp_path))
    second = asked(desk(tmp_path))
    assert first == ["rlhf-pipeline", "reward-hacking"]
    assert not set(first) & set(second)


def test_the_recorded_candidate_is_asked_what_it_can_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six questions that it has answers to; two of the answers are heard."""
    planned: list[str] = []

    def no_engines(*_: object, question_ids: tuple[str, ...], **_more: object) -> None:
        planned.extend(question_ids)
        raise UsageError("Only the plan is wanted.", "")

    front = desk(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(wiring, "open_engines", no_engines)
        with pytest.raises(UsageError):
            front.open(choices(candidate="recorded", questions=6, pace="fast"))
    assert len(set(planned)) == 6
    assert set(planned) <= {path.stem for path in wiring.sample_answers().glob("*.ogg")}
    state = front.open(choices(candidate="recorded", questions=2, pace="fast")).run()
    answers = [state.take(item)[0].transcript for item in range(2)]
    assert all(answer is not None and len(answer.words) > 15 for answer in answers)


def test_the_recorded_candidate_declines_a_bank_it_has_no_answers_to(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no answers to the bank behavioral-general"):
        desk(tmp_path).open(choices(bank="behavioral-general", candidate="recorded"))


def test_without_a_microphone_a_bank_without_recorded_answers_is_answered_by_typing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "microphone", lambda: (None, "No microphone was found."))
    front = desk(tmp_path, "An answer.")
    told: list[str] = []
    front.tell = lambda message, _fraction: told.append(message)
    session = front.open(choices(bank="behavioral-general", candidate="auto", questions=1))
    assert session.run().candidate == "typed"
    assert told == ["No microphone, and no recorded answers to this bank: type yours."]


def test_more_questions_than_there_are_recorded_answers_to_are_told(tmp_path: Path) -> None:
    front = desk(tmp_path)
    told: list[str] = []
    front.tell = lambda message, _fraction: told.append(message)
    session = front.open(choices(candidate="recorded", questions=20, pace="fast"))
    session.interrupt("test")
    state = session.run()
    assert len(state.plan) == len(wiring.sample_ids())
    assert f"Only {len(state.plan)} questions: to no others" in told[0]


def test_the_surroundings_say_how_much_of_a_bank_the_recorded_candidate_knows(
    tmp_path: Path,
) -> None:
    own = tmp_path / "own.yaml"
    own.write_bytes((shipped("questions") / "behavioral-general.yaml").read_bytes())
    settings = load_settings({"interview.bank": str(own), "storage.data_dir": tmp_path})
    banks = {bank.id: bank for bank in FrontDesk(settings).surroundings().banks}
    assert banks[BANK].recorded == len(wiring.sample_ids()) < banks[BANK].questions
    assert banks["behavioral-general"].recorded == banks[str(own)].recorded == 0
    assert banks[str(own)].title == banks["behavioral-general"].title


REFUSED = [
    {"bank": "nonsense"},
    {"question_ids": ("nonsense",)},
    {"candidate": "parrot"},
    {"candidate": "audio:"},
    {"candidate": "mic"},
    {"voice": "opera"},
    {"judge": "nobody"},
]


@pytest.mark.parametrize("fields", REFUSED, ids=str)
def test_what_cannot_be_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fields: dict[str, object]
) -> None:
    monkeypatch.setattr(wiring, "microphone", lambda: (None, "No microphone was found."))
    with pytest.raises(InterviewerError) as told:
        desk(tmp_path).open(choices(**fields))
    assert told.value.hint
    assert not list((tmp_path / "sessions").glob("*"))


def test_a_session_in_use_cannot_be_resumed(tmp_path: Path) -> None:
    front = desk(tmp_path, "An answer.")
    session = front.open(choices())
    with pytest.raises(InterviewerError):
        front.resume(session.folder.name)


def test_a_finished_session_cannot_be_resumed_but_be_seen(tmp_path: Path) -> None:
    front = desk(tmp_path, "An answer.")
    state = front.open(choices()).run()
    with pytest.raises(UsageError, match="finished"):
        front.resume(state.session_id)
    assert front.state_of("last") == state
    assert front.choices_of("last").candidate == "typed"
    row = front.sessions()[0]
    assert (row.id, row.status, row.score) == (state.session_id, "finished", 0.0)


def test_too_little_space_is_told_before_anything_is_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_interviewer.opening.free_bytes", lambda _folder: 1_000_000)
    with pytest.raises(StorageError, match="1 MB") as told:
        desk(tmp_path).open(choices())
    assert "--data-dir" in told.value.hint
    assert not (tmp_path / "sessions").exists()


def test_a_session_keeps_the_time_in_which_an_answer_can_be_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_ENDPOINTING_UNDO_S", "3.5")
    assert desk(tmp_path).open(choices()).run().undo_s == 3.5


def test_nothing_to_drill_is_told(tmp_path: Path) -> None:
    front = desk(tmp_path)
    state = front.open(choices()).run()
    with pytest.raises(UsageError, match="nothing"):
        front.drill(state.session_id, choices())


def test_a_data_folder_of_others_keeps_its_rights_and_the_sessions_are_private(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    desk(tmp_path).open(choices()).run()
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "sessions").stat().st_mode & 0o777 == 0o700


def test_a_recording_is_remembered_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = next(wiring.sample_answers().glob("*.ogg"))
    (tmp_path / "a.ogg").write_bytes(first.read_bytes())
    monkeypatch.chdir(tmp_path)
    front = desk(tmp_path / "data")
    front.open(choices(candidate="audio:a.ogg", questions=1, pace="fast")).run()
    assert front.choices_of("last").candidate == f"audio:{tmp_path / 'a.ogg'}"


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        desk(tmp_path / "file" / "data").open(choices())


def test_a_resumed_session_may_leave_the_choice_of_candidate_to_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = desk(tmp_path)
    opened: list[Session] = []

    def leave() -> None:
        opened[0].interrupt("test")

    front.typed_lines = leave
    opened.append(front.open(choices(question_ids=("rlhf-pipeline",))))
    left = opened[0].run()
    assert left.status == "interrupted"
    monkeypatch.setattr(wiring, "microphone", lambda: (None, "No microphone was found."))
    state = front.resume(left.session_id, choices(candidate="auto", pace="fast")).run()
    assert state.status == "finished"
    assert state.turns[0].transcript is not None
    assert len(state.turns[0].transcript.words) > 15


@pytest.mark.real
def test_a_recording_that_was_begun_as_the_program_was_killed_is_part_of_the_answer(
    tmp_path: Path,
) -> None:
    front = desk(tmp_path)
    opened: list[Session] = []
    front.typed_lines = lambda: opened[0].interrupt("test")
    opened.append(front.open(choices(question_ids=("rlhf-pipeline",))))
    left = opened[0].run()
    audio = opened[0].folder / "audio"
    write_sound(audio / "turn-001.wav", Sound(np.zeros(16_000, dtype=np.float32), 16_000))
    (audio / "turn-001-2.wav").write_bytes(b"")
    state = front.resume(left.session_id, choices(candidate="recorded", pace="fast")).run()
    assert state.turns[0].recordings == ("audio/turn-001.wav", "audio/turn-001-3.wav")
    assert state.turns[0].transcript is not None
    assert state.turns[0].transcript.words[0].start_s >= 1.0


@pytest.mark.real
def test_a_past_session_is_heard_again_and_nothing_is_replaced(tmp_path: Path) -> None:
    front = desk(tmp_path)
    session = front.open(choices(candidate="recorded", questions=1, pace="fast"))
    before = session.run()
    redone = front.redo("last", Job("retranscribe"))
    assert redone.done == 1
    assert front.redo("last", Job("retranscribe")).left == 1
    after = front.state_of("last")
    assert (after.status, after.turns[0].transcript) == ("finished", before.turns[0].transcript)
    assert after.turns[0].assessment == before.turns[0].assessment
    (again,) = after.turns[0].retranscribed
    assert redone.heard == {1: again.text}
    assert len(again.words) > 15
    page = (session.folder / "transcript.md").read_text()
    assert "**You, heard by faster-whisper tiny.en int8:**" in page
    assert before.turns[0].second_pass is not None
    (session.folder / "audio" / "turn-001.flac").unlink()
    with pytest.raises(InterviewerError, match=r"turn-001\.wav is gone"):
        front.redo("last", Job("retranscribe"))


def test_a_session_without_recordings_is_not_heard_again(tmp_path: Path) -> None:
    front = desk(tmp_path, "An answer.", "Another.")
    front.open(choices()).run()
    assert front.redo("last", Job("retranscribe")).done == 0


def test_the_pronunciations_of_the_bank_stay_with_the_session(tmp_path: Path) -> None:
    session = desk(tmp_path).open(choices(questions=1))
    session.run()
    said = {term.term: term.say for term in session.state.pronunciations}
    assert said["KL"]
    assert desk(tmp_path).state_of(session.state.session_id).pronunciations

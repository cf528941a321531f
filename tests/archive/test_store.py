"""Session folders: private, found by a few letters, put in order when they are done."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from fakes import started

from voice_interviewer.archive.journal import JournalFile
from voice_interviewer.archive.store import JOURNAL, SessionStore, put_in_order, recording
from voice_interviewer.archive.transcript import numbered_words, transcript_markdown
from voice_interviewer.audio.sound import Sound, read_sound, write_sound
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.core.session import State, fold
from voice_interviewer.core.transcript import Transcript, evidence_from, words_of
from voice_interviewer.errors import StorageError

AT = "2030-01-02T03:04:05Z"
SAID = Transcript(words=words_of("it is *red* and <b>round</b> [link](x)"))


def events(*more: ev.Event) -> list[ev.Event]:
    verdict = CriterionVerdict(
        criterion_id="red", verdict="met", evidence=(evidence_from(SAID, 0, 2),)
    )
    return [
        started(),
        ev.QuestionAsked(turn_id=1, voice="v", audible=True),
        ev.PromptEnded(turn_id=1),
        ev.AnswerStarted(turn_id=1, recording="audio/turn-001.wav"),
        ev.AnswerEnded(turn_id=1, reason="key"),
        ev.AnswerTranscribed(turn_id=1, transcript=SAID),
        ev.AnswerAssessed(turn_id=1, assessment=Assessment(judge="j", verdicts=(verdict,))),
        *more,
    ]


def stored(store: SessionStore, *more: ev.Event) -> tuple[str, Path]:
    session_id, folder = store.create(AT, "small")
    journal = JournalFile(folder / JOURNAL)
    for event in events(*more):
        journal.append(event)
    journal.close()
    return session_id, folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_sessions_of_one_second_are_listed_as_they_were_begun(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    begun = [stored(store)[0] for _ in range(6)]
    assert [found.id for found in store.sessions()] == begun[::-1]
    assert store.find("last").name.endswith(begun[-1])


def test_ids_stay_six_digits_when_the_greatest_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SessionStore(tmp_path)
    monkeypatch.setattr("secrets.randbelow", lambda below: below - 1)
    assert store.create(AT, "small")[0] == "ffffff"
    monkeypatch.setattr("secrets.randbelow", lambda below: 7)
    assert store.create(AT, "small")[0] == "000007"


def test_folders_are_private_and_named_after_time_and_bank(tmp_path: Path) -> None:
    session_id, folder = SessionStore(tmp_path / "data").create(AT, "small")
    assert folder.name == f"20300102T030405Z_small_{session_id}"
    for path in (tmp_path / "data", folder.parent, folder, folder / "audio"):
        assert mode(path) == 0o700


def test_a_session_is_found_by_the_beginning_of_its_id_and_as_the_last(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    session_id, folder = stored(store)
    assert store.find(session_id) == store.find(session_id[:4]) == store.find("last") == folder
    for name in ("", "zzz", "../" + session_id):
        with pytest.raises(StorageError, match="no session"):
            store.find(name)


def test_the_list_tells_finished_interrupted_running_and_unreadable(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    finished, _ = stored(store, ev.SessionFinished(reason="completed"))
    interrupted, _ = stored(store)
    running, running_folder = stored(store)
    broken, broken_folder = stored(store)
    (broken_folder / JOURNAL).write_text("not json\n{}\n")
    (tmp_path / "sessions" / "something-else").mkdir()
    journal = JournalFile(running_folder / JOURNAL)
    statuses = {entry.id: entry.status for entry in store.sessions()}
    journal.close()
    assert statuses == {
        finished: "finished",
        interrupted: "interrupted",
        running: "running",
        broken: "unreadable",
    }


def test_an_unwritable_data_folder_names_the_fix(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError) as told:
        SessionStore(tmp_path / "file").create(AT, "small")
    assert "--data-dir" in told.value.hint


def test_a_finished_session_keeps_its_recordings_as_flac(tmp_path: Path) -> None:
    _, folder = stored(SessionStore(tmp_path))
    tone = Sound(np.sin(np.arange(16_000, dtype=np.float32) / 10), 16_000)
    wav = folder / "audio" / "turn-001.wav"
    write_sound(wav, tone)
    before = read_sound(wav).samples
    put_in_order(folder, fold(events()))
    assert wav.exists(), "an interrupted session's recording stays as it is"
    put_in_order(folder, fold(events(ev.SessionFinished(reason="completed"))))
    assert not wav.exists()
    found = recording(folder, "audio/turn-001.wav")
    assert found is not None
    assert found.suffix == ".flac"
    assert mode(found) == mode(folder / "transcript.md") == 0o600
    assert np.array_equal(read_sound(found).samples, before)


def test_a_recording_that_cannot_be_read_is_kept(tmp_path: Path) -> None:
    _, folder = stored(SessionStore(tmp_path))
    wav = folder / "audio" / "turn-001.wav"
    wav.write_bytes(b"RIFF not really")
    put_in_order(folder, fold(events(ev.SessionFinished(reason="completed"))))
    assert wav.exists()


@pytest.mark.parametrize("name", ["../journal.jsonl", "/etc/passwd", "audio/../../x.wav"])
def test_a_recording_outside_the_session_is_refused(tmp_path: Path, name: str) -> None:
    _, folder = stored(SessionStore(tmp_path))
    assert recording(folder, name) is None


def test_the_transcript_says_what_was_said_and_interprets_none_of_it() -> None:
    page = transcript_markdown(fold(events()))
    assert r"**You:** it is \*red\* and \<b\>round\</b\> \[link\](x)" in page
    assert r"| ✓ met | Red | “it is \*red\*” |  |" in page
    assert "| ✗ missed | Round |" in page
    assert "Pace" not in page
    assert transcript_markdown(State()).startswith("# ")


def test_the_transcript_has_a_line_on_the_delivery_of_a_spoken_answer() -> None:
    spoken = SAID.model_copy(update={"speech": ((0.5, 1.0), (2.5, 3.5))})
    page = transcript_markdown(
        fold(
            event.model_copy(update={"transcript": spoken})
            if isinstance(event, ev.AnswerTranscribed)
            else event
            for event in events()
        )
    )
    line = "*Pace 120 wpm · first word after 0.5 s · 1 pause over 1 s, of 1.5 s*"
    assert f"\\[link\\](x)\n\n{line}\n\nTurn 2 · **Interviewer:**" in page


def test_turns_and_words_have_the_numbers_that_commands_take() -> None:
    state = fold(events())
    assert "Turn 1 · **Interviewer:** " in transcript_markdown(state)
    first = numbered_words(state).split("\n\n")[0]
    assert first.startswith("Turn 1: 0 it  1 is  2 *red*")

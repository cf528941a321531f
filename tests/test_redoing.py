"""Past sessions judged again, corrected, forked: added to, never overwritten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from voice_interviewer import launch
from voice_interviewer.archive.journal import JournalFile, read_journal
from voice_interviewer.archive.store import JOURNAL
from voice_interviewer.cli_redo import retranscribe
from voice_interviewer.config import Settings, load_settings
from voice_interviewer.core import events as ev
from voice_interviewer.core.session import fold
from voice_interviewer.core.transcript import Transcript, words_of
from voice_interviewer.desk import Choices
from voice_interviewer.errors import JudgeError, StorageError, UsageError
from voice_interviewer.forking import events_before
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.redo_jobs import Job
from voice_interviewer.redoing import PastSession

GOOD = (
    "First you fine tune the model on demonstrations that people wrote, then you train a reward "
    "model on comparisons, and then you run PPO with a KL penalty so that it does not drift."
)
CHOICES = Choices(
    bank="rlhf-systems-engineer",
    questions=1,
    question_ids=("rlhf-pipeline",),
    candidate="typed",
    voice="silent",
    judge="embedded",
)
REJUDGE = Job("rejudge", judge="embedded")


def desk(folder: Path, *answers: str) -> FrontDesk:
    said: Iterator[str] = iter(answers)
    settings = load_settings({"storage.data_dir": folder, "interview.follow_ups": 1})
    return FrontDesk(settings, typed_lines=lambda: next(said, None))


def played(folder: Path, *answers: str) -> str:
    session = desk(folder, *answers).open(CHOICES)
    return session.run().session_id


def journal_of(folder: Path, session_id: str) -> Path:
    return desk(folder).store.find(session_id) / JOURNAL


def test_judging_again_only_adds_and_is_not_done_twice(tmp_path: Path) -> None:
    session_id = played(tmp_path, GOOD, "I don't know.")
    before = journal_of(tmp_path, session_id).read_bytes()
    redone = desk(tmp_path).redo(session_id, REJUDGE)
    after = journal_of(tmp_path, session_id).read_bytes()
    assert after.startswith(before)
    assert len(after) > len(before)
    assert (redone.done, redone.left, redone.changes) == (2, 0, [])
    again = desk(tmp_path).redo(session_id, REJUDGE)
    assert (again.done, again.left) == (0, 2)
    assert journal_of(tmp_path, session_id).read_bytes() == after


def test_a_judge_that_cannot_be_reached_leaves_what_was_judged_and_names_the_fix(
    tmp_path: Path,
) -> None:
    session_id = played(tmp_path, GOOD, "I don't know.")
    before = journal_of(tmp_path, session_id).read_bytes()
    server = {"judge.base_url": "http://127.0.0.1:9/v1", "judge.model": "m"}
    settings = load_settings({"storage.data_dir": tmp_path, **server})
    with pytest.raises(JudgeError) as told:
        FrontDesk(settings).redo(session_id, Job("rejudge", judge="model"))
    assert "; what was judged before counts. Start the server, or mend judge.base_url." in str(
        told.value
    )
    assert "matched without a model" not in str(told.value)
    assert journal_of(tmp_path, session_id).read_bytes() == before


def test_a_correction_is_kept_and_that_answer_judged_again(tmp_path: Path) -> None:
    wrong = "Then at the end you run CPU with a kale penalty so that it does not drift."
    session_id = played(tmp_path, wrong, "I don't know.")
    front = desk(tmp_path)
    words = wrong.split()
    front.correct(session_id, 1, words.index("CPU"), "PPO")
    redone = front.correct(session_id, 1, words.index("kale"), "KL")
    assert redone.done == 1
    turn = front.state_of(session_id).turns[0]
    assert turn.transcript is not None
    assert turn.judged is not None
    assert turn.transcript.text == wrong
    assert "PPO with a KL penalty" in turn.judged.text
    verdict = turn.assessment and turn.assessment.of("ppo-kl")
    quoted = [v for v in turn.assessment.verdicts if v.evidence] if turn.assessment else []
    assert verdict is not None or quoted
    page = (front.store.find(session_id) / "transcript.md").read_text()
    assert "CPU" in page


def test_what_was_judged_so_before_counts_again_without_being_judged_again(tmp_path: Path) -> None:
    session_id = played(tmp_path, GOOD, "I don't know.")
    front = desk(tmp_path)
    word = GOOD.split().index("KL")
    front.correct(session_id, 1, word, "cable")
    front.correct(session_id, 1, word, "KL")
    spoilt = front.correct(session_id, 1, word, "cable")
    assert (spoilt.done, spoilt.left) == (0, 1)
    turn = front.state_of(session_id).turns[0]
    assert turn.judged is not None
    assert "cable penalty" in turn.judged.text
    assert turn.assessment == turn.assessments[1]


def test_the_latest_text_is_the_corrected_one_then_the_one_heard_last(tmp_path: Path) -> None:
    session_id = played(tmp_path, GOOD, "I don't know.")
    front = desk(tmp_path)
    for text in ("First we train on demonstrations.", "Then we compare answers."):
        with PastSession(front.store.find(session_id)) as past:
            heard = Transcript(words=words_of(text), engine="base")
            past.add(ev.TranscriptAdded(turn_id=1, made_by="retranscription", transcript=heard))
        front.redo(session_id, REJUDGE)
        judged = front.state_of(session_id).turns[0].judged
        assert judged is not None
        assert judged.text == text
    front.correct(session_id, 1, 1, "I")
    front.redo(session_id, Job("rejudge", judge="embedded", text="first"))
    turn = front.state_of(session_id).turns[0]
    assert turn.judged == turn.transcript
    front.redo(session_id, REJUDGE)
    turn = front.state_of(session_id).turns[0]
    assert turn.judged == turn.latest == turn.put_right
    assert turn.judged is not None
    assert turn.judged.text == "Then I compare answers."
    page = (front.store.find(session_id) / "transcript.md").read_text()
    assert "**You, put right:** Then I compare answers." in page
    assert "**You, heard by base:** Then we compare answers." in page


@pytest.mark.parametrize(
    ("turn", "word", "text"),
    [(1, 999, "x"), (7, 0, "x"), (1, 0, "x" * 81), (1, 0, "a\x1b[31m"), (1, 0, "\u202ea")],
)
def test_a_correction_that_cannot_be_changes_nothing(
    tmp_path: Path, turn: int, word: int, text: str
) -> None:
    session_id = played(tmp_path, GOOD, "No.")
    before = journal_of(tmp_path, session_id).read_bytes()
    with pytest.raises(UsageError):
        desk(tmp_path).correct(session_id, turn, word, text)
    assert journal_of(tmp_path, session_id).read_bytes() == before


def test_a_fork_goes_on_from_its_turn_and_leaves_the_old_session_alone(tmp_path: Path) -> None:
    session_id = played(tmp_path, GOOD, "I don't know.")
    before = journal_of(tmp_path, session_id).read_bytes()
    forked = desk(tmp_path, "A reward model is trained on comparisons.").fork(
        session_id, 2, CHOICES
    )
    state = forked.run()
    assert journal_of(tmp_path, session_id).read_bytes() == before
    old = desk(tmp_path).state_of(session_id)
    assert (state.fork_of, state.fork_turn) == (session_id, 2)
    assert state.turns[0] == old.turns[0]
    assert state.turns[1].prompt == old.turns[1].prompt
    assert state.turns[1].transcript != old.turns[1].transcript
    assert fold(read_journal(forked.folder / JOURNAL)) == state
    assert f"Taken up from session {session_id}" in (forked.folder / "transcript.md").read_text()


def test_what_was_added_later_to_earlier_turns_comes_along(tmp_path: Path) -> None:
    session_id = played(tmp_path, GOOD, "I don't know.")
    desk(tmp_path).redo(session_id, REJUDGE)
    events = read_journal(journal_of(tmp_path, session_id))
    kept = events_before(events, 2)
    assert [e.turn_id for e in kept if isinstance(e, ev.AssessmentAdded)] == [1]
    assert not [e for e in kept if isinstance(e, ev.QuestionAsked) and e.turn_id == 2]


def test_markup_in_a_correction_is_kept_as_text(tmp_path: Path) -> None:
    session_id = played(tmp_path, GOOD, "No.")
    front = desk(tmp_path)
    front.correct(session_id, 1, 0, "[@click=app.quit]*שלום*[/]")
    page = (front.store.find(session_id) / "transcript.md").read_text()
    assert r"\[@click=app.quit\]\*שלום\*\[/\]" in page


def test_a_fork_keeps_the_whole_of_an_answer_that_was_gone_on_with(tmp_path: Path) -> None:
    session_id = played(tmp_path, GOOD, "I don't know.")
    events = read_journal(journal_of(tmp_path, session_id))
    opening = events[0]
    assert isinstance(opening, ev.SessionStarted)
    started = opening.model_copy(update={"candidate": "mic"})
    answer: list[ev.Event] = [
        ev.AnswerStarted(turn_id=1, recording="audio/turn-001.wav"),
        *(e for e in events if isinstance(e, ev.AnswerEnded) and e.turn_id == 1),
        *(e for e in events if isinstance(e, ev.AnswerTranscribed) and e.turn_id == 1),
        *(e for e in events if isinstance(e, ev.AnswerAssessed) and e.turn_id == 1),
    ]
    asked = ev.QuestionAsked(t_s=50, turn_id=2, voice="silent", audible=True)
    again = [e.model_copy(update={"attempt": 1}) if hasattr(e, "attempt") else e for e in answer]
    begun = [ev.QuestionAsked(turn_id=1, voice="silent", audible=True), ev.PromptEnded(turn_id=1)]
    gone_on = ev.SpeechOverheard(t_s=50.5, onset_t_s=50.2)
    whole = [started, *begun, *answer, asked, gone_on, *again, asked]
    state = fold(whole)
    assert (len(state.turns), state.turns[0].attempt) == (2, 1)
    assert fold(events_before(whole, 2)).turns[0] == state.turns[0]


def test_a_turn_that_was_never_asked_cannot_be_forked_at(tmp_path: Path) -> None:
    session_id = played(tmp_path, GOOD, "I don't know.")
    with pytest.raises(UsageError, match="no turn 9"):
        desk(tmp_path).fork(session_id, 9, CHOICES)
    assert len(desk(tmp_path).sessions()) == 1


def test_a_question_can_be_answered_again_in_a_session_of_its_own(tmp_path: Path) -> None:
    session_id = played(tmp_path, "Nothing.", "Nothing.")
    state = desk(tmp_path, GOOD, "No.").retake(session_id, 0, CHOICES).run()
    assert state.fork_of == session_id
    assert [item.question.id for item in state.plan] == ["rlhf-pipeline"]


def test_a_session_that_is_open_elsewhere_is_left_alone(tmp_path: Path) -> None:
    session_id = played(tmp_path, GOOD, "No.")
    held = JournalFile(journal_of(tmp_path, session_id))
    try:
        with pytest.raises(StorageError, match="open in another window"):
            desk(tmp_path).redo(session_id, REJUDGE)
    finally:
        held.close()


def test_a_broken_session_is_told_and_the_others_are_done(tmp_path: Path) -> None:
    first, second = played(tmp_path, GOOD, "No."), played(tmp_path, GOOD, "No.")
    path = journal_of(tmp_path, first)
    path.write_bytes(b"broken\n" + path.read_bytes())
    told: list[int] = []
    outcomes = desk(tmp_path).redo_all(REJUDGE, lambda done, _total, _outcome: told.append(done))
    assert told == [1, 2]
    problems = [outcome.problem for outcome in outcomes if outcome.problem]
    assert len(problems) == 1
    assert "not a journal event" in problems[0]
    done = [outcome.redone for outcome in outcomes if outcome.redone is not None]
    assert [(redone.session_id, redone.done) for redone in done] == [(second, 2)]


def processes_of(group: int) -> list[int]:
    """The processes of a group that are still there."""
    found = subprocess.run(["pgrep", "-g", str(group)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def wait_until(true: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + 60
    while not true() and time.monotonic() < deadline_s:
        time.sleep(0.02)
    return true()


def running(script: str, *args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *args],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_run_over_everything_goes_on_after_a_kill(tmp_path: Path) -> None:
    ids = [played(tmp_path, GOOD, "No.") for _ in range(6)]
    paths = [journal_of(tmp_path, session_id) for session_id in ids]
    script = "import sys; from voice_interviewer.cli import main; main()"
    flags = ("rejudge", "--all", "--judge", "embedded", "--data-dir", str(tmp_path))
    run = running(script, *flags)

    def judged() -> int:
        return sum(path.read_text().count('"AssessmentAdded"') for path in paths)

    wait_until(lambda: judged() > 0)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    before = judged()
    assert before > 0
    outcomes = desk(tmp_path).redo_all(REJUDGE, lambda *_: None)
    redone = [outcome.redone for outcome in outcomes if outcome.redone is not None]
    assert sum(result.left for result in redone) == before
    assert sum(result.done for result in redone) == 12 - before
    assert judged() == 12


@pytest.mark.real
def test_hearing_everything_again_goes_on_after_a_kill(tmp_path: Path) -> None:
    recorded = replace(CHOICES, candidate="recorded", pace="fast")
    front = desk(tmp_path)
    ids = [front.open(recorded).run().session_id for _ in range(3)]
    paths = [journal_of(tmp_path, session_id) for session_id in ids]
    answers = sum(len(front.state_of(session_id).turns) for session_id in ids)

    def added() -> int:
        return sum(path.read_text().count('"TranscriptAdded"') for path in paths)

    second_passes = added()

    def heard() -> int:
        return added() - second_passes

    script = "import sys; from voice_interviewer.cli import main; main()"
    run = running(script, "retranscribe", "--all", "--data-dir", str(tmp_path))
    wait_until(lambda: heard() > 0)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    before = heard()
    assert 0 < before < answers, "killed in the midst of it"
    outcomes = front.redo_all(Job("retranscribe"), lambda *_: None)
    redone = [outcome.redone for outcome in outcomes if outcome.redone is not None]
    assert sum(result.left for result in redone) == before
    assert sum(result.done for result in redone) == answers - before
    assert heard() == answers


IN_WORKERS = """
import sys
from pathlib import Path
from voice_interviewer.config import load_settings
from voice_interviewer.redo_jobs import Job, do_all

if __name__ == "__main__":
    settings = load_settings({"storage.data_dir": Path(sys.argv[1])})
    folders = sorted((settings.data_dir / "sessions").iterdir())
    quiet = lambda *_: None
    do_all(settings, folders, Job("rejudge", "embedded"), quiet, tell_opening=quiet, cores=2)
"""


def test_workers_share_the_sessions_and_end_with_a_killed_parent(tmp_path: Path) -> None:
    ids = [played(tmp_path, GOOD, "No.") for _ in range(2)]
    killed = running(IN_WORKERS, str(tmp_path))
    assert wait_until(lambda: len(processes_of(killed.pid)) >= 3)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert wait_until(lambda: not processes_of(killed.pid))
    assert running(IN_WORKERS, str(tmp_path)).wait(timeout=120) == 0
    for session_id in ids:
        turns = desk(tmp_path).state_of(session_id).turns
        assert all(len(turn.assessments) == 2 for turn in turns)


def test_another_model_is_a_whisper_model_whatever_engine_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_HEARING_ENGINE", "remote")
    heard_by: list[tuple[str, str]] = []

    def settings(*_paths: object, flags: dict[str, str | None], **_more: object) -> Settings:
        loaded = load_settings(flags)
        heard_by.append((loaded.hearing.engine, loaded.hearing.model))
        return loaded

    monkeypatch.setattr(launch, "settings", settings)
    monkeypatch.setattr(FrontDesk, "redo_all", lambda *_: [])
    for model in (None, "base"):
        with pytest.raises(typer.Exit):
            retranscribe(every=True, model=model)
    assert heard_by == [("remote", "tiny.en"), ("whisper", "base")]

"""Drills and progress over real journals: one read, one message where nothing is due, decks."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_line import run_here
from drill.drill_sessions import Said, journal_of
from fakes import question, started

from voice_interviewer import frontdesk
from voice_interviewer.archive import store as archive
from voice_interviewer.archive.journal import JournalFile
from voice_interviewer.archive.store import JOURNAL, SessionStore
from voice_interviewer.config import load_settings
from voice_interviewer.core import events as ev
from voice_interviewer.core.bank import Pronunciation
from voice_interviewer.desk import Choices
from voice_interviewer.errors import NothingDueError, StorageError, UsageError
from voice_interviewer.frontdesk import FrontDesk

ITEMS = (
    ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0)])),
    ev.PlanItem(question=question("boats", [("hull", 1.0)])),
)
CHOICES = Choices(bank="small", questions=1, candidate="typed", voice="silent", judge="embedded")
ALL_MISSED: Said = {"red": "missed", "round": "missed", "hull": "missed"}
ALL_MET: Said = {"red": "met", "round": "met", "hull": "met"}


def keep(folder: Path, days_ago: int, said: Said, bank_id: str = "small", **fields: object) -> None:
    """Put a past interview into a data folder."""
    at = (datetime.now(UTC) - timedelta(days=days_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    session_id, where = SessionStore(folder).create(at, bank_id)
    opening = started(
        *ITEMS, session_id=session_id, at=at, bank_id=bank_id, follow_up_limit=0, **fields
    )
    journal = JournalFile(where / JOURNAL)
    for event in journal_of(opening, [said, said]):
        journal.append(event)
    journal.close()


def desk(folder: Path, *answers: str) -> FrontDesk:
    said: Iterator[str] = iter(answers)
    settings = load_settings({"storage.data_dir": folder, "interview.seed": 7})
    return FrontDesk(settings, typed_lines=lambda: next(said, None))


def run(folder: Path, *arguments: str, stdin: str = "") -> tuple[int, str]:
    done = run_here(*arguments, "--data-dir", str(folder), stdin=stdin)
    return done.returncode, done.stdout


TYPED = ("--headless", "--candidate", "typed", "--voice", "silent", "--judge", "embedded")


def test_a_drill_of_what_is_due_is_a_session_like_any_other(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    front = desk(tmp_path, "It is red.", "It is red.", "I don't know.")
    state = front.drill_due(CHOICES).run()
    assert state.kind == "drill"
    assert state.preset == "drill"
    assert state.drill_of is None
    assert [item.focus[0] for item in state.plan] == ["round", "hull", "red"]
    assert front.state_of("last") == state
    assert front.look_back().rows[0].kind == "drill"


def test_equal_seeds_ask_in_equal_words(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    assert desk(tmp_path).plan_due(CHOICES) == desk(tmp_path).plan_due(CHOICES)


def test_terms_are_said_as_their_bank_has_it(tmp_path: Path) -> None:
    said = Pronunciation(term="PPO", say="P P O")
    keep(tmp_path, 3, ALL_MISSED, pronunciations=(said,))
    keep(tmp_path, 2, ALL_MISSED, bank_id="other")
    assert desk(tmp_path).drill_due(CHOICES).run().pronunciations == (said,)


def test_minutes_and_a_bank_limit_the_drill(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    keep(tmp_path, 2, ALL_MISSED, bank_id="other")
    front = desk(tmp_path)
    everything = front.plan_due(CHOICES)
    assert len(everything.plan) == 6
    assert everything.title == "2 banks"
    assert {item.bank_id for item in everything.plan} == {"small", "other"}
    other = front.plan_due(CHOICES, bank="other", minutes=3.0)
    assert [item.bank_id for item in other.plan] == ["other", "other"]
    with pytest.raises(UsageError, match="no bank 'smal'"):
        front.plan_due(CHOICES, bank="smal")


def test_a_drill_over_two_banks_counts_for_both(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    keep(tmp_path, 2, ALL_MISSED, bank_id="other")
    front = desk(tmp_path, *["I don't know."] * 30)
    front.drill_due(CHOICES).run()
    assert {c.reviews for c in front.look_back().progress.criteria} == {2}
    assert front.plan_due(CHOICES, bank="small").title == "A small bank"


def test_nothing_due_and_nothing_weak_says_when_and_creates_nothing(tmp_path: Path) -> None:
    keep(tmp_path, 0, ALL_MET)
    with pytest.raises(NothingDueError, match="nothing is weak") as told:
        desk(tmp_path).plan_due(CHOICES)
    assert re.match(r"Next: 3 in \d+ days \(", told.value.hint)
    code, out = run(tmp_path, "drill", *TYPED)
    assert (code, out.count("\n")) == (0, 1)
    assert "Next: 3 in" in out
    code, out = run(tmp_path, "drill", "--json", *TYPED)
    assert code == 0
    assert json.loads(out)["next"].startswith("Next: 3 in")
    assert len(list((tmp_path / "sessions").iterdir())) == 1


def test_without_a_past_it_names_the_command_to_begin_with(tmp_path: Path) -> None:
    code, out = run(tmp_path, "drill", *TYPED)
    assert code == 0
    assert "voice-interviewer interview" in out


def test_the_recorded_candidate_is_drilled_on_what_it_has_answers_to(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    with pytest.raises(NothingDueError, match="recorded candidate has no answers"):
        desk(tmp_path).plan_due(Choices(**{**vars(CHOICES), "candidate": "recorded"}))


def test_a_drill_without_a_screen_ends_with_what_is_due_next(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    answers = "I don't know.\n" * 20
    code, out = run(tmp_path, "drill", "--minutes", "1.5", *TYPED, stdin=answers)
    assert code == 0
    assert out.rstrip().endswith("Next: 1 tomorrow" + out.rstrip().rpartition("tomorrow")[2])
    assert "Due today: 2 criteria" in out
    code, out = run(tmp_path, "drill", "--minutes", "1.5", "--json", *TYPED, stdin=answers)
    assert code == 0
    assert json.loads(out)["coming"]["due"] == 1


def test_session_and_bank_do_not_go_together(tmp_path: Path) -> None:
    assert run(tmp_path, "drill", "--session", "last", "--bank", "small") == (2, "")


def test_a_session_can_still_be_drilled_whole(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    front = desk(tmp_path, *["I don't know."] * 30)
    old = front.state_of("last")
    state = front.drill("last", CHOICES).run()
    assert state.drill_of == old.session_id
    assert [item.focus[0] for item in state.plan] == ["round", "hull", "red"]


def test_progress_is_plain_columns_when_piped(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    code, out = run(tmp_path, "progress")
    assert code == 0
    assert "\x1b" not in out
    assert "│" not in out
    assert re.search(r"^0% +missed +new +1 +0 +now +Round$", out, re.MULTILINE)
    code, out = run(tmp_path, "progress", "--bank", "small", "--json")
    assert json.loads(out)["coming"]["due"] == 3


def test_takes_and_interviews_are_listed_oldest_first_with_what_they_may_be_at_best(
    tmp_path: Path,
) -> None:
    keep(tmp_path, 3, {"red": "met", "round": "unclear", "hull": "missed"})
    keep(tmp_path, 1, ALL_MET, bank_id="other")
    stands = desk(tmp_path).progress()
    assert [(take.question_id, take.score, take.best_score) for take in stands.takes] == [
        ("apples", 3.3, 10.0),
        ("boats", 0.0, 0.0),
        ("apples", 10.0, 10.0),
        ("boats", 10.0, 10.0),
    ]
    assert [(i.score, i.best_score) for i in stands.interviews] == [(1.6, 5.0), (10.0, 10.0)]
    assert desk(tmp_path).look_back().progress.interviews == stands.interviews
    other = desk(tmp_path).progress("other")
    assert ([t.bank_id for t in other.takes], len(other.interviews)) == (["other"] * 2, 1)
    assert "3.3 to 10.0" in run(tmp_path, "progress")[1]


def test_every_journal_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for days in (1, 2, 3):
        keep(tmp_path, days, ALL_MISSED)
    read: list[Path] = []
    really = archive.read_journal

    def counting(path: Path) -> list[ev.Event]:
        read.append(path)
        return really(path)

    monkeypatch.setattr(archive, "read_journal", counting)
    monkeypatch.setattr(frontdesk, "read_journal", counting)
    back = desk(tmp_path).look_back()
    assert len(back.rows) == 3
    assert len(back.progress.interviews) == 3
    assert sorted(read) == sorted(set(read))


def test_a_journal_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    keep(tmp_path, 2, ALL_MET)
    newest = max((tmp_path / "sessions").iterdir())
    (newest / JOURNAL).write_text("nonsense\n")
    back = desk(tmp_path).look_back()
    assert [row.status for row in back.rows] == ["unreadable", "finished"]
    assert {c.verdict for c in back.progress.criteria} == {"missed"}


def notes_of(package: Path) -> dict[str, tuple[str, str]]:
    """Note id to deck-independent fields of an Anki package."""
    with zipfile.ZipFile(package) as archive_file:
        data = archive_file.read("collection.anki2")
    with sqlite3.connect(":memory:") as database:
        database.deserialize(data)
        rows = database.execute("select guid, flds, mid from notes").fetchall()
    return {guid: (flds, str(mid)) for guid, flds, mid in rows}


def test_the_deck_keeps_its_notes_from_export_to_export(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    front = desk(tmp_path)
    first, second = tmp_path / "one.apkg", tmp_path / "two.apkg"
    assert front.export_weak("anki", first) == 3
    keep(tmp_path, 1, {"red": "partial", "round": "missed", "hull": "met"})
    assert front.export_weak("anki", second) == 2
    before, after = notes_of(first), notes_of(second)
    assert set(after) < set(before)
    front_and_back = " ".join(flds for flds, _ in after.values())
    assert "Tell me about apples?" in front_and_back
    assert "A strong answer says red." in front_and_back
    assert "these very words" in front_and_back
    assert {model for _, model in before.values()} == {model for _, model in after.values()}


def test_an_export_replaces_no_file_unless_told_to(tmp_path: Path) -> None:
    keep(tmp_path, 3, ALL_MISSED)
    sheet = tmp_path / "weak.csv"
    code, out = run(tmp_path, "progress", "--export", "csv", str(sheet))
    assert (code, out) == (0, f"3 criteria written to {sheet}.\n")
    assert sheet.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StorageError, match="is there already"):
        desk(tmp_path).export_weak("csv", sheet)
    assert desk(tmp_path).export_weak("csv", sheet, replace=True) == 3
    with pytest.raises(UsageError, match="no export 'pdf'"):
        desk(tmp_path).export_weak("pdf", sheet)
    keep(tmp_path, 0, ALL_MET)
    _, out = run(tmp_path, "progress", "--force", "--export", "csv", str(sheet))
    assert "Nothing is weak" in out
    assert len(io.StringIO(sheet.read_text()).readlines()) == 4, "nothing weak writes nothing"

"""The index: found as said, whole after every change, and never the only copy of anything."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import started
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_past import folder_of, write

from voice_interviewer.archive.found import EVERYTHING, Hit, Wanted
from voice_interviewer.archive.index import SessionIndex
from voice_interviewer.archive.index_file import INDEX
from voice_interviewer.archive.store import JOURNAL, SessionStore
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict, Verdict
from voice_interviewer.core.transcript import Transcript, Word, evidence_from

SAID = "well vLLM kept the KL-divergence low and the p99 naïve estimate in Zürich was right"
TEXTS = (SAID, "a red ball", "the \x1b[2J \x00 odd \ud800 bytes", "", "漢字 שלום over and over")
HOSTILE = (
    '"',
    "*",
    "NEAR",
    "NEAR(",
    "a AND",
    'OR "',
    "^x",
    "col:y",
    "-",
    "(",
    ")",
    "\x00",
    "\ud800",
)


def heard(text: str) -> Transcript:
    pieces = text.split(" ") if text else []
    words = (Word(text=p, start_s=i * 0.5, end_s=i * 0.5 + 0.4) for i, p in enumerate(pieces))
    return Transcript(words=tuple(words), engine="made up")


def session(
    number: int, text: str = SAID, mark: Verdict = "met", over: bool = True
) -> list[ev.Event]:
    said = heard(text)
    proof = (evidence_from(said, 0, min(2, len(said.words) - 1)),) if text else ()
    verdict = CriterionVerdict(criterion_id="red", verdict=mark, evidence=proof)
    start = started(follow_up_limit=0).model_copy(
        update={"session_id": f"{number:06x}", "at": f"2030-01-{number % 28 + 1:02}T03:04:05Z"}
    )
    return [
        start,
        ev.QuestionAsked(turn_id=1, voice="v", audible=True),
        ev.PromptEnded(turn_id=1),
        ev.AnswerStarted(turn_id=1, recording="audio/turn-001.wav"),
        ev.AnswerEnded(turn_id=1, reason="key"),
        ev.AnswerTranscribed(turn_id=1, transcript=said),
        ev.AnswerAssessed(turn_id=1, assessment=Assessment(judge="j", verdicts=(verdict,))),
        *([ev.SessionFinished(reason="completed")] if over else []),
    ]


def index_of(data_dir: Path, *sessions: Sequence[ev.Event]) -> SessionIndex:
    for events in sessions:
        write(data_dir, events)
    index = SessionIndex(SessionStore(data_dir))
    index.refresh()
    return index


def only(hits: list[Hit]) -> Hit:
    (hit,) = hits
    return hit


@pytest.mark.parametrize(
    ("query", "found", "at_s"),
    [
        ("vllm", "vLLM", 0.5),
        ("kl-divergence", "KL-divergence", 2.0),
        ("KL DIV", "KL", 2.0),
        ("p99", "p99", 4.0),
        ("naive", "naïve", 4.5),
        ("zurich estimate", "estimate", 5.0),
        ("Zür", "Zürich", 6.0),
    ],
)
def test_jargon_is_found_with_its_second(
    tmp_path: Path, query: str, found: str, at_s: float
) -> None:
    hit = only(index_of(tmp_path, session(1)).search(query))
    begin, end = hit.marks[0]
    assert hit.snippet[begin:end].startswith(found)
    assert (hit.part, hit.start_s, hit.session_id, hit.turn) == ("answer", at_s, "000001", 1)


def test_prompts_first_hearings_quotes_and_corrections_are_found_too(tmp_path: Path) -> None:
    events = [
        *session(1, "a red bowl"),
        ev.WordCorrected(turn_id=1, word=2, text="ball"),
        ev.TranscriptAdded(turn_id=1, made_by="retranscription", transcript=heard("a read bold")),
    ]
    index = index_of(tmp_path, events)
    assert only(index.search("ball")).part == "answer"
    assert only(index.search("bowl")).part == only(index.search("bold")).part == "other"
    assert only(index.search("bowl")).start_s == 1.0
    asked = started().plan[0].question.prompt.split()[-1]
    assert only(index.search(asked)).part == "prompt"


def test_late_verdicts_leave_the_answer_as_it_was_heard_best(tmp_path: Path) -> None:
    late = Assessment(judge="a model")
    events = [
        *session(1, "a read ball"),
        ev.TranscriptAdded(turn_id=1, made_by="second_pass", transcript=heard("a red ball")),
        ev.AssessmentAdded(turn_id=1, attempt=0, made_by="background", assessment=late),
    ]
    index = index_of(tmp_path, events)
    assert only(index.search("red")).part == "answer"
    assert only(index.search("read")).part == "other"


def test_every_word_must_be_there_and_the_latest_session_comes_first(tmp_path: Path) -> None:
    index = index_of(tmp_path, *(session(n, f"common word{n}") for n in (3, 1, 2)))
    assert [hit.session_id for hit in index.search("common")] == ["000003", "000002", "000001"]
    assert [hit.session_id for hit in index.search("common", most=2)] == ["000003", "000002"]
    assert [hit.session_id for hit in index.search("common word2")] == ["000002"]
    assert index.search("common elsewhere") == []


def test_the_latest_sessions_are_those_whose_folders_come_last(tmp_path: Path) -> None:
    index = index_of(tmp_path, *(session(n) for n in (3, 1, 4, 2)))
    every = index.sessions()
    assert [found.id for found in every] == ["000004", "000003", "000002", "000001"]
    assert index.sessions(most=2) == every[:2]
    assert index.sessions(Wanted(bank=every[0].bank), most=9) == every
    assert index.sessions(Wanted(bank="other"), most=9) == []


def test_filters_hold_for_sessions_and_hits(tmp_path: Path) -> None:
    index = index_of(tmp_path, session(1), session(2, mark="partial"))
    partial = Wanted(verdict="partial")
    assert [found.id for found in index.sessions(partial)] == ["000002"]
    assert [hit.session_id for hit in index.search("vllm", partial)] == ["000002"]
    bank = index.sessions()[0].bank
    ((section, _),) = index.facets().sections[bank].items()
    for wanted in (Wanted(bank=bank), Wanted(section=section), Wanted(section=section.upper())):
        assert len(index.sessions(wanted)) == len(index.search("vllm", wanted)) == 2
    assert index.sessions(Wanted(bank="other")) == index.search("vllm", Wanted(bank="other")) == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> SessionIndex:
    texts = (session(number, text) for number, text in enumerate(TEXTS))
    return index_of(tmp_path_factory.mktemp("shared"), *texts)


@given(words=st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=6)), max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_query_is_words_and_never_an_error(shared: SessionIndex, words: list[str]) -> None:
    for query in (" ".join(words), "".join(words)):
        for hit in shared.search(query):
            assert hit.marks


def test_the_word_near_is_a_word(tmp_path: Path) -> None:
    index = index_of(tmp_path, session(1, "it was near and not far"))
    assert len(index.search("NEAR and NOT")) == 1


Change = tuple[str, int, int]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["write", "correct", "delete", "break", "refresh", "forget"]),
        st.integers(0, 4),
        st.integers(0, len(TEXTS) - 1),
    ),
    max_size=14,
)


@given(CHANGES)
@settings(max_examples=60, deadline=None)
def test_kept_up_to_date_it_equals_one_made_anew(changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as name:
        data_dir = Path(name)
        store = SessionStore(data_dir)
        kept = SessionIndex(store)
        for change in changes:
            apply(change, store, kept)
        kept.refresh()
        kept_rows, kept_hits = contents(kept), hits(kept)
        kept.close()
        (data_dir / INDEX).unlink()
        anew = SessionIndex(store)
        anew.refresh()
        assert contents(anew) == kept_rows
        assert hits(anew) == kept_hits
        anew.close()


def apply(change: Change, store: SessionStore, index: SessionIndex) -> None:
    kind, number, text = change
    folder = folder_of(store.data_dir, session(number))
    there = (folder / JOURNAL).exists()
    if kind == "write":
        mark: Verdict = "met" if TEXTS[text] else "missed"
        write(store.data_dir, session(number, TEXTS[text], mark, over=bool(text % 2)))
    elif kind == "correct" and there:
        fixed = ev.WordCorrected(turn_id=1, word=0, text=f"fixed{text}")
        with (folder / JOURNAL).open("a", encoding="utf-8") as journal:
            journal.write(f'{{"v":1,"seq":99,{fixed.model_dump_json()[1:]}\n')
    elif kind == "delete" and there:
        store.delete(folder)
    elif kind == "break" and there:
        (folder / JOURNAL).write_text(f"nonsense {text}\n")
    elif kind == "forget":
        index.forget(folder.name)
    elif kind == "refresh":
        index.refresh()


def contents(index: SessionIndex) -> list[list[object]]:
    """Every table, sorted, with folders in place of keys."""
    connection = index._open()
    connection.execute("INSERT INTO said(said) VALUES ('integrity-check')")
    tables = [
        "SELECT * FROM sessions s",
        "SELECT s.folder, k.* FROM takes k JOIN sessions s ON s.key = k.session",
        "SELECT s.folder, v.* FROM verdicts v JOIN sessions s ON s.key = v.session",
        "SELECT s.folder, t.* FROM turns t JOIN sessions s ON s.key = t.key >> 16",
    ]
    counts = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        for table in ("sessions", "takes", "verdicts", "turns")
    ]
    rows = [sorted(connection.execute(sql).fetchall(), key=repr) for sql in tables]
    assert [len(found) for found in rows] == [count for (count,) in counts]
    return [list(found) for found in rows]


def hits(index: SessionIndex) -> list[list[Hit]]:
    words = ("vllm", "red", "fixed1", "over", "bytes", "漢", "שלום")
    return [index.search(word) for word in words]


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    index = index_of(tmp_path, session(1), session(2))
    assert index.refresh() == 0
    write(tmp_path, session(2, "other words"))
    write(tmp_path, session(3))
    assert index.refresh() == 2
    assert len(index.search("other words")) == 1


@pytest.mark.parametrize("damage", ["garbage", "foreign", "older", "torn"])
def test_a_file_that_is_no_index_is_thrown_away_and_made_anew(tmp_path: Path, damage: str) -> None:
    index_of(tmp_path, session(1)).close()
    path = tmp_path / INDEX
    if damage == "garbage":
        path.write_bytes(b"no database at all" * 500)
    elif damage == "torn":
        path.write_bytes(path.read_bytes()[:9000])
    else:
        path.unlink()
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE theirs(x)")
        other.execute(f"PRAGMA user_version = {7 if damage == 'older' else 1}")
        other.close()
    index = index_of(tmp_path)
    assert only(index.search("vllm")).session_id == "000001"
    index.close()
    again = SessionIndex(SessionStore(tmp_path))
    assert len(again.sessions()) == 1


def test_damage_under_an_open_index_is_mended(tmp_path: Path) -> None:
    index = index_of(tmp_path, *(session(n) for n in range(20)))
    index.close()
    path = tmp_path / INDEX
    data = bytearray(path.read_bytes())
    data[8192:] = os.urandom(len(data) - 8192)
    path.write_bytes(data)
    assert len(index.search("vllm")) == 20
    assert len(index.sessions()) == 20


def test_where_no_file_can_be_written_it_works_from_memory(tmp_path: Path) -> None:
    (tmp_path / INDEX).mkdir()
    index = index_of(tmp_path, session(1))
    assert len(index.search("vllm")) == len(index.sessions()) == 1
    assert (tmp_path / INDEX).is_dir()


def test_an_empty_data_folder_holds_nothing_and_stays_as_it_is(tmp_path: Path) -> None:
    index = SessionIndex(SessionStore(tmp_path / "none"))
    assert index.refresh() == 0
    assert index.sessions(EVERYTHING) == index.search("x") == []
    assert not (tmp_path / "none").exists()


def test_its_files_are_private(tmp_path: Path) -> None:
    index = index_of(tmp_path, session(1))
    for path in tmp_path.glob(f"{INDEX}*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    index.close()


def test_what_is_forgotten_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    secret = "xylophonesecret"
    sessions = [session(n, f"{SAID} {secret if n == 5 else n}") for n in range(12)]
    index = index_of(tmp_path, *sessions)
    assert any(secret.encode() in path.read_bytes() for path in tmp_path.glob(f"{INDEX}*"))
    index.forget(folder_of(tmp_path, session(5)).name)
    assert not any(secret.encode() in path.read_bytes() for path in tmp_path.glob(f"{INDEX}*"))
    assert len(index.search("vllm")) == 11
    index.close()


def test_two_processes_build_it_at_once(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path, session(number))
    code = (
        "import sys; from pathlib import Path;"
        "from voice_interviewer.archive.index import SessionIndex;"
        "from voice_interviewer.archive.store import SessionStore;"
        "i = SessionIndex(SessionStore(Path(sys.argv[1]))); i.refresh();"
        "print(len(i.sessions()), len(i.search('vllm', most=99)))"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [process.communicate()[0].split() for process in both] == [[b"30", b"30"]] * 2
    contents(index_of(tmp_path))

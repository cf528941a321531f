"""What the index keeps for drills equals what the journals say, whatever happened to them."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from drill.drill_sessions import Said, journal_of, schedule_of
from fakes import question, started
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_past import folder_of, made_up, write

from voice_interviewer import history as past_sessions
from voice_interviewer.archive.index_file import INDEX
from voice_interviewer.archive.journal import read_journal
from voice_interviewer.archive.store import JOURNAL, SessionStore
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.bank import Pronunciation, Rung
from voice_interviewer.core.session import State, fold
from voice_interviewer.drill.past import Past
from voice_interviewer.drill.progress import progress_of
from voice_interviewer.drill.reviews import CardKey, bank_of, began, unclear_in
from voice_interviewer.drill.scores import TakeScore
from voice_interviewer.forking import begin_fork
from voice_interviewer.history import SessionHistory

DAY = date(2030, 2, 20)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
APPLES = ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0)]))
BOATS = ev.PlanItem(question=question("boats", [("hull", 1.0)]))
FEWER = ev.PlanItem(question=question("apples", [("round", 2.0)]))
WEAK: Said = {"red": "missed", "round": "partial", "hull": "unclear"}
STRONG: Said = {"red": "met", "round": "met", "hull": "met"}

Change = tuple[str, int, int]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(
            ["write", "write", "retake", "drill", "correct", "rejudge", "fork", "delete", "break"]
            + ["forget", "look", "look", "look"]
        ),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    max_size=14,
)


def session(number: int, how: int, kind: str = "interview", again: bool = False) -> list[ev.Event]:
    """One of a few small sessions; a question may have lost a criterion since."""
    opening = started(
        *((FEWER, BOATS) if how == 3 else (APPLES, BOATS)),
        session_id=f"{number:06x}",
        at=f"2030-01-{3 * number + 1:02}T0{how}:04:05Z",
        bank_id="other" if number == 5 else "small",
        bank_title=f"Bank {how}",
        pronunciations=(Pronunciation(term="PPO", say=f"P P O {how}"),),
        kind=kind,
        follow_up_limit=how % 2,
    )
    said = STRONG if how % 2 else WEAK
    return journal_of(opening, [said, *(["retake", STRONG] if again else []), said, "dont_know"])


def read(store: SessionStore) -> list[State]:
    """All that the journals hold, without an index."""
    return [stored.state for stored in store.each() if stored.state is not None]


def told_by(states: list[State]) -> Past:
    """What these sessions say, straight from their states."""
    states = sorted(states, key=lambda state: (began(state) or LONG_AGO, state.session_id))
    items: dict[tuple[str, str], ev.PlanItem] = {}
    asked: dict[CardKey, dict[Rung, None]] = {}
    unclear: set[CardKey] = set()
    banks: dict[str, State] = {}
    for state in states:
        unclear.update(unclear_in(state))
        if state.kind == "interview":
            banks[state.bank_id] = state
        keys = [(bank_of(state, item), item.question.id) for item in state.plan]
        for key, item in zip(keys, state.plan, strict=True):
            items[key] = ev.PlanItem(
                question=item.question, section_title=item.section_title, level=item.level
            )
        for turn in state.turns:
            if turn.aim is not None and not turn.aim.hint and turn.asked_t_s is not None:
                rungs = asked.setdefault(CardKey(*keys[turn.item], turn.aim.criterion_id), {})
                rungs.pop(turn.aim.rung, None)
                rungs[turn.aim.rung] = None
    there = [CardKey(*key, c.id) for key, item in items.items() for c in item.question.criteria]
    cards = schedule_of(states)
    return Past(
        cards={key: cards[key] for key in there if key in cards},
        unclear=tuple(key for key in there if key in unclear and key not in cards),
        items=items,
        asked={key: tuple(asked[key]) for key in there if key in asked},
        titles={bank_id: state.bank_title for bank_id, state in banks.items()},
        pronunciations={bank_id: state.pronunciations for bank_id, state in banks.items()},
    )


def take_scores(states: list[State]) -> list[TakeScore]:
    """What every take scored, as the states tell it, the oldest session first."""

    def told() -> Iterator[TakeScore]:
        for state in reversed(states):
            for index, item in enumerate(state.plan):
                for turns in state.takes(index):
                    if any(turn.assessment for turn in turns):
                        take = turns[0].take
                        yield TakeScore(
                            item.bank_id or state.bank_id,
                            item.question.id,
                            item.question.prompt,
                            state.session_id,
                            state.at,
                            state.kind,
                            take,
                            state.score(index, take),
                            state.best_score(index, take),
                        )

    return list(told())


def kept(history: SessionHistory) -> Past:
    history.refresh()
    return history.past()


def assert_equal(history: SessionHistory, store: SessionStore) -> None:
    states = read(store)
    ours, theirs = kept(history), told_by(states)
    assert ours == theirs
    assert list(ours.items) == list(theirs.items), "sections are told in the order of the first"
    assert progress_of(ours, DAY) == progress_of(theirs, DAY)
    assert list(history.takes()) == take_scores(states)


@given(CHANGES)
@settings(max_examples=60, deadline=None)
def test_what_is_kept_equals_what_the_journals_say(changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = SessionStore(Path(name))
        history = SessionHistory(store)
        for change in changes:
            apply(change, store, history)
        assert_equal(history, store)
        assert_equal(SessionHistory(store), store)


def apply(change: Change, store: SessionStore, history: SessionHistory) -> None:
    kind, number, how = change
    at = {f.name.rpartition("_")[2]: f for f in (store.data_dir / "sessions").glob("*")}
    folder = at.get(f"{number:06x}")
    whole = folder is not None and (folder / JOURNAL).read_bytes().startswith(b"{")
    if kind in ("write", "retake", "drill"):
        if folder is not None:
            store.delete(folder)
        made = "drill" if kind == "drill" else "interview"
        write(store.data_dir, session(number, how, made, again=kind == "retake"))
    elif kind == "look":
        kept(history)
    elif folder is None:
        return
    elif kind == "delete":
        store.delete(folder)
    elif kind == "forget":
        history.delete(folder.name)
    elif kind == "break":
        (folder / JOURNAL).write_text(f"nonsense {how}\n")
    elif whole and kind == "fork":
        fork(folder, number, how, store)
    elif whole:
        (folder / JOURNAL).open("a").write(added(kind, folder, how))


def added(kind: str, folder: Path, how: int) -> str:
    """A line for a correction, or for the first answer judged anew."""
    event: ev.WordCorrected | ev.AssessmentAdded
    if kind == "correct":
        event = ev.WordCorrected(turn_id=1, word=how, text=f"fixed{how}")
    else:
        judged = fold(read_journal(folder / JOURNAL)).turns[0].assessment or Assessment(judge="j")
        mark = ("met", "partial", "missed", "unclear")[how]
        verdicts = [v.model_copy(update={"verdict": mark}) for v in judged.verdicts]
        again = judged.model_copy(update={"verdicts": tuple(verdicts)})
        event = ev.AssessmentAdded(turn_id=1, made_by="rejudging", assessment=again, work=f"w{how}")
    return f'{{"v":1,"seq":99,{event.model_dump_json()[1:]}\n'


def fork(folder: Path, number: int, how: int, store: SessionStore) -> None:
    """The session gone on with from its second question, as a session of its own."""
    fork_id, at = f"f{number}{how:04}", f"2030-02-0{how + 1}T05:06:07Z"
    events = read_journal(folder / JOURNAL)
    opening = started(session_id=fork_id, at=at, bank_id=events[0].bank_id)  # type: ignore[union-attr]
    new = folder_of(store.data_dir, [opening])
    if len(fold(events).turns) > 1 and not new.exists():
        (new / "audio").mkdir(parents=True)
        begin_fork(events, 2, folder, new, session_id=fork_id, at=at)


def test_a_made_up_archive_is_kept_as_its_journals_say(tmp_path: Path) -> None:
    for seed in range(30):
        write(tmp_path, made_up(seed, words=20))
    store = SessionStore(tmp_path)
    history = SessionHistory(store)
    assert_equal(history, store)
    assert len(history.past().cards) > 50
    write(tmp_path, made_up(31, words=20))
    store.delete(folder_of(tmp_path, made_up(3, words=20)))
    assert_equal(history, store)


def small_past(tmp_path: Path) -> SessionStore:
    for number in range(4):
        write(tmp_path, session(number, number % 3))
    return SessionStore(tmp_path)


def test_only_what_changed_is_read_and_added_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = small_past(tmp_path)
    counted: list[str] = []
    really = past_sessions.KEPT

    def total(subject: str, notes: object) -> str:
        counted.append(subject)
        return really.total(subject, notes)  # type: ignore[arg-type]

    monkeypatch.setattr(past_sessions, "KEPT", replace(really, total=total))
    history = SessionHistory(store)
    kept(history)
    assert len(counted) == 6, "three criteria, two questions, a bank"
    counted.clear()
    assert kept(SessionHistory(store)) == kept(history)
    assert counted == []
    write(tmp_path, session(5, 1))
    kept(history)
    assert all('"other"' in subject for subject in counted)
    assert len(counted) == 6


def test_totals_of_another_scheduler_and_notes_of_another_version_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = small_past(tmp_path)
    expected = kept(SessionHistory(store))
    with sqlite3.connect(tmp_path / INDEX) as database:
        database.execute("UPDATE subjects SET total = 'old', made_by = 'another'")
    assert kept(SessionHistory(store)) == expected
    with sqlite3.connect(tmp_path / INDEX) as database:
        database.execute("UPDATE notes SET note = 'old'")
    newer = replace(past_sessions.KEPT, version=past_sessions.KEPT.version + 1)
    monkeypatch.setattr(past_sessions, "KEPT", newer)
    assert kept(SessionHistory(store)) == expected


def test_a_journal_that_is_newer_than_what_is_kept_counts(tmp_path: Path) -> None:
    store = small_past(tmp_path)
    history = SessionHistory(store)
    before = kept(history)
    folder = folder_of(tmp_path, session(1, 1))
    (folder / JOURNAL).open("a").write(added("rejudge", folder, 2))
    assert kept(history) == told_by(read(store)) != before


def test_a_deleted_session_leaves_none_of_its_questions_or_quotes(tmp_path: Path) -> None:
    secret = "xylophonesecret"
    store = small_past(tmp_path)
    private = ev.PlanItem(question=question(secret, [("red", 1.0)]))
    opening = started(private, session_id="aaaaaa", at="2030-02-02T03:04:05Z", follow_up_limit=0)
    folder = write(tmp_path, journal_of(opening, [STRONG], said=f"{secret} it was"))
    history = SessionHistory(store)
    kept(history)

    def traces() -> list[str]:
        files = tmp_path.glob(f"{INDEX}*")
        return [path.name for path in files if secret.encode() in path.read_bytes()]

    assert traces()
    history.delete(folder.name)
    assert traces() == []
    assert_equal(history, store)


def test_from_memory_it_is_the_same(tmp_path: Path) -> None:
    store = small_past(tmp_path)
    (tmp_path / INDEX).mkdir()
    assert_equal(SessionHistory(store), store)
    assert not list((tmp_path / INDEX).iterdir())

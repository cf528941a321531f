"""The index of all sessions: listed in milliseconds, searched for everything said or asked.

It holds nothing that the journals do not, and is made anew from them whenever it is missing,
damaged or of another version.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from voice_interviewer.archive import digest, searching
from voice_interviewer.archive.digest import NO_DIGEST, Digest, Note
from voice_interviewer.archive.found import (
    EVERYTHING,
    Facets,
    Hit,
    IndexedSession,
    IndexedTake,
    Wanted,
)
from voice_interviewer.archive.index_file import (
    INDEX,
    TURN_BITS,
    open_file,
    open_memory,
    throw_away,
)
from voice_interviewer.archive.index_rows import Row, Rows, one_line, rows_of
from voice_interviewer.archive.store import SessionStore, Stamp
from voice_interviewer.core.session import State
from voice_interviewer.errors import StorageError

T = TypeVar("T")
Tell = Callable[[int, int], None]
_Known = dict[str, tuple[Stamp, str]]

_BATCH = 50
_KEY_BITS = 6
_NEVER: Stamp = (0, 0)
_NO_FILE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


@dataclass(frozen=True)
class _Read:
    """A session as its journal had it at a stamp."""

    folder: str
    stamp: Stamp
    problem: str
    state: State | None


@dataclass(frozen=True)
class _Fresh:
    """A session to be written: the index's own rows, and what somebody else keeps of it."""

    read: _Read
    rows: Rows = field(default_factory=Rows)
    notes: Mapping[str, Note] = field(default_factory=dict)


class SessionIndex:
    """The index of one data folder, for any number of threads and processes.

    Every call but `refresh` answers from what was read by then. Where the folder cannot be written
    the index is kept in memory. Calls raise StorageError where not even that works.
    """

    def __init__(self, store: SessionStore, keeps: Digest = NO_DIGEST) -> None:
        self._store = store
        self._keeps = keeps
        self._path = store.data_dir / INDEX
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        self._refreshing = threading.Lock()

    def refresh(self, tell: Tell = lambda _done, _total: None) -> int:
        """Read what was added or changed since, and let go of what is gone.

        `tell` hears how many of how many journals were read, the latest sessions first. Returns how
        many there were.
        """
        with self._refreshing:
            return self._refresh(tell)

    def sessions(
        self, wanted: Wanted = EVERYTHING, most: int | None = None
    ) -> list[IndexedSession]:
        """The sessions that have a question as wanted, newest first, or only the latest of them."""
        return self._safely(lambda: searching.sessions(self._open(), wanted, most))

    def search(self, query: str, wanted: Wanted = EVERYTHING, most: int = 50) -> list[Hit]:
        """The turns in which every word of the query begins a word, newest session first."""
        return self._safely(lambda: searching.search(self._open(), query, wanted, most))

    def takes(self) -> list[IndexedTake]:
        """All takes that were judged, oldest session first."""
        return self._safely(lambda: searching.takes(self._open()))

    def facets(self) -> Facets:
        """The banks and sections that past sessions asked from."""
        return self._safely(lambda: searching.facets(self._open()))

    def totals(self) -> dict[str, str]:
        """What the notes of all sessions come to, by subject."""
        while self._safely(self._add_up):
            pass
        return self._safely(lambda: digest.totals(self._open()))

    def forks_of(self, session_id: str) -> list[str]:
        """Ids of the sessions that took this one up again and hold copies of its turns."""
        found = "SELECT id FROM sessions WHERE fork_of = ? ORDER BY folder"
        return self._safely(lambda: [row[0] for row in self._open().execute(found, (session_id,))])

    def forget(self, folder: str) -> None:
        """Let go of the session in the folder of this name and leave no trace of its words."""
        self._safely(lambda: self._forget(folder))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _safely(self, work: Callable[[], T]) -> T:
        """Do the work; where the file fails, once more with another one, or in memory."""
        with self._lock:
            try:
                return work()
            except sqlite3.DatabaseError as error:
                self.close()
                if error.sqlite_errorcode & 0xFF in _NO_FILE:
                    self._connection = open_memory(self._keeps.version)
                else:
                    self._throw_away()
            try:
                self._refresh(lambda _done, _total: None)
                return work()
            except sqlite3.Error as error:
                raise StorageError(
                    f"The index of past sessions does not work ({error}).",
                    f"Delete {self._path}; it is made anew from the journals.",
                ) from error

    def _throw_away(self) -> None:
        try:
            throw_away(self._path)
        except OSError:
            self._connection = open_memory(self._keeps.version)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._connection = open_file(self._path, self._keeps.version)
            except (OSError, sqlite3.Error):
                self._connection = open_memory(self._keeps.version)
        return self._connection

    def _refresh(self, tell: Tell) -> int:
        found, known = self._compare()
        stale = [
            name
            for name in sorted(found, reverse=True)
            if name not in known or known[name][0] != found[name]
        ]
        for done in range(0, len(stale), _BATCH):
            read = [self._read(name, found[name]) for name in stale[done : done + _BATCH]]
            self._keep(read, known)
            tell(done + len(read), len(stale))
        return len(stale)

    def _compare(self) -> tuple[dict[str, Stamp], _Known]:
        """The journals there are, and what of them is known; what is gone is let go."""
        found = self._store.journals()
        known = self._safely(self._known)
        gone = [folder for folder in known if folder not in found]
        if gone:
            self._safely(lambda: self._let_go(gone))
        return found, known

    def _known(self) -> _Known:
        """Folder name to the stamp its journal was read at, and what was wrong with it."""
        rows = self._open().execute("SELECT folder, mtime_ns, size, problem FROM sessions")
        return {folder: ((mtime_ns, size), problem) for folder, mtime_ns, size, problem in rows}

    def _read(self, name: str, stamp: Stamp) -> _Read:
        """A session as it is now; one that cannot be read is tried again every time."""
        stored = self._store.read(name)
        if stored.state is None:
            return _Read(name, _NEVER, one_line(stored.problem) or "unreadable", None)
        return _Read(name, stamp, "", stored.state)

    def _keep(self, read: list[_Read], known: _Known) -> None:
        fresh = [
            _Fresh(one)
            if one.state is None
            else _Fresh(one, rows_of(one.state), self._keeps.notes(one.state))
            for one in read
            if known.get(one.folder) != (one.stamp, one.problem)
        ]
        if fresh:
            self._safely(lambda: self._put(fresh))

    def _put(self, fresh: list[_Fresh]) -> None:
        with self._writing() as connection:
            for one in fresh:
                _put(connection, one)

    def _add_up(self) -> bool:
        """Make some totals, in a transaction of their own; False where none was lacking."""
        if not digest.lacking(self._open(), self._keeps, 1):
            return False
        with self._writing() as connection:
            digest.add_up(connection, self._keeps, _BATCH)
        return True

    def _let_go(self, folders: list[str]) -> None:
        with self._writing() as connection:
            for folder in folders:
                _remove(connection, folder)

    def _forget(self, folder: str) -> None:
        self._let_go([folder])
        connection = self._open()
        connection.execute("INSERT INTO said(said) VALUES ('optimize')")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _put(connection: sqlite3.Connection, fresh: _Fresh) -> None:
    """Write a session's rows in place of those it had."""
    read, rows = fresh.read, fresh.rows
    key = _remove(connection, read.folder)
    if key is None:
        key = _free_key(connection, read.folder)
    session = (key, read.folder, *read.stamp, *_named(read.folder, rows.session), read.problem)
    connection.execute(f"INSERT INTO sessions VALUES ({_marks(16)})", session)
    takes = [(key, *row) for row in rows.takes]
    connection.executemany(f"INSERT INTO takes VALUES ({_marks(10)})", takes)
    verdicts = [(key, *row) for row in rows.verdicts]
    connection.executemany(f"INSERT INTO verdicts VALUES ({_marks(6)})", verdicts)
    last = ((key + 1) << TURN_BITS) - 1
    turns = [(last - place, *row) for place, row in enumerate(rows.turns)]
    connection.executemany(f"INSERT INTO turns VALUES ({_marks(9)})", turns)
    digest.put_notes(connection, key, fresh.notes)


def _named(folder: str, session: Row) -> Row:
    """A session goes by the id its folder has, whatever its journal says."""
    return (folder.rpartition("_")[2], *session[1:])


def _remove(connection: sqlite3.Connection, folder: str) -> int | None:
    """Delete a session's rows; its key, or None where it had none."""
    found = connection.execute("SELECT key FROM sessions WHERE folder = ?", (folder,)).fetchone()
    if found is None:
        return None
    key: int = found[0]
    first = key << TURN_BITS
    connection.execute(
        "DELETE FROM turns WHERE key BETWEEN ? AND ?", (first, first + (1 << TURN_BITS) - 1)
    )
    for table in ("takes", "verdicts", "notes"):
        connection.execute(f"DELETE FROM {table} WHERE session = ?", (key,))
    connection.execute("DELETE FROM sessions WHERE key = ?", (key,))
    return key


def _free_key(connection: sqlite3.Connection, folder: str) -> int:
    """A key that grows with the time in the folder's name."""
    year, month, day, hour, minute, second = (
        int(part) for part in re.findall(r"^\d{4}|\d\d", folder[:15])
    )
    moment = ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60 + second
    key = moment << _KEY_BITS
    taken = "SELECT 1 FROM sessions WHERE key = ?"
    while connection.execute(taken, (key,)).fetchone() is not None:
        key += 1
    return key


def _marks(count: int) -> str:
    return ", ".join("?" * count)

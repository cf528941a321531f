"""The index's file: its tables, how it is opened, and when it is thrown away."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from voice_interviewer.archive import digest
from voice_interviewer.errors import StorageError

INDEX = "index.sqlite"
SCHEMA_VERSION = 3
TURN_BITS = 16
_APPLICATION_ID = 0x56494458
_BUSY_S = 20.0
_MOST_VERSIONS = 1000

# A turn's key is its session's key and its place in it, counted down, so that reading the keys
# downwards gives the latest session first and its turns in order. Small columns stand before long
# texts, so that a filter need not read past the first page of a row.
_SCHEMA = (
    """CREATE TABLE sessions(
        key INTEGER PRIMARY KEY, folder TEXT NOT NULL UNIQUE, mtime_ns INTEGER, size INTEGER,
        id TEXT, at TEXT, bank TEXT, title TEXT, kind TEXT, status TEXT, questions INTEGER,
        score REAL, best_score REAL, fork_of TEXT, trace BLOB, problem TEXT)""",
    """CREATE TABLE takes(
        session INTEGER, item INTEGER, take INTEGER, bank TEXT, question TEXT, section TEXT,
        section_title TEXT, prompt TEXT, score REAL, best_score REAL,
        PRIMARY KEY(session, item, take)) WITHOUT ROWID""",
    """CREATE TABLE verdicts(
        session INTEGER, item INTEGER, take INTEGER, criterion TEXT, label TEXT, verdict TEXT,
        PRIMARY KEY(session, item, take, criterion)) WITHOUT ROWID""",
    """CREATE TABLE turns(
        key INTEGER PRIMARY KEY, item INTEGER, take INTEGER, turn INTEGER, answer_times BLOB,
        other_times BLOB, prompt TEXT, answer TEXT, other TEXT)""",
    """CREATE VIRTUAL TABLE said USING fts5(
        prompt, answer, other, content='turns', content_rowid='key',
        tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')""",
    """CREATE TRIGGER turn_comes AFTER INSERT ON turns BEGIN
        INSERT INTO said(rowid, prompt, answer, other)
        VALUES (new.key, new.prompt, new.answer, new.other);
    END""",
    """CREATE TRIGGER turn_goes AFTER DELETE ON turns BEGIN
        INSERT INTO said(said, rowid, prompt, answer, other)
        VALUES ('delete', old.key, old.prompt, old.answer, old.other);
    END""",
    *digest.SCHEMA,
)


def open_file(path: Path, notes_version: int) -> sqlite3.Connection:
    """The index at this path, made where there is none, with mode 0600.

    A file that is damaged, of another version or no index at all is thrown away: everything in it
    can be read from the journals. Raises OSError or sqlite3.Error where the folder cannot be
    written.
    """
    try:
        return _opened(path, notes_version)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        throw_away(path)
        return _opened(path, notes_version)


def open_memory(notes_version: int) -> sqlite3.Connection:
    """An empty index that lasts as long as its connection."""
    connection = _connected(":memory:")
    _prepare(connection, notes_version)
    return connection


def throw_away(path: Path) -> None:
    """Delete the index's files. Raises OSError."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _opened(path: Path, notes_version: int) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = _connected(str(path))
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _prepare(connection, notes_version)
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        name, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def _prepare(connection: sqlite3.Connection, notes_version: int) -> None:
    """Make the tables where there are none. Raises DatabaseError for anybody else's file."""
    version = SCHEMA_VERSION * _MOST_VERSIONS + notes_version
    if _marks(connection) == (_APPLICATION_ID, version):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _marks(connection) != (_APPLICATION_ID, version):
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise sqlite3.DatabaseError("this is another version's index, or none at all")
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {version}")
    except sqlite3.OperationalError as error:
        connection.execute("ROLLBACK")
        if "fts5" in str(error):
            raise StorageError(
                "The SQLite of this Python cannot search texts (it lacks FTS5).",
                "Use a Python from python.org, your system or uv.",
            ) from error
        raise
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return application, version

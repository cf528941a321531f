"""What somebody else keeps of sessions in the index: notes by subject, and what they come to.

The index does not look into them. A note is as old as the rest of its session's rows; a total is
let go the moment that a note of its subject comes or goes, and is made again when it is asked for.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from voice_interviewer.core.session import State

Note = tuple[str, str]
"""What one session says of a subject: a short text, and one that many sessions have in common."""

SCHEMA = (
    """CREATE TABLE subjects(
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, made_by TEXT, total TEXT)""",
    """CREATE TABLE notes(
        subject INTEGER, session INTEGER, note TEXT, body BLOB,
        PRIMARY KEY(subject, session)) WITHOUT ROWID""",
    "CREATE INDEX notes_of_session ON notes(session)",
    "CREATE INDEX notes_with_body ON notes(body) WHERE body IS NOT NULL",
    "CREATE TABLE bodies(hash BLOB PRIMARY KEY, text TEXT) WITHOUT ROWID",
    """CREATE TRIGGER note_comes AFTER INSERT ON notes BEGIN
        UPDATE subjects SET total = NULL WHERE id = new.subject AND total IS NOT NULL;
    END""",
    """CREATE TRIGGER note_goes AFTER DELETE ON notes BEGIN
        UPDATE subjects SET total = NULL WHERE id = old.subject AND total IS NOT NULL;
        DELETE FROM subjects WHERE id = old.subject
            AND NOT EXISTS (SELECT 1 FROM notes WHERE subject = old.subject);
        DELETE FROM bodies WHERE hash = old.body
            AND NOT EXISTS (SELECT 1 FROM notes WHERE body = old.body);
    END""",
)

_LACKING = "SELECT id, name FROM subjects WHERE total IS NULL OR made_by IS NOT ? LIMIT ?"
_NOTES = """SELECT n.note, coalesce(b.text, '') FROM notes n LEFT JOIN bodies b ON b.hash = n.body
    WHERE n.subject = ?"""


@dataclass(frozen=True)
class Digest:
    """Who keeps notes, and how.

    Args:
        version: of the notes; an index with notes of another version is made anew.
        made_by: what the totals depend on beside the notes; those made by another are made again.
        notes: what a session says, by subject.
        total: what the notes of a subject come to, in whichever order they are given.
    """

    version: int
    made_by: str
    notes: Callable[[State], Mapping[str, Note]]
    total: Callable[[str, Sequence[Note]], str]


NO_DIGEST = Digest(0, "", lambda _state: {}, lambda _subject, _notes: "")


def put_notes(connection: sqlite3.Connection, session: int, notes: Mapping[str, Note]) -> None:
    """Write what a session says; it has no notes yet."""
    for name, (note, body) in notes.items():
        connection.execute("INSERT OR IGNORE INTO subjects(name) VALUES (?)", (name,))
        hashed = hashlib.sha256(body.encode()).digest() if body else None
        if hashed:
            connection.execute("INSERT OR IGNORE INTO bodies VALUES (?, ?)", (hashed, body))
        connection.execute(
            "INSERT INTO notes SELECT id, ?, ?, ? FROM subjects WHERE name = ?",
            (session, note, hashed, name),
        )


def lacking(connection: sqlite3.Connection, digest: Digest, most: int) -> list[tuple[int, str]]:
    """So many of the subjects without a total, or with one that was made otherwise."""
    return connection.execute(_LACKING, (digest.made_by, most)).fetchall()


def add_up(connection: sqlite3.Connection, digest: Digest, most: int) -> None:
    """Make so many of the totals that are lacking; within a transaction."""
    for subject, name in lacking(connection, digest, most):
        notes = connection.execute(_NOTES, (subject,)).fetchall()
        connection.execute(
            "UPDATE subjects SET total = ?, made_by = ? WHERE id = ?",
            (digest.total(name, notes), digest.made_by, subject),
        )


def totals(connection: sqlite3.Connection) -> dict[str, str]:
    """What there is of totals, by subject."""
    return dict(connection.execute("SELECT name, total FROM subjects WHERE total IS NOT NULL"))

"""Past sessions as a whole: listed, searched, and deleted for good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from voice_interviewer.archive.digest import Digest
from voice_interviewer.archive.found import EVERYTHING, Facets, Hit, IndexedSession, Wanted
from voice_interviewer.archive.index import SessionIndex
from voice_interviewer.archive.index_rows import scores_of
from voice_interviewer.archive.journal import being_written
from voice_interviewer.archive.store import JOURNAL, SessionStore
from voice_interviewer.desk import Deletion, RowStatus, SessionRow
from voice_interviewer.drill.notes import NOTES_VERSION, notes_of, total_of, totals_made_by
from voice_interviewer.drill.past import Past, past_from
from voice_interviewer.drill.scores import TakeScore

_WORTH_TELLING = 100
KEPT = Digest(NOTES_VERSION, totals_made_by(), notes_of, total_of)


class SessionHistory:
    """The past sessions of one data folder, read through their index."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._index = SessionIndex(store, KEPT)

    def refresh(
        self, tell: Callable[[str, float | None], None] = lambda _text, _share: None
    ) -> int:
        """Read what was added or changed since; how many sessions that was.

        `tell` hears of it where it takes a while. Raises StorageError.
        """

        def told(done: int, total: int) -> None:
            if total >= _WORTH_TELLING:
                tell("Reading past sessions", done / total)

        return self._index.refresh(told)

    def past(self) -> Past:
        """What the sessions come to for a drill. Raises StorageError."""
        return past_from(self._index.totals())

    def takes(self) -> tuple[TakeScore, ...]:
        """What every take scored, the oldest first. Raises StorageError."""
        return tuple(map(TakeScore._make, self._index.takes()))

    def sessions(
        self, wanted: Wanted = EVERYTHING, most: int | None = None
    ) -> tuple[SessionRow, ...]:
        """The sessions that have a question as wanted, newest first, or only the latest of them.

        Raises StorageError.
        """
        return tuple(self._row(found) for found in self._index.sessions(wanted, most))

    def search(self, query: str, wanted: Wanted = EVERYTHING, most: int = 50) -> tuple[Hit, ...]:
        """The turns in which every word of the query begins a word, newest session first.

        Raises StorageError.
        """
        return tuple(self._index.search(query, wanted, most))

    def facets(self) -> Facets:
        """The banks and sections that past sessions asked from. Raises StorageError."""
        return self._index.facets()

    def deletion(self, session_id: str) -> Deletion:
        """What goes with a session when it is deleted. Raises StorageError."""
        return self._deletion(self._store.find(session_id))

    def delete(self, session_id: str) -> Deletion:
        """Delete a session's folder and all that the index has of it. Raises StorageError."""
        folder = self._store.find(session_id)
        gone = self._deletion(folder)
        self._store.delete(folder)
        self._index.forget(folder.name)
        return gone

    def _deletion(self, folder: Path) -> Deletion:
        stored = self._store.read(folder.name)
        files = [path for path in folder.rglob("*") if path.is_file()]
        state = stored.state
        return Deletion(
            session_id=stored.id,
            folder=folder,
            at="" if state is None else state.at,
            title="" if state is None else state.bank_title,
            answers=0 if state is None else sum(turn.ended is not None for turn in state.turns),
            recordings=sum(path.parent.name == "audio" for path in files),
            size_bytes=sum(path.stat().st_size for path in files),
            copies=tuple(self._index.forks_of(stored.id)),
        )

    def _row(self, found: IndexedSession) -> SessionRow:
        status = found.status
        if status == "interrupted" and being_written(self._store.folder(found.folder) / JOURNAL):
            status = "running"
        return SessionRow(
            found.id,
            found.at,
            found.problem or found.title,
            cast("RowStatus", status),
            found.kind,
            found.questions,
            found.score,
            found.best_score,
            found.bank,
            scores_of(found.trace),
        )

"""A past session gone on with from one of its turns, as a session of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from voice_interviewer.archive.journal import JournalFile
from voice_interviewer.archive.store import JOURNAL, recording
from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State, fold
from voice_interviewer.errors import UsageError

_LATER = (ev.TranscriptAdded, ev.AssessmentAdded, ev.WordCorrected)


def events_before(events: Sequence[ev.Event], turn_id: int) -> list[ev.Event]:
    """What had happened when a turn was about to be asked, with what was added to earlier turns.

    Raises UsageError for a turn that was never asked.
    """
    first = next((i for i, e in enumerate(events) if getattr(e, "turn_id", 0) == turn_id), None)
    if first is None or turn_id < 1:
        asked = sorted({e.turn_id for e in events if isinstance(e, ev.QuestionAsked)})
        raise UsageError(
            f"There is no turn {turn_id} to fork at.",
            f"This session has the turns {', '.join(map(str, asked))}.",
        )
    later = [e for e in events[first:] if isinstance(e, _LATER) and e.turn_id < turn_id]
    return [*events[:first], *later]


def begin_fork(
    events: Sequence[ev.Event], turn_id: int, old: Path, new: Path, **started: object
) -> State:
    """Write the journal of the fork and give it the recordings of the turns before.

    Args:
        started: what the fork's own SessionStarted says otherwise (its id, time and engines).

    Returns the state that it goes on from. Raises UsageError and StorageError.
    """
    kept = events_before(events, turn_id)
    opening = kept[0]
    assert isinstance(opening, ev.SessionStarted), "every journal begins with it"
    kept[0] = opening.model_copy(
        update={**started, "fork_of": opening.session_id, "fork_turn": turn_id}
    )
    state = fold(kept)
    for turn in state.turns:
        for name in turn.recordings:
            _take_along(old, new, name)
    journal = JournalFile(new / JOURNAL)
    try:
        for event in kept:
            journal.append(event)
    finally:
        journal.close()
    return state


def _take_along(old: Path, new: Path, name: str) -> None:
    """A recording costs no space twice where the disk can link it; one that is gone stays gone."""
    source = recording(old, name)
    if source is None:
        return
    target = new / "audio" / source.name
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    target.chmod(0o600)

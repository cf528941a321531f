"""A past session gone on with from one of its turns, as a session of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from voice_interviewer.archive.journal import JournalFile
from voice_interviewer.archive.store import JOURNAL, recording
from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State, fold, transition
from voice_interviewer.errors import UsageError

_LATER = (ev.TranscriptAdded, ev.AssessmentAdded, ev.WordCorrected)


def events_before(events: Sequence[ev.Event], turn_id: int) -> list[ev.Event]:
    """What had happened when a turn was about to be asked, with what was added to earlier turns.

    An answer that was gone on with took the next turn back; what counts is when that turn was
    asked for good. Raises UsageError for a turn that never was.
    """
    state, begun = State(), 0
    for number, event in enumerate(events):
        there = len(state.turns)
        state, _ = transition(state, event)
        if there < turn_id <= len(state.turns):
            begun = number + 1
    if not 1 <= turn_id <= len(state.turns):
        raise UsageError(
            f"There is no turn {turn_id} to fork at.",
            f"This session has the turns {', '.join(str(turn.id) for turn in state.turns)}.",
        )
    own = (
        number
        for number in range(begun, len(events))
        if getattr(events[number], "turn_id", 0) == turn_id
    )
    first = next(own, len(events))
    later = [e for e in events[first:] if isinstance(e, _LATER) and e.turn_id < turn_id]
    return [*events[:first], *later]


def begin_fork(
    events: Sequence[ev.Event], turn_id: int, old: Path, new: Path, **started: object
) -> State:
    """Write the journal of the fork and give it the recordings of the turns before.

    Args:
        started: what the fork's own SessionStarted says otherwise (its id, time and engines).

    Returns the state that it goes on from; a fork that was killed half way is no session. Raises
    UsageError and StorageError.
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
    unfinished = new / f"{JOURNAL}.part"
    journal = JournalFile(unfinished)
    try:
        for event in kept:
            journal.append(event)
    finally:
        journal.close()
    unfinished.rename(new / JOURNAL)
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

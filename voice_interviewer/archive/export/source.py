"""What every format is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_interviewer.archive.export.redact import REDACTED, redacted
from voice_interviewer.archive.export.timeline import Timeline, timeline_of
from voice_interviewer.core.session import State


@dataclass(frozen=True)
class Source:
    """A past session, ready to be written down.

    Args:
        state: the session, redacted where that was asked for.
        path: its folder, as the JSON report tells it.
        timeline: where its turns lie in time; the same whether redacted or not.
        with_sound: False where the recordings are left out.
    """

    state: State
    path: str
    timeline: Timeline
    with_sound: bool = True

    @property
    def sounds(self) -> bool:
        """True where there is sound, and it may be used."""
        return self.with_sound and self.timeline.sounds


def source_of(
    state: State, folder: Path, *, redact: bool = False, terms: Sequence[str] = ()
) -> Source:
    """The session in `folder`; with `redact`, without its sound, names, addresses and `terms`."""
    timeline = timeline_of(state, folder)
    if not redact:
        return Source(state, str(folder), timeline)
    return Source(redacted(state, terms), REDACTED, timeline, with_sound=False)

"""What came of taking a past session up again, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_interviewer.core.assessment import Verdict


@dataclass(frozen=True)
class Change:
    """One criterion of one turn that is judged otherwise now, and the words that it rests on."""

    turn_id: int
    criterion: str
    before: Verdict
    after: Verdict
    quote: str = ""

    @property
    def words(self) -> str:
        """`Names the KL penalty: missed → met, because of “your words”`."""
        because = f", because of “{self.quote}”" if self.quote else ""
        return f"{self.criterion}: {self.before} → {self.after}{because}"


@dataclass
class Redone:
    """What came of doing one session again.

    Args:
        done: how many answers were judged or heard.
        left: how many had been in just this way, so that nobody had to again.
        changes: what is judged otherwise now.
        heard: turn id to what was heard.
        judged_by: who judged, and what that is worth; more than one where answers differ in it.
    """

    session_id: str
    done: int = 0
    left: int = 0
    changes: list[Change] = field(default_factory=list)
    heard: dict[int, str] = field(default_factory=dict)
    judged_by: list[str] = field(default_factory=list)


_MOST_CHANGES = 4


def redone_words(redone: Redone) -> str:
    """What a reader is told when a session was judged again: what changed, or that nothing did."""
    if redone.changes:
        told = [change.words for change in redone.changes[:_MOST_CHANGES]]
        more = len(redone.changes) - len(told)
        return "\n".join(["Judged again.", *told, *([f"and {more} more."] if more else [])])
    if redone.done:
        return "Judged again; no verdict changed."
    return "Judged in just this way before; no verdict changed."

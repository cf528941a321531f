"""One criterion of a review: the verdict in mark and word, and the words it rests on."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Static

from voice_interviewer.core.assessment import CriterionVerdict, Standing
from voice_interviewer.core.bank import Criterion
from voice_interviewer.tui.safe import ink, prose
from voice_interviewer.tui.words import MARKS, minutes_seconds

_QUOTES_SHOWN = 2


class VerdictLine(HorizontalGroup):
    """`▸ ✓ met   Label and “quoted words”   0:04`; with `explained`, what a strong answer says.

    Args:
        decided_by: who decided on it, where that is not who judged the take.
    """

    DEFAULT_CSS = """
    VerdictLine {
        .chosen { width: 2; }
        .mark { width: 11; }
        .said { width: 1fr; }
        .when { width: auto; }
    }
    """

    def __init__(
        self,
        criterion: Criterion,
        standing: Standing,
        turn_name: str,
        *,
        decided_by: str = "",
        explained: bool,
        chosen: bool = False,
    ) -> None:
        super().__init__()
        self._criterion = criterion
        self._standing = standing
        self._turn_name = turn_name
        self._decided_by = decided_by
        self._explained = explained
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """Mark, words, time."""
        mark, colour = MARKS[self._standing.verdict]
        yield Static(ink("▸" if self._chosen else " ", "$primary"), classes="chosen")
        yield Static(ink(f"{mark} {self._standing.verdict}", colour), classes="mark")
        yield Static(self._said(), classes="said")
        yield Static(ink(self._when(), "$muted"), classes="when")

    def _said(self) -> Content:
        lines = [ink(self._criterion.label, "bold") + decided_part(self._decided_by)]
        detail = self._standing.detail
        if detail is not None and detail.evidence:
            quotes = " … ".join(e.quote for e in detail.evidence[:_QUOTES_SHOWN])
            lines.append(ink(f"“{quotes}”"))
        elif detail is not None and self._standing.verdict == "unclear" and detail.why:
            lines.append(ink(detail.why, "$muted"))
        if self._explained and self._standing.verdict != "met":
            lines.append(prose(f"A strong answer says: {self._criterion.statement}", "$primary"))
        return Content("\n").join(lines)

    def _when(self) -> str:
        at_s = _first_s(self._standing.detail)
        parts = [self._turn_name, "" if at_s is None else minutes_seconds(at_s)]
        return "  ".join(part for part in parts if part)


def decided_part(name: str) -> Content:
    """Who decided on a criterion, after its label; nothing where that is plain."""
    return ink(f" ({name})", "$muted") if name else Content("")


def _first_s(detail: CriterionVerdict | None) -> float | None:
    if detail is None or not detail.evidence:
        return None
    return detail.evidence[0].start_s

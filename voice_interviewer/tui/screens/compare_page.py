"""The page of a comparison: criteria aligned, figures beside each other, the words that differ."""

from __future__ import annotations

from itertools import groupby

from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from voice_interviewer.comparing import Change, Comparison, Side
from voice_interviewer.comparison_words import CHANGES, figure_rows, judged_lines, score_words
from voice_interviewer.core.assessment import Standing
from voice_interviewer.tui.safe import ink, prose
from voice_interviewer.tui.words import MARKS, local_time, minutes_seconds

_COLOURS: dict[Change, str] = {
    "gained": "$success",
    "lost": "$error",
    "same": "$muted",
    "open": "$warning",
    "unasked": "$muted",
}

_NOTHING = Content("")


class ComparedRow(HorizontalGroup):
    """What the first answer has, what became of it, what it is about, what the second has."""

    DEFAULT_CSS = """
    ComparedRow {
        .side { width: 18; }
        .change { width: 10; }
        .name { width: 1fr; padding: 0 2 0 0; }
    }
    """

    def __init__(
        self, first: Content, change: Content, name: Content, second: Content, classes: str = ""
    ) -> None:
        super().__init__(classes=classes)
        self._cells = (first, change, name, second)

    def compose(self) -> ComposeResult:
        """From left to right."""
        for cell, place in zip(self._cells, ("side", "change", "name", "side"), strict=True):
            yield Static(cell, classes=place)


class ComparePage(VerticalScroll, can_focus=False):
    """One comparison; empty until it is told."""

    def __init__(self) -> None:
        super().__init__()
        self._comparison: Comparison | None = None

    def tell(self, comparison: Comparison) -> None:
        """Show this comparison."""
        self._comparison = comparison
        self.refresh(recompose=True)

    def compose(self) -> ComposeResult:
        """From the question down to the words."""
        comparison = self._comparison
        if comparison is None:
            return
        first, second = comparison.first, comparison.second
        yield Static(prose(comparison.prompt, "bold $loud"))
        names = answer_names(first, second)
        heads = _given("1", names[0], first), _given("2", names[1], second)
        yield ComparedRow(heads[0], _NOTHING, _balance(comparison), heads[1], "part")
        judged = [ink(line, "$muted") for line in judged_lines(first, second)]
        if judged:
            yield Static(Content("\n").join(judged), id="judged")
        for number, pair in enumerate(comparison.criteria):
            yield ComparedRow(
                _verdict(pair.first),
                ink(CHANGES[pair.change], _COLOURS[pair.change]),
                ink(pair.label),
                _verdict(pair.second),
                "criterion" if number else "criterion part",
            )
        for number, (name, left, right) in enumerate(figure_rows(first, second)):
            place = "" if number else "part"
            yield ComparedRow(ink(left), _NOTHING, ink(name, "$muted"), ink(right), place)
        with HorizontalGroup(id="words"):
            yield Static(_words(first), classes="said")
            yield Static(_words(second), classes="said")


def answer_names(first: Side, second: Side) -> tuple[str, str]:
    """`take 2` within a session; of two sessions which came first, with the take if not the first.

    An answer that is retaken later is the first take of another session.
    """
    if first.session_id == second.session_id:
        return f"take {first.take}", f"take {second.take}"
    one, other = (f", take {side.take}" if side.take > 1 else "" for side in (first, second))
    if first.at <= second.at:
        return f"earlier{one}", f"later{other}"
    return f"later{one}", f"earlier{other}"


def _given(number: str, name: str, side: Side) -> Content:
    """Which answer this is, when it was given, and its score."""
    lines = [
        Content.assemble(ink(number, "bold $primary"), ink(f"  {name}")),
        ink(local_time(side.at), "$muted"),
        ink(score_words(side), "bold $loud"),
    ]
    return Content("\n").join(lines)


def _balance(comparison: Comparison) -> Content:
    """`2 gained · 1 lost`, and below it `1 same · 1 open`."""
    counts = [
        ink(f"{len(comparison.having(change))} {word[2:]}", _COLOURS[change])
        for change, word in CHANGES.items()
        if comparison.having(change)
    ]
    between = ink(" · ", "$muted")
    pairs = [between.join(counts[first : first + 2]) for first in range(0, len(counts), 2)]
    return Content("\n").join(pairs)


def _verdict(standing: Standing | None) -> Content:
    if standing is None:
        return ink("· not asked", "$muted")
    mark, colour = MARKS[standing.verdict]
    evidence = standing.detail.evidence if standing.detail else ()
    at_s = evidence[0].start_s if evidence else None
    time = "" if at_s is None else f"  {minutes_seconds(at_s)}"
    return ink(f"{mark} {standing.verdict}", colour) + ink(time, "$muted")


def _words(side: Side) -> Content:
    """What was said; words that the other answer lacks are underlined."""
    if not side.words:
        return ink("(nothing was said)", "$muted")
    runs = groupby(zip(side.words, side.alone, strict=True), key=lambda pair: pair[1])
    parts = [
        ink(" ".join(word for word, _ in run), "$loud underline" if alone else "$muted")
        for alone, run in runs
    ]
    return Content(" ").join(parts)

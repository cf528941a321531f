"""How a comparison of two answers is said, on the command line and on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from voice_interviewer.comparing import Change, Side

CHANGES: Mapping[Change, str] = {
    "gained": "+ gained",
    "lost": "- lost",
    "same": "= same",
    "open": "? open",
    "unasked": "· no pair",
}
_FIGURES = (
    ("spoke for", "seconds", "{:.1f} s"),
    ("pace", "words_per_minute", "{:.0f} wpm"),
    ("first word after", "first_word_s", "{:.1f} s"),
    ("first criterion after", "first_criterion_s", "{:.1f} s"),
    ("pauses over 1 s", "pauses_over_1_s", "{:d}"),
    ("longest pause", "longest_pause_s", "{:.1f} s"),
    ("fillers, at least", "fillers_at_least", "{:d}"),
)


def figure_rows(first: Side, second: Side) -> tuple[tuple[str, str, str], ...]:
    """(name, the first's figure, the second's) of all figures; a dash where there is none."""
    return tuple(
        (name, _figure(first, key, form), _figure(second, key, form))
        for name, key, form in _FIGURES
    )


def score_words(side: Side) -> str:
    """A score as people read it: a range where something is unclear, words where nobody judged."""
    if side.score is None or side.best_score is None:
        return "no score"
    least, most = side.score, side.best_score
    return f"{least:.1f} of 10" if least == most else f"{least:.1f} to {most:.1f} of 10"


def judged_lines(first: Side, second: Side) -> tuple[str, ...]:
    """Who judged the two answers, and what that is worth; none where nobody did."""
    if first.judged_by == second.judged_by:
        return (f"Judged by {first.judged_by}.",) if first.judged_by else ()
    named = (("first", first.judged_by), ("second", second.judged_by))
    return tuple(f"The {name} was judged by {by}." for name, by in named if by)


def _figure(side: Side, key: str, form: str) -> str:
    value = getattr(side.figures, key)
    return "–" if value is None else form.format(value)

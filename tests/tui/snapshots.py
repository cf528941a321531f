"""Snapshots of whole screens as text: the cells, and below them the style of every run of cells.

Text, because a change is then read in the diff, and because it holds only what is on the screen.
`UPDATE_SNAPSHOTS=1 pytest tests/tui` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

from rich.style import Style
from textual.app import App
from textual.strip import Strip

FOLDER = Path(__file__).parent / "snapshots"


def screen_lines(app: App[None]) -> list[str]:
    """The cells of the screen as lines of text, as wide as the screen."""
    return ["".join(segment.text for segment in strip) for strip in _strips(app)]


def screen_text(app: App[None]) -> str:
    """The cells of the screen as one text."""
    return "\n".join(line.rstrip() for line in screen_lines(app))


def screen_looks(app: App[None]) -> str:
    """The cells and their styles, without colours where the app has none."""
    return "\n".join([screen_text(app), *_styles(app, coloured=not app.no_color)])


def assert_snapshot(app: App[None], name: str) -> None:
    """Compare the screen with the stored one, or store it where that is asked for."""
    path = FOLDER / f"{name}-{app.size.width}x{app.size.height}.txt"
    shown = "\n".join([screen_text(app), "", *_styles(app), ""])
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert path.exists(), f"{path} is missing: run UPDATE_SNAPSHOTS=1 pytest tests/tui"
    assert shown == path.read_text(encoding="utf-8"), f"{path.name} differs"


def _strips(app: App[None]) -> list[Strip]:
    return app.screen._compositor.render_strips()


def _styles(app: App[None], *, coloured: bool = True) -> list[str]:
    lines = []
    for y, strip in enumerate(_strips(app), 1):
        runs: list[tuple[int, int, str]] = []
        at = 0
        for segment in strip:
            end = at + segment.cell_length
            style = segment.style
            seen = segment.text.strip() or (not coloured and style is not None and style.reverse)
            look = _described(style, coloured) if seen else ""
            if look and runs and runs[-1][1:] == (at, look):
                runs[-1] = (runs[-1][0], end, look)
            elif look:
                runs.append((at, end, look))
            at = end
        said = " | ".join(f"{start}-{end} {style}" for start, end, style in runs)
        if said:
            lines.append(f"{y:02} {said}")
    return lines


def _described(style: Style | None, coloured: bool) -> str:
    if style is None:
        return ""
    marks = ("bold", "dim", "italic", "underline", "reverse", "blink")
    words = [mark for mark in marks if getattr(style, mark)]
    if coloured and style.color is not None and style.color.triplet is not None:
        words.append(style.color.triplet.hex)
    return " ".join(words)

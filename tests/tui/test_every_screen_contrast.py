"""What every screen shows can be read in every theme, measured on the cells that are drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from every_screen import FRAMED, PALETTES, opened
from rich.color import Color as TerminalColour
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.command import CommandInput, CommandList, CommandPalette
from wcag import LEAST, contrast

GRAPHIC = 3.0
"""The least contrast of a sign that is no letter, as WCAG 2.2 (1.4.11) has it."""

BETWEEN_KEYS = " · "
SCROLLBAR = {"@mouse.down", "@mouse.up"}
ORNAMENT = set("╭╮╰╯─│▌▎▊▁▔▀▄▖▗▘▝█ ")
"""Edges and grounds: the frame, edges of boxes, scrollbars. Nothing is told by them alone."""


def colour(found: TerminalColour | None) -> Color:
    """The colour of a cell, which the app always sets."""
    assert found is not None
    assert found.triplet is not None, "a colour of the terminal's own"
    return Color(*found.triplet)


def faint(segment: Segment, least: float) -> str:
    """What cannot be read in a run of cells; empty where all can."""
    signs = {c for c in segment.text if c not in ORNAMENT}
    style = segment.style
    if not signs or style is None or segment.text == BETWEEN_KEYS or style.meta.keys() & SCROLLBAR:
        return ""
    inked, ground = colour(style.color), colour(style.bgcolor)
    if style.dim:
        inked = inked.blend(ground, 0.5)
    needed = least if any(c.isalnum() for c in signs) else min(least, GRAPHIC)
    ratio = contrast(inked, ground)
    shown = f"{segment.text!r}: {ratio:.2f}, {inked.hex} on {ground.hex}"
    return "" if ratio >= needed else shown


def faint_cells(app: App[None], least: float) -> list[str]:
    """Everything that cannot be read; beside an open palette nothing is meant to be."""
    strips = app.screen._compositor.render_strips()
    if isinstance(app.screen, CommandPalette):
        shown = [app.screen.query_one(kind).region for kind in (CommandInput, CommandList)]
        strips = [strips[y].crop(area.x, area.right) for area in shown for y in area.line_range]
        assert len(strips) > len(shown), "the palette is not filled"
    return [found for strip in strips for segment in strip if (found := faint(segment, least))]


@FRAMED
async def test_everything_can_be_read_in_every_theme(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as (_, pilot, app):
        for theme, least in LEAST.items():
            app.use_theme(theme)
            await pilot.pause()
            assert not faint_cells(app, least), theme


@pytest.mark.parametrize("theme", LEAST)
@PALETTES
async def test_the_command_palette_can_be_read_in_every_theme(
    name: str, theme: str, tmp_path: Path
) -> None:
    async with opened(name, tmp_path, theme=theme) as (_, _pilot, app):
        assert not faint_cells(app, LEAST[theme])

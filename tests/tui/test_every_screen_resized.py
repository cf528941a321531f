"""Every screen can be made smaller and larger while it is on, and comes back as it was."""

from __future__ import annotations

from pathlib import Path

from every_screen import EVERY_SCENE, SMALL, opened
from snapshots import screen_lines, screen_text

SIZES = ((40, 12), (120, 40), SMALL)
"""Smaller, larger, and back."""


@EVERY_SCENE
async def test_a_resize_loses_nothing(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as (_, pilot, app):
        await pilot.pause()
        before = screen_text(app)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            lines = screen_lines(app)
            assert (len(lines[0]), len(lines)) == size
        assert screen_text(app) == before

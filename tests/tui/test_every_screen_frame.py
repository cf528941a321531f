"""The frame of every screen is whole: its right border is straight from corner to corner."""

from __future__ import annotations

from pathlib import Path

from every_screen import FRAMED, SMALL, WIDE, opened
from snapshots import screen_lines


@FRAMED
async def test_the_right_border_is_straight_in_every_row(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as (_, pilot, app):
        for size in (SMALL, WIDE):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            lines = screen_lines(app)
            edge = "".join(line[-1] for line in lines)
            assert edge == f"╮{'│' * (len(lines) - 2)}╯"

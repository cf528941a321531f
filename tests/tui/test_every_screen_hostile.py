"""Data that means harm is text on every screen: seen, never obeyed by the terminal or the app."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from every_screen import EVERY_SCENE, SHOWN, SMALL, hostile, opened
from rich.cells import cell_len
from snapshots import screen_lines, screen_text

WITHOUT_DATA = {"palette", "palette-found", "wizard-voice", "wizard-key", "wizard-trial"}
"""What these show comes from the program alone."""

TALL = (120, 90)
"""As wide as the larger layout wants, and so high that everything is seen."""


@EVERY_SCENE
async def test_data_is_seen_and_never_obeyed(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path, hostile) as (_, pilot, app):
        for size in (SMALL, TALL):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            for strip in app.screen._compositor.render_strips():
                for segment in strip:
                    bad = [c for c in segment.text if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
                    assert not bad, segment.text
                    assert segment.style is None or "@click" not in segment.style.meta
            assert {cell_len(line) for line in screen_lines(app)} == {size[0]}, "an edge broke"
        assert SHOWN in screen_text(app) or name in WITHOUT_DATA
        assert app.return_code is None

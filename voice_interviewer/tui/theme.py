"""Colours: three quiet rooms, where colour means something and never stands alone.

Text is drawn in `INKS` on `GROUNDS` and in nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.theme import Theme

INKS = ("foreground", "loud", "muted", "primary", "success", "warning", "error")
GROUNDS = ("background", "panel")


def _theme(
    name: str, *, dark: bool, frame: str, bar: str, loud: str, muted: str, **colours: Any
) -> Theme:
    ground, main = colours["background"], colours["primary"]
    bars = {"scrollbar": bar, "scrollbar-hover": frame, "scrollbar-active": frame}
    behind = {f"scrollbar-background{end}": ground for end in ("", "-hover", "-active")}
    return Theme(
        name=name,
        dark=dark,
        surface=ground,
        secondary=main,
        accent=main,
        variables={"loud": loud, "muted": muted, "frame": frame, **bars, **behind},
        **colours,
    )


ROOM = _theme(
    "room",
    dark=True,
    background="#15181d",
    panel="#1b1f26",
    foreground="#cfd4db",
    loud="#ffffff",
    muted="#8b94a1",
    frame="#454d59",
    bar="#2b313a",
    primary="#8fb8de",
    success="#8fc9a3",
    warning="#d9b87a",
    error="#e09a94",
)
LIGHT = _theme(
    "room-light",
    dark=False,
    background="#faf9f6",
    panel="#eeece5",
    foreground="#2f343b",
    loud="#000000",
    muted="#5c646f",
    frame="#a3a9b1",
    bar="#d5d3cb",
    primary="#1f5c94",
    success="#1c6537",
    warning="#734d00",
    error="#a0251e",
)
HIGH_CONTRAST = _theme(
    "room-contrast",
    dark=True,
    background="#000000",
    panel="#1c1c1c",
    foreground="#ffffff",
    loud="#ffffff",
    muted="#d4d4d4",
    frame="#ffffff",
    bar="#9a9a9a",
    primary="#8ad8ff",
    success="#86ffa2",
    warning="#ffdc73",
    error="#ffbbb5",
)

THEMES: Mapping[str, Theme] = {"dark": ROOM, "light": LIGHT, "high-contrast": HIGH_CONTRAST}

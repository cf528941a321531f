"""Colours: a dark quiet room, where colour means something and never stands alone."""

from __future__ import annotations

from textual.theme import Theme

ROOM = Theme(
    name="room",
    dark=True,
    background="#15181d",
    surface="#15181d",
    panel="#1b1f26",
    foreground="#cfd4db",
    primary="#8fb8de",
    secondary="#8fb8de",
    accent="#8fb8de",
    success="#8fc9a3",
    warning="#d9b87a",
    error="#e09a94",
    variables={
        "loud": "#ffffff",
        "muted": "#8b94a1",
        "frame": "#454d59",
        "scrollbar": "#2b313a",
        "scrollbar-hover": "#454d59",
        "scrollbar-active": "#454d59",
        "scrollbar-background": "#15181d",
        "scrollbar-background-hover": "#15181d",
        "scrollbar-background-active": "#15181d",
    },
)

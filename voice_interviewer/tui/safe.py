"""The one way for data to reach the screen: control and format characters replaced, no markup.

Terminal escapes in data would otherwise be obeyed by the terminal, and `[@click=…]` by the app.
"""

from __future__ import annotations

import unicodedata

from textual.content import Content

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_REPLACEMENT = "\ufffd"
_CONTROL_PICTURES = 0x2400


def clean(text: str, *, lines: bool = False) -> str:
    """The text with every control and format character made visible and harmless.

    Args:
        text: anything at all.
        lines: keep line breaks; otherwise they become spaces, as tabs always do.
    """
    if text.isprintable():
        return text
    return "".join(_shown(character, lines) for character in text.replace("\r\n", "\n"))


def ink(text: str, style: str = "") -> Content:
    """Data as one run of text in a style, on one logical line."""
    return Content.styled(clean(text), style)


def prose(text: str, style: str = "") -> Content:
    """Data as text in a style, with its own line breaks."""
    return Content.styled(clean(text, lines=True), style)


def _shown(character: str, lines: bool) -> str:
    if character in "\n\t\r":
        return "\n" if lines and character == "\n" else " "
    if unicodedata.category(character) not in _UNSAFE:
        return character
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))
    return _REPLACEMENT

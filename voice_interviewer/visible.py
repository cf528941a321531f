"""Data for a terminal: nothing of it is a command, and what would be one is shown as a sign."""

from __future__ import annotations

import unicodedata

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


def echo(text: str, *, err: bool = False) -> None:
    """Write lines to standard output, or to standard error."""
    import typer

    typer.echo(clean(text, lines=True), err=err)


def _shown(character: str, lines: bool) -> str:
    if character in "\n\t\r":
        return "\n" if lines and character == "\n" else " "
    if unicodedata.category(character) not in _UNSAFE:
        return character
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))
    return _REPLACEMENT

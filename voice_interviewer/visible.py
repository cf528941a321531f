"""Text of ours with data in it, for a terminal: nothing of the data is a command to it."""

from __future__ import annotations

_REPLACEMENT = "\ufffd"


def visible(text: str) -> str:
    """The text with control, format and direction characters replaced, save line ends and tabs."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else _REPLACEMENT for c in text)


def echo(text: str, *, err: bool = False) -> None:
    """Write lines to standard output, or to standard error."""
    import typer

    typer.echo(visible(text), err=err)

"""Text that goes into a file for somebody else's program."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text on one line: what cannot be printed (controls, direction marks) becomes a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

"""The one way for data to reach the screen: control and format characters replaced, no markup.

Terminal escapes in data would otherwise be obeyed by the terminal, and `[@click=…]` by the app.
"""

from __future__ import annotations

from textual.content import Content

from voice_interviewer.visible import clean


def ink(text: str, style: str = "") -> Content:
    """Data as one run of text in a style, on one logical line."""
    return Content.styled(clean(text), style)


def prose(text: str, style: str = "") -> Content:
    """Data as text in a style, with its own line breaks."""
    return Content.styled(clean(text, lines=True), style)


def hanging(head: Content, text: Content, width: int) -> Content:
    """`head` and beside it `text`, every line of which begins at the same column.

    Args:
        width: in cells, of both together.
    """
    indent = head.cell_length
    first, *more = text.wrap(max(1, width - indent)) or [text]
    return Content("\n").join([head + first, *(line.pad_left(indent) for line in more)])

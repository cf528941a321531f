"""Past sessions in other formats: one module a format, named in one table.

A format's module has `render(source: Source) -> bytes`. It is imported when it is used, so that
listing the formats costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from voice_interviewer.errors import UsageError

if TYPE_CHECKING:
    from voice_interviewer.archive.export.source import Source


@dataclass(frozen=True)
class Format:
    """One way to write a session down.

    Args:
        extension: of its files, without the dot.
        module: the module of this package that renders it.
        text: True where the result can be shown in a terminal.
    """

    extension: str
    module: str
    text: bool = True

    def render(self, source: Source) -> bytes:
        """The whole file; text is UTF-8. Raises InterviewerError."""
        rendered: bytes = import_module(f"{__name__}.{self.module}").render(source)
        return rendered


FORMATS = {
    "markdown": Format("md", "markdown"),
    "json": Format("json", "report"),
    "vtt": Format("vtt", "vtt"),
    "srt": Format("srt", "srt"),
    "html": Format("html", "html"),
    "anki": Format("apkg", "anki", text=False),
    "mp3": Format("mp3", "mp3", text=False),
}


def format_named(name: str) -> Format:
    """The format of this name. Raises UsageError naming those there are."""
    try:
        return FORMATS[name]
    except KeyError:
        raise UsageError(
            f"There is no format {name!r}.", f"Say --to {', '.join(FORMATS)}."
        ) from None

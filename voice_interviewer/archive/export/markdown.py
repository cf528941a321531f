"""The transcript page, as it also lies in the session's folder."""

from __future__ import annotations

from voice_interviewer.archive.export.source import Source
from voice_interviewer.archive.transcript import transcript_markdown


def render(source: Source) -> bytes:
    """Markdown in which nothing that was said means anything."""
    return transcript_markdown(source.state).encode("utf-8", errors="replace")

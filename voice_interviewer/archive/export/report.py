"""The session report as a JSON file, the same object that `sessions show --json` prints."""

from __future__ import annotations

import json

from voice_interviewer.archive.export.source import Source
from voice_interviewer.core.report import session_report


def render(source: Source) -> bytes:
    """Indented JSON."""
    report = session_report(source.state, source.path)
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    return text.encode("utf-8", errors="backslashreplace")

"""WebVTT captions of the whole session, with speakers and the time of every word.

Format: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

from voice_interviewer.archive.export.captions import Cue, cues_of
from voice_interviewer.archive.export.source import Source

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_NOTE = (
    "NOTE\nTimes count in the session's recordings put together; each prompt is silence before\n"
    "its answer. `sessions export ID --to mp3` writes that sound."
)


def render(source: Source) -> bytes:
    """The captions as UTF-8. Raises UsageError for a session without recordings."""
    cues = (_cue(cue) for cue in cues_of(source))
    return ("\n\n".join(["WEBVTT", _NOTE, *cues]) + "\n").encode("utf-8", errors="replace")


def _cue(cue: Cue) -> str:
    start_ms, end_ms = round(cue.start_s * 1000), round(cue.end_s * 1000)
    last_ms = start_ms
    lines = []
    for line in cue.lines:
        words = []
        for word in line:
            at_ms = round(word.start_s * 1000)
            timed = last_ms < at_ms < end_ms
            words.append((f"<{_clock(at_ms)}>" if timed else "") + word.text.translate(_ESCAPED))
            last_ms = max(last_ms, at_ms)
        lines.append(" ".join(words))
    said = "\n".join(lines)
    return f"{_clock(start_ms)} --> {_clock(end_ms)}\n<v {cue.speaker.translate(_ESCAPED)}>{said}"


def _clock(ms: int) -> str:
    minutes, ms = divmod(ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}"

"""SubRip captions of the whole session, for players that know nothing better."""

from __future__ import annotations

from voice_interviewer.archive.export.captions import Cue, cues_of
from voice_interviewer.archive.export.source import Source

_HARMLESS = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")"})
"""SubRip has no way to escape what players take for markup, so its signs become similar ones."""


def render(source: Source) -> bytes:
    """The captions as UTF-8. Raises UsageError for a session without recordings."""
    cues = enumerate(cues_of(source, labelled=True), start=1)
    return ("\n\n".join(_cue(number, cue) for number, cue in cues) + "\n").encode(
        "utf-8", errors="replace"
    )


def _cue(number: int, cue: Cue) -> str:
    said = "\n".join(cue.text)
    shown = (f"{cue.speaker}: {said}" if cue.opens else said).translate(_HARMLESS)
    return f"{number}\n{_clock(cue.start_s)} --> {_clock(cue.end_s)}\n{shown}"


def _clock(seconds: float) -> str:
    minutes, ms = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02},{ms % 1000:03}"

"""The whole session as one MP3: the sound that captions count in and the page plays.

MP3 is what every browser plays, Safari included, and libsndfile writes (since 1.1). The bitrate is
constant, so that a player finds any second without an index.
"""

from __future__ import annotations

import io

import numpy as np

from voice_interviewer.archive.export.source import Source
from voice_interviewer.archive.export.timeline import Timeline
from voice_interviewer.audio.sound import HEARING_RATE_HZ, read_sound
from voice_interviewer.errors import AudioError, UsageError

_LEVEL_FOR_24_KBPS = 0.8947
"""Libsndfile maps 0 to 1 onto 160 to 8 kbit/s at this rate: 24 kbit/s, 10.8 MB an hour."""
_CODEC_DELAY = 576 + 529
"""Samples that LAME and then every decoder put before the sound. No tag tells players of them, so
as much is left out of the silence that a session begins with."""


def render(source: Source) -> bytes:
    """The recordings on the session's timeline. Raises InterviewerError where there are none."""
    if not source.with_sound:
        raise UsageError("--redact leaves the sound out.", "Export the MP3 without it.")
    if not source.timeline.sounds:
        raise UsageError(
            "This session has no recordings.",
            "Its answers were typed, or the files are gone: export it to html or markdown.",
        )
    return mp3_of(source.timeline)


def mp3_of(timeline: Timeline) -> bytes:
    """Mono MP3 of a timeline that has recordings. Raises AudioError."""
    import soundfile

    file = io.BytesIO()
    try:
        with soundfile.SoundFile(
            file,
            "w",
            HEARING_RATE_HZ,
            channels=1,
            format="MP3",
            subtype="MPEG_LAYER_III",
            compression_level=_LEVEL_FOR_24_KBPS,
            bitrate_mode="CONSTANT",
        ) as mp3:
            _write(mp3, timeline)
    except (soundfile.SoundFileError, ValueError) as error:
        raise AudioError(
            "This machine's libsndfile cannot write MP3.", "Type: pip install -U soundfile"
        ) from error
    return file.getvalue()


def _write(mp3: object, timeline: Timeline) -> None:
    written = _CODEC_DELAY

    def silence_until(end_s: float) -> None:
        nonlocal written
        missing = max(0, round(end_s * HEARING_RATE_HZ) - written)
        mp3.write(np.zeros(missing, dtype=np.float32))  # type: ignore[attr-defined]
        written += missing

    for slot in timeline.slots:
        silence_until(slot.answer_s)
        for path in slot.recordings:
            samples = read_sound(path).at(HEARING_RATE_HZ).samples
            mp3.write(samples)  # type: ignore[attr-defined]
            written += len(samples)
        silence_until(slot.end_s)

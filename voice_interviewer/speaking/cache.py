"""Renders kept on disk, so that a question once spoken is spoken again at once."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import tempfile
from pathlib import Path

from voice_interviewer.audio.sound import Sound
from voice_interviewer.speaking.loudness import is_silent
from voice_interviewer.speaking.voice import Voice, VoiceOptions

LIMIT_BYTES = 200_000_000
# Raised whenever renders of the same words come to sound different, e.g. louder.
_EDITION = 2
_log = logging.getLogger(__name__)


class CachedVoice:
    """A voice whose renders are kept as FLAC files, the least recently used thrown out first.

    A file is named by what was rendered and by the checksum of its bytes, so a torn or damaged one
    is never played. A cache that cannot be read or written costs time, never the sentence.

    Args:
        voice: what renders.
        folder: where the files lie (0700, files 0600); made when it is first needed.
        limit_bytes: how much they may take together.
    """

    def __init__(self, voice: Voice, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._voice = voice
        self._folder = folder
        self._limit_bytes = limit_bytes

    @property
    def name(self) -> str:
        """The name of the voice that renders."""
        return self._voice.name

    @property
    def options(self) -> VoiceOptions:
        """The options of the voice that renders."""
        return self._voice.options

    def render(self, text: str) -> Sound:
        """The text as sound, from disk where it was rendered before. Raises VoiceError."""
        key = self._key(text)
        try:
            kept = self._read(key)
        except OSError as error:
            _log.warning("the render cache %s cannot be read: %s", self._folder, error)
            kept = None
        if kept is not None:
            return kept
        sound = self._voice.render(text)
        if not is_silent(sound):
            try:
                self._write(key, sound)
            except OSError as error:
                _log.warning("the render cache %s cannot be written: %s", self._folder, error)
        return sound

    def close(self) -> None:
        """Close the voice; the files stay."""
        self._voice.close()

    def _key(self, text: str) -> str:
        options = self.options
        parts = [_EDITION, self.name, options.voice_id, options.rate_wpm, options.language, text]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _read(self, key: str) -> Sound | None:
        for path in self._folder.glob(f"{key}-*.flac"):
            data = path.read_bytes()
            sound = _decoded(data) if path.name == _file_name(key, data) else None
            if sound is not None:
                with contextlib.suppress(OSError):
                    os.utime(path)
                return sound
            path.unlink(missing_ok=True)
        return None

    def _write(self, key: str, sound: Sound) -> None:
        data = _encoded(sound)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        handle, part = tempfile.mkstemp(dir=self._folder, suffix=".flac")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(part).replace(self._folder / _file_name(key, data))
        finally:
            Path(part).unlink(missing_ok=True)
        self._make_room()

    def _make_room(self) -> None:
        """Throw out the files used longest ago until the rest fits, leftovers of crashes too."""
        files = []
        for path in self._folder.glob("*.flac"):
            status = path.stat()
            files.append((status.st_mtime_ns, status.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._limit_bytes:
                return
            path.unlink(missing_ok=True)
            total -= size


def _file_name(key: str, data: bytes) -> str:
    return f"{key}-{hashlib.sha256(data).hexdigest()[:16]}.flac"


def _encoded(sound: Sound) -> bytes:
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, sound.samples, sound.rate_hz, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def _decoded(data: bytes) -> Sound | None:
    import soundfile

    try:
        samples, rate_hz = soundfile.read(io.BytesIO(data), dtype="float32")
    except soundfile.SoundFileError:
        return None
    return Sound(samples, int(rate_hz))

"""Checks every real part of the program and says how to mend what is broken."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from voice_interviewer import trying, wiring
from voice_interviewer.audio.sound import HEARING_RATE_HZ, read_sound, write_sound
from voice_interviewer.config import Settings
from voice_interviewer.core.transcript import tokens_of
from voice_interviewer.disk import LEAST_FREE_BYTES, free_bytes
from voice_interviewer.errors import InterviewerError
from voice_interviewer.findings import Check, Finding

_TEST_SENTENCE = "This is the voice of your interviewer."
_HEARD_WELL = 0.6


@dataclass(frozen=True)
class Report:
    """All findings, and where settings and sessions are."""

    parts: tuple[Finding, ...]
    settings_file: str
    data_dir: str

    @property
    def ok(self) -> bool:
        """True when every part works."""
        return all(finding.ok for finding in self.parts)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"ok": self.ok, **asdict(self)}

    def as_text(self) -> str:
        """One line a part, and under each broken one what to do."""
        lines = []
        for finding in self.parts:
            lines.append(f"{'✓' if finding.ok else '✗'} {finding.part:11} {finding.message}")
            if finding.fix:
                lines.append(f"  {'':11} {'→' if not finding.ok else ' '} {finding.fix}")
        lines += ["", f"Settings: {self.settings_file}", f"Sessions: {self.data_dir}"]
        return "\n".join(lines)


def checks(settings: Settings) -> tuple[Check, ...]:
    """Every part, to be tried one after another."""
    parts: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("microphone", _microphone),
        ("speaker", _speaker),
        ("voice", _voice),
        ("hearing", _hearing),
        ("model", _model),
        ("data", _data),
        ("disk", _disk),
    )
    return tuple(Check(part, partial(attempt, settings)) for part, attempt in parts)


def places(settings: Settings) -> Mapping[str, str]:
    """Where settings and sessions are kept: name to path."""
    return {"Settings": str(settings.file), "Sessions": str(settings.data_dir)}


def examine(settings: Settings) -> Report:
    """Try every part for real; takes a few seconds."""
    findings = tuple(check.run() for check in checks(settings))
    return Report(findings, str(settings.file), str(settings.data_dir))


def _microphone(settings: Settings) -> str:
    return trying.try_microphone(settings.hearing.microphone)


def _speaker(_settings: Settings) -> str:
    name, problem = wiring.speaker()
    if name is None:
        raise InterviewerError(problem, "Questions are shown instead. Connect a speaker to hear.")
    return name


def _voice(settings: Settings) -> str:
    voice = wiring.open_voice(settings, settings.speaking.voice)
    try:
        sound = voice.render(_TEST_SENTENCE)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "voice.wav"
            write_sound(path, sound)
            seconds = read_sound(path).duration_s
        return f"{voice.name} rendered {seconds:.1f} s of speech"
    finally:
        voice.close()


def _hearing(settings: Settings) -> str:
    said, path = trying.sample_clip()
    transcriber = wiring.open_transcriber(settings, lambda _message, _fraction: None)
    try:
        words = transcriber.transcribe(read_sound(path).at(HEARING_RATE_HZ).samples)
        heard = tokens_of(" ".join(word.text for word in words))
        wanted = tokens_of(said)
        share = sum(token in heard for token in wanted) / len(wanted)
        if share < _HEARD_WELL:
            raise InterviewerError(
                f"{transcriber.engine} heard only {share:.0%} of a test recording.",
                _other_recogniser(settings),
            )
        return f"{transcriber.engine} heard {share:.0%} of the words of a test recording"
    finally:
        transcriber.close()


def _other_recogniser(settings: Settings) -> str:
    if settings.hearing.engine == "remote":
        return "Choose another hearing.remote_model, or check hearing.language."
    return "Choose other weights as hearing.model, or check hearing.language."


def _model(settings: Settings) -> str:
    return trying.try_model(settings)


def _data(settings: Settings) -> str:
    folder = settings.data_dir
    sessions = folder / "sessions"
    try:
        sessions.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=sessions):
            pass
        others = sessions.stat().st_mode & 0o077
    except OSError as error:
        raise InterviewerError(
            f"{folder} cannot be written ({error.strerror}).",
            "Check its rights, or choose another with --data-dir.",
        ) from error
    if others:
        raise InterviewerError(f"Others can look into {sessions}.", f"Type: chmod 700 '{sessions}'")
    return f"{folder} is writable and private"


def _disk(settings: Settings) -> str:
    free = free_bytes(settings.data_dir)
    if free < LEAST_FREE_BYTES:
        raise InterviewerError(
            f"Only {free / 1e6:.0f} MB are free.",
            "Free some space, or choose another folder with --data-dir.",
        )
    return f"{free / 1e9:.1f} GB free"

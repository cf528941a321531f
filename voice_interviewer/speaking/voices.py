"""Which voices there are, and opening one by name: `engine`, or `engine:speaker`.

A voice is a module with `open_voice(options) -> Voice`, registered as an entry point of the group
`voice_interviewer.voices`. It may also have `installed() -> bool`, for an engine that is optional.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from voice_interviewer.errors import UsageError, VoiceError
from voice_interviewer.speaking import (
    hibari_voice,
    kokoro_voice,
    pyttsx3_voice,
    silent_voice,
)
from voice_interviewer.speaking.silent_voice import SilentVoice
from voice_interviewer.speaking.voice import Voice, VoiceOptions

AUTO = "auto"
_GROUP = "voice_interviewer.voices"
# A checkout that is run without being installed has no metadata, and so no entry points.
_OWN = (
    EntryPoint(
        hibari_voice.NAME, "voice_interviewer.speaking.hibari_voice:open_voice", group=_GROUP
    ),
    EntryPoint(
        kokoro_voice.NAME, "voice_interviewer.speaking.kokoro_voice:open_voice", group=_GROUP
    ),
    EntryPoint(
        pyttsx3_voice.NAME, "voice_interviewer.speaking.pyttsx3_voice:open_voice", group=_GROUP
    ),
)


def available_voices() -> tuple[str, ...]:
    """Names of the voices whose engine is installed, in alphabetical order.

    `auto` and `silent`, which always work, are not among them.
    """
    return tuple(name for name, entry in sorted(_registered().items()) if _installed(entry))


def known_voices() -> tuple[str, ...]:
    """All names of voices, in alphabetical order, whether their engine is installed or not."""
    return tuple(sorted({AUTO, silent_voice.NAME, *_registered()}))


def open_voice(name: str, options: VoiceOptions) -> Voice:
    """The voice of this name; `auto` is the best that is installed: hibari, kokoro, pyttsx3.

    A speaker in the name, as in `kokoro:am_adam`, wins over the one in the options. `silent`
    renders nothing. Raises UsageError for an unknown name, and VoiceError for an engine or a
    speaker that is missing.
    """
    engine, _, speaker = name.partition(":")
    wished = replace(options, voice_id=speaker) if speaker else options
    if engine == silent_voice.NAME:
        return SilentVoice(wished)
    registered = _registered()
    entry = registered.get(_best(wished) if engine == AUTO else engine)
    if entry is None:
        names = ", ".join(known_voices())
        raise UsageError(f"There is no voice {name!r}.", f"Choose one of {names}.")
    voice: Voice = _load(entry)(wished)
    return voice


def _best(options: VoiceOptions) -> str:
    for neural in (hibari_voice, kokoro_voice):
        if neural.installed() and neural.speaks(options.language):
            return str(neural.NAME)
    return pyttsx3_voice.NAME


def _registered() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in (*entry_points(group=_GROUP), *_OWN)}


def _load(entry: EntryPoint) -> Any:
    try:
        return entry.load()
    except (ImportError, AttributeError) as error:
        raise VoiceError(
            f"The voice {entry.name!r} cannot be loaded ({error}).",
            "Install its package again, or choose another voice.",
        ) from error


def _installed(entry: EntryPoint) -> bool:
    try:
        opener = _load(entry)
    except VoiceError:
        return False
    probe = getattr(import_module(entry.module), "installed", None)
    return callable(opener) and (probe is None or bool(probe()))

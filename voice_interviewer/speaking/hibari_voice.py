"""The neural English voice of the package `hibari-tts` (extra `neural-voice`), weights included."""

from __future__ import annotations

import importlib.util
import threading
from typing import Any

from voice_interviewer.audio.sound import Sound
from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.loudness import is_silent, levelled
from voice_interviewer.speaking.text import speakable
from voice_interviewer.speaking.voice import VoiceOptions

NAME = "hibari"
INSTALL_HINT = "Type: pip install 'voice-interviewer[neural-voice]'"

_THREADS = 1
_NATURAL_RATE_WPM = 180
_SLOWEST, _FASTEST = 0.5, 2.0
_SEED = 0


def installed() -> bool:
    """True when the package is there; does not import it."""
    return importlib.util.find_spec("hibari") is not None


def speaks(language: str) -> bool:
    """True for English of any country."""
    return language.split("-")[0].lower() == "en"


def open_voice(options: VoiceOptions) -> HibariVoice:
    """The neural voice; its model is loaded by the first render. Raises VoiceError."""
    if not installed():
        raise VoiceError("The neural voice is not installed.", INSTALL_HINT)
    if not speaks(options.language):
        raise VoiceError(
            f"The neural voice speaks English only, not {options.language!r}.",
            "Choose the voice pyttsx3.",
        )
    return HibariVoice(options)


class HibariVoice:
    """24 kHz neural speech on one thread, more than fifty times faster than it is spoken."""

    name = NAME

    def __init__(self, options: VoiceOptions) -> None:
        self.options = options
        self._lock = threading.Lock()
        self._model: Any = None
        self._closed = False

    def render(self, text: str) -> Sound:
        """The text as speech of the common loudness. One render at a time. Raises VoiceError."""
        say = speakable(text)
        with self._lock:
            if self._closed:
                raise VoiceError("The neural voice is closed.", "Start the interview again.")
            if self._model is None:
                self._model = _load(self.options.voice_id)
            try:
                samples = self._model(say, speed=self._speed(), seed=_SEED)
            except Exception as error:
                raise VoiceError(
                    f"The neural voice failed ({type(error).__name__}: {error}).",
                    "Choose the voice pyttsx3.",
                    retryable=True,
                ) from error
            sound = Sound(samples, int(self._model.sample_rate))
        if is_silent(sound):
            raise VoiceError(
                "The neural voice found nothing it can pronounce.",
                "Write the prompt in English words, or choose the voice pyttsx3.",
                retryable=True,
            )
        return levelled(sound)

    def close(self) -> None:
        """Let the model go, after the render in progress."""
        with self._lock:
            self._closed = True
            self._model = None

    def _speed(self) -> float:
        if self.options.rate_wpm is None:
            return 1.0
        return min(_FASTEST, max(_SLOWEST, self.options.rate_wpm / _NATURAL_RATE_WPM))


def _load(voice_id: str | None) -> Any:
    """The model of one speaker, from the package or fetched earlier; never from the network."""
    try:
        from hibari import Hibari
        from hibari.voices import DEFAULT, VOICES, voice_path

        chosen = voice_id or DEFAULT
        if chosen not in VOICES:
            raise VoiceError(
                f"The neural voice has no speaker {chosen!r}.", f"It has {', '.join(VOICES)}."
            )
        return Hibari(
            voice=chosen, model=voice_path(chosen, download_missing=False), threads=_THREADS
        )
    except VoiceError:
        raise
    except FileNotFoundError as error:
        raise VoiceError(
            f"The speaker {voice_id!r} of the neural voice has not been fetched.",
            f"Type: hibari --voice {voice_id} -o hello.wav hello",
        ) from error
    except Exception as error:
        raise VoiceError(
            f"The neural voice cannot be loaded ({type(error).__name__}: {error}).", INSTALL_HINT
        ) from error

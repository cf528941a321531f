"""A transcription server on loopback with the API's own shapes and a real Whisper behind them.

`python tests/hearing/transcription_server.py [PORT] [full|segments|text]` serves until interrupted.
"""

from __future__ import annotations

import functools
import io
import itertools
import json
import string
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from werkzeug import Request, Response
from werkzeug.serving import make_server

from voice_interviewer.core.transcript import Word

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_DECODED: dict[tuple[object, ...], tuple[list[Any], Any]] = {}
"""What was found in a sound, for all servers of this process: it is the same each time."""

Gives = Literal["full", "segments", "text"]
MODEL = "whisper-1"
_LEAST_S = 0.1


def refusal(status: int, message: str, code: str | None = None, **headers: str) -> Response:
    """An error in the API's shape."""
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    body = json.dumps({"error": error})
    return Response(body, status=status, headers=headers, content_type="application/json")


def answer(body: Any) -> Response:
    """Any JSON as a good answer."""
    return Response(json.dumps(body), content_type="application/json")


def texts(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def word(text: str, start_s: Any, end_s: Any, **more: Any) -> dict[str, Any]:
    return {"word": text, "start": start_s, "end": end_s, **more}


def segment(text: str, start_s: Any = 0.0, end_s: Any = 4.0, **more: Any) -> dict[str, Any]:
    return {"text": text, "start": start_s, "end": end_s, **more}


class TranscriptionServer:
    """Decodes what is uploaded. `requests` keeps the fields of every transcription asked for.

    Args:
        weights: the folder of a CTranslate2 Whisper.
        gives: `full` gives what it is asked for; `segments` refuses word times; `text` refuses all
            but plain text, as the API's newer models do.
        key: the bearer token it wants; None takes any.
    """

    def __init__(self, weights: Path, gives: Gives = "full", key: str | None = None) -> None:
        self._weights = weights
        self._model = _whisper(weights)
        self._one_decode = threading.Lock()
        self._stopped = False
        self._gives = gives
        self._key = key
        self.requests: list[dict[str, Any]] = []

    @Request.application
    def __call__(self, request: Request) -> Response:
        if self._key and request.headers.get("Authorization") != f"Bearer {self._key}":
            return refusal(401, "Incorrect API key provided.", "invalid_api_key")
        if request.path == "/v1/models":
            return answer({"object": "list", "data": [{"id": MODEL, "object": "model"}]})
        if (request.method, request.path) != ("POST", "/v1/audio/transcriptions"):
            return refusal(404, f"Invalid URL ({request.method} {request.path})")
        return self._transcription(request)

    def stop(self) -> None:
        """Break off the decode in progress and wait for its end."""
        self._stopped = True
        with self._one_decode:
            pass

    def _transcription(self, request: Request) -> Response:
        form = request.form
        wanted = form.getlist("timestamp_granularities[]")
        self.requests.append({**form.to_dict(), "timestamp_granularities": wanted})
        if form.get("model") != MODEL:
            return refusal(404, "The model does not exist.", "model_not_found")
        if self._gives == "text" and form.get("response_format", "json") != "json":
            return refusal(400, "response_format 'verbose_json' is not compatible with the model")
        if self._gives == "segments" and "word" in wanted:
            return refusal(422, "timestamp_granularities[]: word is not supported")
        upload = request.files.get("file")
        if upload is None:
            return refusal(400, "file: field required")
        return self._decoded(upload.stream.read(), form, wanted)

    def _decoded(self, sound: bytes, form: Any, wanted: list[str]) -> Response:
        import soundfile

        try:
            samples, rate_hz = soundfile.read(io.BytesIO(sound), dtype="float32")
        except soundfile.SoundFileError:
            return refusal(400, "Invalid file format.")
        if rate_hz != 16_000 or samples.ndim != 1:
            return refusal(400, "This server takes 16 kHz mono.")
        if len(samples) < _LEAST_S * rate_hz:
            return refusal(400, "Audio file is too short.", "audio_too_short")
        with self._one_decode:
            segments, info = self._found(samples, form, word_times="word" in wanted)
        text = "".join(segment.text for segment in segments).strip()
        if form.get("response_format", "json") == "json":
            return answer({"text": text, "usage": {"type": "duration", "seconds": 1}})
        body = {
            "task": "transcribe",
            "language": {"en": "english"}.get(info.language, info.language),
            "duration": info.duration,
            "text": text,
        }
        if "word" in wanted:
            body["words"] = [
                {"word": word.word.strip().strip(string.punctuation), "start": word.start}
                | {"end": word.end}
                for segment in segments
                for word in segment.words or ()
            ]
        if "segment" in wanted or not wanted:
            body["segments"] = [_as_segment(segment) for segment in segments]
        return answer(body)

    def _found(self, samples: np.ndarray, form: Any, *, word_times: bool) -> tuple[list[Any], Any]:
        """Segments, and what else is known; only what was not asked for before is decoded."""
        language, prompt = form.get("language"), form.get("prompt")
        key = (self._weights, samples.tobytes(), language, prompt, word_times)
        if key not in _DECODED:
            found, info = self._model.transcribe(
                samples,
                language=language,
                initial_prompt=prompt,
                temperature=0.0,
                beam_size=1,
                condition_on_previous_text=False,
                word_timestamps=word_times,
            )
            segments = list(itertools.takewhile(lambda _: not self._stopped, found))
            if self._stopped:
                return segments, info
            _DECODED[key] = segments, info
        return _DECODED[key]


@functools.cache
def _whisper(weights: Path) -> WhisperModel:
    from faster_whisper import WhisperModel

    return WhisperModel(
        str(weights), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
    )


def _as_segment(segment: Any) -> dict[str, Any]:
    names = ("id", "seek", "start", "end", "text", "tokens", "temperature")
    measures = ("avg_logprob", "compression_ratio", "no_speech_prob")
    return {name: getattr(segment, name) for name in (*names, *measures)}


@contextmanager
def serving(app: Any, port: int = 0) -> Iterator[str]:
    """The base URL at which a WSGI application answers."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    from voice_interviewer.weights.find import packaged_weights

    here = packaged_weights()
    assert here is not None, "the extra `offline` is not installed"
    chosen: Any = sys.argv[2] if len(sys.argv) > 2 else "full"
    with serving(TranscriptionServer(here, chosen), int((sys.argv[1:] or ["0"])[0])) as url:
        print(url, flush=True)
        threading.Event().wait()

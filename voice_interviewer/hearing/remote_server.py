"""Talking to a transcription server: what it refuses is asked for in a plainer form."""

from __future__ import annotations

import io
import json
import threading
import time
import wave
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.errors import InterviewerError, TranscriptionError
from voice_interviewer.hearing.remote_reply import Detail, Reply, read_reply
from voice_interviewer.servers.client import open_client
from voice_interviewer.servers.failures import (
    Purpose,
    explained,
    not_the_product,
    retry_after_s,
    shown_address,
    too_late,
)

if TYPE_CHECKING:
    import openai

    from voice_interviewer.hearing.remote import RemoteOptions

HEARING = Purpose(
    error=TranscriptionError,
    product="a transcription",
    address="hearing.base_url",
    model="hearing.remote_model",
    key="hearing.api_key",
    refused_hint="Check that hearing.remote_model names a speech recogniser, and hearing.language.",
    late_hint='Try again; if it stays so, take a faster server, or hearing.engine = "whisper".',
)
_CONNECT_S = 5.0
_RETRY_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 10.0
_TRANSIENT = (502, 503, 504)
_REFUSED_FORM = (400, 415, 422, 501)
_FORMATS = ("response_format", "verbose_json", "granularit")
_LADDER: tuple[Detail, ...] = ("words", "segments", "text")


@dataclass(frozen=True)
class Form:
    """How a server wants to be asked; what it refuses is left out from then on."""

    detail: Detail = "words"
    prompt: bool = True
    language: bool = True

    def after_refusal(self, complaint: str) -> Form | None:
        """The next form to try, or None when everything was refused."""
        if not any(name in complaint for name in _FORMATS):
            if self.prompt and "prompt" in complaint:
                return replace(self, prompt=False)
            if self.language and "language" in complaint:
                return replace(self, language=False)
        step = _LADDER.index(self.detail) + 1
        return replace(self, detail=_LADDER[step]) if step < len(_LADDER) else None

    def fields(self, language: str | None, prompt: str) -> dict[str, Any]:
        """The request's fields that depend on the form.

        Segments are asked for together with words, because only they tell how sure it all is.
        """
        fields: dict[str, Any] = {"response_format": "json"}
        if self.detail != "text":
            wanted = ["word", "segment"] if self.detail == "words" else ["segment"]
            fields = {"response_format": "verbose_json", "timestamp_granularities": wanted}
        if self.prompt and prompt:
            fields["prompt"] = prompt
        if self.language and language:
            fields["language"] = language
        return fields


class TranscriptionServer:
    """One model on one server. Raises TranscriptionError with a cause and a fix."""

    def __init__(self, options: RemoteOptions) -> None:
        self.place = shown_address(options.base_url, HEARING)
        self._model = options.model
        self._client = open_client(options.base_url, options.api_key, _CONNECT_S, HEARING)
        self._form = Form()
        self._closed = threading.Event()

    def ask(self, pcm: bytes, *, language: str | None, prompt: str, limit_s: float) -> Reply:
        """The transcription of 16-bit mono sound at 16 kHz."""
        import openai

        ends_s = time.monotonic() + limit_s
        sound = ("answer.wav", wav(pcm), "audio/wav")
        form = self._form
        while True:
            fields = {"file": sound, "model": self._model, **form.fields(language, prompt)}
            try:
                body = self._send(fields, ends_s, limit_s)
                break
            except openai.APIStatusError as error:
                plainer = form.after_refusal(str(error).lower())
                if error.status_code not in _REFUSED_FORM or plainer is None:
                    raise self._explained(error, limit_s) from None
                form = plainer
        try:
            reply = read_reply(json.loads(body))
        except (ValueError, RecursionError):
            raise not_the_product(HEARING, self.place) from None
        gives = reply.detail if reply.text else form.detail
        self._form = replace(form, detail=max(form.detail, gives, key=_LADDER.index))
        return reply

    def probe(self, limit_s: float) -> None:
        """Find out whether anything answers there; what it answers does not matter."""
        import openai

        try:
            self._client.get("/models", cast_to=object, options={"timeout": limit_s})
        except openai.APIConnectionError as error:
            raise self._explained(error, limit_s) from None
        except (openai.APIError, ValueError):
            return

    def close(self) -> None:
        """Close the connections."""
        self._closed.set()
        self._client.close()

    def _send(self, fields: dict[str, Any], ends_s: float, limit_s: float) -> bytes:
        """The body of one answer, asked for once more where the server was busy or the line broke.

        Raises openai.APIStatusError too.
        """
        import httpx2
        import openai

        create = self._client.audio.transcriptions.with_raw_response.create
        pause_s = _RETRY_PAUSE_S
        for last in (False, True):
            left_s = ends_s - time.monotonic()
            if left_s <= 0:
                raise too_late(HEARING, limit_s)
            timeout = httpx2.Timeout(left_s, connect=min(left_s, _CONNECT_S))
            try:
                return bytes(create(**fields, timeout=timeout).content)
            except openai.APIStatusError as error:
                wait_s = _pause_after(error)
                if last or wait_s is None or wait_s > ends_s - time.monotonic():
                    raise
                pause_s = wait_s
            except (openai.APIError, ValueError) as error:
                late = isinstance(error, openai.APITimeoutError)
                if last or late or not isinstance(error, openai.APIConnectionError):
                    raise self._explained(error, limit_s) from None
            self._closed.wait(pause_s)
        raise AssertionError("the second attempt returns or raises")

    def _explained(self, error: Exception, limit_s: float) -> InterviewerError:
        if getattr(error, "status_code", 0) == 413:
            return TranscriptionError(
                f"The recording is too large for {self.place} (413).",
                "Raise the server's limit for uploads, or give shorter answers.",
            )
        return explained(error, HEARING, place=self.place, model=self._model, limit_s=limit_s)


def _pause_after(error: openai.APIStatusError) -> float | None:
    """Seconds after which the same request may succeed; None where waiting is no use."""
    asked_s = retry_after_s(error)
    if asked_s is not None and error.status_code in (429, *_TRANSIENT):
        return max(asked_s, _RETRY_PAUSE_S) if asked_s <= _LONGEST_PAUSE_S else None
    return _RETRY_PAUSE_S if error.status_code in _TRANSIENT else None


def wav(pcm: bytes) -> bytes:
    """A WAV file around 16-bit mono sound at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(HEARING_RATE_HZ)
        sound.writeframes(pcm)
    return file.getvalue()

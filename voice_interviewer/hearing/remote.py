"""Speech to words on a server of the user's choice; the recordings go there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import SecretStr

from voice_interviewer.audio.sound import HEARING_RATE_HZ, to_pcm16
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.transcript import Span
from voice_interviewer.errors import InterviewerError, TranscriptionError
from voice_interviewer.hearing.engine import Words
from voice_interviewer.hearing.remote_reply import Reply, clean
from voice_interviewer.hearing.remote_server import HEARING, TranscriptionServer
from voice_interviewer.hearing.remote_words import words_heard
from voice_interviewer.servers.failures import too_late

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

log = logging.getLogger(__name__)

PROBE_S = 5.0
_LEAST_LIMIT_S = 30.0
_LIMIT_PER_AUDIO_S = 1.0
_SHORTEST_S = 0.5
_MOST_HINT = 200
_LEAD = "Terms:"


class RemoteOptions(Frozen):
    """Which server hears, and how it is asked.

    Args:
        base_url: an endpoint that offers `/audio/transcriptions` below it.
        model: the recogniser's name there.
        api_key: sent as a bearer token; local servers need none.
        language: language of the answers, as Whisper names it; `auto` lets the server guess.
        initial_prompt: text before the first window.
        hotwords: words to listen for, ahead of the terms of a question.
    """

    base_url: str
    model: str = "whisper-1"
    api_key: SecretStr | None = None
    language: str = "en"
    initial_prompt: str | None = None
    hotwords: str | None = None


class RemoteTranscriber:
    """A `Transcriber` that asks one server. Raises TranscriptionError where it cannot be asked.

    Nothing is kept between requests but what the server has refused. `thorough` changes nothing.
    """

    def __init__(self, options: RemoteOptions) -> None:
        self._options = options
        self._server = TranscriptionServer(options)
        self._one_request = threading.Lock()
        self._state = threading.Lock()
        self._pending: Future[Reply] | None = None
        self._closed = False
        self._asked_language = None if options.language == "auto" else options.language
        self.engine = f"{options.model} at {self._server.place}"
        self.language = self._asked_language or "en"
        self.problem: InterviewerError | None = None

    def start(self) -> None:
        """Ask in the background whether the server is there; `problem` tells when it is not."""
        self.problem = None
        threading.Thread(target=self._probe, name="remote-probe", daemon=True).start()

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

        Digital silence is not sent. By default half a minute and the length of the sound is waited.
        """
        duration_s = len(samples) / HEARING_RATE_HZ
        limit_s = _LEAST_LIMIT_S + _LIMIT_PER_AUDIO_S * duration_s
        limit_s = limit_s if timeout_s is None else timeout_s
        pcm = to_pcm16(samples)
        hint = hint_of([self._options.hotwords or "", *terms])
        before = clean(self._options.initial_prompt)
        with self._one_request:
            if not any(pcm):
                self._check_open()
                return ()
            reply = self._within(
                limit_s,
                lambda: self._server.ask(
                    pcm.ljust(round(_SHORTEST_S * HEARING_RATE_HZ) * 2, b"\0"),
                    language=self._asked_language,
                    prompt=f"{before} {hint}".strip(),
                    limit_s=limit_s,
                ),
            )
            self.problem = None
        self.language = self._asked_language or reply.language or self.language
        return words_heard(reply, duration_s=duration_s, speech=speech, hint=hint)

    def close(self) -> None:
        """Close the connections; a request in progress fails at once."""
        with self._state:
            self._closed = True
            if self._pending is not None:
                with suppress(InvalidStateError):
                    self._pending.set_exception(_closed())
        self._server.close()

    def _probe(self) -> None:
        try:
            self._server.probe(PROBE_S)
        except (InterviewerError, RuntimeError) as error:
            if self._closed:
                log.info("the speech server was closed while it was tried")
                return
            log.warning("the speech server does not answer: %s", error)
            self.problem = (
                error if isinstance(error, InterviewerError) else TranscriptionError(str(error))
            )

    def _check_open(self) -> None:
        if self._closed:
            raise _closed()

    def _within(self, limit_s: float, work: Callable[[], Reply]) -> Reply:
        """Do the work in a thread of its own, so that neither a slow drip nor `close` waits for it.

        Work that is late is left to end by itself; its result is dropped.
        """
        outcome: Future[Reply] = Future()
        with self._state:
            self._check_open()
            self._pending = outcome
        threading.Thread(
            target=_settle, args=(outcome, work), name="remote-hearing", daemon=True
        ).start()
        try:
            return outcome.result(timeout=limit_s)
        except TimeoutError:
            raise too_late(HEARING, limit_s) from None
        finally:
            with self._state:
                self._pending = None


def hint_of(terms: Sequence[str]) -> str:
    """A prompt that tells how terms are spelt, at most 200 characters; empty without terms."""
    said = ", ".join(term for term in map(clean, terms) if term)
    hint = f"{_LEAD} {said}"
    if len(hint) > _MOST_HINT:
        hint = hint[: _MOST_HINT + 1].rpartition(" ")[0].rstrip(",")
    return hint if said and hint != _LEAD else ""


def _settle(outcome: Future[Reply], work: Callable[[], Reply]) -> None:
    """Put the result of the work, or its error, where somebody may still wait for it."""
    with suppress(InvalidStateError):
        try:
            outcome.set_result(_guarded(work))
        except InterviewerError as error:
            outcome.set_exception(error)


def _guarded(work: Callable[[], Reply]) -> Reply:
    try:
        return work()
    except InterviewerError:
        raise
    except Exception as error:
        raise TranscriptionError(
            f"The remote speech recognition broke with {type(error).__name__}.",
            'Set hearing.engine to "whisper" to hear on this machine.',
        ) from error


def _closed() -> TranscriptionError:
    return TranscriptionError(
        "Speech recognition is closed.", "The recording is kept. Resume the session."
    )

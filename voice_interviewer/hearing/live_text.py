"""Text while the candidate speaks: interim words in pauses, committed words that stay.

In a pause the pending sound is decoded. Once 20 s are pending, all but the last stretch of speech
is committed, so that the end of a long answer needs no longer than that of a short one. At least
3 s of speech stay pending, as shorter tails decode badly alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from voice_interviewer.core.transcript import Word
from voice_interviewer.errors import InterviewerError, TranscriptionError
from voice_interviewer.hearing.buffer import SoundBuffer
from voice_interviewer.hearing.endpointing import Endpointer, Pause, Phase

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

log = logging.getLogger(__name__)

INTERIM_PAUSE_S = 0.6
COMMIT_AFTER_S = 20.0
LEAST_PIECE_S = 3.0
_MARGIN_S = 0.5

Words = tuple[Word, ...]


class Transcriber(Protocol):
    """Turns sound into words; see `transcriber.WhisperTranscriber`."""

    engine: str
    language: str
    problem: InterviewerError | None

    def start(self) -> None: ...

    def transcribe(self, samples: Samples, *, timeout_s: float | None = None) -> Words: ...

    def close(self) -> None: ...


def shifted(words: Sequence[Word], by_s: float) -> Words:
    """The same words `by_s` seconds later."""

    def later(time_s: float | None) -> float | None:
        return None if time_s is None else round(time_s + by_s, 3)

    return tuple(
        word.model_copy(update={"start_s": later(word.start_s), "end_s": later(word.end_s)})
        for word in words
    )


def pause_to_commit(
    pauses: Sequence[Pause], pending_from_s: float, speech_end_s: float
) -> Pause | None:
    """The pause up to which the pending sound can be committed now, or None."""
    if speech_end_s - pending_from_s < COMMIT_AFTER_S:
        return None
    return next(
        (
            pause
            for pause in reversed(pauses)
            if speech_end_s - pause.end_s >= LEAST_PIECE_S
            and pause.start_s - pending_from_s >= LEAST_PIECE_S
        ),
        None,
    )


def _unfinished() -> InterviewerError:
    return TranscriptionError("Speech recognition broke off.", "Try again.", retryable=True)


@dataclass
class _Decode:
    """One decode of the sound between two times; `pause` is set when it is to be committed."""

    start_s: float
    end_s: float
    pause: Pause | None = None
    words: Words = ()
    error: InterviewerError | None = field(default_factory=_unfinished)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self, transcriber: Transcriber, samples: Samples) -> None:
        """Decode, keeping an error for whoever takes the result."""
        try:
            self.words = shifted(transcriber.transcribe(samples), self.start_s)
            self.error = None
        except InterviewerError as error:
            self.error = error
        finally:
            self.done.set()


class LiveText:
    """The text of one recording. `follow` belongs to the listening thread, `final` comes after.

    Args:
        sound, rule: what was heard so far, and where there was speech in it.
        on_committed, on_interim: told of new words, with times from the start of the recording.
        wait: decode at once and wait for it, instead of in a thread that is skipped when busy.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        sound: SoundBuffer,
        rule: Endpointer,
        *,
        on_committed: Callable[[Words], None] = lambda _words: None,
        on_interim: Callable[[str], None] = lambda _text: None,
        wait: bool = False,
    ) -> None:
        self._transcriber = transcriber
        self._sound = sound
        self._rule = rule
        self._on_committed = on_committed
        self._on_interim = on_interim
        self._wait = wait
        self._committed: Words = ()
        self._pending_from_s: float | None = None
        self._running: _Decode | None = None
        self._latest: _Decode | None = None
        self._broken = False

    def follow(self) -> None:
        """Take in what was decoded, and begin what is due. Returns at once unless `wait`."""
        if self._running is not None and self._running.done.is_set():
            self._announce(self._take())
        if self._running is not None or self._broken or self._rule.phase is not Phase.QUIET:
            return
        start_s, end_s = self._pending()
        if end_s <= start_s:
            return
        speech_end_s = self._rule.last_speech_end_s or 0.0
        pause = pause_to_commit(self._rule.pauses, start_s, speech_end_s)
        if pause is not None:
            self._begin(_Decode(start_s, min(pause.middle_s, pause.start_s + _MARGIN_S), pause))
        elif (
            not self._wait
            and self._rule.silence_s >= INTERIM_PAUSE_S
            and not self._fits(self._latest)
        ):
            self._begin(_Decode(start_s, end_s))

    def final(self) -> Words:
        """All words, once the recording is over. Raises InterviewerError; may be called again."""
        if self._running is not None:
            self._running.done.wait()
            self._take()
        start_s, end_s = self._pending()
        if end_s <= start_s:
            return self._committed
        if not self._fits(self._latest):
            decode = _Decode(start_s, end_s)
            decode.run(self._transcriber, self._sound.between(start_s, end_s))
            if decode.error is not None:
                raise decode.error
            self._latest = decode
        assert self._latest is not None
        return self._committed + self._latest.words

    def _pending(self) -> tuple[float, float]:
        """Where the speech that is not committed begins and ends, with some sound around it."""
        started_s, voice_s = self._rule.speech_started_s, self._rule.last_voice_s
        if started_s is None or voice_s is None:
            return 0.0, 0.0
        start_s = self._pending_from_s
        if start_s is None:
            start_s = max(0.0, started_s - _MARGIN_S)
        return start_s, min(self._sound.duration_s, voice_s + _MARGIN_S)

    def _fits(self, decode: _Decode | None) -> bool:
        """True when this decode covers exactly the speech that is pending."""
        start_s, end_s = self._pending()
        return decode is not None and decode.start_s == start_s and decode.end_s >= end_s

    def _begin(self, decode: _Decode) -> None:
        samples = self._sound.between(decode.start_s, decode.end_s)
        self._running = decode
        if self._wait:
            decode.run(self._transcriber, samples)
            self._announce(self._take())
        else:
            threading.Thread(
                target=decode.run, args=(self._transcriber, samples), name="live-text", daemon=True
            ).start()

    def _take(self) -> _Decode:
        """Make the result of the finished decode ours; a failed one stops the live text only."""
        decode, self._running = self._running, None
        assert decode is not None
        if decode.error is not None:
            log.warning("no live text from here on: %s", decode.error)
            self._broken = True
        elif decode.pause is not None:
            self._committed += decode.words
            self._pending_from_s = max(decode.pause.middle_s, decode.pause.end_s - _MARGIN_S)
        else:
            self._latest = decode
        return decode

    def _announce(self, decode: _Decode) -> None:
        if decode.error is not None:
            return
        if decode.pause is not None:
            self._on_committed(decode.words)
        if self._latest is not None:
            from_s = self._pending_from_s or 0.0
            pending = (word for word in self._latest.words if (word.end_s or 0.0) > from_s)
            self._on_interim(" ".join(word.text for word in pending))

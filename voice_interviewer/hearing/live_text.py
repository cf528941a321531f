"""Text while the candidate speaks: drafts in every first pause, committed pieces that stay.

As soon as the speech detector falls silent, everything that is not committed is decoded in a short
window: if the candidate has finished, that draft is the end of the transcript, and nobody waits. If
not, it is what the screen shows as interim words. Once enough was said after a natural pause, the
draft made in that pause is committed as it stands, so that only the last piece is ever pending and
the end of a long answer comes as fast as that of a short one. Of that piece only the end is decoded
when the answer is over (see `tail`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.core.transcript import Span, Word
from voice_interviewer.errors import InterviewerError, TranscriptionError
from voice_interviewer.hearing import tail
from voice_interviewer.hearing.buffer import WorkingAudio
from voice_interviewer.hearing.engine import Transcriber, Words
from voice_interviewer.hearing.pieces import (
    LIVE,
    MARGIN_S,
    Cut,
    muted,
    needs_force,
    pause_to_cut,
    quietest,
    where_to_force,
    without,
)
from voice_interviewer.hearing.timeline import Phase, SpeechTimeline

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

log = logging.getLogger(__name__)

DRAFT_AFTER_S = 0.06
_SHARE_OF_COST = 0.5
_CLICK_S = 0.3
_NEARBY_S = 0.05


def shifted(words: Sequence[Word], by_s: float) -> Words:
    """The same words `by_s` seconds later."""

    def later(time_s: float | None) -> float | None:
        return None if time_s is None else round(time_s + by_s, 3)

    return tuple(
        word.model_copy(update={"start_s": later(word.start_s), "end_s": later(word.end_s)})
        for word in words
    )


def _numbered(words: Words, piece: int) -> Words:
    return tuple(word.model_copy(update={"segment": piece}) for word in words)


def continued(words: Words, more: Words, from_s: float) -> Words:
    """Words, and those of another recording that begins at `from_s`, with its pieces counted on."""
    pieces = 1 + max((word.segment for word in words if word.segment is not None), default=-1)
    return words + tuple(
        word if word.segment is None else word.model_copy(update={"segment": word.segment + pieces})
        for word in shifted(more, from_s)
    )


def _unfinished() -> InterviewerError:
    return TranscriptionError("Speech recognition broke off.", "Try again.", retryable=True)


@dataclass
class _Decode:
    """One decode of the sound between two times; `cut` is set when it is to be committed.

    `voice_s` is where the last voice before its end was heard.
    """

    start_s: float
    end_s: float
    voice_s: float
    cut: Cut | None = None
    words: Words = ()
    error: InterviewerError | None = field(default_factory=_unfinished)
    done: threading.Event = field(default_factory=threading.Event)


class LiveText:
    """The text of one recording. `follow` belongs to the listening thread, `final` comes after.

    An answer may go on while its end is being transcribed, so `final`, `settle` and `commit_all`
    may be called from several threads: they take their turns.

    Args:
        sound, timeline: what was heard so far, and where there was speech in it.
        terms: jargon that may be said.
        on_committed: told of words that stay, with times from the start of the recording.
        on_draft: told of the pending words of every new draft.
        wait: decode at once and wait for it, and only what is to be committed, instead of in a
            thread beside.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        sound: WorkingAudio,
        timeline: SpeechTimeline,
        *,
        terms: Sequence[str] = (),
        on_committed: Callable[[Words], None] = lambda _words: None,
        on_draft: Callable[[Words], None] = lambda _words: None,
        wait: bool = False,
    ) -> None:
        self._transcriber = transcriber
        self._sound = sound
        self._timeline = timeline
        self._terms = tuple(terms)
        self._on_committed = on_committed
        self._on_draft = on_draft
        self._wait = wait
        self._committed: Words = ()
        self._pieces = 0
        self._pending_from_s: float | None = None
        self._running: _Decode | None = None
        self._drafts: list[_Decode] = []
        self._removed: list[Span] = []
        self._cost_s = 0.0
        self._broken = False
        self._one_at_a_time = threading.RLock()

    @property
    def covered(self) -> bool:
        """True when the words so far reach to the end of what was said."""
        return self._draft is not None

    @property
    def words(self) -> Words:
        """All words so far, those of the latest draft included."""
        pending = self._kept(self._drafts[-1].words) if self._drafts else ()
        return self._committed + _numbered(pending, self._pieces)

    @property
    def voice_s(self) -> float:
        """Up to where `words` reach."""
        return self._drafts[-1].voice_s if self._drafts else self._pending_from_s or 0.0

    def follow(self) -> None:
        """Take in what was decoded, and begin what is due. Returns at once unless `wait`."""
        if self._running is not None and self._running.done.is_set():
            self._take()
        if self._running is not None or self._broken:
            return
        decode = self._to_commit() or (None if self._wait else self._to_draft())
        if decode is not None:
            self._begin(decode)

    def settle(self) -> None:
        """Wait for the decode in progress, and take it in."""
        with self._one_at_a_time:
            if self._running is not None:
                self._running.done.wait()
                self._take()

    def remove(self, start_s: float, end_s: float) -> None:
        """What was said between these times is no part of the answer, committed or not."""
        self._removed.append((start_s, end_s))
        self._committed = self._kept(self._committed)
        if self._drafts:
            self._on_draft(self._kept(self._drafts[-1].words))

    def commit_all(self) -> None:
        """Commit what is pending, as the recording is over but the answer goes on in another.

        Raises InterviewerError.
        """
        with self._one_at_a_time:
            pending = self.final()[len(self._committed) :]
            if pending:
                self._commit(pending, self._timeline.now_s)

    def final(self) -> Words:
        """All words, once the recording is over. Raises InterviewerError; may be called again."""
        with self._one_at_a_time:
            self.settle()
            while self._draft is None and (decode := self._to_commit()) is not None:
                self._decode_now(decode)
            start_s, end_s = self._pending()
            if end_s <= start_s:
                return self._committed
            if self._draft is None and not self._decode_tail():
                self._decode_now(_Decode(start_s, end_s, self._timeline.last_voice_s or 0.0))
            return self.words

    @property
    def speech(self) -> tuple[Span, ...]:
        """Where somebody spoke, in seconds of the recording, without what was removed."""
        spans = list(self._timeline.spans)
        voice_s = self._timeline.last_voice_s
        if spans and voice_s is not None and voice_s > spans[-1][1]:
            spans.append((max(spans[-1][1], voice_s - _CLICK_S), voice_s))
        return without(spans, self._removed)

    @property
    def _draft(self) -> _Decode | None:
        """The draft that covers all that is pending, if there is one."""
        voice_s = self._timeline.last_voice_s or 0.0
        latest = self._drafts[-1] if self._drafts else None
        return latest if latest is not None and latest.voice_s >= voice_s else None

    def _pending(self) -> Span:
        """Where the speech that is not committed begins and ends, with some sound around it."""
        started_s, voice_s = self._timeline.speech_started_s, self._timeline.last_voice_s
        if started_s is None or voice_s is None:
            return 0.0, 0.0
        start_s = self._pending_from_s
        if start_s is None:
            start_s = max(0.0, started_s - MARGIN_S)
        if voice_s <= start_s:
            return 0.0, 0.0
        return start_s, min(self._sound.duration_s, voice_s + MARGIN_S)

    def _to_draft(self) -> _Decode | None:
        """What is pending, when somebody has just fallen silent and it was not decoded yet.

        Where decoding is slow, the gaps between words are not worth it.
        """
        silent = self._timeline.phase in (Phase.STOPPING, Phase.QUIET)
        voice_s = self._timeline.last_voice_s or 0.0
        start_s, end_s = self._pending()
        silence_s = self._timeline.now_s - voice_s
        early = silence_s < max(DRAFT_AFTER_S, _SHARE_OF_COST * self._cost_s)
        if not silent or early or end_s <= start_s or self._draft is not None:
            return None
        return _Decode(start_s, end_s, voice_s)

    def _to_commit(self) -> _Decode | None:
        """The next piece, when enough was said after it; a draft made there is used at once."""
        start_s, end_s = self._pending()
        speech_end_s = self._timeline.last_speech_end_s or 0.0
        if end_s <= start_s:
            return None
        cut = pause_to_cut(self._timeline.silences, start_s, speech_end_s, LIVE)
        if cut is None and needs_force(start_s, speech_end_s, LIVE):
            from_s, to_s = where_to_force(start_s, LIVE)
            point_s = from_s + quietest(self._sound.between(from_s, to_s))
            cut = Cut(end_s=point_s, next_s=point_s)
        if cut is None:
            return None
        pause = cut.pause
        for draft in self._drafts:
            if pause is not None and pause.start_s <= draft.voice_s <= pause.end_s:
                self._commit(self._kept(draft.words), cut.next_s)
                return self._to_commit()
        return _Decode(start_s, cut.end_s, cut.end_s, cut)

    def _begin(self, decode: _Decode) -> None:
        self._running = decode
        voices = self._voices(decode)
        if self._wait:
            self._decode(decode, voices)
            self._take()
        else:
            threading.Thread(
                target=self._decode, args=(decode, voices), name="live-text", daemon=True
            ).start()

    def _voices(self, decode: _Decode) -> list[Span]:
        """Where there was a voice in what is to be decoded, in seconds from its start."""
        start_s, end_s = decode.start_s, decode.end_s
        return [
            (max(0.0, first - start_s), min(end_s, last) - start_s)
            for first, last in without(self._timeline.voices, self._removed)
            if last > start_s and first < end_s
        ]

    def _decode(self, decode: _Decode, voices: Sequence[Span]) -> None:
        """Decode, keeping an error for whoever takes the result.

        May run beside the listening thread, so it must not read the timeline.
        """
        start_s, end_s = decode.start_s, decode.end_s
        began_s = time.monotonic()
        try:
            heard = self._transcriber.transcribe(
                self._samples(start_s, end_s), terms=self._terms, speech=voices
            )
            decode.words = shifted(heard, start_s)
            decode.error = None
        except InterviewerError as error:
            decode.error = error
        finally:
            self._cost_s = time.monotonic() - began_s
            decode.done.set()

    def _samples(self, start_s: float, end_s: float) -> Samples:
        return muted(self._sound.between(start_s, end_s), start_s, self._removed)

    def _decode_now(self, decode: _Decode) -> None:
        """Decode now, after the recording, and take it in. Raises InterviewerError."""
        self._decode_at_once(decode)
        self._use(decode)

    def _decode_at_once(self, decode: _Decode) -> None:
        self._decode(decode, self._voices(decode))
        if decode.error is not None:
            raise decode.error

    def _decode_tail(self) -> bool:
        """Decode the last seconds only; False where the latest draft is of no use for that.

        Raises InterviewerError.
        """
        start_s, end_s = self._pending()
        spoken = start_s, self._timeline.last_speech_end_s or 0.0
        draft = self._drafts[-1] if self._drafts else None
        if draft is None:
            return False
        cut_s = tail.where_to_begin(
            draft.words, draft.voice_s, spoken, self._timeline.silences, self._power
        )
        if cut_s is None:
            return False
        rest = _Decode(cut_s, end_s, self._timeline.last_voice_s or 0.0)
        self._decode_at_once(rest)
        if not tail.agree(draft.words, draft.voice_s, cut_s, rest.words):
            return False
        self._commit(self._kept(tail.head(draft.words, cut_s)), cut_s)
        self._use(rest)
        return True

    def _power(self, around_s: float) -> float:
        nearby = self._sound.between(around_s - _NEARBY_S, around_s + _NEARBY_S)
        return float(np.mean(np.square(nearby))) if len(nearby) else 0.0

    def _take(self) -> None:
        """Make the result of the finished decode ours; a failed one stops the live text only."""
        decode, self._running = self._running, None
        assert decode is not None
        if decode.error is not None:
            log.warning("no live text from here on: %s", decode.error)
            self._broken = True
        else:
            self._use(decode)

    def _use(self, decode: _Decode) -> None:
        if decode.cut is not None:
            self._commit(self._kept(decode.words), decode.cut.next_s)
        else:
            self._drafts.append(decode)
            self._on_draft(self._kept(decode.words))

    def _commit(self, words: Words, next_s: float) -> None:
        piece = _numbered(words, self._pieces)
        self._pieces += 1
        self._committed += piece
        self._pending_from_s = next_s
        self._drafts = []
        self._on_committed(piece)

    def _kept(self, words: Words) -> Words:
        """Words without those that were said to the interviewer."""

        def inside(word: Word) -> bool:
            return any(first <= tail.middle_s(word) <= last for first, last in self._removed)

        return tuple(word for word in words if not inside(word))

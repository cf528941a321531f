"""Takes spoken answers, from a microphone or from recordings, and turns them into words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.core.commands import HearAgain, Listen, Overhear, Transcribe
from voice_interviewer.core.events import EndReason
from voice_interviewer.core.ports import AnswerObserver, Ended
from voice_interviewer.core.transcript import Span, Transcript
from voice_interviewer.errors import InterviewerError
from voice_interviewer.hearing.answer import SpokenAnswer
from voice_interviewer.hearing.ear import Ear
from voice_interviewer.hearing.engine import Transcriber, Words
from voice_interviewer.hearing.kept_terms import with_terms_kept
from voice_interviewer.hearing.live_text import continued
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.recordings import TurnRecordings
from voice_interviewer.hearing.sources import AudioSource
from voice_interviewer.hearing.speech import SpeechDetector
from voice_interviewer.hearing.vad import Vad
from voice_interviewer.hearing.whole import WholeRecording, rounded
from voice_interviewer.hearing.without_sound import not_in, told_in, words_lost

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

log = logging.getLogger(__name__)

_EAR_LIMIT_S = 1.0


class SpokenListener:
    """A `Listener` for one session. The recogniser begins to load when it is made.

    Args:
        source: where the sound comes from.
        transcriber: turns sound into words; closed together with the listener.
        session_folder: recordings go to `audio/` below it.
        make_detector: makes a speech detector for each thread that needs one.
        without_echo: wraps a detector so that the interviewer's own voice is no speech to it.

    Raises WeightsError when the speech detector cannot be loaded.
    """

    def __init__(
        self,
        source: AudioSource,
        transcriber: Transcriber,
        options: HearingOptions,
        session_folder: Path,
        *,
        make_detector: Callable[[], SpeechDetector] = Vad,
        without_echo: Callable[[SpeechDetector], SpeechDetector] = lambda detector: detector,
    ) -> None:
        self._source = source
        self._transcriber = transcriber
        self._options = options
        self._recordings = TurnRecordings(session_folder)
        self._make_detector = make_detector
        self._detector = make_detector()
        self._ear_detector = without_echo(make_detector())
        self._lock = threading.Lock()
        self._source_lock = threading.RLock()
        self._one_second_pass = threading.Lock()
        self._nothing_to_hear = threading.Event()
        self._nothing_to_hear.set()
        self._closed = False
        self._open = False
        self._ear: Ear | None = None
        self._current: SpokenAnswer | None = None
        self._turn_id = 0
        self._heard: dict[str, SpokenAnswer] = {}
        self._torn: set[str] = set()
        transcriber.start()

    def listen(self, command: Listen, observer: AnswerObserver) -> Ended:
        """Take one answer. Raises AudioError, and WeightsError when the model did not load."""
        answer = self._begin(command, observer)
        if answer is None:
            return Ended(reason=None)
        go_on = False
        try:
            self._check_recogniser()
            ear = self._end_ear()
            unheeded = ear is not None and bool(ear.sound) and not command.overheard
            nothing = self._open_source(command, adopt=ear is not None, forget=unheeded)
            if nothing is not None:
                observer.started(None, self._source.name)
                return Ended(reason=nothing)
            ended = self._record(command, observer, answer, ear if command.overheard else None)
            go_on = _may_go_on(ended, answer) and not self._source.ends
            return ended
        finally:
            with self._lock:
                self._current = None
                go_on = go_on and not self._closed
            if not go_on:
                self._close_source()
            self._nothing_to_hear.set()

    def finish(self, reason: EndReason | None) -> None:
        """End the answer in progress; without one this does nothing."""
        with self._lock:
            if self._current is not None:
                self._current.finish(reason)

    def hold(self, *, until_speech: bool = False) -> None:
        """Let no silence end the answer in progress."""
        with self._lock:
            if self._current is not None:
                self._current.hold(until_speech=until_speech)

    def overhear(self, command: Overhear) -> float | None:
        """Wait until the candidate speaks between answers; recorded ones never do."""
        with self._lock:
            busy = self._ear is not None and not self._ear.over.is_set()
            if self._closed or self._source.ends or busy or self._current is not None:
                return None
            unheeded = self._ear is not None and bool(self._ear.sound)
            ear = self._ear = Ear(self._source, self._ear_detector)
        noticed: float | None = None
        try:
            nothing_yet = Listen(turn_id=0, question_id="", microphone=command.microphone)
            self._open_source(nothing_yet, adopt=True, forget=unheeded)
            if self._ear is ear:  # else listening began while the device opened
                noticed = ear.overhear()
        finally:
            ear.over.set()
            with self._source_lock:
                with self._lock:
                    wanted = noticed is not None or self._current is not None
                if not wanted:
                    self._close_source()
        return noticed

    def stop_overhearing(self) -> None:
        """Close the ear."""
        with self._lock:
            ear = self._ear
        if ear is not None:
            ear.stop()

    def transcribe(self, command: Transcribe) -> Transcript:
        """The final transcript of a turn. Raises TranscriptionError and WeightsError.

        Of recordings of this process only what is not yet committed has to be decoded; those of an
        earlier one are decoded anew, and words that were told but have no sound any more are kept.
        """
        words: Words = () if command.recordings else command.committed
        speech: list[Span] = []
        earlier_s, complete = 0.0, True
        for number, name in enumerate(command.recordings):
            answer = self._heard.get(name)
            lost: Words = ()
            if answer is None:
                part = self._whole(self._recordings.readable((name,)), command, earlier_s=earlier_s)
                heard, spans, audio_s = part.words, part.speech, part.audio_s
                if complete or not audio_s:  # else nobody knows where this recording began
                    lost = not_in(audio_s, earlier_s, told_in(command, number))
                complete = complete and not lost
            else:
                heard, spans = answer.text.final(), answer.text.speech
                audio_s = answer.sound.duration_s
            words = continued(words, heard, earlier_s) + lost
            speech += [(first + earlier_s, last + earlier_s) for first, last in spans]
            earlier_s += audio_s
        return Transcript(
            words=words,
            language=self._transcriber.language,
            engine=self._transcriber.engine,
            audio_s=round(earlier_s, 3),
            speech=rounded(speech),
        )

    def hear_again(self, command: HearAgain) -> Transcript | None:
        """The second pass, in full windows, as long as there is no answer to be heard.

        There is none where sound is lost: it would be poorer than the first.
        """
        torn = self._torn.intersection(command.recordings)
        if torn or not (command.recordings and self._options.second_pass):
            return None
        with self._one_second_pass:
            if not self._may_hear_again():
                return None
            sounds = [self._recordings.readable((name,)) for name in command.recordings]
            if words_lost(command, [len(sound) / HEARING_RATE_HZ for sound in sounds]):
                return None
            again = self._pass_over(np.concatenate(sounds), command, self._may_hear_again)
            if again is None:
                return None
            words = with_terms_kept(again.words, command.heard, command.terms)
            return again.model_copy(update={"words": words})

    def close(self) -> None:
        """End the answer in progress and the recogniser."""
        with self._lock:
            self._closed = True
            if self._current is not None:
                self._current.finish(None)
            ear = self._ear
        if ear is not None:
            ear.stop()
            ear.over.wait(_EAR_LIMIT_S)
        self._nothing_to_hear.set()
        opening = ear is not None and not ear.over.is_set()  # it closes the source by itself
        if self._current is None and not opening:
            self._close_source()
        self._transcriber.close()

    def _begin(self, command: Listen, observer: AnswerObserver) -> SpokenAnswer | None:
        if command.turn_id != self._turn_id:
            self._turn_id, self._heard = command.turn_id, {}
        answer = SpokenAnswer(
            self._source,
            self._transcriber,
            self._detector,
            self._options.endpointing,
            observer,
            terms=command.terms,
        )
        if command.held:
            answer.hold()
        with self._lock:
            self._current = None if self._closed else answer
            if self._current is not None:
                self._nothing_to_hear.clear()
            return self._current

    def _commit_earlier(self) -> None:
        """What was pending in this turn's earlier recordings stays; it is told as committed."""
        for answer in self._heard.values():
            try:
                answer.text.commit_all()
            except InterviewerError as error:
                log.warning("the end of an earlier recording is heard later: %s", error)

    def _check_recogniser(self) -> None:
        """Say before the answer, not after it, that it could not be understood."""
        problem = self._transcriber.problem
        if problem is not None:
            self._transcriber.start()
            raise problem

    def _record(
        self, command: Listen, observer: AnswerObserver, answer: SpokenAnswer, ear: Ear | None
    ) -> Ended:
        self._commit_earlier()  # takes a while; the open source keeps what is said meanwhile
        name, path = self._recordings.new(command.turn_id, command.part, answer.sound)
        self._heard[name] = answer
        earlier_s = self._recordings.earlier_s(command.turn_id, name) if command.part > 1 else 0.0
        observer.started(name, self._source.name)
        try:
            return answer.record(path, earlier_s, before=ear.sound if ear is not None else ())
        finally:
            if answer.storage_failed:
                self._torn.add(name)

    def _end_ear(self) -> Ear | None:
        """The ear that was open until now, its source still open; None where there was none."""
        with self._lock:
            ear, self._ear = self._ear, None
        if ear is not None:
            ear.stop()
            ear.over.wait(_EAR_LIMIT_S)
        return ear

    def _open_source(
        self, command: Listen, *, adopt: bool, forget: bool = False
    ) -> EndReason | None:
        """Open the source, or go on with it where it is open already. Raises AudioError.

        With `forget` what it has heard since it was last read is dropped. A slow device is waited
        for: it is never opened twice.
        """
        with self._source_lock:
            if self._open and adopt:
                if forget:
                    self._source.forget()
                self._source.resume()
                return None
            self._close_source()
            nothing = self._source.open(command)
            self._open = True
            return nothing

    def _close_source(self) -> None:
        with self._source_lock:
            if self._open:
                self._open = False
                self._source.close()

    def _may_hear_again(self) -> bool:
        """Wait while an answer is taken; False once the listener is closed."""
        self._nothing_to_hear.wait()
        return not self._closed

    def _whole(self, sound: Samples, command: Transcribe, *, earlier_s: float) -> Transcript:
        """A recording that begins `earlier_s` after the turn's first one."""
        heard = self._pass_over(sound, command, earlier_s=earlier_s)
        assert heard is not None, "nobody gives up here"
        return heard

    def _pass_over(
        self,
        sound: Samples,
        command: Transcribe,
        go_on: Callable[[], bool] = lambda: True,
        *,
        earlier_s: float = 0.0,
    ) -> Transcript | None:
        removed = [(first - earlier_s, last - earlier_s) for first, last in command.removed]
        whole = WholeRecording(
            self._transcriber, self._make_detector(), command.terms, removed, go_on
        )
        return whole.transcript(sound)


def _may_go_on(ended: Ended, answer: SpokenAnswer) -> bool:
    """Whether the candidate may take the answer up again, so that the source stays open.

    A "skip this one" that was said may have been heard wrongly; the key for it may not.
    """
    if ended.reason == "skip":
        return answer.last_command == "skip"
    return ended.reason in ("silence", "key", "command")

"""Takes spoken answers, from a microphone or from recordings, and turns them into words."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.core.commands import Listen, Transcribe
from voice_interviewer.core.events import EndReason
from voice_interviewer.core.ports import AnswerObserver, Ended
from voice_interviewer.core.transcript import Transcript
from voice_interviewer.hearing.answer import SpokenAnswer
from voice_interviewer.hearing.buffer import SoundBuffer
from voice_interviewer.hearing.endpointing import Endpointer
from voice_interviewer.hearing.live_text import LiveText, Transcriber, Words
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.recordings import TurnRecordings
from voice_interviewer.hearing.sources import AudioSource
from voice_interviewer.hearing.speech import SpeechDetector, SpeechFollower
from voice_interviewer.hearing.vad import CHUNK, Vad

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

log = logging.getLogger(__name__)


class SpokenListener:
    """A `Listener` for one session. The recogniser begins to load when it is made.

    Args:
        source: where the sound comes from.
        transcriber: turns sound into words; closed together with the listener.
        session_folder: recordings go to `audio/` below it.
        detector: the speech detector; Silero VAD where not given.

    Raises WeightsError when the speech detector cannot be loaded.
    """

    def __init__(
        self,
        source: AudioSource,
        transcriber: Transcriber,
        options: HearingOptions,
        session_folder: Path,
        *,
        detector: SpeechDetector | None = None,
    ) -> None:
        self._source = source
        self._transcriber = transcriber
        self._options = options
        self._recordings = TurnRecordings(session_folder)
        self._detector = detector or Vad()
        self._lock = threading.Lock()
        self._closed = False
        self._current: SpokenAnswer | None = None
        self._latest: tuple[str, SpokenAnswer] | None = None
        transcriber.start()

    def listen(self, command: Listen, observer: AnswerObserver) -> Ended:
        """Take one answer. Raises AudioError, and WeightsError when the model did not load."""
        answer = self._begin(command, observer)
        if answer is None:
            return Ended(reason=None)
        try:
            self._check_recogniser()
            nothing = self._source.open(command)
            try:
                if nothing is not None:
                    observer.started(None, self._source.name)
                    return Ended(reason=nothing)
                return self._record(command, observer, answer)
            finally:
                self._source.close()
        finally:
            with self._lock:
                self._current = None

    def finish(self, reason: EndReason | None) -> None:
        """End the answer in progress; without one this does nothing."""
        with self._lock:
            if self._current is not None:
                self._current.finish(reason)

    def hold(self) -> None:
        """Let no silence end the answer in progress."""
        with self._lock:
            if self._current is not None:
                self._current.rule.hold()

    def transcribe(self, command: Transcribe) -> Transcript:
        """The final transcript of a turn. Raises TranscriptionError and WeightsError.

        Right after a single recording only what is not yet committed has to be decoded. Several
        recordings, or those of an earlier process, are put together and decoded anew.
        """
        latest = self._latest
        if latest is not None and command.recordings == (latest[0],):
            return self._transcript(latest[1].text.final(), latest[1].sound.duration_s)
        samples = self._recordings.readable(command.recordings)
        if not len(samples):
            return self._transcript(command.committed, 0.0)
        return self._transcript(self._words_in(samples), len(samples) / HEARING_RATE_HZ)

    def close(self) -> None:
        """End the answer in progress and the recogniser."""
        with self._lock:
            self._closed = True
            if self._current is not None:
                self._current.finish(None)
        self._transcriber.close()

    def _begin(self, command: Listen, observer: AnswerObserver) -> SpokenAnswer | None:
        rule = Endpointer(self._options.end_silence_s, self._options.no_speech_s)
        if command.held:
            rule.hold()
        answer = SpokenAnswer(self._source, self._transcriber, self._detector, rule, observer)
        with self._lock:
            self._current = None if self._closed else answer
            return self._current

    def _check_recogniser(self) -> None:
        """Say before the answer, not after it, that it could not be understood."""
        problem = self._transcriber.problem
        if problem is not None:
            self._transcriber.start()
            raise problem

    def _record(self, command: Listen, observer: AnswerObserver, answer: SpokenAnswer) -> Ended:
        name, path = self._recordings.new(command.turn_id, command.part, answer.sound)
        self._latest = (name, answer)
        earlier_s = self._recordings.earlier_s(command.turn_id, name) if command.part > 1 else 0.0
        observer.started(name, self._source.name)
        return answer.record(path, earlier_s)

    def _words_in(self, samples: Samples) -> Words:
        """All words of a sound that was recorded before."""
        sound, rule = SoundBuffer(), Endpointer()
        text = LiveText(self._transcriber, sound, rule, wait=True)
        follower = SpeechFollower(self._detector, rule)
        for start in range(0, len(samples), CHUNK):
            sound.append(samples[start : start + CHUNK])
            follower.feed(samples[start : start + CHUNK])
            text.follow()
        follower.finish()
        return text.final()

    def _transcript(self, words: Words, audio_s: float) -> Transcript:
        return Transcript(
            words=words,
            language=self._transcriber.language,
            engine=self._transcriber.engine,
            audio_s=round(audio_s, 3),
        )

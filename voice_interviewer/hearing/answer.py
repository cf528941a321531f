"""One spoken answer while it is being taken: spooled, watched, followed with text."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.core.events import EndReason, SpokenCommand
from voice_interviewer.core.ports import AnswerObserver, Ended, Interim, Patience
from voice_interviewer.core.transcript import Word
from voice_interviewer.errors import InterviewerError
from voice_interviewer.hearing.buffer import WorkingAudio
from voice_interviewer.hearing.endpointing import EndpointingPreset, EndRule
from voice_interviewer.hearing.engine import Transcriber, Words
from voice_interviewer.hearing.live_text import LiveText, shifted
from voice_interviewer.hearing.readings import Readings, SignalWatch
from voice_interviewer.hearing.sources import AudioSource
from voice_interviewer.hearing.speech import SpeechDetector, SpeechFollower
from voice_interviewer.hearing.spoken_commands import find_command
from voice_interviewer.hearing.spool import Spool, read_back
from voice_interviewer.hearing.timeline import ROUNDING_S, SpeechTimeline

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Stop:
    """A wish to end the answer; `reason` None means to pause it."""

    reason: EndReason | None


class SpokenAnswer:
    """One recording of an answer: sound from a source until somebody or the rule ends it.

    `record` and `text` belong to one thread; `finish` and `hold` may come from any thread, also
    before the source is open.
    """

    def __init__(
        self,
        source: AudioSource,
        transcriber: Transcriber,
        detector: SpeechDetector,
        preset: EndpointingPreset,
        observer: AnswerObserver,
        *,
        terms: Sequence[str] = (),
    ) -> None:
        self.timeline = SpeechTimeline()
        self.sound = WorkingAudio(self._from_disk)
        self.text = LiveText(
            transcriber,
            self.sound,
            self.timeline,
            terms=terms,
            on_committed=lambda words: observer.committed(shifted(words, self.earlier_s)),
            on_draft=self._drafted,
            wait=source.waits,
        )
        self.earlier_s = 0.0
        self._preset = preset
        self._rule = EndRule(self.timeline, preset)
        self._source = source
        self._observer = observer
        self._follower = SpeechFollower(detector, self.timeline)
        self._readings = Readings(observer.signal, preset.take_your_time_s)
        self._watch = None if source.ends else SignalWatch(source.name)
        self._spool: Spool | None = None
        self._stop: _Stop | None = None
        self._resting_since_s: float | None = None
        self._looked_for_command_at_s = 0.0
        self.last_command: SpokenCommand | None = None
        self.storage_failed = False

    def finish(self, reason: EndReason | None) -> None:
        """End the answer for this reason; the first reason counts."""
        self._stop = self._stop or _Stop(reason)

    def hold(self, *, until_speech: bool = False) -> None:
        """Let no silence end the answer, or not the one that lasts now."""
        if not until_speech:
            self._rule.hold()
        else:
            self._rule.rest()
            self._resting_since_s = self.timeline.now_s
            self._observer.signal(Patience(self.timeline.silence_s))

    def record(self, path: Path, earlier_s: float, before: Sequence[Samples] = ()) -> Ended:
        """Take the answer from the open source; blocks until it is over. Raises AudioError.

        Args:
            path: the recording to write.
            earlier_s: seconds of the same turn in the recordings before it.
            before: sound that was overheard before the source was asked.
        """
        self.earlier_s = earlier_s
        spool = self._spool = Spool(path)
        ending: _Stop | None = None
        try:
            for block in before:
                self._take_in(block, spool)
            before_s = self.sound.duration_s
            for block in self._source.blocks():
                self._take_in(block, spool)
                if ending is not None:
                    continue
                ending = self._stop or self._by_rule()
                if ending is not None:
                    self._source.stop()
                else:
                    self._follow()
            self._follower.finish()
        finally:
            spool.close()
            self._tell_of_failed(spool)
        ending = self._with_command_at_end(ending)
        speech_end_s = None
        if self.timeline.heard_speech and self.timeline.last_voice_s is not None:
            speech_end_s = min(self.timeline.last_voice_s, self.sound.duration_s) - before_s
        return Ended(
            reason=ending.reason if ending else "end_of_audio",
            speech_end_s=speech_end_s,
            lost_frames=self._source.lost_frames,
        )

    def _take_in(self, block: Samples, spool: Spool) -> None:
        spool.write(block)
        self.sound.append(block)
        self._tell_of_failed(spool)
        self._follower.feed(block)
        self._readings.feed(block, self.timeline.silence_s)
        for message, hint in self._watch.feed(block) if self._watch is not None else ():
            self._observer.notice("microphone", message, hint)

    def _follow(self) -> None:
        self.text.follow()
        self._go_on_after_rest()
        if self.timeline.silence_s >= self._preset.command_silence_s and self.text.covered:
            self._look_for_command(self.timeline.silence_s)

    def _drafted(self, pending: Words) -> None:
        self._rule.heard(" ".join(word.text for word in self.text.words), self.text.voice_s)
        self._observer.signal(Interim(" ".join(word.text for word in pending)))

    def _go_on_after_rest(self) -> None:
        """A hold that was asked for aloud ends when the candidate speaks again."""
        since_s, voice_s = self._resting_since_s, self.timeline.last_speech_end_s
        if since_s is not None and voice_s is not None and voice_s > since_s:
            self._resting_since_s = None
            self._rule.go_on()

    def _with_command_at_end(self, ending: _Stop | None) -> _Stop | None:
        """How an answer ends that may end with a command nobody has looked for yet.

        A key that was pressed counts more than the command, which is no part of the answer then.
        """
        if ending is not None and ending.reason not in ("key", "silence"):
            return ending
        try:
            self.text.final()
        except InterviewerError as error:
            log.info("no command is looked for: %s", error)
            return ending
        command = self._look_for_command()
        if command is None or command == "hold" or ending == _Stop("key"):
            return ending
        reasons: dict[SpokenCommand, EndReason] = {"done": "command", "skip": "skip"}
        return _Stop(reasons.get(command))

    def _look_for_command(self, silence_s: float = math.inf) -> SpokenCommand | None:
        """What was said last may be meant for the interviewer; each utterance is asked once.

        A command that needs more silence than there was so far is looked for again.
        """
        voice_s = self.timeline.last_voice_s or 0.0
        if voice_s == self._looked_for_command_at_s:
            return None
        words = self.text.words
        found = find_command(words)
        needed_s = self._preset.silence_after_command_s(found.command) if found else 0.0
        if silence_s < needed_s - ROUNDING_S:
            return None
        self._looked_for_command_at_s = voice_s
        if found is None:
            return None
        start_s, end_s = _stretch(words, found.first_word), max(voice_s, words[-1].end_s or 0.0)
        self.text.remove(start_s, end_s)
        self.last_command = found.command
        self._observer.commanded(
            found.command, round(start_s + self.earlier_s, 3), round(end_s + self.earlier_s, 3)
        )
        return found.command

    def _by_rule(self) -> _Stop | None:
        """What silence says; in a source that ends by itself it says nothing."""
        if self._source.ends:
            return None
        if self._rule.ended:
            return _Stop("silence")
        return _Stop("no_speech") if self._rule.nobody_spoke else None

    def _from_disk(self, first: int, last: int) -> Samples:
        assert self._spool is not None, "there is nothing on disk before recording"
        return read_back(self._spool.path, first, last)

    def _tell_of_failed(self, spool: Spool) -> None:
        """Tell once that the recording stopped; the answer goes on in memory."""
        if spool.error is not None and not self.storage_failed:
            self.storage_failed = True
            self.sound.keep_all = True
            self._observer.notice(
                "storage",
                f"The recording stops here ({spool.error.strerror or spool.error}).",
                "Free some disk space. This answer is still heard to its end.",
            )


def _stretch(words: Sequence[Word], first: int) -> float:
    """Where the utterance of this word begins: in the middle of the gap before it."""
    start_s = words[first].start_s or 0.0
    before_s = words[first - 1].end_s if first else None
    return start_s if before_s is None else (before_s + start_s) / 2

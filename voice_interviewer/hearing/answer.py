"""One spoken answer while it is being taken: spooled, watched, followed with text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.core.events import EndReason
from voice_interviewer.core.ports import AnswerObserver, Ended, Interim
from voice_interviewer.hearing.buffer import SoundBuffer
from voice_interviewer.hearing.endpointing import Endpointer
from voice_interviewer.hearing.live_text import LiveText, Transcriber, shifted
from voice_interviewer.hearing.readings import Readings, SignalCheck
from voice_interviewer.hearing.sources import AudioSource
from voice_interviewer.hearing.speech import SpeechDetector, SpeechFollower
from voice_interviewer.hearing.spool import Spool

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples


@dataclass(frozen=True)
class _Stop:
    """A wish to end the answer; `reason` None means to pause it."""

    reason: EndReason | None


class SpokenAnswer:
    """Sound from a source until it ends, somebody wants it to, or the rule says so.

    `record` and `text` belong to one thread; `finish` may come from any thread, also before the
    source is open, and `rule.hold()` likewise.
    """

    def __init__(
        self,
        source: AudioSource,
        transcriber: Transcriber,
        detector: SpeechDetector,
        rule: Endpointer,
        observer: AnswerObserver,
    ) -> None:
        self.sound = SoundBuffer()
        self.rule = rule
        self.text = LiveText(
            transcriber,
            self.sound,
            rule,
            on_committed=lambda words: observer.committed(shifted(words, self._earlier_s)),
            on_interim=lambda text: observer.signal(Interim(text)),
            wait=source.waits,
        )
        self._source = source
        self._observer = observer
        self._follower = SpeechFollower(detector, rule)
        self._readings = Readings(observer.signal)
        self._signal_check = None if source.ends else SignalCheck()
        self._earlier_s = 0.0
        self._stop: _Stop | None = None
        self._storage_failed = False

    def finish(self, reason: EndReason | None) -> None:
        """End the answer for this reason; the first reason counts."""
        self._stop = self._stop or _Stop(reason)

    def record(self, path: Path, earlier_s: float) -> Ended:
        """Take the answer from the open source; blocks until it is over. Raises AudioError.

        Args:
            path: the recording to write.
            earlier_s: seconds of the same turn in the recordings before it.
        """
        self._earlier_s = earlier_s
        spool = Spool(path)
        ending: _Stop | None = None
        try:
            for block in self._source.blocks():
                self._take_in(block, spool)
                if ending is not None:
                    continue
                ending = self._stop or self._by_rule()
                if ending is not None:
                    self._source.stop()
                else:
                    self.text.follow()
            self._follower.finish()
        finally:
            spool.close()
            self._tell_of_failed(spool)
        speech_end_s = None
        if self.rule.heard_speech and self.rule.last_voice_s is not None:
            speech_end_s = min(self.rule.last_voice_s, self.sound.duration_s)
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
        self._readings.feed(block, self.rule.silence_s)
        if self._signal_check is not None and self._signal_check.silent(block):
            self._observer.notice(
                "microphone",
                f"No signal from {self._source.name}.",
                "Check that it is not muted, and that it is the input device of the system.",
            )

    def _by_rule(self) -> _Stop | None:
        """What silence says; in a source that ends by itself it says nothing."""
        if self._source.ends:
            return None
        if self.rule.ended:
            return _Stop("silence")
        return _Stop("no_speech") if self.rule.nobody_spoke else None

    def _tell_of_failed(self, spool: Spool) -> None:
        """Tell once that the recording stopped; the answer goes on in memory."""
        if spool.error is not None and not self._storage_failed:
            self._storage_failed = True
            self._observer.notice(
                "storage",
                f"The recording stops here ({spool.error.strerror or spool.error}).",
                "Free some disk space. This answer is still heard to its end.",
            )

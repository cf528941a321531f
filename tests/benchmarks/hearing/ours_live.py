"""Adapter for this project's own engine, with the protocol of the peers' (`peers/peer_job.py`).

`SpokenListener` is given a source of its own that ends as little by itself as a microphone does. It
runs as in an interview: `listen` in a thread, then `finish("key")`, then `transcribe`.

`end: key` presses the key at the end of speech; final is when `transcribe` has returned.
`end: silence` lets the noise go on. Final is when the words that turned out to be the last ones
were there, as the observer was told, and `endpoint_after_s` is when the listener took the answer
for finished: that the interviewer is patient is no latency of hearing. An answer that no silence
ends is ended by the key when the sound is over.

`saved_text` is what the second pass (`hear_again`) makes of the recording.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "peers"))
sys.path.insert(0, str(HERE.parents[2]))

from peer_job import (  # noqa: E402
    Feed,
    Job,
    Meter,
    Result,
    Shown,
    as_float,
    deliver,
    keep_stdout_for_the_result,
    ready_s,
)

from voice_interviewer.core.commands import HearAgain, Listen, Transcribe  # noqa: E402
from voice_interviewer.core.events import EndReason, Part, SpokenCommand  # noqa: E402
from voice_interviewer.core.ports import Ended, Interim, Signal  # noqa: E402
from voice_interviewer.core.transcript import Transcript, Word  # noqa: E402
from voice_interviewer.hearing.options import HearingOptions  # noqa: E402
from voice_interviewer.hearing.spoken import SpokenListener  # noqa: E402
from voice_interviewer.hearing.transcriber import WhisperTranscriber  # noqa: E402

TURN = 1
LIMIT_S = 60.0


class RealTime:
    """An `AudioSource` that plays a job's sound as a microphone would deliver it."""

    name = "benchmark"
    ends = False
    waits = False
    lost_frames = 0

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._stop = threading.Event()
        self.over = threading.Event()

    def open(self, command: Listen) -> EndReason | None:
        """There is always something to be heard."""
        return None

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Blocks of 32 ms in real time, then empty ones until somebody stops them.

        After `stop` comes what was spoken until then, also where the reader is behind.
        """
        for second, chunk in self._feed.chunks():
            if self._stop.is_set() and second > self._feed.now_s():
                return
            self._feed.wait_until(second)
            yield as_float(chunk)
        self.over.set()
        while not self._stop.wait(0.02):
            yield np.zeros(0, dtype=np.float32)

    def stop(self) -> None:
        """No more."""
        self._stop.set()

    def resume(self) -> None:
        """The benchmark takes one answer only."""

    def forget(self) -> None:
        """There is no sound that nobody asked for."""

    def close(self) -> None:
        """No more."""
        self._stop.set()


class Watcher:
    """An `AnswerObserver` that keeps what the screen would show."""

    def __init__(self, feed: Feed) -> None:
        self.shown = Shown(feed)
        self.recording: str | None = None
        self.notices: list[str] = []
        self._committed: list[str] = []
        self._pending = ""

    def started(self, recording: str | None, source: str) -> None:
        self.recording = recording

    def committed(self, words: tuple[Word, ...]) -> None:
        """The words were pending before, so that they are taken off there."""
        texts = [word.text for word in words]
        self._committed += texts
        pending = self._pending.split()
        self._pending = " ".join(pending[len(texts) :])
        self._show()

    def commanded(self, command: SpokenCommand, start_s: float, end_s: float) -> None:
        self.notices.append(f"command {command}")

    def signal(self, signal: Signal) -> None:
        # HOOK: once the engine tells by a signal of its own that the draft covers all that was
        # said, take `shown.since_s` from that signal instead of from the last change of the text.
        if isinstance(signal, Interim):
            self._pending = signal.text
            self._show()

    def notice(self, part: Part, message: str, hint: str = "") -> None:
        self.notices.append(message)

    def _show(self) -> None:
        self.shown.show(" ".join([*self._committed, self._pending]))


def open_transcriber(job: Job) -> WhisperTranscriber:
    """The recogniser with the job's weights and limits, loaded and warm."""
    options = hearing_options(job)
    transcriber = WhisperTranscriber(job.weights, options)
    transcriber.transcribe(np.zeros(16_000, dtype=np.float32))
    return transcriber


def hearing_options(job: Job) -> HearingOptions:
    """The shipped options with the job's on top."""
    return HearingOptions(
        model=job.model,
        language=job.language,
        compute_type=job.compute_type,
        threads=job.threads,
        beam_size=job.beam or 1,
        offline=True,
    )


def main() -> None:
    result_fd = keep_stdout_for_the_result()
    job = Job.from_command_line()
    feed = Feed(job)
    source, watcher = RealTime(feed), Watcher(feed)
    transcriber = open_transcriber(job)
    with tempfile.TemporaryDirectory() as folder:
        listener = SpokenListener(source, transcriber, hearing_options(job), Path(folder))
        result = Result(ready_s=ready_s(), silence_wait_s=0.0)
        ended: list[Ended] = []

        def listen() -> None:
            ended.append(listener.listen(Listen(turn_id=TURN, question_id="benchmark"), watcher))

        listening = threading.Thread(target=listen, name="listen", daemon=True)
        meter = Meter()
        feed.begin()
        listening.start()
        if job.end == "key":
            feed.wait_until(job.speech_end_s)
        else:
            while listening.is_alive() and not source.over.is_set():
                listening.join(0.05)
        listener.finish("key")
        listening.join(LIMIT_S)
        ended_s = feed.now_s()
        if not ended or watcher.recording is None:
            raise SystemExit("the listener did not end")
        command = Transcribe(turn_id=TURN, recordings=(watcher.recording,))
        transcript = listener.transcribe(command)
        final_s = feed.now_s()
        meter.read(result)
        fill(result, job, watcher, transcript, final_s)
        if job.end == "silence" and ended[0].reason == "silence":
            result.endpoint_after_s = round(ended_s - job.speech_end_s, 4)
        result.note = "; ".join([f"ended by {ended[0].reason}", *watcher.notices])
        again = HearAgain(**command.model_dump())
        saved = listener.hear_again(again)
        result.saved_text = saved.text if saved is not None else None
        result.feed_late_s = round(feed.late_s, 4)
        listener.close()
    deliver(result, result_fd)


def fill(
    result: Result, job: Job, watcher: Watcher, transcript: Transcript, final_s: float
) -> None:
    """The text and when it was ready."""
    shown = watcher.shown
    result.final_text = transcript.text
    result.interim_s = shown.times_s
    if transcript.text == shown.text:
        result.stable_after_s = round(shown.since_s - job.speech_end_s, 4)
    if job.end == "key":
        result.final_after_s = round(final_s - job.speech_end_s, 4)
    else:
        result.final_after_s = result.stable_after_s


if __name__ == "__main__":
    main()

"""Adapter for RealtimeSTT: `AudioToTextRecorder` without a microphone, fed with `feed_audio`.

RealtimeSTT cuts the sound into recordings at every silence of `post_speech_silence_duration` and
decodes each as a whole; the answer is their texts in order. It is final when the last of them was
returned, nothing is being recorded, and the wait for speech has begun again.

`end: key` calls `stop()` at the end of speech, as its documentation does for push-to-talk, so that
no silence is waited for. Options of the job are handed to the recorder as they are.

The package `silero-vad` carries the speech detector, which RealtimeSTT finds there by itself, so
nothing is patched. faster-whisper takes its threads from OMP_NUM_THREADS.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

from peer_job import (
    Feed,
    Job,
    Meter,
    Result,
    Shown,
    deliver,
    keep_stdout_for_the_result,
    ready_s,
)

QUIET_S = 3.0
POLL_S = 0.005


def open_recorder(job: Job) -> Any:
    """The recorder with its shipped defaults, the job's weights, and the job's options."""
    from RealtimeSTT import AudioToTextRecorder

    settings: dict[str, Any] = {
        "model": str(job.weights),
        "language": job.language,
        "compute_type": job.compute_type,
        "device": "cpu",
        "use_microphone": False,
        "spinner": False,
        "no_log_file": True,
        "silero_onnx_threads": job.threads,
    }
    if job.beam is not None:
        settings["beam_size"] = job.beam
    return AudioToTextRecorder(**{**settings, **job.options})


class Listening(threading.Thread):
    """Asks for one recording's text after the other.

    `asked` counts the questions, `answered` the replies; `last_s` is when the last words came.
    """

    def __init__(self, recorder: Any, feed: Feed) -> None:
        super().__init__(daemon=True)
        self._recorder = recorder
        self._feed = feed
        self._shown = Shown(feed)
        self.texts: list[str] = []
        self.last_s: float | None = None
        self.stopped = False

    def run(self) -> None:
        while not self.stopped:
            text = self._recorder.text()
            if text and text.strip():
                self.last_s = self._feed.now_s()
                self.texts.append(text.strip())
                self._shown.show(self.text)

    @property
    def text(self) -> str:
        """The answer so far."""
        return " ".join(self.texts)

    @property
    def times_s(self) -> list[float]:
        """When words came."""
        return self._shown.times_s

    @property
    def idle(self) -> bool:
        """True while nothing is recorded, nothing is decoded, and nothing waits for that."""
        recorder = self._recorder
        return (
            recorder.state == "listening"
            and not recorder.is_recording
            and not recorder.has_pending_recordings()
        )


def press_key(recorder: Any, limit: float) -> None:
    """Stop the recording; again where it is too young to be stopped."""
    recorder.flush_audio_input()
    recorder.drain_audio_input(timeout=1.0)
    while recorder.is_recording and time.monotonic() < limit:
        recorder.stop()
        time.sleep(POLL_S)


def wait_until_final(listening: Listening, feed: Feed, limit_s: float, quiet_s: float) -> bool:
    """Wait until nothing has been going on for a while; False when the limit comes first."""
    idle_since_s: float | None = None
    while (now_s := feed.now_s()) < limit_s:
        if not listening.idle:
            idle_since_s = None
        elif idle_since_s is None:
            idle_since_s = now_s
        elif now_s - idle_since_s >= quiet_s:
            return True
        time.sleep(POLL_S)
    return False


def main() -> None:
    result_fd = keep_stdout_for_the_result()
    job = Job.from_command_line()
    recorder = open_recorder(job)
    result = Result(ready_s=ready_s(), silence_wait_s=0.0)
    if job.end == "silence":
        result.silence_wait_s = round(
            recorder.post_speech_silence_duration
            + recorder.deactivity_silence_confirmation_duration,
            3,
        )
    feed = Feed(job)
    listening = Listening(recorder, feed)
    meter = Meter()
    feed.begin()
    listening.start()
    stop = threading.Event()

    def play() -> None:
        for chunk in feed.in_real_time(stop):
            recorder.feed_audio(chunk.tobytes())

    player = threading.Thread(target=play, daemon=True)
    player.start()
    limit_s = job.speech_end_s + job.limit_s
    if job.end == "key":
        player.join()
        press_key(recorder, time.monotonic() + job.limit_s)
    time.sleep(max(0.0, job.speech_end_s - feed.now_s()))
    final = wait_until_final(listening, feed, limit_s, 0.3 if job.end == "key" else QUIET_S)
    meter.read(result)
    result.final_text = listening.text
    result.interim_s = listening.times_s
    if final and listening.last_s is not None:
        result.final_after_s = round(listening.last_s - job.speech_end_s, 4)
        result.stable_after_s = result.final_after_s
    result.feed_late_s = round(feed.late_s, 4)
    stop.set()
    listening.stopped = True
    with contextlib.suppress(Exception):
        recorder.shutdown_event.set()
    deliver(result, result_fd)


if __name__ == "__main__":
    main()

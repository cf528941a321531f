"""Adapter for WhisperLive: the class its server makes for every client, without the socket.

WhisperLive decodes everything since the last completed segment over and over. A segment is complete
when another one follows it, or when it was heard `same_output_threshold` times in a row. The answer
counts as final when every segment that was sent says so. There is no message that makes it decode
what is pending (END_OF_AUDIO only closes the connection), so `end: key` does not exist for it.

No socket and no second process lie in between, which can only help it. The client's defaults are
used: `use_vad` (faster-whisper's own filter, which is part of that package) and a
`same_output_threshold` of 10. Its beam is fixed to 5; where the job sets one,
`WhisperModel.transcribe` is wrapped. It takes its threads from OMP_NUM_THREADS.
"""

from __future__ import annotations

import functools
import json
import threading
import time
from typing import Any

import numpy as np
from peer_job import (
    RATE_HZ,
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

QUIET_S = 3.0


class Connection:
    """Takes what the server sends to its client, and keeps the segments as the client does."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.shown: Shown | None = None
        self._completed: dict[float, str] = {}
        self.complete = False
        self.settled_s = 0.0
        self._feed: Feed | None = None

    def begin(self, feed: Feed) -> None:
        """Count from now."""
        self._feed = feed
        self.shown = Shown(feed)

    def send(self, message: str) -> None:
        """Called by the server."""
        told = json.loads(message)
        if told.get("message") == "SERVER_READY":
            self.ready.set()
        segments = told.get("segments")
        if not segments or self._feed is None or self.shown is None:
            return
        for segment in segments:
            if segment["completed"]:
                self._completed[float(segment["start"])] = segment["text"].strip()
        last = segments[-1]
        texts = [text for _, text in sorted(self._completed.items())]
        if not last["completed"]:
            texts.append(last["text"].strip())
        before, was_complete = self.shown.text, self.complete
        self.shown.show(" ".join(texts))
        self.complete = bool(last["completed"])
        if self.complete and (not was_complete or self.shown.text != before):
            self.settled_s = self._feed.now_s()

    def close(self) -> None:
        """Called by the server."""


def open_client(job: Job, connection: Connection) -> Any:
    """The server's side of one client, its model loaded and warm."""
    from whisper_live.backend.faster_whisper_backend import ServeClientFasterWhisper

    settings: dict[str, Any] = {"same_output_threshold": 10, "use_vad": True}
    client = ServeClientFasterWhisper(
        connection,
        language=job.language,
        client_uid="benchmark",
        model=str(job.weights),
        **{**settings, **job.options},
    )
    if not connection.ready.wait(60.0):
        raise SystemExit("WhisperLive could not load the model")
    model = client.transcriber
    if job.beam is not None:
        whole = model.transcribe
        model.transcribe = functools.wraps(whole)(
            lambda *args, **named: whole(*args, **{**named, "beam_size": job.beam})
        )
    noise = np.random.default_rng(0).normal(0.0, 0.01, 2 * RATE_HZ).astype(np.float32)
    list(model.transcribe(noise, language=job.language)[0] or ())
    return client


def main() -> None:
    result_fd = keep_stdout_for_the_result()
    job = Job.from_command_line()
    if job.end != "silence":
        raise SystemExit("WhisperLive cannot be told that the answer is over")
    connection = Connection()
    client = open_client(job, connection)
    result = Result(ready_s=ready_s(), note=f"compute type {client.compute_type}")
    feed = Feed(job)
    connection.begin(feed)
    shown = connection.shown
    assert shown is not None
    meter = Meter()
    feed.begin()
    for chunk in feed.in_real_time():
        client.add_frames(as_float(chunk))
        settled_s = max(connection.settled_s, job.speech_end_s)
        if connection.complete and feed.now_s() > settled_s + QUIET_S:
            break
    meter.read(result)
    result.final_text = shown.text
    result.interim_s = shown.times_s
    result.stable_after_s = round(shown.since_s - job.speech_end_s, 4)
    if connection.complete:
        result.final_after_s = round(connection.settled_s - job.speech_end_s, 4)
    result.feed_late_s = round(feed.late_s, 4)
    client.exit = True
    time.sleep(0.1)
    deliver(result, result_fd)


if __name__ == "__main__":
    main()

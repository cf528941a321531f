"""Adapter for WhisperLiveKit with the LocalAgreement policy: its `AudioProcessor`, in process.

The processor gets PCM as its server would hand it on from a browser; there is no server and no
ffmpeg in between, which can only help it. `end: key` sends the empty message that its protocol uses
for the end of the stream: what is pending is flushed, and the results end. With `end: silence` its
answer counts as final as soon as no words are pending in its buffer any more; LocalAgreement
decodes once when silence begins, and words that this does not confirm stay pending for good.

Nothing of it is replaced: its speech detector is a file of the package. Its beam is fixed to 5;
where the job sets one, `WhisperModel.transcribe` is wrapped. Its warm-up, a download, is done with
noise instead. faster-whisper takes its threads from OMP_NUM_THREADS.
"""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import numpy as np
from peer_job import (
    RATE_HZ,
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


def open_engine(job: Job) -> Any:
    """The engine as its documentation sets it up for LocalAgreement, with the job's weights."""
    from whisperlivekit import TranscriptionEngine

    settings: dict[str, Any] = {
        "backend_policy": "localagreement",
        "backend": "faster-whisper",
        "model_size": job.model,
        "model_path": str(job.weights),
        "lan": job.language,
        "pcm_input": True,
        "warmup_file": "",
        "log_level": "WARNING",
    }
    engine = TranscriptionEngine(**{**settings, **job.options})
    if job.beam is not None:
        model = engine.asr.model
        whole = model.transcribe
        model.transcribe = functools.wraps(whole)(
            lambda *args, **named: whole(*args, **{**named, "beam_size": job.beam})
        )
    noise = np.random.default_rng(0).normal(0.0, 0.01, 2 * RATE_HZ).astype(np.float32)
    engine.asr.transcribe(noise)
    return engine


async def hear(job: Job, engine: Any, feed: Feed, result: Result, meter: Meter) -> None:
    """Feed the answer, follow the results, and fill in the times."""
    from whisperlivekit import AudioProcessor

    processor = AudioProcessor(transcription_engine=engine)
    results = await processor.create_tasks()
    shown = Shown(feed)
    pending = [True]
    settled_s = [0.0]

    async def follow() -> None:
        async for front in results:
            lines = [line.text for line in front.lines if line.text]
            committed = " ".join(text.strip() for text in lines)
            rest = front.buffer_transcription.strip()
            before, was_pending = shown.text, pending[0]
            shown.show(f"{committed} {rest}")
            pending[0] = bool(rest)
            if not rest and (was_pending or shown.text != before):
                settled_s[0] = feed.now_s()

    follower = asyncio.create_task(follow())
    feed.begin()
    for second, chunk in feed.chunks():
        await asyncio.sleep(max(0.0, second - feed.now_s()))
        feed.fed(second)
        await processor.process_audio(chunk.tobytes())
        if (
            job.end == "silence"
            and not pending[0]
            and feed.now_s() > max(settled_s[0], job.speech_end_s) + QUIET_S
        ):
            break
    if job.end == "key":
        await processor.process_audio(b"")
        done, _ = await asyncio.wait({follower}, timeout=job.limit_s)
        settled_s[0], pending[0] = feed.now_s(), not done
    meter.read(result)
    result.final_text = shown.text
    result.interim_s = shown.times_s
    result.stable_after_s = round(shown.since_s - job.speech_end_s, 4)
    if not pending[0]:
        result.final_after_s = round(settled_s[0] - job.speech_end_s, 4)


def main() -> None:
    result_fd = keep_stdout_for_the_result()
    job = Job.from_command_line()
    engine = open_engine(job)
    result = Result(ready_s=ready_s(), silence_wait_s=0.0 if job.end == "key" else 0.1)
    result.note = f"compute type {engine.asr.model.model.compute_type}"
    feed = Feed(job)
    meter = Meter()
    asyncio.run(hear(job, engine, feed, result, meter))
    result.feed_late_s = round(feed.late_s, 4)
    deliver(result, result_fd)


if __name__ == "__main__":
    main()

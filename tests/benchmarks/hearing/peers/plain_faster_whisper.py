"""Adapter for plain faster-whisper: what most projects do.

The sound is collected, and at the end of speech the whole answer is decoded in one call. Nobody
waits for silence, so this is the best case of that approach. faster-whisper's defaults apart from
the beam, which the job may set. With the option `at_once` the sound is not waited for; that changes
nothing, as nothing is done with it before it has ended.
"""

from __future__ import annotations

import numpy as np
from faster_whisper import WhisperModel
from peer_job import (
    RATE_HZ,
    Feed,
    Job,
    Meter,
    Result,
    as_float,
    deliver,
    keep_stdout_for_the_result,
    ready_s,
)


def main() -> None:
    result_fd = keep_stdout_for_the_result()
    job = Job.from_command_line()
    model = WhisperModel(
        str(job.weights),
        device="cpu",
        compute_type=job.compute_type,
        cpu_threads=job.threads,
        local_files_only=True,
    )
    beam = job.beam or 5

    def decode(samples: np.ndarray) -> str:
        segments, _ = model.transcribe(samples, language=job.language, beam_size=beam)
        return " ".join(segment.text.strip() for segment in segments)

    decode(np.zeros(RATE_HZ, dtype=np.float32))
    result = Result(ready_s=ready_s(), silence_wait_s=0.0)
    feed = Feed(job)
    meter = Meter()
    feed.begin()
    if job.options.get("at_once"):
        heard = feed.samples
    else:
        heard = np.concatenate(list(feed.in_real_time()))
    ended_s = feed.now_s()
    result.final_text = decode(as_float(heard))
    final_s = feed.now_s()
    since_s = ended_s if job.options.get("at_once") else job.speech_end_s
    result.final_after_s = result.stable_after_s = round(final_s - since_s, 4)
    result.feed_late_s = round(feed.late_s, 4)
    meter.read(result)
    deliver(result, result_fd)


if __name__ == "__main__":
    main()

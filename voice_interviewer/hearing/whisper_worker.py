"""The child process that runs Whisper; started by `whisper_process`.

It reads messages (see `frames`) from standard input: first `load`, then any number of `transcribe`
requests with PCM16 sound at 16 kHz, each answered in order. A process of its own because decoding
would cost the interview audio frames, and because a native abort must not end it.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from voice_interviewer.audio.sound import HEARING_RATE_HZ, from_pcm16
from voice_interviewer.hearing.decoding import decode
from voice_interviewer.hearing.frames import Frame, FrameError, read_frame, write_frame

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples


def main() -> None:
    """Answer requests until standard input closes."""
    answers = _reserve_stdout()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["HF_HUB_OFFLINE"] = "1"
    requests: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, requests), daemon=True).start()
    try:
        model = _load(requests.get().header)
    except Exception as error:
        write_frame(answers, _failure(error))
        raise SystemExit(1) from error
    write_frame(answers, Frame({"type": "loaded"}))
    while True:
        write_frame(answers, _answer(model, requests.get()))


def _reserve_stdout() -> BinaryIO:
    """Standard output for messages alone; whatever a library prints goes to standard error."""
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return messages


def _receive(stream: BinaryIO, requests: queue.SimpleQueue[Frame]) -> None:
    """Pass requests on; when the interview is gone, end at once, also in the midst of decoding."""
    try:
        while frame := read_frame(stream):
            requests.put(frame)
    except FrameError as error:
        sys.stderr.write(f"{error}\n")
    finally:
        sys.stderr.flush()
        os._exit(0)


def _load(header: Mapping[str, Any]) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(
        header["path"],
        device=header["device"],
        compute_type=header["compute_type"],
        cpu_threads=header["cpu_threads"],
        local_files_only=True,
    )


def _answer(model: Any, request: Frame) -> Frame:
    samples: Samples = from_pcm16(request.body)
    try:
        heard = decode(
            model,
            samples,
            request.header["options"],
            terms=request.header["terms"],
            speech=request.header["speech"],
            thorough=request.header["thorough"],
        )
    except (RuntimeError, ValueError) as error:
        return _failure(error)
    return Frame(
        {
            "type": "heard",
            "words": heard.words,
            "language": heard.language,
            "window": heard.window,
            "audio_s": len(samples) / HEARING_RATE_HZ,
            "peak_bytes": _peak_bytes(),
        }
    )


def _peak_bytes() -> int | None:
    """The most memory this process has held, where the system tells."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _failure(error: Exception) -> Frame:
    text = str(error).strip().splitlines()
    reason = (text[0] if text else type(error).__name__).rstrip(".")
    return Frame({"type": "failed", "kind": _kind(error), "reason": reason})


def _kind(error: Exception) -> str:
    """What has to be mended: the installation, the choice of device and type, or the weights."""
    if isinstance(error, ImportError):
        return "package"
    if isinstance(error, ValueError) or "CUDA" in str(error):
        return "device"
    return "weights"


if __name__ == "__main__":
    main()

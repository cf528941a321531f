"""The Whisper process may crash, hang or chatter, played by small workers; hearing goes on."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from voice_interviewer.errors import TranscriptionError, WeightsError
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.transcriber import WhisperTranscriber

SECOND = np.zeros(16_000, dtype=np.float32)

# A worker in the real protocol; `{act}` is what it does with a request, `{load}` when it loads.
WORKER = """
import os, sys, time
from pathlib import Path
from voice_interviewer.hearing.frames import Frame, read_frame, write_frame
memory = Path(sys.argv[1])
memory.write_text(memory.read_text() + "x" if memory.exists() else "x")
starts = len(memory.read_text())
out = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

def heard(request):
    word = {{"text": "one", "start_s": 0.0, "end_s": 0.5, "probability": 0.9}}
    words = [word] * (len(request.body) // 32_000)
    told = {{"type": "heard", "words": words, "language": "en", "window": "short"}}
    write_frame(out, Frame({{**told, "peak_bytes": 5}}))

def fail(kind):
    write_frame(out, Frame({{"type": "failed", "kind": kind, "reason": "it is broken"}}))

request = read_frame(sys.stdin.buffer)
{load}
write_frame(out, Frame({{"type": "loaded"}}))
while request := read_frame(sys.stdin.buffer):
    {act}
"""


def transcriber(tmp_path: Path, act: str = "heard(request)", load: str = "") -> WhisperTranscriber:
    script = WORKER.format(act=act, load=load)
    command = (sys.executable, "-c", script, str(tmp_path / "starts"))
    return WhisperTranscriber(tmp_path, HearingOptions(), command=command)


def starts(tmp_path: Path) -> int:
    return len((tmp_path / "starts").read_text())


def test_words_come_back_and_the_process_is_kept(tmp_path: Path) -> None:
    hearing = transcriber(tmp_path)
    for seconds in (1, 3):
        words = hearing.transcribe(np.tile(SECOND, seconds))
        assert [word.text for word in words] == ["one"] * seconds
    assert words[0].probability == 0.9
    assert starts(tmp_path) == 1
    assert hearing.peak_memory_bytes == 5
    hearing.close()


def test_start_loads_without_waiting(tmp_path: Path) -> None:
    may_load = tmp_path / "may load"
    hearing = transcriber(
        tmp_path, load=f"while not os.path.exists({str(may_load)!r}): time.sleep(0.01)"
    )
    hearing.start()
    may_load.touch()
    assert len(hearing.transcribe(SECOND)) == 1
    assert starts(tmp_path) == 1
    assert hearing.problem is None
    hearing.close()


def test_a_crash_is_survived_once(tmp_path: Path) -> None:
    hearing = transcriber(tmp_path, act="os.abort() if starts == 1 else heard(request)")
    assert len(hearing.transcribe(SECOND)) == 1
    assert starts(tmp_path) == 2
    hearing.close()


def test_two_crashes_are_an_error_with_the_reason_and_a_later_try_works(tmp_path: Path) -> None:
    act = "(print('out of luck', file=sys.stderr), os._exit(3)) if starts < 3 else heard(request)"
    hearing = transcriber(tmp_path, act=act)
    with pytest.raises(TranscriptionError) as caught:
        hearing.transcribe(SECOND)
    assert "exit code 3" in caught.value.message
    assert "out of luck" in caught.value.message
    assert "The recording is kept" in caught.value.hint
    assert len(hearing.transcribe(SECOND)) == 1
    hearing.close()


def test_a_missed_deadline_ends_the_process_and_asks_another(tmp_path: Path) -> None:
    hearing = transcriber(tmp_path, act="time.sleep(60) if starts == 1 else heard(request)")
    hearing.start()
    began_s = time.monotonic()
    assert len(hearing.transcribe(SECOND, timeout_s=1.0)) == 1
    assert time.monotonic() - began_s < 50
    assert starts(tmp_path) == 2
    hearing.close()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_stopped_process_cannot_hold_up_a_long_request(tmp_path: Path) -> None:
    hearing = transcriber(tmp_path)
    hearing.transcribe(SECOND)
    assert hearing.child_pid is not None
    os.kill(hearing.child_pid, signal.SIGSTOP)
    words = hearing.transcribe(np.tile(SECOND, 60), timeout_s=1.0)
    assert len(words) == 60
    assert starts(tmp_path) == 2
    hearing.close()


def test_nonsense_instead_of_messages_is_a_crash(tmp_path: Path) -> None:
    hearing = transcriber(tmp_path, act="out.write(b'Progress: 10%\\n' * 9), out.flush()")
    with pytest.raises(TranscriptionError, match="impossible length"):
        hearing.transcribe(SECOND)
    hearing.close()


def test_chatter_on_standard_output_does_no_harm(tmp_path: Path) -> None:
    act = "print('hello ' * 50_000, flush=True); heard(request)"
    hearing = transcriber(tmp_path, act=act)
    assert len(hearing.transcribe(SECOND)) == 1
    assert starts(tmp_path) == 1
    hearing.close()


@pytest.mark.parametrize(
    ("kind", "error", "fix"),
    [
        ("weights", WeightsError, "--force-reinstall"),
        ("device", TranscriptionError, "hearing.compute_type"),
        ("package", TranscriptionError, "pip install faster-whisper"),
    ],
)
def test_a_model_that_does_not_load_is_told_with_its_fix_and_not_tried_twice(
    tmp_path: Path, kind: str, error: type[Exception], fix: str
) -> None:
    hearing = transcriber(tmp_path, load=f"fail('{kind}'); sys.exit(1)")
    with pytest.raises(error) as caught:
        hearing.transcribe(SECOND)
    assert "it is broken" in str(caught.value)
    assert fix in str(caught.value)
    assert starts(tmp_path) == 1
    hearing.close()


def test_a_failed_start_is_known_before_the_first_request(tmp_path: Path) -> None:
    hearing = transcriber(tmp_path, load="fail('weights'); sys.exit(1)")
    hearing.start()
    deadline = time.monotonic() + 10
    while hearing.problem is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert isinstance(hearing.problem, WeightsError)
    hearing.close()


def test_requests_of_several_threads_take_turns(tmp_path: Path) -> None:
    hearing = transcriber(tmp_path, act="time.sleep(0.05); heard(request)")
    results: dict[int, int] = {}

    def ask(seconds: int) -> None:
        results[seconds] = len(hearing.transcribe(np.tile(SECOND, seconds)))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert results == {n: n for n in range(1, 7)}
    assert starts(tmp_path) == 1
    hearing.close()


def test_closing_ends_a_request_in_progress_and_all_later_ones(tmp_path: Path) -> None:
    hearing = transcriber(tmp_path, act="time.sleep(60)")
    hearing.start()
    caught: list[BaseException] = []

    def ask() -> None:
        try:
            hearing.transcribe(SECOND)
        except TranscriptionError as error:
            caught.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    while hearing.child_pid is None:
        time.sleep(0.01)
    time.sleep(0.3)
    hearing.close()
    thread.join(10)
    assert len(caught) == 1
    with pytest.raises(TranscriptionError, match="closed"):
        hearing.transcribe(SECOND)
    assert hearing.child_pid is None


def test_a_worker_that_cannot_be_started_is_an_error_of_ours(tmp_path: Path) -> None:
    hearing = WhisperTranscriber(
        tmp_path, HearingOptions(), command=(str(tmp_path / "no-such-python"),)
    )
    with pytest.raises(TranscriptionError, match="could not be started"):
        hearing.transcribe(SECOND)


def test_weights_may_be_found_where_the_loading_is_done(tmp_path: Path) -> None:
    def find() -> Path:
        raise WeightsError("None found.", "Fetch them.")

    hearing = WhisperTranscriber(find, HearingOptions())
    with pytest.raises(WeightsError, match="None found"):
        hearing.transcribe(SECOND)


@pytest.mark.parametrize(
    ("model", "compute_type", "label"),
    [
        ("tiny.en", "int8", "faster-whisper tiny.en int8"),
        ("/models/my-whisper", "float32", "faster-whisper my-whisper float32"),
    ],
)
def test_the_engine_says_what_it_is(
    tmp_path: Path, model: str, compute_type: str, label: str
) -> None:
    options = HearingOptions(model=model, compute_type=compute_type)
    assert WhisperTranscriber(tmp_path, options).engine == label


def test_threads_are_chosen_for_the_machine() -> None:
    assert HearingOptions(threads=3).cpu_threads == 3
    assert 1 <= HearingOptions(threads=0).cpu_threads <= 4

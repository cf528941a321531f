"""The child that serves a model: its start, its end, and what it may not outlive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import model_worker
import pytest

from voice_interviewer.servers.llama_process import LlamaProcess, ModelServerError

MODEL = Path("small.gguf")


def started(mode: str) -> LlamaProcess:
    return LlamaProcess(MODEL, command=model_worker.command(mode))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_says_where_the_model_answers_and_is_gone_after_the_end() -> None:
    process = started("serve")
    server = process.wait_ready(10)
    assert server.base_url.startswith("http://127.0.0.1:")
    assert server.base_url.endswith("/v1")
    assert (server.model, server.pid) == ("small", process.pid)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{server.base_url}/chat/completions", b"{}", timeout=5)
    process.end()
    assert process.ended
    assert process.wait() == "it ended with SIGKILL"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{server.base_url}/models", timeout=5)


def test_the_key_is_drawn_anew_and_stands_in_no_command_line() -> None:
    processes = [started("serve"), started("serve")]
    keys = [process.wait_ready(10).api_key for process in processes]
    shown = [
        Path(f"/proc/{p.pid}/cmdline").read_text() for p in processes if Path("/proc").is_dir()
    ]
    for process in processes:
        process.end()
    assert keys[0] != keys[1]
    assert len(keys[0].get_secret_value()) > 20
    assert not any(key.get_secret_value() in line for key in keys for line in shown)


def test_an_abort_while_loading_tells_how_and_its_last_words() -> None:
    with pytest.raises(ModelServerError, match=r"SIGABRT: GGML_ASSERT failed") as caught:
        started("abort").wait_ready(10)
    assert caught.value.retryable


def test_a_damaged_model_is_not_tried_again() -> None:
    with pytest.raises(ModelServerError, match=r"small cannot be loaded.*no tensors") as caught:
        started("damaged").wait_ready(10)
    assert not caught.value.retryable
    assert "voice-interviewer models remove small" in caught.value.hint


def test_a_model_that_does_not_get_ready_is_ended() -> None:
    process = started("mute")
    with pytest.raises(ModelServerError, match=r"not loaded within 0\.3 s"):
        process.wait_ready(0.3)
    assert process.ended


def test_a_command_that_cannot_be_run_is_named() -> None:
    with pytest.raises(ModelServerError, match="could not be started"):
        LlamaProcess(MODEL, command=("/nowhere/python",))


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")
def test_the_worker_does_not_outlive_a_killed_parent() -> None:
    code = (
        "import sys, time; from pathlib import Path; import model_worker\n"
        "from voice_interviewer.servers.llama_process import LlamaProcess\n"
        "process = LlamaProcess(Path('m.gguf'), command=model_worker.command('serve'))\n"
        "process.wait_ready(10); print(process.pid, flush=True); time.sleep(60)"
    )
    tests = Path(__file__).resolve().parents[1]
    search = os.pathsep.join((str(tests), str(tests.parent)))
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert is_running(worker)
        parent.send_signal(signal.SIGKILL)
        deadline_s = time.monotonic() + 5
        while is_running(worker) and time.monotonic() < deadline_s:
            time.sleep(0.02)
        assert not is_running(worker)


def test_without_the_package_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xllamacpp.py").write_text("raise ImportError('no such library')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ModelServerError, match="no such library") as caught:
        LlamaProcess(MODEL).wait_ready(20)
    assert "pip install 'voice-interviewer[local-model]'" in caught.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_the_real_worker_ends_when_the_one_that_started_it_is_gone() -> None:
    nobody = subprocess.Popen([sys.executable, "-c", ""])
    nobody.wait()
    done = subprocess.run(
        [sys.executable, "-m", "voice_interviewer.servers.llama_worker", str(nobody.pid)],
        input=b"",
        capture_output=True,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (0, b"")

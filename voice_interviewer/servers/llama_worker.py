"""The child process that serves one GGUF model on loopback; started by `llama_process`.

It reads one JSON line from standard input (what to serve, and the key that callers must show),
writes one to standard output when the model answers or cannot be loaded, and ends when standard
input does. A process of its own because a native abort must not end the interview.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO

LOOPBACK = "127.0.0.1"

_PR_SET_PDEATHSIG = 1
# A little below the interview itself: capturing and hearing come before the judge.
_NICENESS = 3
_ONLY_ERRORS = 1


def main() -> None:
    """Serve until the process that started this one is gone."""
    reports = _reserve_stdout()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(int(sys.argv[1]))
    with contextlib.suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        server = _serve(order)
    except ImportError as error:
        _report(reports, {"failed": "package", "reason": _line(error)})
        raise SystemExit(1) from error
    except Exception as error:
        _report(reports, {"failed": "model", "reason": _line(error)})
        raise SystemExit(1) from error
    _report(reports, {"address": server.listening_address})
    threading.Event().wait()


def _reserve_stdout() -> BinaryIO:
    """Standard output for reports alone; whatever the library prints goes to standard error."""
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return reports


def _die_with(parent: int) -> None:
    """End with the thread that started this process, however it ends (Linux).

    Loading holds the interpreter, so that the watch over standard input cannot act meanwhile.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _end_with_stdin() -> None:
    """End at once when the other end of standard input is closed, also by a kill."""
    with contextlib.suppress(OSError):
        while sys.stdin.buffer.read(4096):
            pass
    os._exit(0)


def _serve(order: Mapping[str, Any]) -> Any:
    """Load the model and open the server on a free port of loopback.

    What it could serve beyond answering the interview (pages, slots, other origins) is closed.
    """
    native: Any = importlib.import_module("xllamacpp")
    params = native.CommonParams()
    params.model.path = order["model"]
    params.model_alias = {order["name"]}
    params.hostnames = [LOOPBACK]
    params.port = 0
    params.api_keys = [order["key"]]
    params.n_ctx = order["context"]
    params.n_parallel = 1
    params.n_threads_http = 4
    params.cache_ram_mib = 0
    params.ui = False
    params.endpoint_slots = False
    params.cors_origins = "null"
    params.offline = True
    params.verbosity = _ONLY_ERRORS
    params.default_template_kwargs = {"enable_thinking": "false"}
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = order["threads"]
        cpu.poll = 0
    return native.Server(params)


def _report(stream: BinaryIO, report: Mapping[str, Any]) -> None:
    stream.write(json.dumps(report).encode() + b"\n")
    stream.flush()


def _line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")


if __name__ == "__main__":
    main()

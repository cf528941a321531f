"""A model of our own behind an OpenAI-compatible server on loopback, in a child process.

with local_server(Path("model.gguf"), threads=2) as server:
    ...  # server.base_url, server.api_key, server.model
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydantic import SecretStr

import voice_interviewer
from voice_interviewer.errors import InterviewerError

WORKER = (sys.executable, "-P", "-m", "voice_interviewer.servers.llama_worker")
PACKAGE = "xllamacpp"
EXTRA_HINT = "Type: pip install 'voice-interviewer[local-model]'"
CONTEXT_TOKENS = 8192
READY_LIMIT_S = 180.0

_LAST_LINES = 5
_GOODBYE_S = 2.0


class ModelServerError(InterviewerError):
    """The model's process did not start, or is gone; retryable where another start may help."""


@dataclass(frozen=True)
class LocalServer:
    """Where a model answers: the base URL (ends in /v1), the key it wants, and its name."""

    base_url: str
    api_key: SecretStr
    model: str
    pid: int


class LlamaProcess:
    """One child process that serves one model; it is gone when this process is, even killed.

    A thread of its own starts it and stays with it, because on Linux the child ends with the
    thread that started it. All methods may be called from any thread.

    Args:
        model: a GGUF file.
        threads: how many cores it may use.
        context_tokens: prompt and reply together.
        name: what the model is called; the file's name where not given.
        command: what is run instead of the real worker, in tests.

    Raises:
        ModelServerError: when the process cannot be started.
    """

    def __init__(
        self,
        model: Path,
        *,
        threads: int = 1,
        context_tokens: int = CONTEXT_TOKENS,
        name: str = "",
        command: Sequence[str] = WORKER,
    ) -> None:
        self._name = name or model.stem
        self._key = secrets.token_urlsafe(24)
        self._command = command
        self._order = {
            "model": str(model),
            "name": self._name,
            "key": self._key,
            "context": context_tokens,
            "threads": threads,
        }
        self._reports: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._last_lines: collections.deque[str] = collections.deque(maxlen=_LAST_LINES)
        self._child: subprocess.Popen[bytes] | None = None
        self._problem = ""
        self._begun = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._keep, name="model-keeper", daemon=True).start()
        self._begun.wait()
        if self._child is None:
            raise ModelServerError(
                f"The model's process could not be started ({self._problem}).",
                "Close other programs and try again.",
                retryable=True,
            )

    @property
    def pid(self) -> int:
        """The child's process id."""
        return cast("subprocess.Popen[bytes]", self._child).pid

    @property
    def ended(self) -> bool:
        """True when the process is gone."""
        return self._ended.is_set()

    def wait_ready(self, limit_s: float = READY_LIMIT_S) -> LocalServer:
        """Wait until the model is loaded and answers; a process that is late is ended.

        Raises ModelServerError.
        """
        try:
            report = self._reports.get(timeout=limit_s)
        except queue.Empty:
            self.end()
            raise ModelServerError(
                f"The model was not loaded within {limit_s:g} s.",
                "Take a smaller model, or close other programs.",
                retryable=True,
            ) from None
        if "address" in report:
            return LocalServer(
                f"{report['address']}/v1", SecretStr(self._key), self._name, self.pid
            )
        self.end()
        raise self._not_loaded(report)

    def wait(self) -> str:
        """Wait until the process is gone; says how it ended."""
        self._ended.wait()
        return self._how()

    def end(self) -> None:
        """Kill the process and wait until it is gone."""
        if self._child is not None:
            self._child.kill()
        self._ended.wait(_GOODBYE_S)

    def _keep(self) -> None:
        """Start the child and stay until it has ended."""
        root = str(Path(voice_interviewer.__file__).parents[1])
        search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        try:
            child = subprocess.Popen(
                [*self._command, str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": search},
            )
        except OSError as error:
            self._problem = error.strerror or str(error)
            self._ended.set()
            self._begun.set()
            return
        self._child = child
        self._begun.set()
        readers = [
            threading.Thread(target=read, args=(child,), name=f"model-{read.__name__}", daemon=True)
            for read in (self._read_reports, self._read_noise)
        ]
        for reader in readers:
            reader.start()
        self._give_order(cast(BinaryIO, child.stdin))
        child.wait()
        for reader in readers:
            reader.join(_GOODBYE_S)
        with contextlib.suppress(OSError):
            cast(BinaryIO, child.stdin).close()
        self._ended.set()

    def _give_order(self, stream: BinaryIO) -> None:
        try:
            stream.write(json.dumps(self._order).encode() + b"\n")
            stream.flush()
        except OSError as error:
            self._last_lines.append(str(error))

    def _read_reports(self, child: subprocess.Popen[bytes]) -> None:
        """Pass on what the child says of itself; at the end, that it says nothing more."""
        with cast(BinaryIO, child.stdout) as stream:
            for line in stream:
                try:
                    report = json.loads(line)
                except ValueError:
                    continue
                if isinstance(report, dict):
                    self._reports.put(report)
        self._reports.put({"failed": "process"})

    def _read_noise(self, child: subprocess.Popen[bytes]) -> None:
        with cast(BinaryIO, child.stderr) as stream:
            for line in stream:
                self._last_lines.append(line.decode(errors="replace").strip())

    def _how(self) -> str:
        code = self._child.returncode if self._child is not None else 0
        if code is None:
            return "it does not end"
        if code >= 0:
            return f"it ended with exit code {code}"
        try:
            return f"it ended with {signal.Signals(-code).name}"
        except ValueError:
            return f"it ended with signal {-code}"

    def _not_loaded(self, report: dict[str, Any]) -> ModelServerError:
        if report["failed"] == "package":
            return ModelServerError(
                f"The package that runs models cannot be used ({report['reason']}).", EXTRA_HINT
            )
        if report["failed"] == "model":
            return ModelServerError(
                f"The model {self._name} cannot be loaded: its file is damaged, or none that "
                f"{PACKAGE} reads ({report['reason']}).",
                f"Type: voice-interviewer models remove {self._name}, then install it again.",
            )
        said = f": {self._last_lines[-1]}" if self._last_lines else ""
        return ModelServerError(
            f"The model's process was gone before it answered ({self._how()}{said}).",
            "Take a smaller model, or close other programs.",
            retryable=True,
        )


@contextmanager
def local_server(
    model: Path, *, threads: int = 1, context_tokens: int = CONTEXT_TOKENS, name: str = ""
) -> Iterator[LocalServer]:
    """A server with this GGUF file, up while the block runs. Raises ModelServerError."""
    process = LlamaProcess(model, threads=threads, context_tokens=context_tokens, name=name)
    try:
        yield process.wait_ready()
    finally:
        process.end()

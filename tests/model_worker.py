"""Stands in for the process that runs a model: the same protocol, a scripted server behind it.

    python model_worker.py MODE PARENT_PID

MODE is one of: serve, slow (loads for a second), abort (dies at once), abort-when-asked,
hang-when-asked, damaged (cannot load), mute (says nothing).
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MODE = sys.argv[1] if len(sys.argv) > 1 else ""


def command(mode: str) -> tuple[str, ...]:
    """The command line of a worker that behaves like this."""
    return sys.executable, str(Path(__file__)), mode


class Handler(BaseHTTPRequestHandler):
    key = ""

    def do_GET(self) -> None:
        if MODE == "hang-when-asked":
            time.sleep(60)
        self._send({"object": "list", "data": [{"id": "fake", "object": "model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {self.key}":
            self._send({"error": {"message": "Invalid API Key"}}, 401)
            return
        if MODE == "abort-when-asked":
            os.abort()
        if MODE == "hang-when-asked":
            time.sleep(60)
        asked = body["messages"][-1]["content"]
        verdicts = [
            {"criterion_id": name, "quote": "", "why": "not said", "verdict": "missed"}
            for name in re.findall(r"^- ([a-z0-9-]+): ", asked, re.MULTILINE)
        ]
        message = {"role": "assistant", "content": json.dumps({"verdicts": verdicts})}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 10, "completion_tokens": 5}
        self._send({"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage})

    def _send(self, body: dict, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        pass


def report(what: dict) -> None:
    print(json.dumps(what), flush=True)


def end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=end_with_stdin, daemon=True).start()
    if MODE == "abort":
        sys.stderr.write("GGML_ASSERT failed\n")
        sys.stderr.flush()
        os.abort()
    if MODE == "damaged":
        report({"failed": "model", "reason": "no tensors"})
        raise SystemExit(1)
    if MODE == "mute":
        time.sleep(60)
    if MODE == "slow":
        time.sleep(1)
    Handler.key = order["key"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print("this is no report", flush=True)
    report({"address": f"http://127.0.0.1:{server.server_port}"})
    server.serve_forever()


if __name__ == "__main__":
    main()

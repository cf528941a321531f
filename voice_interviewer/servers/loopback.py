"""Which OpenAI-compatible servers are already running on this machine. They are only looked at."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HOST = "127.0.0.1"
PORTS = (("Ollama", 11434), ("LM Studio", 1234), ("llama.cpp", 8080), ("vLLM", 8000))

# What servers write into `owned_by`, for the ports that several kinds use.
_BY_OWNER = {
    "library": "Ollama",
    "organization_owner": "LM Studio",
    "llamacpp": "llama.cpp",
    "vllm": "vLLM",
}
_MOST_BYTES = 1_000_000
_MOST_MODELS = 100
_MOST_LETTERS = 200


@dataclass(frozen=True)
class FoundServer:
    """A server on loopback: what it seems to be, its base URL (ends in /v1), its models' names."""

    kind: str
    base_url: str
    models: tuple[str, ...]


def find_servers(
    timeout_s: float = 0.3, places: Sequence[tuple[str, int]] = PORTS
) -> tuple[FoundServer, ...]:
    """The servers that answer on the usual ports, in the order of `places`.

    Each gets one GET /v1/models, all at once; no redirect is followed, no key and nothing else is
    sent. What does not answer within `timeout_s` seconds, or with something else, is not there.
    """
    deadline_s = time.monotonic() + timeout_s
    found: dict[int, FoundServer] = {}

    def look(kind: str, port: int) -> None:
        server = _look(kind, port, deadline_s)
        if server is not None:
            found[port] = server

    lookers = [
        threading.Thread(target=look, args=place, name=f"look-{place[1]}", daemon=True)
        for place in places
    ]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join(max(0.0, deadline_s - time.monotonic()))
    seen = dict(found)
    return tuple(seen[port] for _, port in places if port in seen)


def _look(kind: str, port: int, deadline_s: float) -> FoundServer | None:
    connection = http.client.HTTPConnection(
        HOST, port, timeout=max(0.01, deadline_s - time.monotonic())
    )
    try:
        connection.request("GET", "/v1/models", headers={"Accept": "application/json"})
        response = connection.getresponse()
        body = bytearray()
        while response.status == 200 and time.monotonic() < deadline_s:
            chunk = response.read1(65536)
            body += chunk
            if not chunk or len(body) > _MOST_BYTES:
                break
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return _read(kind, port, bytes(body)) if len(body) <= _MOST_BYTES else None


def _read(kind: str, port: int, body: bytes) -> FoundServer | None:
    """The server behind a list of models as OpenAI's API writes it; None for anything else."""
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    data = listed.get("data") if isinstance(listed, Mapping) else None
    if data is None and isinstance(listed, Mapping) and listed.get("object") == "list":
        data = []
    if not isinstance(data, list):
        return None
    entries = [entry for entry in data[:_MOST_MODELS] if isinstance(entry, Mapping)]
    names = tuple(
        name
        for entry in entries
        if isinstance(name := entry.get("id"), str)
        and 0 < len(name) <= _MOST_LETTERS
        and name.isprintable()
    )
    if data and not names:
        return None
    owners = [owner for entry in entries if isinstance(owner := entry.get("owned_by"), str)]
    kind = next((_BY_OWNER[owner] for owner in owners if owner in _BY_OWNER), kind)
    return FoundServer(kind, f"http://{HOST}:{port}/v1", names)

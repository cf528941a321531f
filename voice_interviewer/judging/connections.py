"""Breaking off what a client is doing, from another thread.

Closing a socket does not wake whoever waits on it, and the server goes on writing a reply that
nobody wants. Shutting it down does both.
"""

from __future__ import annotations

import contextlib
import socket
from threading import Lock
from typing import Any

_OPENED = ("connect_tcp.complete", "start_tls.complete", "connect_unix_socket.complete")


class Connections:
    """The sockets a client has opened."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        self._broken = False

    def watch(self, client: Any) -> None:
        """Note from now on what this openai client connects; without effect where it hides that."""
        transport = getattr(client, "_client", None)
        hooks = getattr(transport, "event_hooks", None)
        if isinstance(hooks, dict) and transport is not None:
            transport.event_hooks = {**hooks, "request": [*hooks.get("request", ()), self._trace]}

    def break_off(self) -> None:
        """Shut every connection down, also those still to come."""
        with self._lock:
            self._broken = True
            opened, self._sockets = self._sockets, []
        for each in opened:
            _shut(each)

    def _trace(self, request: Any) -> None:
        request.extensions = {**request.extensions, "trace": self._noted}

    def _noted(self, name: str, info: dict[str, Any]) -> None:
        if not name.endswith(_OPENED):
            return
        opened = info["return_value"].get_extra_info("socket")
        if not isinstance(opened, socket.socket):
            return
        with self._lock:
            self._sockets = [s for s in self._sockets if s.fileno() >= 0]
            self._sockets.append(opened)
            broken = self._broken
        if broken:
            _shut(opened)


def _shut(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)

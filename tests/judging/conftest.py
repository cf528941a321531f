"""Servers on loopback, well-behaved and not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from judging_server import KEY, Chat
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from voice_interviewer.judging.options import JudgeOptions


@pytest.fixture
def chat(httpserver: HTTPServer) -> Chat:
    return Chat(httpserver)


@pytest.fixture
def with_key(chat: Chat) -> JudgeOptions:
    return chat.options(api_key=SecretStr(KEY))


@pytest.fixture
def closed_port() -> int:
    """A port of this machine where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def raw_server() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Starts a server whose whole behaviour is a function of the accepted socket."""
    listeners: list[socket.socket] = []

    def start(serve: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def one(connection: socket.socket) -> None:
            try:
                connection.recv(65536)
                serve(connection)
            except OSError:
                return
            finally:
                connection.close()

        def loop() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        threading.Thread(target=loop, daemon=True).start()
        port: int = listener.getsockname()[1]
        return port

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()

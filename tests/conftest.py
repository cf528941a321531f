"""What every test shares."""

from __future__ import annotations

import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import virtual_sound
from hypothesis import HealthCheck, settings

settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

CHECKOUT = Path(__file__).resolve().parents[1]


def pytest_configure() -> None:
    """A job in the background may be deaf to Ctrl-C; the programs that it starts must hear it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with real devices, voices and weights run one after another, whatever runs beside."""
    for item in items:
        if item.get_closest_marker("real") is not None:
            item.add_marker(pytest.mark.xdist_group("real"))


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings and sessions of the person who runs it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def speech() -> Path:
    """Recordings of real people with reference texts, which stay outside the project."""
    folder = CHECKOUT.parent / "shared" / "speech"
    if not folder.is_dir():
        pytest.skip("no recordings of real speech beside the checkout (../shared/speech)")
    return folder


@pytest.fixture
def sound_card() -> Iterator[virtual_sound.VirtualSound]:
    """A virtual sound card of its own for each test."""
    absent = virtual_sound.missing()
    if absent:
        pytest.skip(absent)
    with (
        tempfile.TemporaryDirectory(prefix="vi-") as folder,
        virtual_sound.virtual_sound(Path(folder)) as card,
    ):
        yield card


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

"""What the player makes of devices that refuse, stall or die."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from speaking_fakes import tone

from voice_interviewer.audio import portaudio
from voice_interviewer.errors import AudioError
from voice_interviewer.speaking import player as player_module
from voice_interviewer.speaking.player import Player

AT_ONCE = SimpleNamespace(outputBufferDacTime=0.0, currentTime=0.0)


class PortAudioError(Exception):
    pass


class CallbackStop(Exception):  # noqa: N818 - the name sounddevice gives it
    pass


class FakeSoundDevice:
    """Stands in for the module: takes blocks of 10 ms every millisecond from a thread.

    Args:
        accepts: decides on (rate in Hz, channels).
        blocks: how many it takes before it stalls ("stall") or ends ("die") as `then` says.
    """

    PortAudioError = PortAudioError
    CallbackStop = CallbackStop

    def __init__(
        self,
        accepts: Callable[[int, int], bool] = lambda _rate, _channels: True,
        blocks: int | None = None,
        then: str = "stall",
    ) -> None:
        self.accepts = accepts
        self.blocks = blocks
        self.then = then
        self.opened: list[tuple[int, int]] = []
        self.taken: list[np.ndarray] = []
        self.closed = 0

    def OutputStream(self, **wish: Any) -> FakeStream:  # noqa: N802 - sounddevice's name
        if not self.accepts(wish["samplerate"], wish["channels"]):
            raise PortAudioError("Invalid sample rate")
        self.opened.append((wish["samplerate"], wish["channels"]))
        return FakeStream(self, wish)


class FakeStream:
    def __init__(self, module: FakeSoundDevice, wish: dict[str, Any]) -> None:
        self.module = module
        self.wish = wish
        self.aborted = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self) -> FakeStream:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.aborted.set()
        self.thread.join()
        self.module.closed += 1

    def abort(self) -> None:
        self.aborted.set()

    def run(self) -> None:
        frames = self.wish["samplerate"] // 100
        status = SimpleNamespace(output_underflow=False)
        count = 0
        while not self.aborted.wait(0.001):
            if count == self.module.blocks:
                if self.module.then == "stall":
                    self.aborted.wait(10)
                break
            out = np.zeros((frames, self.wish["channels"]), dtype=np.float32)
            count += 1
            try:
                self.wish["callback"](out, frames, AT_ONCE, status)
            except CallbackStop:
                self.module.taken.append(out)
                break
            self.module.taken.append(out)
        self.wish["finished_callback"]()


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeSoundDevice], Player]:
    def use(module: FakeSoundDevice) -> Player:
        device = portaudio.Device(index=0, name="fake", default_rate_hz=48_000)
        monkeypatch.setattr(portaudio, "load", lambda: module)
        monkeypatch.setattr(portaudio, "default_output", lambda: device)
        monkeypatch.setattr(player_module, "_STALL_LIMIT_S", 0.2)
        monkeypatch.setattr(player_module, "_OPEN_LIMIT_S", 0.3)
        monkeypatch.setattr(player_module, "_CLOSE_LIMIT_S", 0.2)
        return Player()

    return use


def test_a_sound_is_played_whole_and_the_device_closed(
    install: Callable[[FakeSoundDevice], Player],
) -> None:
    module = FakeSoundDevice()
    player = install(module)
    firsts: list[float] = []
    sound = tone(0.3)
    assert player.play(sound, on_first_sample=lambda: firsts.append(time.monotonic()))
    assert len(firsts) == 1
    assert module.closed == 1
    heard = np.concatenate(module.taken)[:, 0]
    assert np.array_equal(heard[: len(sound.samples)], sound.samples)
    assert player.position_s == pytest.approx(0.3)


def test_a_rate_the_device_refuses_is_converted(
    install: Callable[[FakeSoundDevice], Player],
) -> None:
    module = FakeSoundDevice(accepts=lambda rate_hz, _channels: rate_hz == 48_000)
    player = install(module)
    assert player.play(tone(0.2, rate_hz=22_050), on_first_sample=lambda: None)
    assert module.opened == [(48_000, 1)]
    assert player.position_s == pytest.approx(0.2, abs=0.001)
    assert 0.15 < np.abs(np.concatenate(module.taken)).max() < 0.25


def test_a_device_without_mono_gets_stereo(
    install: Callable[[FakeSoundDevice], Player],
) -> None:
    module = FakeSoundDevice(accepts=lambda _rate, channels: channels == 2)
    assert install(module).play(tone(0.1), on_first_sample=lambda: None)
    assert module.opened == [(48_000, 2)]


def test_a_device_that_accepts_nothing_is_an_error(
    install: Callable[[FakeSoundDevice], Player],
) -> None:
    player = install(FakeSoundDevice(accepts=lambda _rate, _channels: False))
    with pytest.raises(AudioError, match="cannot be opened") as caught:
        player.play(tone(), on_first_sample=lambda: pytest.fail("nothing was played"))
    assert caught.value.hint


@pytest.mark.parametrize("blocks", [0, 3])
def test_a_device_that_takes_no_sound_is_an_error(
    install: Callable[[FakeSoundDevice], Player], blocks: int
) -> None:
    player = install(FakeSoundDevice(blocks=blocks, then="stall"))
    with pytest.raises(AudioError, match="does not take sound"):
        player.play(tone(1.0), on_first_sample=lambda: None)


def test_a_device_that_dies_in_mid_sound_is_an_error(
    install: Callable[[FakeSoundDevice], Player],
) -> None:
    player = install(FakeSoundDevice(blocks=3, then="die"))
    with pytest.raises(AudioError, match="stopped in the middle"):
        player.play(tone(1.0), on_first_sample=lambda: None)


def test_a_sound_server_that_hangs_does_not_hang_the_caller(
    install: Callable[[FakeSoundDevice], Player], monkeypatch: pytest.MonkeyPatch
) -> None:
    player = install(FakeSoundDevice())
    hung, waited_out = threading.Event(), list[bool]()
    monkeypatch.setattr(portaudio, "default_output", lambda: waited_out.append(hung.wait(60)))
    with pytest.raises(AudioError, match="does not take sound"):
        player.play(tone(), on_first_sample=lambda: None)
    assert waited_out == []
    hung.set()


def test_a_stop_before_the_sound_begins_plays_nothing(
    install: Callable[[FakeSoundDevice], Player],
) -> None:
    module = FakeSoundDevice()
    stop = threading.Event()
    stop.set()
    player = install(module)
    assert not player.play(
        tone(), on_first_sample=lambda: pytest.fail("nothing was played"), stop=stop
    )
    assert not any(block.any() for block in module.taken)


def test_stop_from_another_thread_ends_the_sound(
    install: Callable[[FakeSoundDevice], Player],
) -> None:
    player = install(FakeSoundDevice())
    player.stop()
    assert not player.play(
        tone(60.0), on_first_sample=lambda: threading.Timer(0.05, player.stop).start()
    )
    assert 0 < player.position_s < 30


def test_a_second_sound_ends_the_first(
    install: Callable[[FakeSoundDevice], Player],
) -> None:
    player = install(FakeSoundDevice())
    results: list[bool] = []
    begun = threading.Event()
    first = threading.Thread(
        target=lambda: results.append(player.play(tone(60.0), on_first_sample=begun.set))
    )
    first.start()
    assert begun.wait(5)
    assert player.play(tone(0.1), on_first_sample=lambda: None)
    first.join(5)
    assert results == [False]


def test_an_error_at_the_first_sample_silences_the_sound(
    install: Callable[[FakeSoundDevice], Player],
) -> None:
    module = FakeSoundDevice()
    player = install(module)

    def fail() -> None:
        raise OSError("the journal is full")

    with pytest.raises(OSError, match="journal is full"):
        player.play(tone(60.0), on_first_sample=fail)
    assert module.closed == 1
    assert player.position_s < 30


def test_availability_follows_the_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    player = Player()
    monkeypatch.setattr(portaudio, "default_output", lambda: None)
    assert not player.available()
    problem = player.problem()
    assert problem is not None
    assert problem.message == "No speaker was found."

    def no_library() -> None:
        raise AudioError("The PortAudio library was not found.", portaudio.INSTALL_HINT)

    monkeypatch.setattr(portaudio, "default_output", no_library)
    assert not player.available()
    problem = player.problem()
    assert problem is not None
    assert problem.hint == portaudio.INSTALL_HINT

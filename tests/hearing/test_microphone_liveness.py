"""When a microphone counts as lost, in virtual time with a capture of our own."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voice_interviewer.audio import portaudio
from voice_interviewer.core.commands import Listen
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing import sources
from voice_interviewer.hearing.sources import Microphone

BLOCK = np.full(320, 0.5, dtype=np.float32)
LISTEN = Listen(turn_id=1, question_id="q")


class Stream:
    """An open device whose blocks arrive when the clock says so."""

    def __init__(self, clock: Clock, sends: Callable[[float], bool]) -> None:
        self._clock = clock
        self._sends = sends
        self.waiting = 0
        self.received = 0
        self.over = False
        self.lost_frames = 0
        self.stopped: list[float] = []

    def tick(self) -> None:
        if self._sends(self._clock.now_s):
            self.received += 640
            self.waiting += 1

    def read(self, *, last: bool = False) -> np.ndarray:
        count, self.waiting = self.waiting, 0
        return np.tile(BLOCK, count)

    def stop(self, limit_s: float = 1.0) -> None:
        self.stopped.append(limit_s)


class Clock:
    """Time that passes only while somebody sleeps; `jumps` holds the process up meanwhile."""

    def __init__(self, sends: Callable[[float], bool], jumps: dict[int, float]) -> None:
        self.now_s = 100.0
        self.sleeps = 0
        self._jumps = jumps
        self.stream = Stream(self, lambda now_s: sends(now_s - 100.0))

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.sleeps += 1
        self.now_s += seconds + self._jumps.get(self.sleeps, 0.0)
        self.stream.tick()


def open_microphone(
    monkeypatch: pytest.MonkeyPatch,
    sends: Callable[[float], bool],
    jumps: dict[int, float] | None = None,
) -> tuple[Microphone, Clock]:
    clock = Clock(sends, jumps or {})
    device = portaudio.Device(index=0, name="Headset", default_rate_hz=48_000)
    monkeypatch.setattr(sources, "time", clock)
    monkeypatch.setattr(sources, "open_capture", lambda _device: clock.stream)
    monkeypatch.setattr(portaudio, "default_input", lambda: device)
    monkeypatch.setattr(portaudio, "inputs", lambda: (device,))
    monkeypatch.setattr(portaudio, "refresh", lambda _limit_s=1.0: True)
    microphone = Microphone()
    microphone.open(LISTEN)
    return microphone, clock


def test_a_silent_line_is_lost_within_a_second_and_a_half(monkeypatch: pytest.MonkeyPatch) -> None:
    microphone, clock = open_microphone(monkeypatch, lambda now_s: now_s < 2.0)
    heard: list[np.ndarray] = []
    with pytest.raises(AudioError) as caught:
        heard.extend(microphone.blocks())
    assert 1.0 < clock.now_s - 102.0 < 1.4
    assert sum(map(len, heard)) == pytest.approx(2.0 * 16_000, abs=640)
    assert caught.value.choices == ("Headset",)
    assert caught.value.retryable
    assert clock.stream.stopped


def test_a_headset_may_take_three_seconds_for_its_first_sound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    microphone, clock = open_microphone(monkeypatch, lambda now_s: now_s > 2.5)
    for block in microphone.blocks():
        if len(block):
            microphone.stop()
    assert clock.now_s < 103.0


def test_what_was_still_in_the_ring_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    microphone, clock = open_microphone(monkeypatch, lambda now_s: now_s < 0.5)
    blocks = microphone.blocks()
    heard = [next(blocks)]
    clock.stream.waiting += 3  # arrived since, and then the device ended its stream
    clock.stream.over = True
    clock.stream._sends = lambda _now_s: False
    with pytest.raises(AudioError):
        heard.extend(blocks)
    assert sum(map(len, heard)) == 4 * len(BLOCK)
    assert clock.now_s < 100.1


def test_a_process_that_was_suspended_does_not_blame_the_microphone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    microphone, clock = open_microphone(
        monkeypatch, lambda now_s: now_s < 1.0 or now_s > 61.1, {50: 60.0}
    )
    for _ in microphone.blocks():
        if clock.now_s > 162.0:
            microphone.stop()
    assert clock.now_s == pytest.approx(162.0, abs=0.1)


class Shelf:
    """Devices by name that can be opened, and what a refresh adds to them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *names: str, later: str = "") -> None:
        self.names = list(names)
        self.later = [later] if later else []
        self.refreshed = 0
        self.broken: set[str] = set()
        monkeypatch.setattr(portaudio, "default_input", lambda: self.device(next(iter(names), "")))
        monkeypatch.setattr(portaudio, "input_named", self.device)
        monkeypatch.setattr(portaudio, "inputs", lambda: tuple(map(self.device, self.names)))
        monkeypatch.setattr(portaudio, "refresh", self.refresh)
        monkeypatch.setattr(sources, "open_capture", self.open)

    def device(self, name: str) -> Any:
        known = name in self.names
        return portaudio.Device(index=0, name=name, default_rate_hz=48_000) if known else None

    def refresh(self, _limit_s: float = 1.0) -> bool:
        self.refreshed += 1
        self.names += self.later
        self.later = []
        self.broken.clear()
        return True

    def open(self, device: portaudio.Device) -> Any:
        if device.name in self.broken:
            raise AudioError(f"The microphone {device.name} cannot be opened.", retryable=True)
        return SimpleNamespace(stop=lambda: None, lost_frames=0)


def test_a_named_microphone_is_looked_for_again_before_it_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf = Shelf(monkeypatch, "Built-in", later="Headset")
    microphone = Microphone()
    microphone.open(LISTEN)
    assert (microphone.name, shelf.refreshed) == ("Built-in", 0)
    microphone.open(LISTEN.model_copy(update={"microphone": "Headset"}))
    assert (microphone.name, shelf.refreshed) == ("Headset", 1)
    with pytest.raises(AudioError, match="no microphone Snowball") as caught:
        microphone.open(LISTEN.model_copy(update={"microphone": "Snowball"}))
    assert caught.value.choices == ("Built-in", "Headset")
    microphone.open(LISTEN)
    assert microphone.name == "Built-in"


def test_a_microphone_of_the_start_is_used_where_an_answer_names_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Shelf(monkeypatch, "Built-in", later="Headset")
    microphone = Microphone("Headset")
    microphone.open(LISTEN)
    assert microphone.name == "Headset"


def test_a_device_that_does_not_open_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(monkeypatch, "Built-in")
    microphone = Microphone()
    shelf.broken.add("Built-in")
    microphone.open(LISTEN)
    assert shelf.refreshed == 1


def test_a_stream_elsewhere_forbids_a_second_attempt_but_not_the_choices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf = Shelf(monkeypatch, "Built-in")
    monkeypatch.setattr(portaudio, "refresh", lambda _limit_s=1.0: False)
    microphone = Microphone()
    shelf.broken.add("Built-in")
    with pytest.raises(AudioError, match="cannot be opened") as caught:
        microphone.open(LISTEN)
    assert caught.value.choices == ("Built-in",)

"""A device that refuses 16 kHz mono is used as it likes it. Played by a PortAudio of our own."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voice_interviewer.audio import portaudio
from voice_interviewer.audio.sound import to_pcm16
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing import capture
from voice_interviewer.hearing.capture import Capture, open_capture

DEVICE = portaudio.Device(index=3, name="Headset", default_rate_hz=48_000)


class PortAudioError(Exception):
    pass


class Card:
    """A sound sound_card that takes only some (rate, channels) pairs."""

    def __init__(self, *accepts: tuple[int, int], opens_after_s: float = 0.0) -> None:
        self.PortAudioError = PortAudioError
        self._accepts = accepts
        self._opens_after_s = opens_after_s
        self.callback: Any = None
        self.closed = 0

    def RawInputStream(self, **asked: Any) -> Any:  # noqa: N802
        time.sleep(self._opens_after_s)
        assert asked["dtype"] == "int16"
        assert asked["device"] == DEVICE.index
        if (asked["samplerate"], asked["channels"]) not in self._accepts:
            raise PortAudioError(f"Invalid sample rate {asked['samplerate']}")
        self.callback = asked["callback"]
        return SimpleNamespace(start=lambda: None, stop=self._nothing, close=self._close)

    def _nothing(self, ignore_errors: bool) -> None:
        assert ignore_errors

    def _close(self, ignore_errors: bool) -> None:
        assert ignore_errors
        self.closed += 1

    def send(self, samples: np.ndarray, channels: int, overflow: bool = False) -> None:
        data = to_pcm16(np.repeat(samples, channels))
        self.callback(data, len(samples), None, SimpleNamespace(input_overflow=overflow))


def use(monkeypatch: pytest.MonkeyPatch, sound_card: Card) -> Card:
    monkeypatch.setattr(portaudio, "load", lambda: sound_card)
    return sound_card


def tone(rate_hz: int, seconds: float = 1.0) -> np.ndarray:
    times = np.arange(round(rate_hz * seconds)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


@pytest.mark.parametrize(
    "accepted", [(16_000, 1), (48_000, 1), (48_000, 2)], ids=["wanted", "rate", "stereo"]
)
def test_any_format_arrives_as_16_khz_mono(
    monkeypatch: pytest.MonkeyPatch, accepted: tuple[int, int]
) -> None:
    sound_card = use(monkeypatch, Card(accepted))
    stream = Capture(DEVICE)
    rate_hz, channels = accepted
    heard = []
    for block in np.array_split(tone(rate_hz), 50):
        sound_card.send(block, channels)
        heard.append(stream.read())
    heard.append(stream.read(last=True))
    samples = np.concatenate(heard)
    wanted = tone(16_000)
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(len(wanted), abs=20)
    middle = slice(2_000, 14_000)
    assert np.abs(samples[middle] - wanted[middle]).max() < 0.01
    assert stream.lost_frames == 0
    stream.stop()
    stream.stop()
    assert sound_card.closed == 1


def test_no_format_at_all_names_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Card())
    with pytest.raises(AudioError, match="Headset cannot be opened") as caught:
        open_capture(DEVICE)
    assert caught.value.retryable


def test_losses_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    sound_card = use(monkeypatch, Card((16_000, 1)))
    stream = Capture(DEVICE)
    sound_card.send(np.zeros(320, dtype=np.float32), 1, overflow=True)
    assert stream.lost_frames == 320
    for _ in range(31):  # nobody reads for 31 s
        sound_card.send(np.zeros(16_000, dtype=np.float32), 1)
    assert stream.lost_frames == 320 + 2 * 16_000
    assert len(stream.read()) == 29 * 16_000 + 320


def test_a_device_that_takes_for_ever_is_given_up_and_closed_when_it_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound_card = use(monkeypatch, Card((16_000, 1), opens_after_s=0.4))
    monkeypatch.setattr(capture, "_OPEN_LIMIT_S", 0.1)
    with pytest.raises(AudioError, match="does not open"):
        open_capture(DEVICE)
    deadline = time.monotonic() + 5
    while not sound_card.closed and time.monotonic() < deadline:
        time.sleep(0.02)
    assert sound_card.closed == 1

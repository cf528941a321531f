"""The list of microphones a person chooses from, out of what PortAudio lists on each system."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from voice_interviewer.audio import devices, portaudio
from voice_interviewer.audio.devices import Device
from voice_interviewer.errors import AudioError


def listed(*pairs: tuple[str, str]) -> list[Device]:
    """Devices of (host API, name), in PortAudio's order."""
    return [
        Device(index=index, name=name, default_rate_hz=48_000, host_api=host_api)
        for index, (host_api, name) in enumerate(pairs)
    ]


def names(found: list[Device], default: int | None) -> list[str]:
    chosen = devices.to_choose_from(found, None if default is None else found[default])
    return [device.name for device in chosen]


LINUX = listed(
    ("ALSA", "HDA Intel PCH: ALC257 Analog (hw:0,0)"),
    ("ALSA", "Yeti: USB Audio (hw:1,0)"),
    ("ALSA", "sysdefault"),
    ("ALSA", "samplerate"),
    ("ALSA", "pulse"),
    ("ALSA", "default"),
)
WINDOWS = listed(
    ("MME", "Microsoft Sound Mapper - Input"),
    ("MME", "Microphone (Realtek High Defini"),
    ("MME", "Headset (WH-1000XM4)"),
    ("Windows DirectSound", "Primary Sound Capture Driver"),
    ("Windows DirectSound", "Microphone (Realtek High Definition Audio)"),
    ("Windows DirectSound", "Headset (WH-1000XM4)"),
    ("Windows WASAPI", "Headset (WH-1000XM4)"),
    ("Windows WASAPI", "Microphone (Realtek High Definition Audio)"),
)


def test_linux_offers_the_systems_choice_and_the_hardware() -> None:
    assert names(LINUX, 5) == [
        "default",
        "HDA Intel PCH: ALC257 Analog (hw:0,0)",
        "Yeti: USB Audio (hw:1,0)",
    ]
    assert names(LINUX, 1) == [
        "Yeti: USB Audio (hw:1,0)",
        "HDA Intel PCH: ALC257 Analog (hw:0,0)",
        "pulse",
    ]


def test_windows_offers_each_microphone_once_by_its_whole_name() -> None:
    chosen = devices.to_choose_from(WINDOWS, WINDOWS[1])
    assert [device.name for device in chosen] == [
        "Microphone (Realtek High Definition Audio)",
        "Headset (WH-1000XM4)",
    ]
    assert {device.host_api for device in chosen} == {"Windows WASAPI"}


def test_what_a_speaker_plays_is_no_microphone() -> None:
    found = listed(
        ("PulseAudio", "Monitor of Built-in Audio"), ("PulseAudio", "Built-in Audio"), ("ALSA", "?")
    )
    assert names(found, None) == ["Built-in Audio", "?"]
    assert names([], None) == []


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("Yeti: USB Audio (hw:1,0)", 1),
        ("Yeti: USB Audio (hw:3,0)", 1),
        ("default", 5),
        ("Blue Snowball", None),
    ],
)
def test_a_device_is_found_by_name_also_in_another_socket(name: str, index: int | None) -> None:
    found = devices.named(name, LINUX)
    assert (found.index if found else None) == index


def test_a_name_that_was_cut_off_means_the_whole_one() -> None:
    found = devices.named("Microphone (Realtek High Defini", WINDOWS[4:])
    assert found == WINDOWS[4]


class Library:
    """A PortAudio whose list changes between two initialisations."""

    class PortAudioError(Exception):
        pass

    def __init__(self) -> None:
        self.running = True
        self.plugged = ["Built-in"]
        self.frozen = list(self.plugged)
        self.hangs: threading.Event | None = None
        self.default = self

    @property
    def device(self) -> tuple[int, int]:
        return 0, -1

    def query_devices(self, index: int | None = None) -> Any:
        if not self.running or (index is not None and index >= len(self.frozen)):
            raise self.PortAudioError("not initialised, or no such device")
        rows = [
            {
                "index": number,
                "name": name,
                "default_samplerate": 48_000.0,
                "hostapi": 0,
                "max_input_channels": 1,
                "max_output_channels": 0,
            }
            for number, name in enumerate(self.frozen)
        ]
        return rows if index is None else rows[index]

    def query_hostapis(self, index: int) -> dict[str, str]:
        assert index == 0
        return {"name": "Core Audio"}

    def _terminate(self) -> None:
        if not self.running:
            raise self.PortAudioError("not initialised")
        self.running = False

    def _initialize(self) -> None:
        if self.hangs is not None:
            self.hangs.wait(10)
        if not self.plugged:
            raise self.PortAudioError("no sound system")
        self.frozen = list(self.plugged)
        self.running = True


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    library = Library()
    monkeypatch.setattr(portaudio, "load", lambda: library)
    return library


def offered() -> list[str]:
    return [device.name for device in portaudio.inputs()]


def test_a_device_plugged_in_later_is_found_after_a_refresh(library: Library) -> None:
    library.plugged.append("Headset")
    assert offered() == ["Built-in"]
    assert portaudio.refresh()
    assert offered() == ["Built-in", "Headset"]
    found = portaudio.input_named("Headset")
    assert found == Device(1, "Headset", 48_000, "Core Audio")


def test_nothing_is_refreshed_while_a_stream_is_open(library: Library) -> None:
    library.plugged.append("Headset")
    with portaudio.in_use():
        with portaudio.in_use():
            pass
        assert not portaudio.refresh()
        assert offered() == ["Built-in"]
    assert portaudio.refresh()
    assert offered() == ["Built-in", "Headset"]


def test_a_sound_system_that_fails_is_tried_again(library: Library) -> None:
    library.plugged.clear()
    assert not portaudio.refresh()
    assert offered() == []
    assert portaudio.default_input() is None
    library.plugged.append("Headset")
    assert portaudio.refresh()
    assert offered() == ["Headset"]


def test_a_sound_system_that_hangs_keeps_nobody_waiting(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portaudio, "_BUSY_LIMIT_S", 0.1)
    library.hangs = threading.Event()
    assert not portaudio.refresh(0.1)
    with pytest.raises(AudioError, match="does not answer"):
        portaudio.inputs()
    with pytest.raises(AudioError, match="does not answer"), portaudio.in_use():
        pass
    library.hangs.set()
    monkeypatch.setattr(portaudio, "_BUSY_LIMIT_S", 5.0)
    assert offered() == ["Built-in"]

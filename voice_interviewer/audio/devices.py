"""Sound devices as PortAudio lists them, and the list of them that a person can choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Every host API lists the same hardware again: what people know it by first, what is exclusive or
# cuts names off last.
_HOST_APIS = (
    "Windows WASAPI",
    "Core Audio",
    "PulseAudio",
    "ALSA",
    "JACK Audio Connection Kit",
    "Windows DirectSound",
    "MME",
    "OSS",
    "ASIO",
    "Windows WDM-KS",
)
_SERVERS = frozenset({"pulse", "pipewire"})
_STANDS_FOR_ANOTHER = re.compile(
    r"(default|sysdefault|dsnoop|dmix|null|samplerate|speex|speexrate|lavrate|upmix|vdownmix"
    r"|jack|oss|usbstream|front|surround\d+)(:|$)"
    r"|monitor of |microsoft sound mapper|primary sound capture",
    re.IGNORECASE,
)
_CARD_NUMBER = re.compile(r" \(hw:\d+,\d+\)$")
_MME_NAME_LENGTH = 31


@dataclass(frozen=True)
class Device:
    """A sound device as PortAudio lists it. `index` is valid until the list is read again."""

    index: int
    name: str
    default_rate_hz: int
    host_api: str = ""


def to_choose_from(listed: Iterable[Device], default: Device | None) -> tuple[Device, ...]:
    """Every microphone once: the system's own choice first, then the rest as the system lists them.

    Left out are the same hardware in a lesser host API, names that only stand for another device
    or convert for it, and recordings of what a speaker plays.
    """
    chosen: list[Device] = []
    system = default if default is not None and _is_alias(default.name) else None
    for device in sorted(listed, key=lambda device: (_rank(device.host_api), device.index)):
        if _is_alias(device.name) or (system is not None and device.name in _SERVERS):
            continue
        if not any(_same(device.name, other.name) for other in chosen):
            chosen.append(device)
    if system is not None:
        return (system, *chosen)
    if default is not None:
        chosen.sort(key=lambda device: not _same(device.name, default.name))
    return tuple(chosen)


def named(name: str, devices: Sequence[Device]) -> Device | None:
    """The device of this name; one that was plugged into another socket has another number."""
    exact = [device for device in devices if device.name == name]
    moved = [device for device in devices if _bare(device.name) == _bare(name)]
    cut = [device for device in devices if _same(device.name, name)]
    return next(iter((*exact, *moved, *cut)), None)


def _rank(host_api: str) -> int:
    return _HOST_APIS.index(host_api) if host_api in _HOST_APIS else len(_HOST_APIS)


def _is_alias(name: str) -> bool:
    return _STANDS_FOR_ANOTHER.match(name) is not None


def _same(name: str, other: str) -> bool:
    """Whether two host APIs mean the same device; MME cuts names off after 31 characters."""
    shorter = min(len(name), len(other))
    if shorter < _MME_NAME_LENGTH:
        return name == other
    return name[:shorter] == other[:shorter]


def _bare(name: str) -> str:
    return _CARD_NUMBER.sub("", name)

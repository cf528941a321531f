"""Messages between the interview and its Whisper process: a JSON header and raw bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

_LENGTHS = struct.Struct(">II")
_LONGEST_HEADER = 64_000_000
_LONGEST_BODY = 1_000_000_000


class FrameError(Exception):
    """What arrived is not a message of ours."""


@dataclass(frozen=True)
class Frame:
    """One message. `header` is JSON; `body` is PCM16 sound where the header asks for hearing."""

    header: Mapping[str, Any]
    body: bytes = field(default=b"", repr=False)


def write_frame(stream: BinaryIO, frame: Frame) -> None:
    """Send one message. Raises OSError when nobody reads any more."""
    header = json.dumps(frame.header).encode()
    stream.write(_LENGTHS.pack(len(header), len(frame.body)))
    stream.write(header)
    stream.write(frame.body)
    stream.flush()


def read_frame(stream: BinaryIO) -> Frame | None:
    """The next message; None at the end of the stream, also when it ends inside a message.

    Raises FrameError for anything that is not a message.
    """
    lengths = _read_exactly(stream, _LENGTHS.size)
    if lengths is None:
        return None
    header_size, body_size = _LENGTHS.unpack(lengths)
    if header_size > _LONGEST_HEADER or body_size > _LONGEST_BODY:
        raise FrameError("a message of impossible length")
    header = _read_exactly(stream, header_size)
    body = _read_exactly(stream, body_size) if header is not None else None
    if header is None or body is None:
        return None
    try:
        parsed = json.loads(header)
    except ValueError as error:
        raise FrameError(f"a header that is not JSON ({error})") from error
    if not isinstance(parsed, dict):
        raise FrameError("a header that is not an object")
    return Frame(parsed, body)


def _read_exactly(stream: BinaryIO, size: int) -> bytes | None:
    parts: list[bytes] = []
    missing = size
    while missing:
        part = stream.read(missing)
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)

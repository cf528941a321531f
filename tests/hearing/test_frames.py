"""Messages between the interview and the Whisper process survive any bytes, or are refused."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.hearing.frames import Frame, FrameError, read_frame, write_frame

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
headers = st.dictionaries(st.text(), json_values, max_size=4)


@given(st.lists(st.tuples(headers, st.binary(max_size=300)), max_size=4))
def test_what_was_written_is_read(messages: list[tuple[dict[str, object], bytes]]) -> None:
    stream = io.BytesIO()
    for header, body in messages:
        write_frame(stream, Frame(header, body))
    stream.seek(0)
    for header, body in messages:
        assert read_frame(stream) == Frame(header, body)
    assert read_frame(stream) is None


@given(headers, st.binary(max_size=50), st.data())
def test_a_torn_message_is_the_end(
    header: dict[str, object], body: bytes, data: st.DataObject
) -> None:
    stream = io.BytesIO()
    write_frame(stream, Frame(header, body))
    whole = stream.getvalue()
    torn = whole[: data.draw(st.integers(0, len(whole) - 1))]
    assert read_frame(io.BytesIO(torn)) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_the_end_or_refused(data: bytes) -> None:
    try:
        frame = read_frame(io.BytesIO(data))
    except FrameError:
        return
    assert frame is None or isinstance(frame.header, dict)


@pytest.mark.parametrize(
    "data",
    [
        b"Progress: 10%\n and more that a library printed",
        b"\0\0\0\x02\0\0\0\0[]",
        b"\0\0\0\x02\0\0\0\0{x",
    ],
)
def test_nonsense_is_refused_at_once(data: bytes) -> None:
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(data))

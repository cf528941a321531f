"""The ring gives back exactly what went in, in order, or refuses a block whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.hearing.ring import ByteRing

steps = st.lists(st.binary(max_size=12) | st.none(), max_size=60)


@given(st.integers(1, 24), steps)
def test_it_behaves_like_a_bounded_queue(capacity: int, todo: list[bytes | None]) -> None:
    ring, inside, taken = ByteRing(capacity), b"", 0
    for block in todo:
        if block is None:
            assert ring.read() == inside
            inside = b""
            continue
        fits = len(inside) + len(block) <= capacity
        assert ring.write(memoryview(block)) is fits
        if fits:
            inside += block
            taken += len(block)
        assert ring.written == taken
    assert ring.read() == inside


def test_a_full_ring_keeps_the_oldest_and_goes_on_after_a_read() -> None:
    ring = ByteRing(4)
    assert ring.write(memoryview(b"abc"))
    assert not ring.write(memoryview(b"de"))
    assert ring.read() == b"abc"
    assert ring.write(memoryview(b"fghi"))
    assert ring.read() == b"fghi"

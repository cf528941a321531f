"""What tests on real sound devices share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import virtual_sound


@pytest.fixture
def card() -> Iterator[virtual_sound.VirtualSound]:
    """A virtual sound card of its own for each test."""
    absent = virtual_sound.missing()
    if absent:
        pytest.skip(absent)
    with (
        tempfile.TemporaryDirectory(prefix="mic") as folder,
        virtual_sound.virtual_sound(Path(folder)) as sound,
    ):
        yield sound

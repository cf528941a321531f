"""What the tests of the screens share: a fixed time zone, colours on, apps that are put away."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not hasattr(time, "tzset"):
        pytest.skip("needs a system with time zones in the environment")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()

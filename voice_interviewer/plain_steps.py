"""Progress for the ear: that something began, its quarters, and no more."""

from __future__ import annotations

from collections.abc import Callable


class Steps:
    """Passes on a message when it is new and whenever another quarter of it is done."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._last: tuple[str, int] | None = None

    def tell(self, message: str, fraction: float | None = None) -> None:
        """Something takes a while; `fraction` in [0, 1] where known."""
        step = (message, 0 if fraction is None else int(fraction * 4))
        if step != self._last:
            self._last = step
            self._say(message if fraction is None else f"{message} {fraction:.0%}")

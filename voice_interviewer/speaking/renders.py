"""What is being rendered, what will be, and the latest of what was."""

from __future__ import annotations

import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress

from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.rendering import Rendered

_KEPT = 48
_MOST_WISHES = 64
_NICE = 10

Wish = tuple[str, str]
"""(voice, text); an empty voice is the session's own."""


class Renders:
    """Renders in daemon threads: what is needed at once, and what may be needed one by one.

    Args:
        render: what turns a wish into a render; called from several threads.
    """

    def __init__(self, render: Callable[[Wish], Rendered]) -> None:
        self._render = render
        self._changed = threading.Condition()
        self._kept: OrderedDict[Wish, Future[Rendered]] = OrderedDict()
        self._urgent = 0
        self._wishes: list[Wish] = []
        self._worker: threading.Thread | None = None
        self._closed = False

    def get(self, wish: Wish) -> Future[Rendered]:
        """The render: done, under way, or started now. Fails with VoiceError."""
        with self._changed:
            kept = self._usable(wish)
            if kept is not None:
                return kept
            future = self._begin(wish)
            self._urgent += 1
        threading.Thread(
            target=self._urgently, args=(wish, future), name="render", daemon=True
        ).start()
        return future

    def prepare(self, wishes: Iterable[Wish]) -> None:
        """Render these in this order when nothing else is to be done, before all earlier wishes.

        One at a time, and none is begun while something is needed at once.
        """
        with self._changed:
            wanted = list(dict.fromkeys(wishes))
            earlier = [wish for wish in self._wishes if wish not in wanted]
            self._wishes = [*wanted, *earlier][:_MOST_WISHES]
            if self._worker is None and self._wishes:
                self._worker = threading.Thread(
                    target=self._ahead, name="render-ahead", daemon=True
                )
                self._worker.start()

    def close(self) -> None:
        """Forget what was wished for; what is under way comes to its end."""
        with self._changed:
            self._closed = True
            self._wishes = []
            self._changed.notify_all()

    def _urgently(self, wish: Wish, future: Future[Rendered]) -> None:
        try:
            self._fulfil(wish, future)
        finally:
            with self._changed:
                self._urgent -= 1
                self._changed.notify_all()

    def _ahead(self) -> None:
        """Fulfil the wishes, then end; a later wish starts another worker."""
        _yield_to_others()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or not self._urgent)
                while self._wishes and self._usable(self._wishes[0]) is not None:
                    self._wishes.pop(0)
                if not self._wishes:
                    self._worker = None
                    return
                wish = self._wishes.pop(0)
                future = self._begin(wish)
            self._fulfil(wish, future)

    def _begin(self, wish: Wish) -> Future[Rendered]:
        future: Future[Rendered] = Future()
        self._kept[wish] = future
        self._kept.move_to_end(wish)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return future

    def _usable(self, wish: Wish) -> Future[Rendered] | None:
        """The render that is there or under way; None where there is none, or it failed."""
        kept = self._kept.get(wish)
        if kept is None or (kept.done() and kept.exception()):
            return None
        self._kept.move_to_end(wish)
        return kept

    def _fulfil(self, wish: Wish, future: Future[Rendered]) -> None:
        try:
            future.set_result(self._render(wish))
        except BaseException as error:
            future.set_exception(error)
            if not isinstance(error, VoiceError):
                raise


def _yield_to_others() -> None:
    """Lower the priority of this thread, where that is possible for a thread."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)

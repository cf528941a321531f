"""Blocking calls beside the event loop, in threads that never keep the process alive."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from voice_interviewer.errors import InterviewerError

log = logging.getLogger(__name__)

T = TypeVar("T")


async def off_loop(task: Callable[[], T], name: str) -> T:
    """Run a blocking call in a daemon thread and wait for it without blocking the event loop.

    A daemon thread, because a stuck engine must not hold up the end of the program. Raises
    InterviewerError; anything else that goes wrong is logged and becomes one.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: InterviewerError | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]

    def deliver(result: T | None, error: InterviewerError | None = None) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    def guarded() -> None:
        try:
            result = task()
        except InterviewerError as error:
            deliver(None, error)
        except Exception:
            log.exception("%s broke", name)
            broke = f"Something broke unexpectedly ({name})."
            deliver(None, InterviewerError(broke, "The log has the details."))
        else:
            deliver(result)

    threading.Thread(target=guarded, name=name, daemon=True).start()
    return await outcome

"""A slow judge that goes on in the background when the interview has waited long enough."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.commands import Assess, Phrase
from voice_interviewer.core.ports import Judge, Phraser
from voice_interviewer.errors import InterviewerError
from voice_interviewer.judging.deadline import guarded

_NOTICE = (
    "{why}, so for now this answer was matched without it; its verdicts follow while the interview "
    "goes on, or afterwards with rejudge."
)
_LATE = "The local model needs more than {wait_s:g} s"
_BUSY = "The local model is still at an earlier answer"


class BackgroundJudge:
    """Hands over a quick judge's verdicts where a slow one keeps the interview waiting.

    The slow one goes on with that answer, and `assess_late` hands over what it finds. It judges one
    answer at a time; while it is at an earlier one nobody waits for it at all.

    Args:
        slow: closed with this judge.
        quick: judges meanwhile; not closed here, as the slow one falls back on it too.
        wait_s: how long an answer waits for the slow judge.
    """

    def __init__(self, slow: Judge, quick: Judge, *, wait_s: float) -> None:
        self.name = slow.name
        self.caveat: str = getattr(slow, "caveat", "")
        self._slow = slow
        self._quick = quick
        self._wait_s = wait_s
        self._one_at_a_time = threading.Lock()
        phraser: Phraser | None = getattr(slow, "phraser", None)
        self.phraser = None if phraser is None else _WhenFree(phraser, self._one_at_a_time)
        self._late: dict[tuple[int, int], Future[Assessment]] = {}
        self._stopped: Future[Any] = Future()

    def assess(self, command: Assess) -> Assessment:
        """The slow judge's assessment where it comes in time, else the quick one's with a notice.

        Raises InterviewerError.
        """
        busy = self._one_at_a_time.locked()
        judging = self._begin(command)
        wait((judging, self._stopped), 0.0 if busy else self._wait_s, FIRST_COMPLETED)
        if judging.done():
            return judging.result()
        self._late[command.turn_id, command.attempt] = judging
        why = _BUSY if busy else _LATE.format(wait_s=self._wait_s)
        notice = _NOTICE.format(why=why)
        return self._quick.assess(command).model_copy(update={"notice": notice})

    def assess_late(self, command: Assess) -> Assessment | None:
        """What the slow judge found where `assess` did not wait for it; see `LateJudge`."""
        judging = self._late.pop((command.turn_id, command.attempt), None)
        if judging is None:
            return None
        wait((judging, self._stopped), return_when=FIRST_COMPLETED)
        return judging.result() if judging.done() else None

    def stop_judging_late(self) -> None:
        """End `assess_late`."""
        if not self._stopped.done():
            self._stopped.set_result(None)

    def anticipate(self, command: Assess) -> None:
        """Look ahead; only the quick judge while the slow one is busy. Never raises."""
        busy = self._one_at_a_time.locked()
        (self._quick if busy else self._slow).anticipate(command)

    def close(self) -> None:
        """Leave what is not judged yet, and close the slow judge."""
        self.stop_judging_late()
        self._slow.close()

    def _begin(self, command: Assess) -> Future[Assessment]:
        judging: Future[Assessment] = Future()

        def run() -> None:
            try:
                with self._one_at_a_time:
                    if self._stopped.done():
                        return
                    assessment = guarded(lambda: self._slow.assess(command))
            except InterviewerError as error:
                judging.set_exception(error)
            else:
                judging.set_result(assessment)

        threading.Thread(target=run, name="slow-judge", daemon=True).start()
        return judging


class _WhenFree:
    """Lets the slow one word a follow-up while it is at no answer; a prompt must not wait."""

    def __init__(self, phraser: Phraser, busy: threading.Lock) -> None:
        self._phraser = phraser
        self._busy = busy

    def chunks(self, command: Phrase) -> Iterator[str]:
        """The text in pieces; none while the model is busy."""
        return iter(()) if self._busy.locked() else self._phraser.chunks(command)

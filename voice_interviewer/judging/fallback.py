"""A judge that never stops the interview: where the model fails, it is done without."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.ports import Judge, Phraser
from voice_interviewer.errors import InterviewerError
from voice_interviewer.judging.deadline import run_within
from voice_interviewer.judging.failures import inside_a_sentence

MATCHED_INSTEAD = "so it was matched without a model"
_FAILURES_BEFORE_REST = 2
_REST_S = 60.0


class FallbackJudge:
    """Asks `primary` first and `embedded` when that fails, and says so in the assessment's notice.

    After two failures in a row the primary is left alone for a minute, so that a dead server does
    not cost its whole time-out at every answer.

    Args:
        limit_s: how long the primary may take, also when it hangs.
        caveat: what is to be known of the primary before it judges; empty where there is nothing.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        primary: Judge,
        embedded: Judge,
        *,
        limit_s: float,
        caveat: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = primary.name
        self.caveat = caveat
        self.phraser: Phraser | None = getattr(primary, "phraser", None)
        self._primary = primary
        self._embedded = embedded
        self._limit_s = limit_s
        self._clock = clock
        self._failures = 0
        self._rests_until_s = 0.0
        self._reason = self._hint = ""

    def assess(self, command: Assess) -> Assessment:
        """The primary's assessment, or the embedded one with a notice."""
        if self._resting:
            reason = f"left alone for a minute after failing {self._failures} times: {self._reason}"
            return self._without_model(command, reason)
        try:
            assessment = run_within(self._limit_s, lambda: self._primary.assess(command))
        except InterviewerError as error:
            self._failures += 1
            self._rests_until_s = self._clock() + _REST_S
            self._reason, self._hint = inside_a_sentence(error.message), error.hint
            return self._without_model(command, self._reason)
        self._failures = 0
        return assessment

    def anticipate(self, command: Assess) -> None:
        """Let both look ahead, as the second has no time to begin with when it is needed.

        A primary that is left alone is left alone here too. Never raises.
        """
        for judge in (self._embedded,) if self._resting else (self._primary, self._embedded):
            with contextlib.suppress(Exception):
                judge.anticipate(command)

    def close(self) -> None:
        """Close both judges."""
        self._primary.close()
        self._embedded.close()

    @property
    def _resting(self) -> bool:
        """True while the primary is left alone."""
        return self._failures >= _FAILURES_BEFORE_REST and self._clock() < self._rests_until_s

    def _without_model(self, command: Assess, reason: str) -> Assessment:
        failed = f"The model could not judge this answer ({reason}), {MATCHED_INSTEAD}."
        notice = f"{failed} {self._hint}".strip()
        return self._embedded.assess(command).model_copy(update={"notice": notice})

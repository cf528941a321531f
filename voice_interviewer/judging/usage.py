"""Counting what a judgement takes: requests, tokens and, where a server tells it, the cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from voice_interviewer.core.assessment import Usage


class Meter:
    """Adds up the requests of one assessment and what their replies say of themselves."""

    def __init__(self) -> None:
        self._requests = 0
        self._prompt_tokens: int | None = None
        self._completion_tokens: int | None = None
        self._cost: float | None = None

    def sent(self) -> None:
        """A request goes out."""
        self._requests += 1

    def replied(self, body: Mapping[str, Any]) -> None:
        """A chat completion came back; whatever its `usage` turns out to be."""
        usage = body.get("usage")
        if not isinstance(usage, dict):
            return
        self._prompt_tokens = _sum(self._prompt_tokens, _count(usage.get("prompt_tokens")))
        self._completion_tokens = _sum(
            self._completion_tokens, _count(usage.get("completion_tokens"))
        )
        cost = _amount(usage.get("cost"))
        if cost is not None:
            self._cost = (self._cost or 0.0) + cost

    @property
    def usage(self) -> Usage:
        """The sums so far."""
        return Usage(
            requests=self._requests,
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
            cost=self._cost,
        )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def _sum(total: int | None, more: int | None) -> int | None:
    return total if more is None else (total or 0) + more

"""How a server wants to be asked for JSON: found out once, and remembered while we run.

Servers differ in where they read a schema from, and some accept what they then ignore. So what a
server refuses is asked for in a plainer way, and so is what it accepted but did not keep to, until
one manner has led to a valid reply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Literal

Shape = Literal["nested_schema", "flat_schema", "object_schema", "json_object", "prompt"]
LADDER: tuple[Shape, ...] = (
    "nested_schema",
    "flat_schema",
    "object_schema",
    "json_object",
    "prompt",
)

_REFUSED_FORM = (400, 404, 415, 422, 500, 501)
_OF_FORM = re.compile(r"response.?format|json.?schema|json.?object|grammar|schema|structured", re.I)
_TOO_LONG = re.compile(r"context.{0,40}(?:size|length|window|limit)|exceed.{0,40}context", re.I)


@dataclass(frozen=True)
class Manner:
    """One way of asking; `proven` once it has led to a valid reply."""

    shape: Shape = "nested_schema"
    cap: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True
    proven: bool = False

    def after_refusal(self, status: int, complaint: str) -> Manner | None:
        """The next manner to try after this HTTP status, or None where the manner is not at fault.

        400 and 422 always speak of the request; other failures only where they name its form.
        """
        if status not in _REFUSED_FORM or _TOO_LONG.search(complaint):
            return None
        if status not in (400, 422) and not _OF_FORM.search(complaint):
            return None
        if self.cap == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, cap="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        return self.plainer()

    def plainer(self) -> Manner | None:
        """The next shape of the ladder; None at its end."""
        step = LADDER.index(self.shape) + 1
        return replace(self, shape=LADDER[step], proven=False) if step < len(LADDER) else None

    def arguments(self, schema: dict[str, Any], max_tokens: int) -> dict[str, Any]:
        """The request's arguments that depend on the manner."""
        arguments: dict[str, Any] = {self.cap: max_tokens}
        if self.temperature:
            arguments["temperature"] = 0
        form = _response_format(self.shape, schema)
        if form is not None:
            arguments["response_format"] = form
        return arguments


def _response_format(shape: Shape, schema: dict[str, Any]) -> dict[str, Any] | None:
    """The argument of that name. llama.cpp's server reads a schema directly under it."""
    if shape == "nested_schema":
        wanted = {"name": "reply", "strict": True, "schema": schema}
        return {"type": "json_schema", "json_schema": wanted}
    if shape == "flat_schema":
        return {"type": "json_schema", "schema": schema}
    if shape == "object_schema":
        return {"type": "json_object", "schema": schema}
    return {"type": "json_object"} if shape == "json_object" else None


class Manners:
    """What is known of servers, by address and model; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[tuple[str, str], Manner] = {}

    def of(self, address: str, model: str) -> Manner:
        """The manner to begin with."""
        with self._lock:
            return self._known.get((address, model), Manner())

    def learn(self, address: str, model: str, manner: Manner) -> None:
        """Remember what was accepted."""
        with self._lock:
            self._known[address, model] = manner

    def forget(self) -> None:
        """Begin anew with every server."""
        with self._lock:
            self._known.clear()


MANNERS = Manners()

"""Asking a language model for JSON that is checked, with one repair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from voice_interviewer.errors import BankError

Message = dict[str, str]
_Result = TypeVar("_Result")
_MOST_REPEATED_CHARACTERS = 6000


class AskModel(Protocol):
    """One request to a language model."""

    def __call__(self, messages: list[Message], schema: dict[str, Any]) -> str:
        """The text of the reply, which should be JSON of that schema.

        Raises InterviewerError when the model cannot be reached or sends nothing.
        """


def ask_checked(
    ask: AskModel,
    messages: list[Message],
    schema: dict[str, Any],
    read: Callable[[str], _Result],
) -> _Result:
    """What `read` makes of the reply, asked for once more where it raises ValueError.

    Raises BankError when the second reply is unusable too, and what `ask` raises.
    """
    reply = ask(messages, schema)
    try:
        return read(reply)
    except ValueError as problem:
        again = (
            f"That reply cannot be used: {problem}. Send the whole JSON object again, mended, and "
            "nothing else."
        )
    repeated = {"role": "assistant", "content": reply[:_MOST_REPEATED_CHARACTERS]}
    try:
        return read(ask([*messages, repeated, {"role": "user", "content": again}], schema))
    except ValueError as problem:
        raise BankError(
            f"The model's reply is unusable twice: {problem}.",
            "Take a model that follows instructions better.",
        ) from None


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema of an array."""
    return {"type": "array", "items": items}


TEXT: dict[str, Any] = {"type": "string"}

"""Asking a language model for JSON that is checked, with one repair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from voice_interviewer.errors import BankError

Message = dict[str, str]
_Reply = TypeVar("_Reply", bound=BaseModel)
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


def parse_reply(text: str, model: type[_Reply]) -> _Reply:
    """The reply in what a model wrote, thoughts and code fences around it removed.

    Raises ValueError with a description that a model can act on.
    """
    spoken = text.rpartition("</think>")[2].partition("<think>")[0]
    start, end = spoken.find("{"), spoken.rfind("}")
    if start < 0 or end < start:
        raise ValueError("it holds no JSON object")
    try:
        return model.model_validate_json(spoken[start : end + 1])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part)[:40] for part in first["loc"]) or "the object"
        raise ValueError(f"{place}: {first['msg']}") from None


def strict_object(**properties: Any) -> dict[str, Any]:
    """A JSON schema of an object that has exactly these properties; plain, as servers differ."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema of an array."""
    return {"type": "array", "items": items}


TEXT: dict[str, Any] = {"type": "string"}

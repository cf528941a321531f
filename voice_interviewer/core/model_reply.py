"""What a language model is asked to reply, and reading what it wrote instead."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

_Reply = TypeVar("_Reply", bound=BaseModel)


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

"""Replies of one token with log-probabilities, as servers send them and as they should not."""

from __future__ import annotations

import math
import re
from typing import Any

from judging_server import completion


def listed(*tokens: tuple[Any, Any]) -> dict[str, Any]:
    """The `logprobs` of a choice whose first token could have been any of these."""
    top = [{"token": token, "logprob": log, "bytes": None} for token, log in tokens]
    return {"content": [{**top[0], "top_logprobs": top}] if top else []}


def yes_no(odds: float) -> dict[str, Any]:
    """A reply whose log-odds of Yes are these."""
    yes = 1 / (1 + math.exp(-odds))
    tokens = (("Yes", math.log(yes * 0.98)), ("No", math.log((1 - yes) * 0.98)), ("The", -6.0))
    return completion("Yes" if odds > 0 else "No", finish_reason="length", logprobs=listed(*tokens))


def asked(body: dict[str, Any]) -> tuple[str, str]:
    """The prefix and the claim of a request."""
    text = body["messages"][1]["content"]
    found = re.fullmatch(
        r'(.*)Does the answer say this: "(.*)"\? Reply Yes or No\.', text, re.DOTALL
    )
    assert found is not None
    return found[1], found[2]

"""Reading the log-odds of Yes against No out of the likeliest first tokens of a reply."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from voice_interviewer.errors import InterviewerError, JudgeError

TOP = 10
FURTHEST = 12.0
"""No log-odds are further from 0: beyond that a list of ten tokens tells nothing."""

_PADDING = " \t\r\n\"'`*.,:;!()[]▁Ġ"
_MOST_LISTED = 100
_LEAST_SHARE = 1e-12


def log_odds_of(choice: dict[str, Any]) -> float | None:
    """Log-odds (natural) of Yes against No at the first token, all their spellings summed.

    A side that is not listed counts as the least likely token that is; None where neither is.
    Raises JudgeError where the server sent no log-probabilities.
    """
    listed = list(_listed(choice))
    if not listed:
        raise no_log_probabilities()
    yes = sum(share for word, share in listed if word == "yes")
    no = sum(share for word, share in listed if word == "no")
    if not yes and not no:
        return None
    least = max(min(share for _, share in listed), _LEAST_SHARE)
    odds = math.log(max(yes, least)) - math.log(max(no, least))
    return max(-FURTHEST, min(FURTHEST, odds))


def no_log_probabilities() -> InterviewerError:
    """The server will not or cannot say how likely its words are."""
    return JudgeError(
        "The server gives no log-probabilities.",
        "Run this model in a server that does (llama.cpp, vLLM), or take one that can judge "
        "without them; voice-interviewer judge-test tells.",
    )


def _listed(choice: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """The bare words at the first token and their probabilities; what is malformed is left out."""
    logprobs = choice.get("logprobs")
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    first = content[0] if isinstance(content, list) and content else None
    top = first.get("top_logprobs") if isinstance(first, dict) else None
    for entry in top[:_MOST_LISTED] if isinstance(top, list) else ():
        token = entry.get("token") if isinstance(entry, dict) else None
        log = entry.get("logprob") if isinstance(entry, dict) else None
        if not isinstance(token, str) or isinstance(log, bool) or not isinstance(log, int | float):
            continue
        if math.isfinite(log) and log <= 1e-6:
            yield token.strip(_PADDING).casefold(), math.exp(log)

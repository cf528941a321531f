"""The few neutral words after an answer, so that the silence before a question is never dead."""

from __future__ import annotations

import random

from voice_interviewer.core.events import EndReason

AFTER_ANSWER = ("Thank you.", "All right.", "Okay, thanks.", "Got it.", "I see.", "Right, okay.")
AFTER_NOT_KNOWING = ("That's all right.", "No problem.", "Okay, no worries.")
_ANSWERED: frozenset[EndReason] = frozenset(("silence", "key", "command", "end_of_audio"))


def acknowledgement(reason: EndReason, turn_id: int, seed: int) -> str | None:
    """What is said after an answer that ended so; never the same twice running. None for nothing.

    The words say nothing about how good the answer was.
    """
    phrases: tuple[str, ...]
    if reason == "dont_know":
        phrases = AFTER_NOT_KNOWING
    elif reason in _ANSWERED:
        phrases = AFTER_ANSWER
    else:
        return None
    order = list(phrases)
    random.Random(seed).shuffle(order)
    return order[turn_id % len(order)]

"""Answers put together from `pairs`, the same ones however many questions are written later."""

from __future__ import annotations

import random
from collections.abc import Iterator

from pairs import Made, Written

# How likely a criterion's passage says it, in the answers to one question in turn; the rest is
# shared out below, "" being no passage at all.
_MET = (0.75, 0.4, 0.15, 0.5, 0.25)
_OTHERWISE = {"partial": 2, "contrary": 4, "beside": 4, "": 3}
_VAGUE = 0.25


def mixtures(question: Written, count: int) -> Iterator[Made]:
    """So many answers; which ones depends on the question alone."""
    for number in range(count):
        chance = random.Random(f"{question.question.prompt}/{number}")
        kinds: dict[str, str] = {}
        parts: list[str] = []
        for criterion_id, passages in question.passages.items():
            kind = "met"
            if chance.random() >= _MET[number % len(_MET)]:
                kind = chance.choices(list(_OTHERWISE), list(_OTHERWISE.values()))[0]
            texts = [text for name, text in passages if name == kind]
            kinds[criterion_id] = kind if texts else ""
            if texts:
                parts.append(chance.choice(texts))
        if chance.random() < _VAGUE and question.vague:
            parts.append(chance.choice(question.vague))
        chance.shuffle(parts)
        yield Made(question, " ".join(parts) or "I am not sure.", kinds)

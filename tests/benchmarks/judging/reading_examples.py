"""What the cross-encoder learns from: one question's claims and passages at a time, with labels.

Passages come from `pairs`, and from the phrases of rubrics themselves. As said by those who wrote
them, a passage says its criterion, says part of it, says a contrary, or says nothing of it; and it
says nothing of the question's other criteria. Three things are made by rule: a phrase said again
with fillers (it says the claim: sharing all words is no sign of a contrary), a phrase with one word
turned into its opposite (it says a contrary), and two passages in a row. A claim may be turned too,
so that a turned phrase as such is no sign of anything.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pairs import Written

Label = tuple[float, float, float]
"""How likely the passage says nothing of the claim, says it, says a contrary."""
ABSENT: Label = (1.0, 0.0, 0.0)
SAID: Label = (0.0, 1.0, 0.0)
CONTRARY: Label = (0.0, 0.0, 1.0)
PARTLY: Label = (0.6, 0.4, 0.0)
_LABELS = {"met": SAID, "partial": PARTLY, "contrary": CONTRARY, "beside": ABSENT}

_FILLERS = (
    *("um,", "so", "I mean,", "you know,", "basically", "uh,", "well,", "I'd say", "honestly"),
    *("right,", "like", "okay so"),
)
_DROPPED = frozenset(
    ("the", "a", "an", "that", "which", "very", "so", "then", "also", "and", "just", "it", "of")
)
_BOTH_WAYS = """
    before/after more/less always/never increase/decrease increases/decreases higher/lower high/low
    first/last larger/smaller longer/shorter faster/slower rises/falls up/down above/below
    with/without early/late same/different inside/outside open/closed small/large slow/fast
    best/worst better/worse cause/prevent causes/prevents safe/dangerous stronger/weaker
    reduces/raises reduce/raise lets/stops cannot/can don't/do doesn't/does
"""
_ONE_WAY = {
    **{word: f"{word} not" for word in ("must", "should", "is", "are", "will", "only")},
    **{word: f"don't {word}" for word in ("keep", "need", "have", "use")},
    **{"needs": "doesn't need", "makes": "doesn't make", "gives": "doesn't give"},
    **{"has": "hasn't", "all": "none of", "every": "no", "both": "neither", "many": "few"},
    **{"most": "few", "because": "although", "checked": "not checked", "can't": "can", "not": ""},
}
_PAIRS = [pair.split("/") for pair in _BOTH_WAYS.split()]
_OPPOSITES = {a: b for one, other in _PAIRS for a, b in ((one, other), (other, one))} | _ONE_WAY
_TWO_PASSAGES, _MOST_WORDS = 0.35, 48
_NO_PUNCTUATION = 0.06


@dataclass(frozen=True)
class Phrases:
    """A claim as the model reads it: the statement, other wordings, misconceptions."""

    statement: str
    also: tuple[str, ...] = ()
    misconceptions: tuple[str, ...] = ()


@dataclass
class Examples:
    """Claims, passages, and labels: (passage, claim) to what the one says of the other."""

    claims: list[Phrases] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)
    labels: dict[tuple[int, int], Label] = field(default_factory=dict)


@dataclass(frozen=True)
class _Passage:
    """`of` is the criterion's number, -1 for none; `turned` is its label for the turned claim."""

    of: int
    text: str
    label: Label
    turned: Label | None = None


def examples(question: Written, stray: str, chance: random.Random) -> Examples:
    """One draw of a question's examples; `stray` is a passage of another question."""
    criteria = question.question.criteria
    claims = [_claim(c.statement, c.also, c.misconceptions, chance) for c in criteria]
    passages: list[_Passage] = []
    for number, criterion in enumerate(criteria):
        own = question.passages.get(criterion.id, ())
        for kind, text in own:
            turned = CONTRARY if kind == "met" else None
            passages.append(_Passage(number, text, _LABELS[kind], turned))
        wordings = (criterion.statement, *criterion.also)
        known = {claims[number].statement, *claims[number].also}
        unread = [text for text in wordings if text not in known]
        for text in [chance.choice(wordings)] + [chance.choice(unread) for _ in unread[:1]]:
            passages.append(_Passage(number, said_again(text, chance), SAID, CONTRARY))
        if criterion.misconceptions:
            wrong = said_again(chance.choice(criterion.misconceptions), chance)
            passages.append(_Passage(number, wrong, CONTRARY))
        if opposite := turned_round(chance.choice((criterion.statement, *wordings)), chance):
            passages.append(_Passage(number, said_again(opposite, chance), CONTRARY))
    passages += [_Passage(-1, text, ABSENT) for text in question.vague if chance.random() < 0.5]
    passages += [_Passage(-1, text, ABSENT) for text in question.near]
    passages.append(_Passage(-1, stray, ABSENT))
    turned_of = chance.randrange(len(criteria))
    turned_claim = _turned_claim(question, turned_of, chance)
    if turned_claim:
        copy = said_again(turned_claim, chance)
        passages.append(_Passage(turned_of, copy, CONTRARY, SAID))
        claims.append(Phrases(turned_claim))
    return _labelled(claims, passages, len(criteria), turned_of, chance)


def _claim(
    statement: str, also: Sequence[str], misconceptions: Sequence[str], chance: random.Random
) -> Phrases:
    """A claim with some of its wordings, at times led by another one."""
    others, wrong = list(also), list(misconceptions)
    chance.shuffle(others)
    chance.shuffle(wrong)
    if others and chance.random() < 0.2:
        statement, others[0] = others[0], statement
        others = others if chance.random() < 0.7 else others[1:]
    return Phrases(
        statement,
        tuple(others[: chance.choice((0, 1, 2, 2, 2))]),
        tuple(wrong[: chance.choice((0, 1, 2, 2, 2))]),
    )


def _turned_claim(question: Written, number: int, chance: random.Random) -> str | None:
    criterion = question.question.criteria[number]
    written = [t for kind, t in question.passages.get(criterion.id, ()) if kind == "contrary"]
    if written and chance.random() < 0.7:
        return written[-1]
    return turned_round(criterion.statement, chance)


def _labelled(
    claims: list[Phrases],
    passages: Sequence[_Passage],
    count: int,
    turned_of: int,
    chance: random.Random,
) -> Examples:
    """The passages as they are said, some two in a row; labels that are not known are left out."""

    def label(passage: _Passage, claim: int) -> Label | None:
        if claim < count:
            return passage.label if passage.of == claim else ABSENT
        return passage.turned if passage.of == turned_of else ABSENT

    found = Examples(claims)
    for place, passage in enumerate(passages):
        text, second = passage.text, None
        if chance.random() < _TWO_PASSAGES:
            other = chance.choice(passages)
            both = (text, other.text) if chance.random() < 0.5 else (other.text, text)
            if other.of != passage.of and len(" ".join(both).split()) < _MOST_WORDS:
                text, second = " ".join(both), other
        if chance.random() < _NO_PUNCTUATION:
            text = re.sub(r"[.,;!?]", "", text)
        found.passages.append(text)
        for claim in range(len(claims)):
            labels = {label(passage, claim)} | ({label(second, claim)} if second else set())
            told = labels - {ABSENT} or labels
            known = told.pop()
            if known is not None and not told:
                found.labels[place, claim] = known
    return found


def said_again(text: str, chance: random.Random) -> str:
    """The same with fillers and without some small words."""
    words = [w for w in text.split() if not (w.lower() in _DROPPED and chance.random() < 0.3)]
    for _ in range(chance.choice((0, 1, 1, 2))):
        words.insert(chance.randrange(len(words)), chance.choice(_FILLERS))
    return " ".join(words)


def turned_round(text: str, chance: random.Random) -> str | None:
    """The text with one word turned into its opposite; None where there is no such word."""
    words = text.split()
    places = [n for n, word in enumerate(words) if _bare(word) in _OPPOSITES]
    if not places:
        return None
    place = chance.choice(places)
    bare = _bare(words[place])
    tail = words[place][len(words[place].rstrip(".,;")) :]
    words[place] = _OPPOSITES[bare] + tail
    return " ".join(word for word in words if word)


def _bare(word: str) -> str:
    return word.lower().strip(".,;")

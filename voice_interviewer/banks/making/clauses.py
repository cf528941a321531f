"""A hint in clauses, each one thing that an answer should hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

_VERBS = (
    "articulate|cite|clarify|compare|contrast|demonstrate|describe|discuss|distinguish|"
    "emphasi[sz]e|explain|identify|mention|point out|propose|suggest|talk about|walk through"
)
_ALSO_NOUNS = (
    "address|cover|define|give|highlight|include|list|name|note|outline|reference|show|state|"
    "touch on"
)
_WHO = (
    r"(?:an? |the )?(?:(?:great|good|strong|ideal|excellent|best|solid)\s+)?"
    r"(?:answers?|candidates?|responses?|replies)"
)
_ALSO = r"(?:also\s+|be able to\s+|then\s+)*"
_LEAD = re.compile(
    rf"(?:{_WHO}\s+(?:(?:should|must|will|would|can)\s+)?|(?:should|must)\s+)"
    rf"{_ALSO}(?:{_VERBS}|{_ALSO_NOUNS})(?:e?s)?\s+"
    rf"|{_ALSO}(?:{_VERBS})s?\s+",
    re.IGNORECASE,
)
_LOOK_FOR = re.compile(r"(?:look|looks|listen|watch)\s+for\s+|(?:wants|expects)\s+", re.I)
_THAT = re.compile(r"that\s+", re.IGNORECASE)
_SENTENCE_END = re.compile(
    r"(?<!\bvs)(?<!\bal)(?<!\be\.g)(?<!\bi\.e)(?<!\betc)[.!?]\s+(?=[A-Z0-9])"
)
_JOINTS = re.compile(
    rf"\s*[;]\s+|\s+[-–—]\s+|,?\s+(?:while|whereas)\s+|,\s+(?:and\s+|or\s+|then\s+)?"
    rf"|\s+and\s+(?=(?:then\s+)?(?:{_VERBS})e?s?\s)",
    re.IGNORECASE,
)
_GOES_WITH_THE_LAST = re.compile(
    r"(?:not|which|who|such as|including|for example|for instance|like|e\.g|i\.e|so that|so|but|"
    r"because|especially|particularly|rather than|instead of|if|unless|where)\b",
    re.IGNORECASE,
)
_LISTS_ON = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
_MOST_CLAUSES = 8
_MOST_CHARACTERS = 600


@dataclass(frozen=True)
class Clause:
    """One thing an answer should hold; `claim` where it is a sentence ("that X does Y")."""

    text: str
    claim: bool = False


def clauses_of(hint: str) -> tuple[Clause, ...]:
    """The clauses of a hint in order, at most eight; none of its words but lead-ins are lost.

    "Should cover A, B (c, d) and explain how E" has three: A; B (c, d); how E. Brackets are never
    split, and asides ("such as F", "not G") stay with what they follow.
    """
    found: list[Clause] = []
    for sentence in _SENTENCE_END.split(hint.strip()):
        claims = False
        for piece, aside in _pieces(sentence.strip().rstrip(".!;,: ")):
            text, led, that = _without_lead(piece)
            claims = that if led else claims
            if found and aside and not led:
                found[-1] = Clause(f"{found[-1].text}, {text}", found[-1].claim)
            else:
                found.append(Clause(text, claims))
    found = found or [Clause(hint.strip())]
    if len(found) > _MOST_CLAUSES:
        rest = "; ".join(clause.text for clause in found[_MOST_CLAUSES - 1 :])
        found = [*found[: _MOST_CLAUSES - 1], Clause(rest)]
    return tuple(found)


def sentences_of(answer: str) -> tuple[Clause, ...]:
    """The first eight sentences of an answer, each a claim."""
    texts = [text.strip().rstrip(".!?;,: ") for text in _SENTENCE_END.split(answer.strip())]
    told = [text for text in texts if text][:_MOST_CLAUSES] or [answer.strip()]
    return tuple(Clause(text[:_MOST_CHARACTERS], claim=True) for text in told if text)


def _pieces(sentence: str) -> list[tuple[str, bool]]:
    """The sentence cut at its joints outside brackets, and which pieces are asides."""
    pieces: list[tuple[str, bool]] = []
    begin = depth = scanned = 0
    listed = False
    for joint in _JOINTS.finditer(sentence):
        between = sentence[scanned : joint.start()]
        depth = max(0, depth + between.count("(") - between.count(")"))
        scanned = joint.start()
        if depth == 0:
            pieces.append((sentence[begin : joint.start()].strip(), listed))
            begin, listed = joint.end(), _LISTS_ON.search(joint.group()) is not None
    pieces.append((sentence[begin:].strip(), listed))
    return [
        (piece, not listed and _GOES_WITH_THE_LAST.match(piece) is not None)
        for piece, listed in pieces
        if piece
    ]


def _without_lead(piece: str) -> tuple[str, bool, bool]:
    """The piece without "Should explain that"; whether it led in, and whether with "that"."""
    lead = _LEAD.match(piece) or _LOOK_FOR.match(piece)
    if lead is None or lead.end() == len(piece):
        return piece, False, False
    rest = piece[lead.end() :]
    that = _THAT.match(rest)
    if that is None or that.end() == len(rest):
        return rest, True, False
    return rest[that.end() :], True, True

"""How an answer was delivered: pace, pauses and fillers. It is shown, and never scored."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from pydantic import Field

from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.transcript import Span, Transcript, Word, tokens_of

LONG_PAUSE_S = 1.0
_LEAST_PAUSE_S = 0.25
_LEAST_WORDS = 2
_LEAST_S = 1.0

_PARTS = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)
_HESITATION = re.compile(r"u+m+|u+h+m*|(?!err$)e+r+m*|h+m+|m{2,}")
_DRAWN_OUT = re.compile(r"(.)\1+")
_SPELLINGS = {"uhm": "um", "hm": "hmm", "m": "mm"}
_AGREEMENT = {("uh", "huh"), ("mm", "hmm"), ("mm", "hm")}
_ASIDES = {("you", "know"), ("i", "mean")}
_BEFORE_ASIDE = re.compile(rf"and|but|because|well|yeah|{_HESITATION.pattern}")
_BREAKS = (",", "…", "...", "-", "–", "—", "?")
_HEDGES = {("sort", "of"), ("kind", "of")}
_BEFORE_HEDGE = re.compile(
    r"i|(?:you|we|they)(?:'re)?|(?:he|she|it)(?:'s)?|i'm|is|was|are|were|be|to|just|really"
    r"|but|so|because|would|could|can|might"
)


class Delivery(Frozen):
    """How one answer was spoken. All `*_s` are seconds.

    Attributes:
        words_per_minute: the speaking rate: words over the time from the first speech to the last,
            pauses included, as opposed to the articulation rate, which leaves them out (Miller,
            Grosjean and Lomanto 1984, Phonetica 41: 215-225). None where too little was said.
        pauses_over_1_s: silences of more than a second between two stretches of speech.
        longest_pause_s: the longest silence between two stretches of speech; 0 without any.
        first_word_s: from the start of listening to the first speech.
        speaking_s: speech alone, pauses left out.
        fillers_at_least: a lower bound: recognisers leave fillers out, and what may be meant is not
            counted.
        fillers: how often each of them was said, in lower case: `{"um": 2, "you know": 1}`.
    """

    words_per_minute: float | None = Field(default=None, ge=0)
    pauses_over_1_s: int = Field(ge=0)
    longest_pause_s: float = Field(ge=0)
    first_word_s: float = Field(ge=0)
    speaking_s: float = Field(ge=0)
    fillers_at_least: int = Field(ge=0)
    fillers: dict[str, int] = Field(default_factory=dict)


def delivery_of(transcript: Transcript | None) -> Delivery | None:
    """How an answer was spoken; None for typed ones and where nothing was said.

    Transcripts of older sessions name no stretches of speech: there the times of the words stand in
    for them. What was said to the interviewer is no part of a transcript and counts as silence.
    """
    if transcript is None:
        return None
    said = [word for word in transcript.words if tokens_of(word.text)]
    spans = _joined(transcript.speech, 0.0) or _joined(_word_spans(said), _LEAST_PAUSE_S)
    if not said or not spans:
        return None
    pauses = [after[0] - before[1] for before, after in pairwise(spans)]
    whole_s = spans[-1][1] - spans[0][0]
    enough = len(said) >= _LEAST_WORDS and whole_s >= _LEAST_S
    fillers = fillers_in(transcript.words)
    return Delivery(
        words_per_minute=round(len(said) * 60 / whole_s, 1) if enough else None,
        pauses_over_1_s=sum(pause > LONG_PAUSE_S for pause in pauses),
        longest_pause_s=round(max(pauses, default=0.0), 2),
        first_word_s=round(spans[0][0], 2),
        speaking_s=round(sum(end - start for start, end in spans), 2),
        fillers_at_least=sum(fillers.values()),
        fillers=fillers,
    )


def delivery_line(delivery: Delivery, of: str = "") -> str:
    """`Pace 132 wpm · first word after 2.1 s · 3 pauses over 1 s, longest 2.4 s · fillers ≥ 2`.

    With `of`, a name for the answer, it begins with that: `Follow-up 1: pace 132 wpm · …`.
    """
    rate, count = delivery.words_per_minute, delivery.pauses_over_1_s
    parts = [] if rate is None else [f"pace {rate:.0f} wpm"]
    parts.append(f"first word after {delivery.first_word_s:.1f} s")
    if count:
        what = "1 pause over 1 s, of" if count == 1 else f"{count} pauses over 1 s, longest"
        parts.append(f"{what} {delivery.longest_pause_s:.1f} s")
    else:
        parts.append("no pauses over 1 s")
    if delivery.fillers_at_least:
        parts.append(f"fillers ≥ {delivery.fillers_at_least}")
    line = (f"{of}: " if of else "") + " · ".join(parts)
    return line[0].upper() + line[1:]


def fillers_in(words: Sequence[Word]) -> dict[str, int]:
    """How often each filler was said for certain, the most frequent first.

    Hesitations (um, uh, er, erm, hmm, and mm set off by punctuation), however drawn out; "you
    know", "I mean", "sort of" and "kind of" where they can hardly mean anything; "like" between
    commas.
    """
    tokens = _tokens(words)
    fillers: Counter[str] = Counter()
    index = 0
    while index < len(tokens):
        length = _filler_length(tokens, index)
        if length:
            fillers[_name(tokens[index : index + length])] += 1
        index += max(1, length)
    return dict(fillers.most_common())


class _Token(NamedTuple):
    """A word in lower case (initials stay as they are), and the punctuation around it."""

    word: str
    before: str
    behind: str


_NONE = _Token("", "", "")


def _tokens(words: Sequence[Word]) -> list[_Token]:
    parts = [_PARTS.fullmatch(word.text.replace("’", "'").strip()) for word in words]
    found = [part.groups() for part in parts if part]
    tokens = []
    behind_last = "."
    for (lead, core, tail), (next_lead, _, _) in pairwise([*found, ("", "", "")]):
        word = core if len(core) > 1 and core.isupper() else core.casefold()
        tokens.append(_Token(word, behind_last + lead, tail + next_lead))
        behind_last = tail if core else lead
    return tokens


def _filler_length(tokens: list[_Token], index: int) -> int:
    """How many words the filler has that begins here; 0 where there is none."""
    last, this, after, beyond = (
        tokens[i] if 0 <= i < len(tokens) else _NONE for i in range(index - 1, index + 3)
    )
    if _HESITATION.fullmatch(this.word):
        agrees = (this.word, after.word) in _AGREEMENT or (last.word, this.word) in _AGREEMENT
        millimetres = this.word == "mm" and not (this.before and this.behind)
        return 0 if agrees or millimetres else 1
    if this.word == "like":
        return int("," in this.before and "," in this.behind)
    pair = () if this.behind else (this.word, after.word)
    if pair in _ASIDES:
        opened = this.before or _BEFORE_ASIDE.fullmatch(last.word)
        return 2 if opened and any(mark in after.behind for mark in _BREAKS) else 0
    if pair in _HEDGES:
        apart = this.before and after.behind
        inside = not this.before and _BEFORE_HEDGE.fullmatch(last.word)
        return 2 if (apart or inside) and beyond.word != "you" else 0
    return 0


def _name(tokens: Sequence[_Token]) -> str:
    """A filler as it is counted: `ummm` and `uhm` are `um`."""
    said = " ".join(token.word for token in tokens)
    if not _HESITATION.fullmatch(said):
        return said
    short = _DRAWN_OUT.sub(r"\1", said)
    return _SPELLINGS.get(short, short)


def _word_spans(words: Sequence[Word]) -> list[Span]:
    return [
        (word.start_s, word.end_s)
        for word in words
        if word.start_s is not None and word.end_s is not None
    ]


def _joined(spans: Sequence[Span], gap_s: float) -> list[Span]:
    """Spans in order, those less than `gap_s` apart made one; impossible ones left out."""
    joined: list[Span] = []
    for start_s, end_s in sorted(s for s in spans if isfinite(s[1]) and 0 <= s[0] < s[1]):
        if joined and start_s - joined[-1][1] <= gap_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return joined

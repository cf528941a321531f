"""An answer made ready for matching: which words of the rubric each sentence contains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from voice_interviewer.core.transcript import Transcript, sentences, tokens_of
from voice_interviewer.judging.rubric import Rubric, negated_flags
from voice_interviewer.judging.words import STOPWORDS, key_of

# Edit similarity from which two spellings are one word, and the length from which that is asked:
# below five letters one letter more or less is often another word.
_FUZZY = 88.0
_FUZZY_LETTERS = 5
_QUALITY_EXACT = 1.0
_QUALITY_STEM = 0.95
_QUALITY_FUZZY = 0.85


@dataclass(frozen=True)
class Hit:
    """A rubric word found in an answer, at words `first` to `last` of the transcript.

    Quality in (0, 1] says how alike the spellings are; probability is the recogniser's own.
    """

    key: str
    quality: float
    first: int
    last: int
    probability: float
    negated: bool


@dataclass(frozen=True)
class Sentence:
    """A sentence as transcript word indices, with the best hit of every rubric word in it.

    `content` counts its words that are no function words.
    """

    first: int
    last: int
    hits: Mapping[str, Hit]
    content: int = 0


@dataclass(frozen=True)
class _Token:
    text: str
    first: int
    last: int
    probability: float


def hear(transcript: Transcript, rubric: Rubric) -> list[Sentence]:
    """The sentences of an answer with the words of the rubric found in them."""
    spelling = _Spelling(rubric)
    result = []
    for first, last in sentences(transcript.words):
        tokens = _rewritten(_tokens(transcript, first, last), rubric.rewrites)
        hits: dict[str, Hit] = {}
        flags = negated_flags([token.text for token in tokens])
        for token, negated in zip(tokens, flags, strict=True):
            for key, quality in spelling.matches(token.text):
                known = hits.get(key)
                if known is None or quality > known.quality:
                    hits[key] = Hit(
                        key, quality, token.first, token.last, token.probability, negated
                    )
        content = sum(token.text not in STOPWORDS for token in tokens)
        result.append(Sentence(first, last, hits, content))
    return result


class _Spelling:
    """Which rubric words a heard token may be: exactly, by stem, or misspelt."""

    def __init__(self, rubric: Rubric) -> None:
        self._surfaces = rubric.surfaces
        self._keys = set(rubric.surfaces.values())
        self._by_letter: dict[str, list[str]] = {}
        for surface in rubric.surfaces:
            if len(surface) >= _FUZZY_LETTERS:
                self._by_letter.setdefault(surface[0], []).append(surface)
        self._known: dict[str, tuple[tuple[str, float], ...]] = {}

    def matches(self, token: str) -> tuple[tuple[str, float], ...]:
        """(key, quality) of every rubric word that this token may be."""
        if token not in self._known:
            self._known[token] = self._look_up(token)
        return self._known[token]

    def _look_up(self, token: str) -> tuple[tuple[str, float], ...]:
        if token in STOPWORDS:
            return ()
        if token in self._surfaces:
            return ((self._surfaces[token], _QUALITY_EXACT),)
        key = key_of(token)
        if key in self._keys:
            return ((key, _QUALITY_STEM),)
        if len(token) < _FUZZY_LETTERS:
            return ()
        alike = {
            self._surfaces[surface]
            for surface in self._by_letter.get(token[0], ())
            if ratio(token, surface, score_cutoff=_FUZZY)
        }
        return tuple((key, _QUALITY_FUZZY) for key in sorted(alike))


def _tokens(transcript: Transcript, first: int, last: int) -> list[_Token]:
    return [
        _Token(text, index, index, transcript.words[index].probability)
        for index in range(first, last + 1)
        for text in tokens_of(transcript.words[index].text)
    ]


def _rewritten(
    tokens: Sequence[_Token], rules: Mapping[tuple[str, ...], tuple[str, ...]]
) -> list[_Token]:
    """The tokens with everything that stands for other words replaced, longest rule first."""
    longest = max(map(len, rules), default=0)
    result: list[_Token] = []
    index = 0
    while index < len(tokens):
        for length in range(min(longest, len(tokens) - index), 0, -1):
            span = tokens[index : index + length]
            said = rules.get(tuple(token.text for token in span))
            if said is not None:
                probability = sum(token.probability for token in span) / length
                result += [_Token(t, span[0].first, span[-1].last, probability) for t in said]
                index += length
                break
        else:
            result.append(tokens[index])
            index += 1
    return result

"""Jargon that the quick reading was told to expect, kept where the thorough one missed it.

Terms are given to short windows only, as in full ones they do harm. So what the live text has of
the question's terms stays where the second pass has other words in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from voice_interviewer.core.transcript import Word, tokens_of
from voice_interviewer.hearing.engine import Words

_LONGEST = 4
_SHORT = 4


def with_terms_kept(thorough: Words, live: Words, terms: Sequence[str]) -> Words:
    """The words of `thorough`, with those of `live` where only these have a word of the terms.

    At most four words are taken at a time; they take over the segment in which they end up.
    """
    told = {token for term in terms for word in term.split() for token in _telling(word)}
    matcher = SequenceMatcher(None, _keys(live), _keys(thorough), autojunk=False)
    words: list[Word] = []
    for kind, begin, end, other_begin, other_end in matcher.get_opcodes():
        mine, others = live[begin:end], thorough[other_begin:other_end]
        if kind == "replace" and max(len(mine), len(others)) <= _LONGEST:
            found, instead = told & _tokens(mine), told & _tokens(others)
            if instead < found or (found and _letters(mine) == _letters(others)):
                segment = others[0].segment
                words += [word.model_copy(update={"segment": segment}) for word in mine]
                continue
        words += others
    return tuple(words)


def _telling(word: str) -> list[str]:
    """The tokens of a word of a term, unless it is a short everyday one ("of", "the")."""
    return tokens_of(word) if len(word) >= _SHORT or word != word.lower() else []


def _tokens(words: Words) -> set[str]:
    return {token for word in words for token in tokens_of(word.text)}


def _letters(words: Words) -> str:
    return "".join(token for word in words for token in tokens_of(word.text))


def _keys(words: Words) -> list[tuple[str, ...]]:
    return [tuple(tokens_of(word.text)) for word in words]

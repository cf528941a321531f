"""Where a question comes from: the lines it cites must exist and say what it quotes."""

from __future__ import annotations

import re

from voice_interviewer.banks.making.documents import Source

_LEAST_QUOTED_CHARACTERS = 6
_MOST_CITED_LINES = 8
_MOST_SHOWN_CHARACTERS = 300


def citation(source: Source, first: int, last: int, quote: str) -> str:
    """`job:12-14 "what stands there"`, from lines counted from 1.

    A passage that stands elsewhere in the document is cited where it stands. Raises ValueError
    when the lines do not exist or the passage is nowhere.
    """
    count = len(source.lines)
    if not 1 <= first <= last <= count:
        raise ValueError(f"{source.name}:{first}-{last} does not exist, there are {count} lines")
    wanted = _words(quote)
    if len(wanted) < _LEAST_QUOTED_CHARACTERS:
        raise ValueError(f"the passage {quote[:40]!r} is too short to find")
    if last - first >= _MOST_CITED_LINES or not _stands(wanted, source.lines[first - 1 : last]):
        first, last = _place(source, wanted)
    here = f"{first}" if first == last else f"{first}-{last}"
    told = " ".join(line for line in source.lines[first - 1 : last] if line)
    if len(told) > _MOST_SHOWN_CHARACTERS:
        told = told[:_MOST_SHOWN_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return f'{source.name}:{here} "{told}"'


def _place(source: Source, wanted: str) -> tuple[int, int]:
    """The fewest lines that hold the passage, the first such."""
    for size in range(1, _MOST_CITED_LINES + 1):
        for begin in range(len(source.lines) - size + 1):
            if _stands(wanted, source.lines[begin : begin + size]):
                return begin + 1, begin + size
    raise ValueError(f"no line of {source.name} says {wanted[:60]!r}")


def _stands(wanted: str, lines: tuple[str, ...]) -> bool:
    return f" {wanted} " in f" {_words(' '.join(lines))} "


def _words(text: str) -> str:
    """Its words in lower case, punctuation left out."""
    return " ".join(re.findall(r"\w+", text.casefold()))

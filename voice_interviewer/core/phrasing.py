"""What of a model's words is said: checked sentence by sentence, while they arrive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from voice_interviewer.core.asking import contains, content, leaked, quotes_in, same_in_other_words
from voice_interviewer.core.commands import Phrase

_MOST_OPENING_WORDS = 25
_MOST_WORDS = 45
# How many of the probe's content words a question keeps that still asks the same thing.
_LEAST_KEPT = 0.6
_SENTENCE = re.compile(r".*?[.?!…]+[\"'”’)]*(?=\s|$)", re.DOTALL)
_PRAISE = re.compile(
    r"\b(?:good|great|excellent|perfect|correct|right|exactly|well done|nice|wrong|incorrect"
    r"|interesting|impressive|unfortunately|missed|missing|forgot)\b",
    re.IGNORECASE,
)


def fair_pieces(chunks: Iterable[str], phrase: Phrase) -> Iterator[str]:
    """What to say, a sentence at a time: at most one that picks up the answer, then the question.

    Each sentence is given out as soon as it is complete. Where the model gives something away,
    praises, invents a quote, asks something else, or stops too early, the bank's own words follow
    instead: whatever the model does, the question that was decided is asked.
    """
    opening = ""
    for sentence in sentences_of(chunks):
        if sentence.endswith(("?", '?"', "?'")):
            if asks_the_same(sentence, opening, phrase):
                yield sentence
                return
            break
        if opening or not fair_opening(sentence, phrase):
            break
        opening = sentence
        yield sentence
    yield phrase.probe if opening else phrase.planned.text


def sentences_of(chunks: Iterable[str]) -> Iterator[str]:
    """The complete sentences of a text that arrives in pieces, each as soon as it is known to end.

    What is left at the end counts only where it ends like a sentence.
    """
    text = ""
    for chunk in chunks:
        text += chunk
        while (match := _SENTENCE.match(text)) is not None and match.end() < len(text):
            if sentence := match.group().strip():
                yield sentence
            text = text[match.end() :]
    last = _SENTENCE.match(text.strip())
    if last is not None and last.group().strip():
        yield last.group().strip()


def fair_opening(sentence: str, phrase: Phrase) -> bool:
    """True for a short neutral sentence that gives nothing away and quotes only what was said."""
    short = len(sentence.split()) <= _MOST_OPENING_WORDS and "\n" not in sentence
    return short and _gives_nothing_away(sentence, phrase) and not _PRAISE.search(sentence)


def asks_the_same(question: str, opening: str, phrase: Phrase) -> bool:
    """True where this is still the question that was decided, and a fair one."""
    short = len(f"{opening} {question}".split()) <= _MOST_WORDS and "\n" not in question
    if not short or question.count("?") != 1 or _PRAISE.search(question):
        return False
    if not _gives_nothing_away(question, phrase):
        return False
    wanted = content(phrase.probe)
    kept = len(wanted & content(question))
    same = bool(wanted) and kept >= _LEAST_KEPT * len(wanted)
    return same and not same_in_other_words(question, phrase.asked)


def _gives_nothing_away(text: str, phrase: Phrase) -> bool:
    if any(not contains(phrase.answer.text, quote) for quote in quotes_in(text)):
        return False
    open_criteria = [phrase.question.criterion(criterion_id) for criterion_id in phrase.open_ids]
    return leaked(text, open_criteria, phrase.said) is None

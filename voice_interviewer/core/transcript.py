"""What was heard: words with times, and verbatim quotes found among them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import Field

from voice_interviewer.core.frozen import Frozen

_TOKEN = re.compile(r"\w+(?:['’]\w+)*", re.UNICODE)
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*$")
_MAX_SENTENCE_WORDS = 40

Span = tuple[float, float]


class Word(Frozen):
    """One heard word.

    Times are seconds in the turn's recording; None where there is no recording (typed answers).
    Probability is the recogniser's own, in [0, 1]; 1.0 for typed words. `segment` counts the pieces
    that were decoded on their own, from 0; None where nobody counted.
    """

    text: str
    start_s: float | None = None
    end_s: float | None = None
    probability: float = Field(default=1.0, ge=0.0, le=1.0)
    segment: int | None = None


class Transcript(Frozen):
    """A whole answer as text. The text is exactly its words joined by single spaces.

    `speech` holds the stretches in which the speech detector heard somebody, as (start_s, end_s) in
    the turn's recording, in order; empty for typed answers.
    """

    words: tuple[Word, ...] = ()
    language: str = "en"
    engine: str = ""
    audio_s: float = 0.0
    speech: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The answer as one line."""
        return " ".join(word.text for word in self.words)

    @property
    def empty(self) -> bool:
        """True when nothing with a letter or digit in it was heard."""
        return not any(tokens_of(word.text) for word in self.words)


class Evidence(Frozen):
    """A verbatim quote: words `first_word` to `last_word` (both included) of a transcript."""

    quote: str
    first_word: int = Field(ge=0)
    last_word: int = Field(ge=0)
    start_s: float | None = None
    end_s: float | None = None


def words_of(text: str) -> tuple[Word, ...]:
    """Typed text as words without times."""
    return tuple(Word(text=piece) for piece in text.split())


def tokens_of(text: str) -> list[str]:
    """Lower-case word tokens of a text, punctuation dropped, apostrophes made alike."""
    return [token.casefold().replace("’", "'") for token in _TOKEN.findall(text)]


def evidence_from(transcript: Transcript, first_word: int, last_word: int) -> Evidence:
    """The quote of a span of words; verbatim by construction. Raises IndexError outside it."""
    if not 0 <= first_word <= last_word < len(transcript.words):
        raise IndexError(f"words {first_word}..{last_word} of {len(transcript.words)}")
    span = transcript.words[first_word : last_word + 1]
    return Evidence(
        quote=" ".join(word.text for word in span),
        first_word=first_word,
        last_word=last_word,
        start_s=span[0].start_s,
        end_s=span[-1].end_s,
    )


def find_quote(transcript: Transcript, quote: str) -> Evidence | None:
    """Where a quote stands in a transcript, comparing words only.

    Case, spacing and punctuation are ignored; a word more, less or other is no match. An empty
    quote is never found.
    """
    wanted = tokens_of(quote)
    if not wanted:
        return None
    tokens: list[str] = []
    word_index: list[int] = []
    for index, word in enumerate(transcript.words):
        for token in tokens_of(word.text):
            tokens.append(token)
            word_index.append(index)
    for start in range(len(tokens) - len(wanted) + 1):
        if tokens[start : start + len(wanted)] == wanted:
            return evidence_from(transcript, word_index[start], word_index[start + len(wanted) - 1])
    return None


def is_verbatim(transcript: Transcript, evidence: Evidence) -> bool:
    """True when the quote is word for word what the transcript has at the span it names."""
    if not 0 <= evidence.first_word <= evidence.last_word < len(transcript.words):
        return False
    span = transcript.words[evidence.first_word : evidence.last_word + 1]
    return evidence.quote == " ".join(word.text for word in span)


def ends_sentence(word: str) -> bool:
    """True for a word with final punctuation."""
    return _SENTENCE_END.search(word) is not None


def sentences(words: Iterable[Word]) -> list[tuple[int, int]]:
    """Sentence spans as (first, last) word indices, both included.

    A sentence ends at final punctuation, or after 40 words where a recogniser gave none.
    """
    spans: list[tuple[int, int]] = []
    first = 0
    count = 0
    for index, word in enumerate(words):
        count = index + 1
        if ends_sentence(word.text) or index - first + 1 >= _MAX_SENTENCE_WORDS:
            spans.append((first, index))
            first = index + 1
    if first < count:
        spans.append((first, count - 1))
    return spans

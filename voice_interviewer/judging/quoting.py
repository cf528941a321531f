"""Which words of a window decided, and the quote around them."""

from __future__ import annotations

from collections.abc import Sequence

from voice_interviewer.core.transcript import Evidence, Transcript, evidence_from, tokens_of
from voice_interviewer.judging.heard import Hit, Sentence
from voice_interviewer.judging.rubric import Phrase

# Lesser words this near to the deciding ones belong to the same passage.
_NEAR_WORDS = 8
_CLAUSE_ENDS = (",", ";", ":", ".", "!", "?", "…")
_COMFORT_WORDS = 6
_LEAST_QUOTE_WORDS = 4
MOST_QUOTE_WORDS = 40
_LEAST_HITS = 2


def deciding_hits(phrase: Phrase | None, sentences: Sequence[Sentence]) -> tuple[Hit, ...]:
    """The telling words of the phrase that were said, with the lesser ones close to them.

    Telling are those that weigh at least half as much as the weightiest one. None where fewer than
    two words of the phrase were said.
    """
    hits: dict[str, Hit] = {}
    for sentence in sentences:
        for key, hit in sentence.hits.items():
            if key not in hits or hit.quality > hits[key].quality:
                hits[key] = hit
    concepts = phrase.concepts if phrase is not None else ()
    found = [(concept, hits[concept.key]) for concept in concepts if concept.key in hits]
    if len(found) < _LEAST_HITS:
        return ()
    telling = max(concept.weight for concept, _ in found) / 2
    chosen = [hit for concept, hit in found if concept.weight >= telling]
    first, last = min(hit.first for hit in chosen), max(hit.last for hit in chosen)
    lesser = [hit for concept, hit in found if concept.weight < telling]
    for hit in sorted(lesser, key=lambda hit: max(first - hit.last, hit.first - last)):
        if first - _NEAR_WORDS <= hit.last and hit.first <= last + _NEAR_WORDS:
            first, last = min(first, hit.first), max(last, hit.last)
            chosen.append(hit)
    return tuple(sorted(chosen, key=lambda hit: (hit.first, hit.last)))


def quote(transcript: Transcript, start: int, end: int, hits: Sequence[Hit]) -> Evidence:
    """The deciding words eased out to the nearest clause ends within words `start` to `end`.

    Without any, as much of the window as a quote may hold.
    """
    words = transcript.words
    if not hits:
        return evidence_from(transcript, start, min(end, start + MOST_QUOTE_WORDS - 1))
    first = min(hit.first for hit in hits)
    last = max(hit.last for hit in hits)
    for place in range(first, max(start, first - _COMFORT_WORDS) - 1, -1):
        if place == start or words[place - 1].text.endswith(_CLAUSE_ENDS):
            first = place
            break
    for place in range(last, min(end, last + _COMFORT_WORDS) + 1):
        if place == end or words[place].text.endswith(_CLAUSE_ENDS):
            last = place
            break
    while last - first + 1 < min(_LEAST_QUOTE_WORDS, len(words)):
        at_end = last == len(words) - 1 or words[last].text.endswith(_CLAUSE_ENDS)
        first, last = (first - 1, last) if first > 0 and at_end else (first, last + 1)
    return evidence_from(transcript, first, last)


def words_matched(transcript: Transcript, hits: Sequence[Hit], most: int = 18) -> str:
    """The deciding words as they were said, at most so many."""
    spans = dict.fromkeys((hit.first, hit.last) for hit in hits)
    texts = (" ".join(w.text for w in transcript.words[a : b + 1]) for a, b in spans)
    return " ".join(", ".join(" ".join(tokens_of(t)) for t in texts).split()[:most])


def mean_probability(transcript: Transcript, evidence: Evidence, hits: Sequence[Hit]) -> float:
    """How surely the deciding words were heard; of the whole quote where none stand out."""
    if hits:
        return sum(hit.probability for hit in hits) / len(hits)
    words = transcript.words[evidence.first_word : evidence.last_word + 1]
    return sum(word.probability for word in words) / len(words)

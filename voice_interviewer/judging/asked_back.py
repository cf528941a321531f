"""Questions said back to the interviewer: "Should I raise it?" claims nothing."""

from __future__ import annotations

import re

from voice_interviewer.core.transcript import Evidence, Transcript

ASKED_BACK = "it was asked, not said"
_SENTENCE_END = re.compile(r"[.?!][\"')\]]*$")
_ASKS = re.compile(
    r"(?:(?:so|um|uh|well|and|or|but|okay|ok|like|hmm|then)\b[, .]*)*"
    r"(?:should|shall|could|would|can|may|do|did|will) (?:i|you)\b",
    re.IGNORECASE,
)


def asked_back(transcript: Transcript, evidence: Evidence) -> bool:
    """Whether a passage lies in nothing but questions whether I should, or whether you mean.

    What a speaker would ask of the matter ("Does it hold on the tail?") is part of an answer, and
    so is what only ends in a question ("I'd raise it, right?").
    """
    words = [word.text for word in transcript.words]
    ends = [n for n, word in enumerate(words) if _SENTENCE_END.search(word)]
    first = max((n + 1 for n in ends if n < evidence.first_word), default=0)
    last = next((n for n in ends if n >= evidence.last_word), len(words) - 1)
    begin = first
    for end in (n for n in ends if first <= n <= last):
        sentence = " ".join(words[begin : end + 1])
        if not (sentence.rstrip("\"')]").endswith("?") and _ASKS.match(sentence)):
            return False
        begin = end + 1
    return begin == last + 1

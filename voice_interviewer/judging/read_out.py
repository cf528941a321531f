"""Passages that are the rubric itself, read out: they show that somebody has seen it, no more.

The longest stretch that 240 answers, some of them written with the rubric in view, have in common
with a statement is 14 words.
"""

from __future__ import annotations

from voice_interviewer.core.bank import Criterion
from voice_interviewer.core.transcript import Evidence, Transcript, tokens_of

READ_OUT = "the words of the rubric itself"
_WORDS_IN_A_ROW = 16
_FEWEST_WORDS = 12


def read_out(transcript: Transcript, criterion: Criterion, evidence: Evidence) -> bool:
    """Whether a passage holds part of the criterion's statement being read out word for word.

    That is so many words in a row, or a whole statement that has fewer but is no mere phrase.
    """
    statement = tokens_of(criterion.statement)
    least = min(_WORDS_IN_A_ROW, len(statement))
    if least < _FEWEST_WORDS:
        return False
    said = [(t, n) for n, word in enumerate(transcript.words) for t in tokens_of(word.text)]
    stretches = {tuple(statement[n : n + least]) for n in range(len(statement) - least + 1)}
    tokens = [token for token, _ in said]
    return any(
        said[n][1] <= evidence.last_word and evidence.first_word <= said[n + least - 1][1]
        for n in range(len(tokens) - least + 1)
        if tuple(tokens[n : n + least]) in stretches
    )

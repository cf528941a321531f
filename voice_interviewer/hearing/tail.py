"""The end of an answer, of which a draft has said the beginning already. Pure.

When an answer is over, most of what is pending was decoded before, in the drafts of its pauses. So
only the last few seconds are decoded, from a place where it was quiet, and what the latest draft
says before that place stays. After it the two overlap, and there they must agree word for word: two
hypotheses that agree are taken for stable, as in LocalAgreement (Liu, Spanakis and Niehues,
"Low-Latency Sequence-to-Sequence Speech Recognition and Translation by Partial Hypothesis
Selection", Interspeech 2020).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from voice_interviewer.core.transcript import Span, Word, tokens_of
from voice_interviewer.hearing.engine import Words
from voice_interviewer.hearing.timeline import Pause

_LEAST_S = 3.0
_LONGEST_S = 6.5
_UNSETTLED_S = 1.0
_CUT_OFF_S = 0.4


def where_to_begin(
    draft: Words,
    voice_s: float,
    pending: Span,
    pauses: Sequence[Pause],
    power: Callable[[float], float],
) -> float | None:
    """Where the end may be decoded from, in seconds of the recording; None where it pays nowhere.

    That is the quietest gap between two words of the draft, or the pause it was made in, with
    enough sound before and after it that both sides can be understood alone.

    Args:
        draft: its words, with times in seconds of the recording.
        voice_s: up to where the draft reaches.
        pending: where the speech that is not committed begins and ends.
        power: how loud it is around a second.
    """
    start_s, end_s = pending
    gaps = [
        (before.end_s + after.start_s) / 2
        for before, after in pairwise(draft)
        if before.end_s is not None and after.start_s is not None
    ]
    gaps = [gap_s for gap_s in gaps if gap_s <= voice_s - _UNSETTLED_S]
    gaps += [pause.middle_s for pause in pauses if pause.start_s <= voice_s <= pause.end_s]
    from_s, to_s = max(start_s + _LEAST_S, end_s - _LONGEST_S), end_s - _LEAST_S
    return min((gap_s for gap_s in gaps if from_s <= gap_s <= to_s), key=power, default=None)


def head(draft: Words, cut_s: float) -> Words:
    """The draft's words before the cut."""
    return tuple(word for word in draft if middle_s(word) < cut_s)


def agree(draft: Words, voice_s: float, cut_s: float, tail: Words) -> bool:
    """True when the tail begins with what the draft says after the cut.

    The draft's last word counts only where it was not cut off.
    """
    known = [
        word
        for word in draft
        if middle_s(word) >= cut_s and (word.end_s or 0.0) < voice_s - _CUT_OFF_S
    ]
    return [tokens_of(word.text) for word in known] == [
        tokens_of(word.text) for word in tail[: len(known)]
    ]


def middle_s(word: Word) -> float:
    """The middle of a word in seconds."""
    return ((word.start_s or 0.0) + (word.end_s or 0.0)) / 2

"""From a server's reply to words that can be believed: guarded, timed, in order."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from voice_interviewer.core.transcript import Span, Word, tokens_of
from voice_interviewer.hearing.guards import loops, silent, snapped, voiced
from voice_interviewer.hearing.remote_reply import Reply, SaidWord, Segment

_LOOP_RATIO = 2.4
_SURE_LOGPROB = -0.5
_LOOP_CHARACTERS = 1000
_LEAST_COVERED = 0.5
_SAYS_SOMETHING = re.compile(r"[\w%$€£+]")


def words_heard(
    reply: Reply, *, duration_s: float, speech: Sequence[Span] = (), hint: str = ""
) -> tuple[Word, ...]:
    """The words of a reply, with times in [0, duration_s] that never go back.

    Word times come from the server where it has them for all the text. Otherwise the words of a
    segment, or of the whole text, are spread over the speech in it by their length.

    Args:
        speech: where the speech detector heard somebody; empty where that is not known.
        hint: the text that was sent as a prompt; a recogniser without speech repeats it.
    """
    kept = [segment for segment in reply.segments if not _invented(segment, speech, hint)]
    text = " ".join(segment.text for segment in kept) if reply.segments else reply.text
    if not text or (not reply.segments and (_loops(text) or _echoes(text, hint))):
        return ()
    said = _timed(reply, kept, text)
    if said is None and kept and all(segment.start_s is not None for segment in kept):
        said = [word for segment in kept for word in _spread_segment(segment, speech)]
    elif said is None:
        said = _spread(text, speech or [(0.0, duration_s)])
    return _in_order(said, duration_s, speech)


def _timed(reply: Reply, kept: Sequence[Segment], text: str) -> list[SaidWord] | None:
    """The words that have times of their own, or None where these do not cover the text."""
    if reply.words:
        segments = [(word, _segment_of(word, reply.segments)) for word in reply.words]
        words = [word for word, segment in segments if segment is None or segment in kept]
        return _spelt_as([_with_probability(word, kept) for word in words], text)
    if all(segment.words or not segment.text for segment in kept):
        timed = [_with_probability(word, [segment]) for segment in kept for word in segment.words]
        return timed or None
    return None


def _invented(segment: Segment, speech: Sequence[Span], hint: str) -> bool:
    """True for a segment without speech behind it, that loops, or that repeats the prompt."""
    if silent(segment.no_speech_prob or 0.0, segment.avg_logprob or 0.0):
        return True
    ratio = segment.compression_ratio
    if _loops(segment.text) if ratio is None else ratio > _LOOP_RATIO:
        return True
    return _unvoiced(segment, speech) or _echoes(segment.text, hint)


def _unvoiced(segment: Segment, speech: Sequence[Span]) -> bool:
    """True for a segment far from all speech, and for an unsure one that is mostly beside it."""
    start_s, end_s = segment.start_s, segment.end_s
    if start_s is None or end_s is None or not speech:
        return False
    if not voiced(start_s, end_s, speech):
        return True
    common_s = sum(max(0.0, min(end_s, last) - max(start_s, first)) for first, last in speech)
    return (segment.avg_logprob or 0.0) < _SURE_LOGPROB and common_s < (end_s - start_s) / 2


def _loops(text: str) -> bool:
    """True for a text that repeats itself; judged by its beginning, as all long texts do a bit."""
    return loops(text[:_LOOP_CHARACTERS])


def _echoes(text: str, hint: str) -> bool:
    """True for two words or more that are the beginning of the prompt."""
    heard = tokens_of(text)
    return len(heard) > 1 and heard == tokens_of(hint)[: len(heard)]


def _segment_of(word: SaidWord, segments: Sequence[Segment]) -> Segment | None:
    """The segment that the middle of a word lies in; at a boundary the later one.

    Words that were made up have no length, and lie on the boundaries of the segment they began.
    """
    middle_s = (word.start_s + word.end_s) / 2
    return next(
        (
            segment
            for segment in reversed(segments)
            if segment.start_s is None
            or segment.end_s is None
            or segment.start_s <= middle_s <= segment.end_s
        ),
        None,
    )


def _with_probability(word: SaidWord, segments: Sequence[Segment]) -> SaidWord:
    segment = _segment_of(word, segments)
    if word.probability is not None or segment is None or segment.probability is None:
        return word
    return SaidWord(word.text, word.start_s, word.end_s, segment.probability)


def _spelt_as(words: list[SaidWord], text: str) -> list[SaidWord] | None:
    """The words with the punctuation that only the text has.

    None where they cover too little of the text: some servers time but a few of the words.
    """
    pieces = text.split()
    one, other = [_plain(word.text) for word in words], [_plain(piece) for piece in pieces]
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    if sum(block.size for block in blocks) < _LEAST_COVERED * len(pieces) > len(words):
        return None
    spelt = list(words)
    for block in blocks:
        for step in range(block.size):
            word = words[block.a + step]
            spelt[block.a + step] = SaidWord(
                pieces[block.b + step], word.start_s, word.end_s, word.probability
            )
    return spelt


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _spread_segment(segment: Segment, speech: Sequence[Span]) -> list[SaidWord]:
    start_s, end_s = segment.start_s or 0.0, segment.end_s or 0.0
    inside = [
        (max(first_s, start_s), min(last_s, end_s))
        for first_s, last_s in speech
        if first_s < end_s and last_s > start_s
    ]
    return _spread(segment.text, inside or [(start_s, end_s)], segment.probability)


def _spread(
    text: str, stretches: Sequence[Span], probability: float | None = None
) -> list[SaidWord]:
    """The words of a text over stretches of time, each as long as its letters."""
    pieces = text.split()
    total = sum(len(piece) + 1 for piece in pieces)
    length_s = sum(end_s - start_s for start_s, end_s in stretches)
    words = []
    signs = 0
    for piece in pieces:
        start_s, until_s = _at(length_s * signs / total, stretches)
        signs += len(piece) + 1
        end_s = min(until_s, start_s + length_s * (len(piece) + 1) / total)
        words.append(SaidWord(piece, start_s, end_s, probability))
    return words


def _at(offset_s: float, stretches: Sequence[Span]) -> Span:
    """The time so far into the stretches, and where the stretch there ends."""
    for start_s, end_s in stretches:
        if offset_s < end_s - start_s:
            return start_s + offset_s, end_s
        offset_s -= end_s - start_s
    return stretches[-1][1], stretches[-1][1]


def _in_order(
    said: Iterable[SaidWord], duration_s: float, speech: Sequence[Span]
) -> tuple[Word, ...]:
    """Words that say something where there is speech, with legal times."""
    words = []
    now_s = 0.0
    for one in said:
        if not voiced(one.start_s, one.end_s, speech):
            continue
        start_s, end_s = snapped(one.start_s, max(one.start_s, one.end_s), speech)
        now_s = min(max(now_s, start_s), duration_s)
        stretch = (now_s, min(max(now_s, end_s), duration_s))
        words += [
            Word(
                text=piece.text,
                start_s=round(piece.start_s, 3),
                end_s=round(piece.end_s, 3),
                probability=1.0 if piece.probability is None else round(piece.probability, 4),
            )
            for piece in _spread(one.text, [stretch], one.probability)
            if _SAYS_SOMETHING.search(piece.text)
        ]
    return tuple(words)

"""Cuts what was asked and said into captions on the session's timeline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from voice_interviewer.archive.export.source import Source
from voice_interviewer.archive.export.text import printable
from voice_interviewer.archive.export.timeline import Slot, best_transcript
from voice_interviewer.core.session import Turn
from voice_interviewer.errors import UsageError

LINE_CHARACTERS = 42
LINES = 2
LONGEST_S = 7.0
_PAUSE_S = 1.0
_LINGER_S = 1.0
_SHORTEST_S = 0.1
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")


@dataclass(frozen=True)
class TimedWord:
    """A printable word and where it sounds, in seconds of the timeline."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Cue:
    """One caption: at most two lines of 42 characters (a longer word has its line to itself), 7 s.

    `opens` is True where somebody begins to speak.
    """

    speaker: str
    start_s: float
    end_s: float
    lines: tuple[tuple[TimedWord, ...], ...]
    opens: bool

    @property
    def text(self) -> tuple[str, ...]:
        """The lines as text."""
        return tuple(" ".join(word.text for word in line) for line in self.lines)


def cues_of(source: Source, *, labelled: bool = False) -> list[Cue]:
    """All captions in order; none overlaps the next.

    With `labelled`, room is left for `Interviewer: ` where somebody begins to speak.
    Raises UsageError for a session without recordings: there is nothing to caption.
    """
    if not source.timeline.sounds:
        raise UsageError(
            "This session has no recordings, so there is nothing to caption.",
            "Export it to html or markdown.",
        )
    cues = [
        cue
        for turn in source.state.turns
        for cue in _turn(turn, source.timeline.of(turn), labelled=labelled)
    ]
    return [
        _ending(cue, until_s)
        for cue, until_s in zip(
            cues, [*(c.start_s for c in cues[1:]), source.timeline.duration_s], strict=True
        )
    ]


def answer_words(turn: Turn, slot: Slot) -> list[TimedWord]:
    """An answer's words on the timeline, in order.

    Where a recogniser gave no times (or impossible ones) the words share the answer's time, each as
    long as its text.
    """
    transcript = best_transcript(turn)
    words = [w for w in transcript.words if printable(w.text)] if transcript else []
    timed: list[TimedWord] = []
    last_s = slot.answer_s
    for word in words:
        if word.start_s is None or word.end_s is None or not isfinite(word.start_s + word.end_s):
            return _spread([w.text for w in words], slot.answer_s, slot.end_s)
        start_s = min(max(last_s, slot.answer_s + word.start_s), slot.end_s)
        end_s = min(max(start_s, slot.answer_s + word.end_s), slot.end_s)
        timed.append(TimedWord(printable(word.text), start_s, end_s))
        last_s = start_s
    return timed


def prompt_words(turn: Turn, slot: Slot) -> list[TimedWord]:
    """The prompt's words, sharing the silence that is left for reading it."""
    return _spread(turn.prompt.split(), slot.prompt_s, slot.answer_s)


def _spread(texts: Sequence[str], start_s: float, end_s: float) -> list[TimedWord]:
    shown = [text for text in map(printable, texts) if text]
    per_character_s = (end_s - start_s) / max(1, sum(len(text) + 1 for text in shown))
    words = []
    for text in shown:
        until_s = start_s + per_character_s * (len(text) + 1)
        words.append(TimedWord(text, start_s, until_s))
        start_s = until_s
    return words


def _turn(turn: Turn, slot: Slot, *, labelled: bool) -> Iterator[Cue]:
    spoken = (
        (printable(turn.asker) or "Interviewer", prompt_words(turn, slot)),
        ("Candidate", answer_words(turn, slot)),
    )
    for speaker, words in spoken:
        label = len(speaker) + 2 if labelled else 0
        for number, lines in enumerate(_blocks(words, label)):
            start_s, end_s = lines[0][0].start_s, lines[-1][-1].end_s
            yield Cue(speaker, start_s, end_s, lines, opens=number == 0)


def _blocks(words: Sequence[TimedWord], label: int) -> Iterator[tuple[tuple[TimedWord, ...], ...]]:
    """Words in lines of a caption each; the first line of all is `label` characters shorter."""
    block: list[TimedWord] = []
    for word in words:
        if block and (_breaks(block, word) or len(_lines([*block, word], label)) > LINES):
            yield _lines(block, label)
            block, label = [], 0
        block.append(word)
    if block:
        yield _lines(block, label)


def _breaks(block: Sequence[TimedWord], word: TimedWord) -> bool:
    """True where a caption ends before this word: at a pause, a full one or a sentence's end."""
    last = block[-1]
    length = sum(len(w.text) + 1 for w in block)
    return (
        word.start_s - last.end_s > _PAUSE_S
        or word.end_s - block[0].start_s > LONGEST_S
        or (length >= LINE_CHARACTERS / 2 and _SENTENCE_END.search(last.text) is not None)
    )


def _lines(words: Sequence[TimedWord], label: int) -> tuple[tuple[TimedWord, ...], ...]:
    lines: list[list[TimedWord]] = [[]]
    room = LINE_CHARACTERS - label
    for word in words:
        if lines[-1] and len(" ".join(w.text for w in lines[-1])) + 1 + len(word.text) > room:
            lines.append([])
            room = LINE_CHARACTERS
        lines[-1].append(word)
    return tuple(map(tuple, lines))


def _ending(cue: Cue, until_s: float) -> Cue:
    """The cue, shown a moment longer than it sounds, and never past the next one."""
    end_s = min(cue.end_s + _LINGER_S, cue.start_s + LONGEST_S, until_s)
    end_s = max(end_s, cue.start_s + _SHORTEST_S)
    return Cue(cue.speaker, cue.start_s, end_s, cue.lines, cue.opens)

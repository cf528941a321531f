"""Wishes that are spoken at the end of an answer: "that's my answer", "give me a moment".

A command has to be an utterance of its own, so that an answer about skipping or repeating triggers
none: it is the whole last sentence, or a pause of at least 0.3 s stands before it, and nothing but
courtesies stand around it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from voice_interviewer.core.transcript import Word, tokens_of
from voice_interviewer.hearing.timeline import ROUNDING_S

Command = Literal["done", "hold", "repeat", "skip"]

LEAST_PAUSE_S = 0.3
_MOST_WORDS = 16
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")


@dataclass(frozen=True)
class FoundCommand:
    """A command, and the index of the word with which its utterance begins."""

    command: Command
    first_word: int


# Courtesies and fillers around a command.
_LEAD = (
    r"(?:(?:okay|ok|alright|all right|right|so|well|um|umm|uh|hm|hmm|er|yeah|yes|yep|no|oh|and|but|"
    r"actually|sorry|please|i think|i guess|you know what|excuse me|hang on|hold on) )*"
)
_TAIL = (
    r"(?: (?:please|thanks|thank you|okay|ok|now|then|if you can|if possible|if that's okay|"
    r"if that's ok|if you don't mind|for me|sorry|to think|to think about it|to think about that|"
    r"to think about this|yeah))*"
)
_ASK = (
    r"(?:(?:can|could|would|will) (?:you|we|i)(?: please| maybe| just)*|just|please|"
    r"would you mind|do you mind|i(?:'d| would) (?:like|prefer)(?: you)? to|i want(?: you)? to|"
    r"i(?:'m| am) (?:going to|gonna)|i(?:'ll| will)(?: just| have to)?|i(?:'d| would) rather|"
    r"let'?s(?: just)?|let us|let me(?: just)?|may i(?: just)?|"
    r"(?:i think|maybe) (?:i'll|i will|we can|we should|i should|i'd rather|let's))"
)
_THE_QUESTION = r"(?:the|that|your|this)(?: last| first| whole)? question"
_TIME = (
    r"(?:(?:a|one|another|half a|a quick|a little)(?: little| quick| short| more)? "
    r"(?:moment|second|sec|minute)|(?:a )?(?:few|couple(?: of)?|some|ten|twenty|thirty|10|20|30)"
    r"(?: more)? (?:moments|seconds|minutes)|"
    r"(?:some|more|some more|a bit of|a bit more|a little|a little more) time)"
)
_THIS_ONE = (
    r"(?:this|that)(?: one| question)?|the question|this one out|to the next(?: one| question)?"
)

_COMMANDS: tuple[tuple[Command, str], ...] = (
    (
        "done",
        r"(?:that|this)(?:'s| is| was| would be| will be) (?:all )?(?:basically |pretty much )?"
        r"my (?:final |full |whole |complete )?answer(?: (?:to|for) (?:that|this|it|the question|"
        r"that question|this question|that one|this one))?",
    ),
    ("done", r"i(?:'m| am) (?:done|finished)(?: (?:with )?(?:my|the|this|that) answer(?:ing)?)?"),
    ("done", r"(?:that|this) concludes my answer|(?:the )?end of (?:my )?answer"),
    ("hold", rf"(?:{_ASK} )?(?:give|allow|grant|spare) me (?:just )?{_TIME}"),
    ("hold", rf"(?:{_ASK} )?(?:have|take|get|need|use) (?:just )?{_TIME}"),
    ("hold", rf"i(?: just)? need (?:just )?{_TIME}"),
    ("hold", rf"(?:just )?{_TIME} please|(?:just )?(?:bear with me|wait)(?: for)?(?: {_TIME})?"),
    (
        "hold",
        rf"(?:{_ASK} )?let me (?:just )?think(?: (?:about|on) (?:that|this|it)(?: one)?)?"
        rf"(?: for)?(?: {_TIME})?",
    ),
    (
        "repeat",
        rf"(?:{_ASK} )?(?:repeat|repeating|say|saying|ask|asking|read|reading|hear|state)"
        rf"(?: me)? {_THE_QUESTION}(?: (?:again|once more|one more time|once again))*",
    ),
    (
        "repeat",
        rf"(?:{_ASK} )?(?:repeat|repeating) (?:that|it|this)"
        r"(?: (?:again|once more|one more time))?",
    ),
    ("repeat", rf"(?:{_ASK} )?(?:say|ask|hear) (?:that|it) (?:again|once more|one more time)"),
    ("repeat", r"what(?: was|'s| is) (?:the|that|your) question(?: again)?"),
    ("repeat", r"(?:the )?question (?:again|once more|one more time)"),
    ("skip", rf"(?:{_ASK} )?(?:skip|skipping|pass on) (?:over )?(?:{_THIS_ONE})"),
    ("skip", rf"{_ASK} (?:move|go) (?:on|ahead) to the next(?: one| question)?"),
    ("skip", r"(?:the )?next question"),
    (
        "skip",
        r"(?:can i|may i|let me|i(?:'ll| will)|i(?:'d| would) (?:like to|rather)) (?:skip|pass)",
    ),
)
_PATTERNS = tuple(
    (command, re.compile(rf"{_LEAD}(?:{pattern}){_TAIL}")) for command, pattern in _COMMANDS
)
# After these a pause is a hesitation inside a clause: "the policy would ... skip this one".
_GOES_ON = frozenset(
    tokens_of(
        "to would will could can should may might must i we you they he she it not and or then who "
        "that which the a just always never simply don't didn't doesn't won't wouldn't is was are"
    )
)


def find_command(words: Sequence[Word]) -> FoundCommand | None:
    """The command that these words end with, or None.

    Words need times for pauses to count; without them, as in typed answers, only punctuation does.
    The longest utterance that is a command counts, courtesies before it included.
    """
    tokens = [tokens_of(word.text) for word in words]
    for first in range(max(0, len(words) - _MOST_WORDS), len(words)):
        if not tokens[first] or not _begins_an_utterance(words, first):
            continue
        said = " ".join(token for word in tokens[first:] for token in word)
        for command, pattern in _PATTERNS:
            if pattern.fullmatch(said):
                return FoundCommand(command, first)
    return None


def _begins_an_utterance(words: Sequence[Word], index: int) -> bool:
    """True where a sentence begins, or after a pause that is no hesitation inside a clause."""
    if index == 0:
        return True
    before, word = words[index - 1], words[index]
    if _GOES_ON.intersection(tokens_of(before.text)):
        return False
    if _SENTENCE_END.search(before.text):
        return True
    if before.end_s is None or word.start_s is None:
        return False
    return word.start_s - before.end_s >= LEAST_PAUSE_S - ROUNDING_S

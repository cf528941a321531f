"""How finished does the text of an answer sound, judged by its last words?

A recogniser that is given a piece of speech up to a thinking pause closes it with a full stop in
most cases ("So we had to.", "a colleague who, uh."), so the punctuation alone says little and the
words before it decide. The word lists are English; a text in another language is never more than
complete.
"""

from __future__ import annotations

import re
from enum import Enum

from voice_interviewer.core.transcript import tokens_of


class Ending(Enum):
    """How a text ends, from the surest end to the surest continuation."""

    CLOSED = "closed"  # "So yeah, that's how I did it."
    FADING = "fading"  # "... and things like that."
    COMPLETE = "complete"  # "We finished two days early."
    UNCLEAR = "unclear"  # "We finished", "Right.", "What would you do?"
    UNFINISHED = "unfinished"  # "And then we, um."


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What nobody ends an answer with: fillers, conjunctions, articles, subjects, copulas, hedges.
_OPEN = _words(
    "um umm uh uhh uhm er err erm hm hmm mm mmm ah "
    "and but or nor so because cause if although though unless whereas whether than "
    "which who whom whose where while when "
    "a an the my your our their its every each "
    "of into between during from upon via per among amongst toward towards "
    "i we he she they "
    "is was are were am be been being isn't wasn't aren't weren't "
    "i'm i've i'd i'll we're we've we'd we'll you're they're they've he's she's it's there's who's "
    "what's let's gonna wanna "
    "like just very quite basically literally probably maybe especially including "
    "well okay ok mean"
)
# What can end a sentence and rather often does not.
_WEAK = _words(
    "to in on at for with by about over under through as up out off onto without against after "
    "before until since around behind across "
    "this these those such his her some any what how why "
    "has have had do does did will would can could should may might must "
    "don't doesn't didn't haven't hasn't hadn't won't wouldn't can't couldn't shouldn't "
    "not really actually also even only still then more most less almost pretty rather too "
    "say said says thought think thinks realised realized noticed felt means meant decided "
    "know right look see yes no sure first second obviously honestly there"
)
_THAT_OPENS = _words(
    "is was are were be felt feel think thought know knew say said says noticed so if means meant "
    "and but because realised realized sure believe believed hope hoped found saw see "
    "clear obvious true"
)
_COPULAS = _words("is was are were am be been")
_ASKING = _words("what whatever who whoever where wherever how however as")
_LEADS = _words("and but so or then well now um uh yeah okay")

_LEAST_SENTENCE_WORDS = 4
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_BREAKS_OFF = re.compile(r"(\.\.\.|…|[,;:–—-])[\"'”’)\]]*$")
_STOP = re.compile(r"[.!][\"'”’)\]]*$")

_LEAD = r"^(?:(?:and|but|so|or|okay|ok|um|uh|well|yeah|yes|anyway|i think|i guess|i'd say) )*"
_THAT_IS = r"that(?:'s| is| was| would be| will be| has been)"
_HEDGE = (
    r"(?: (?:basically|pretty much|really|kind of|sort of|roughly|essentially|just|about|all))?"
)
# Said about the answer itself.
_CLOSED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_THAT_IS}{_HEDGE} (?:it|all|everything)(?: (?:from me|really|i have|i've got|for me|"
        r"i can say|i would say|i'd say|i wanted to say))?$",
        rf"\b{_THAT_IS}{_HEDGE} (?:my|the) (?:\w+ )?(?:answer|example|story|take)(?: \w+)?$",
        rf"\byeah {_THAT_IS}{_HEDGE} (?:how|what|why|where) \w+",
        r"\b(?:that|this) (?:hopefully |pretty much |probably )?(?:answers (?:it|that|the|your)|"
        r"covers it|sums it up)\b",
        r"\bhope (?:that|this|it) (?:answers|helps|makes sense|covers)\b",
        r"\bdoes (?:that|this) answer\b",
        r"\bleave it (?:there|at that)$",
        rf"{_LEAD}thank you(?: very much| so much| for \w+(?: \w+)*)?$",
        rf"{_LEAD}(?:i'm|i am) (?:done|finished)$",
    )
)
# Said where an answer runs out, and now and then before it goes on.
_FADING = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_THAT_IS}{_HEDGE} (?:how|what|why) (?:i|we|it|they|he|she|happened)\b",
        rf"\b{_THAT_IS}{_HEDGE} (?:my|the) (?:\w+ )?"
        r"(?:approach|experience|idea|outcome|result|gist|one|process|view|lesson)(?: \w+)?$",
        rf"{_LEAD}(?:in short|in summary|in conclusion|all in all|long story short|to conclude|"
        r"to sum (?:it )?up|to summari[sz]e|(?:the )?bottom line)\b",
        r"\b(?:if|does) (?:that|this) makes? (?:any )?sense$",
        r"\b(?:things|stuff|something|everything|anything) like that$",
        r"\b(?:and so (?:on|forth)|et ?cetera|or (?:whatever|something|anything))$",
        r"\b(?:and (?:stuff|all that|everything)|that (?:kind|sort) of (?:thing|stuff))$",
        r"\b(?:i guess|i suppose|(?:so|and|but)(?: um| uh)? yeah)$",
        r"^(?:um |uh )?yeah$|(?:^| (?:so|but|yeah|guess|suppose|see it) )anyway$",
    )
)
_DANGLING = re.compile(
    r"^(?:(?:and|but|so|or|then) )*"
    r"(?:when|whenever|if|although|though|while|once|unless|as soon as|even though|after|before)\b"
)
_ANNOUNCES = re.compile(
    r"\b(?:two|three|four|five|several|a few|a couple of|some|many) (?:\w+ )?"
    r"(?:things|reasons|steps|parts|options|problems|ways|points|aspects|answers|examples)\b"
)


def ending_of(text: str) -> Ending:
    """How finished this text sounds. An empty one is unclear."""
    text = text.strip()
    tokens = tokens_of(text)
    if not tokens:
        return Ending.UNCLEAR
    last = _SENTENCE.split(text)[-1]
    sentence = tokens_of(last)
    plain = " ".join(sentence)
    if _BREAKS_OFF.search(text):
        return Ending.UNFINISHED
    if _opens(tokens):
        return Ending.UNCLEAR if _asks_indirectly(sentence) else Ending.UNFINISHED
    if tokens[-1] != "to":
        if any(pattern.search(plain) for pattern in _CLOSED):
            return Ending.CLOSED
        if any(pattern.search(plain) for pattern in _FADING):
            return Ending.FADING
    if not _STOP.search(text) or len(sentence) < _LEAST_SENTENCE_WORDS or tokens[-1] in _WEAK:
        return Ending.UNCLEAR
    if (_DANGLING.search(plain) and "," not in last) or _ANNOUNCES.search(plain):
        return Ending.UNCLEAR
    return Ending.COMPLETE


def _opens(tokens: list[str]) -> bool:
    """True when the last words want more words after them."""
    last = tokens[-1]
    before = tokens[-2] if len(tokens) > 1 else ""
    if last == "that":
        return before in _THAT_OPENS
    if (before, last) in {("you", "know"), ("i", "mean"), ("kind", "of"), ("sort", "of")}:
        return True
    return last in _OPEN or last == before


def _asks_indirectly(sentence: list[str]) -> bool:
    """True for "... whatever the pressure is", which may be an end; not for "What I did was"."""
    while sentence and sentence[0] in _LEADS:
        sentence = sentence[1:]
    return bool(sentence) and sentence[-1] in _COPULAS and bool(_ASKING & set(sentence[1:-1][-5:]))

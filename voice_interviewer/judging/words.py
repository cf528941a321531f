"""Everyday English: which words carry no content, which little, and what a word's stem is."""

from __future__ import annotations

from collections.abc import Iterable


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Function words, fillers and the phrases of an interview itself; they never earn anything.
STOPWORDS = _words(
    """
    a about above actually after again against ah all almost alone along already also although
    always am among an and another any anybody anyone anything anyway are aren't around as at away
    back basically be because been before being below besides between both but by can can't cannot
    could couldn't did didn't do does doesn't doing don't done during each either else enough etc
    even ever every everybody everyone everything few finally first for from further go goes going
    gonna gotta guess had hadn't has hasn't have haven't having he he'd he'll he's hello her here
    hers him his hmm how however i i'd i'll i'm i've idea if in indeed instead into is isn't it
    it'd it'll it's its itself just kind know last least let let's like lot lots mainly many maybe
    me mean might mine more most mostly much must my myself need needs neither never next no nobody
    none nor not nothing now obviously of off oh ok okay often on once one ones only or other
    others our ours ourselves out over own perhaps please probably quite rather really right said
    same say says second see seem seems she she'd she's should shouldn't simply since so some
    somebody somehow someone something sometimes somewhere sorry sort still stuff such sure than
    thank thanks that that's the their theirs them themselves then there there's these they they'd
    they'll they're they've thing things think third this those though three through thus to
    together too toward towards two uh uhm um under unless until upon us usually very via want
    wants was wasn't we we'd we'll we're we've well were weren't what what's whatever when where
    whether which while who whole whom whose why will with within without won't would wouldn't yeah
    yes yet you you'd you'll you're you've your yours yourself
    """
)

# Words that every talk about work is full of; they count, but little.
_COMMON = _words(
    """
    able add answer answers ask bad best better big bit build call called care case cases change
    changed changes check checks come comes common compare day different do easy end example
    examples fact fast feel figure find fine follow full get gets getting give given gives good got
    great happen happens hard help helps high important improve issue issues job keep keeps large
    learn less level likely line little long look looks looking low main make makes making matter
    matters method mind months move new number numbers old open order part people person place
    point points possible pretty problem problems process put question questions quick quickly read
    real reason result results run running runs see set show shows simple slow small solution
    something specific start started starts state step steps stop strong system systems take takes
    talk task team tell test tests time times top train trained training true try turn type
    understand use used useful user users uses using value values want watch way ways weak week
    weeks wide work worked working works world wrong year years
    """
)

NEGATIONS = _words(
    "no not never none nothing nobody neither nor without hardly cannot can't don't doesn't didn't "
    "isn't aren't wasn't weren't won't wouldn't shouldn't couldn't haven't hasn't hadn't "
    "nowhere"
)

# Everyday ways of saying that something moves, one key for each direction.
_MOVES: dict[str, str] = {
    word: key
    for key, words in {
        "<up>": "rise rises rising rose risen raise raises raising raised increase increases "
        "increasing increased grow grows growing grew grown growth climb climbs climbing climbed "
        "up higher stronger longer larger bigger greater",
        "<down>": "fall falls falling fell fallen drop drops dropping dropped decrease decreases "
        "decreasing decreased decline declines declining declined down lower lowers lowering "
        "lowered shrink shrinks shrinking shorter smaller weaker reduce reduces reducing reduced",
        "<flat>": "flat stall stalls stalling stalled stagnate stagnates stagnating stagnated "
        "plateau plateaus plateauing unchanged",
    }.items()
    for word in words.split()
}
OPPOSITES = {"<up>": ("<down>", "<flat>"), "<down>": ("<up>",), "<flat>": ("<up>",)}

_SUFFIXES = (
    *("ation", "ating", "ated", "ate", "ion", "ment"),
    *("ingly", "ing", "edly", "ied", "ed", "ly", "ness", "e"),
)
_SHORTEST_STEM = 4


def key_of(token: str) -> str:
    """What a token is compared by: its direction of movement, or its stem."""
    return _MOVES.get(token) or stem(token)


def stem(token: str) -> str:
    """A light English stem: endings of number, tense and noun-making are taken off.

    It only has to send the forms of one word to one place; its results are not words.
    """
    token = token.removesuffix("'s")
    if len(token) <= 3 or not token.isalpha():
        return token
    if token.endswith("ies"):
        token = token[:-3] + "y"
    elif token.endswith("s") and not token.endswith(("ss", "us", "is")):
        token = token[:-1]
    for suffix in _SUFFIXES:
        shortest = 3 if suffix in ("ing", "ed", "e") else _SHORTEST_STEM
        if (
            token.endswith(suffix)
            and not token.endswith("eed")
            and len(token) - len(suffix) >= shortest
        ):
            token = token[: -len(suffix)] + ("y" if suffix == "ied" else "")
            break
    if len(token) > 3 and token[-1] == token[-2]:
        token = token[:-1]
    return token[:-2] + "iz" if len(token) > 5 and token.endswith("is") else token


def keys_of(tokens: Iterable[str]) -> set[str]:
    """The keys of these tokens, those without content left out."""
    return {key_of(token) for token in tokens if token not in STOPWORDS}


COMMON_KEYS = frozenset(keys_of(_COMMON))

"""Finds what may identify a person in plain text: by pattern and by list, never by a model."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_CAPITALISED = r"[^\W\d_a-zß-öø-ÿ][\w'’-]+"
_PARTICLE = r"(?:van|von|der|den|de|del|della|da|di|la|le|bin|ibn|al|el|ter)"
_NAME = rf"{_CAPITALISED}(?:[ ,]+(?:{_PARTICLE} )*{_CAPITALISED}){{0,3}}"

_INTRODUCED = re.compile(
    r"\b(?:my (?:\w+ )?name(?:['’]?s| is)|i(?:['’]?m| am) called|(?:call|calls) me)[,:]? +"
    r"(?P<name>\S+(?: +\S+){0,3})",
    re.IGNORECASE,
)
_TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor)\.? +(?P<name>{_NAME})")
_PERSON = re.compile(
    r"\b(?:[Ii](?:['’]?m| am)"
    r"|(?:[Ww]ork(?:ed|ing|s)?|[Pp]air(?:ed|ing)?|[Tt]alk(?:ed|ing)?|[Ss]poke|[Mm]et) (?:with|to)"
    r"|(?:[Rr]eport(?:ed|ing|s)? to|[Hh]ired by|[Mm]anaged by|[Mm]entored by|[Ww]ork(?:ed)? under)"
    r"|(?:[Mm]anager|[Bb]oss|[Mm]entor|[Cc]olleague|[Tt]eammate|[Cc]o-?founder|[Ff]riend),?)"
    rf" +(?P<name>{_NAME})"
)
_PLACE = re.compile(
    r"\b(?:[Aa]t|[Jj]oin(?:ed|ing)?|[Ww]ork(?:ed|ing|s)? (?:at|for|in)|[Ee]mployed by|[Ll]eft)"
    rf" +(?P<name>{_NAME})"
)
_TOKEN = re.compile(r"[\w'’-]+")
_TECHNICAL = re.compile(r"[A-Z0-9]+s?|\w+[a-z][A-Z]\w*|\w*\d\w*")

_SMALL_WORDS = (
    "a about after all also am an and are as at be because been but by can did do does english "
    "for  from had has have he her here him his how i i'd i'll i'm i've if im in is it it's its "
    "just like  me my no not now of ok okay on one or our she so software some sorry still sure "
    "that that's the  their them then there they this to today too um uh us very was we well "
    "were what when where  which who why will with work working would yeah yes you your"
)
_NO_NAME = frozenset(_SMALL_WORDS.split())

_GIVEN_NAMES = frozenset(
    (Path(__file__).parent / "given_names.txt").read_text(encoding="utf-8").split()
)
"""Common given names that are hardly ever anything else (no Mark, Will, Rust or Julia)."""

_LISTED = re.compile(rf"\b(?P<given>{_CAPITALISED})(?=(?P<more>(?: {_CAPITALISED}){{0,2}}))")


@dataclass
class Names:
    """Words that name somebody: `sure` ones in any case, `likely` ones only with a capital."""

    sure: set[str] = field(default_factory=set)
    likely: set[str] = field(default_factory=set)


def names_in(text: str, jargon: Collection[str] = ()) -> Names:
    """The words of names in a text. `jargon` holds lower-case words that are never likely names."""
    found = Names()
    for match in _INTRODUCED.finditer(text):
        found.sure.update(_introduced(match["name"]))
    for match in _TITLED.finditer(text):
        found.sure.update(_words(match["name"]))
    for match in _LISTED.finditer(text):
        given = match["given"].removesuffix("'s").removesuffix("’s")
        if given.casefold() in _GIVEN_NAMES:
            found.sure.add(given)
            found.likely.update(_words(match["more"]))
    for pattern, technical in ((_PERSON, False), (_PLACE, True)):
        for match in pattern.finditer(text):
            found.likely.update(
                word
                for word in _words(match["name"])
                if word.casefold() not in jargon and (technical or not _TECHNICAL.fullmatch(word))
            )
    return found


def _introduced(words: str) -> Iterator[str]:
    """The name after `my name is`: its first word however it is written, then what goes with it.

    After a word in lower case one more is taken: a recogniser that writes no capitals wrote it.
    """
    for count, piece in enumerate(words.split()):
        token = _TOKEN.search(piece)
        if token is None or token[0].casefold() in _NO_NAME:
            return
        if not token[0][0].isupper() and count > 1:
            return
        yield token[0].removesuffix("'s").removesuffix("’s")
        if piece[-1] in ".,;:!?":
            return


def _words(name: str) -> Iterator[str]:
    for token in _TOKEN.findall(name):
        word = token.removesuffix("'s").removesuffix("’s")
        if len(word) > 1 and word[0].isupper() and word.casefold() not in _NO_NAME:
            yield word

"""When an interviewer who presses cuts in: by rule, and with one seed always the same."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from voice_interviewer.core.style import Pressure
from voice_interviewer.core.transcript import Word

NOTHING_NEW = "nothing new for too long"
VAGUE = "an amount without a number"

_NEAR_WORDS = 8
_LEAST_WORDS = 12
_VAGUE = re.compile(
    r"\b(?:a lot|lots of|quite a (?:bit|few|lot)|way|much|far|significantly|substantially"
    r"|considerably|dramatically|massively) "
    r"(?:better|worse|faster|slower|bigger|smaller|higher|lower|cheaper|more|less|fewer)\b"
    r"|\b(?:improved|increased|decreased|reduced|dropped|grew|sped up|cut)(?: \w+){0,3} "
    r"(?:a lot|significantly|substantially|considerably|dramatically|massively|quite a bit)\b"
    r"|\b(?:huge|massive|big|significant|substantial) "
    r"(?:improvement|increase|decrease|reduction|gain|drop|speedup|savings?)\b"
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|half|third|quarter"
    r"|percent|twice|double[ds]?|triple[ds]?)\b"
)
_EDGES = ".,;:!?…\"'“”"


def vague_amount(words: Sequence[Word], fresh: int) -> str | None:
    """An amount named without a number near it; None where none.

    Args:
        words: the answer so far.
        fresh: how many of its last words are new; what began before them was looked at already.
    """
    texts = [word.text.casefold().strip(_EDGES) for word in words]
    line = " ".join(texts)
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    for match in _VAGUE.finditer(line):
        first = max(i for i, start in enumerate(starts) if start <= match.start())
        last = first + match.group().count(" ")
        if last < len(texts) - fresh:
            continue
        near = " ".join(texts[max(0, first - _NEAR_WORDS) : last + 1 + _NEAR_WORDS])
        if _NUMBER.search(near) is None:
            return " ".join(word.text.strip(_EDGES) for word in words[first : last + 1])
    return None


def patience_s(pressure: Pressure, seed: int, turn_id: int) -> float:
    """Seconds without a new criterion that this answer is given; drawn by the seed."""
    drawn = random.Random(f"{seed}/{turn_id}").uniform(pressure.least_s, pressure.most_s)
    return round(max(pressure.least_s, drawn), 2)


def reason_to_cut_in(
    pressure: Pressure,
    words: Sequence[Word],
    *,
    fresh: int,
    since_new_s: float,
    seed: int,
    turn_id: int,
) -> tuple[str, str] | None:
    """Why to cut in now, and the words it is about (empty where it is not about any).

    Args:
        words: the answer so far, of which the last `fresh` have just been committed.
        since_new_s: seconds since the answer began or last met a criterion.
    """
    if len(words) < _LEAST_WORDS:
        return None
    if pressure.vague_numbers and (vague := vague_amount(words, fresh)) is not None:
        return VAGUE, vague
    if since_new_s >= patience_s(pressure, seed, turn_id):
        return NOTHING_NEW, ""
    return None

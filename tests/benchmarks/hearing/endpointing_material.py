"""Spoken answers with thinking pauses at known places, for measuring endpointing.

No labelled corpus of spontaneous interview answers is at hand, so the answers are made:
`spontaneous.yaml` is spoken by synthetic voices, piece by piece, with room noise between pieces;
and recordings of people reading are cut open at gaps between words. Half of the pauses are inside a
clause, 30 % at the end of a clause and 20 % at the end of a sentence: hesitation is marked by
silence mostly where a filler or a drawn-out word comes with it (Campione & Véronis 2005), while two
thirds of all pauses in children's stories were at clause boundaries (Hawkins 1971). The tables are
by place, so that other proportions can be put together from them.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from voice_interviewer.audio.sound import read_sound
from voice_interviewer.core.transcript import Word
from voice_interviewer.speaking.voice import Voice

Samples = NDArray[np.float32]
Place = Literal["mid-clause", "clause end", "sentence end"]
PLACES: tuple[Place, ...] = ("mid-clause", "clause end", "sentence end")

RATE_HZ = 16_000
SCRIPTS = Path(__file__).resolve().parent / "spontaneous.yaml"
TAIL_S = 12.0
PAUSES_PER_ANSWER = 6
_NOISE_DBFS = -58.0
_SHARE: dict[Place, float] = {"mid-clause": 0.5, "clause end": 0.3, "sentence end": 0.2}
_LENGTHS_S = (((1.0, 2.0), 0.3), ((2.0, 3.0), 0.3), ((3.0, 4.0), 0.2), ((4.0, 6.0), 0.2))
_PLACE_OF: dict[str, Place] = {"m": "mid-clause", "c": "clause end", "s": "sentence end"}
_MARK = re.compile(r"\s*\{([mcs])\}\s*")
_EDGE_DB = -40.0
_FRAME = 160


@dataclass(frozen=True)
class Thinking:
    """A pause in which the candidate thinks; seconds from the start of the answer."""

    start_s: float
    end_s: float
    place: Place

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Answer:
    """One answer at 16 kHz with `TAIL_S` of room noise after its end."""

    name: str
    half: str
    ending: str
    samples: Samples
    pauses: tuple[Thinking, ...]
    end_s: float


def spoken_answers(voices: Sequence[tuple[Voice, int]]) -> Iterator[Answer]:
    """Every script by every voice, with another choice of pauses each time.

    Args:
        voices: voices and how often each one speaks every script.
    """
    scripts = YAML(typ="safe").load(SCRIPTS)
    for voice, times in voices:
        for script in scripts:
            for time in range(times):
                name = f"{script['id']}-{voice.name}-{time}"
                chance = random.Random(name)
                pieces, places = _pieces(script["text"], chance)
                spoken = [_trimmed(voice.render(piece).at(RATE_HZ).samples) for piece in pieces]
                yield _joined(name, script["half"], script["ending"], spoken, places, chance)


def read_answers(folder: Path, words_of: Callable[[Samples], tuple[Word, ...]]) -> Iterator[Answer]:
    """Recordings of people from `folder`, at least 8 s long, opened at gaps between words.

    Long ones are taken apart at sentence ends after 25 s. Where a clause or sentence ends is taken
    from the punctuation in the recogniser's text of the whole stretch.
    """
    for entry in json.loads((folder / "references.json").read_text(encoding="utf-8")):
        if entry["seconds"] < 8:
            continue
        samples = read_sound(folder / entry["file"]).at(RATE_HZ).samples
        for number, (part, words) in enumerate(_parts(samples, words_of)):
            name = f"{Path(entry['file']).stem}-{number}"
            chance = random.Random(name)
            cuts = _word_gaps(part, words, chance)
            edges = [0, *(at for at, _ in cuts), len(part)]
            pieces = [part[a:b] for a, b in itertools.pairwise(edges)]
            places = [place for _, place in cuts]
            yield _joined(name, "people", "read", [_trimmed(p) for p in pieces], places, chance)


def _pieces(text: str, chance: random.Random) -> tuple[list[str], list[Place]]:
    """The script in pieces between the chosen pauses. A piece that goes on ends in a comma."""
    parts = _MARK.split(text.strip())
    texts, marks = parts[0::2], parts[1::2]
    chosen: set[int] = set()
    for _ in range(min(PAUSES_PER_ANSWER, len(marks))):
        wanted = chance.choices(PLACES, [_SHARE[place] for place in PLACES])[0]
        free = [i for i, mark in enumerate(marks) if i not in chosen and _PLACE_OF[mark] == wanted]
        if free:
            chosen.add(chance.choice(free))
    pieces, places, running = [], [], texts[0]
    for index, mark in enumerate(marks):
        if index in chosen:
            pieces.append(running if running[-1] in ".,?!" else running + ",")
            places.append(_PLACE_OF[mark])
            running = texts[index + 1]
        else:
            running = f"{running} {texts[index + 1]}"
    return [*pieces, running], places


def _joined(
    name: str,
    half: str,
    ending: str,
    pieces: Sequence[Samples],
    places: Sequence[Place],
    chance: random.Random,
) -> Answer:
    """Pieces with pauses of room noise between them, and noise under everything."""
    parts: list[Samples] = [np.zeros(RATE_HZ // 2, dtype=np.float32)]
    at_s = 0.5
    pauses: list[Thinking] = []
    for index, piece in enumerate(pieces):
        parts.append(_faded(piece))
        at_s += len(piece) / RATE_HZ
        if index < len(places):
            between = chance.choices([b for b, _ in _LENGTHS_S], [w for _, w in _LENGTHS_S])[0]
            samples = round(chance.uniform(*between) * RATE_HZ)
            parts.append(np.zeros(samples, dtype=np.float32))
            pauses.append(Thinking(at_s, at_s + samples / RATE_HZ, places[index]))
            at_s += samples / RATE_HZ
    parts.append(np.zeros(round(TAIL_S * RATE_HZ), dtype=np.float32))
    whole = np.concatenate(parts)
    noise = np.random.default_rng(chance.getrandbits(32)).standard_normal(len(whole))
    noisy = whole + 10 ** (_NOISE_DBFS / 20) * noise
    return Answer(name, half, ending, noisy.astype(np.float32), tuple(pauses), at_s)


def _parts(
    samples: Samples, words_of: Callable[[Samples], tuple[Word, ...]]
) -> Iterator[tuple[Samples, list[Word]]]:
    start = 0
    while len(samples) - start > 8 * RATE_HZ:
        stretch = samples[start : start + 29 * RATE_HZ]
        words = list(words_of(stretch))
        if start + len(stretch) < len(samples):
            while words and not words[-1].text.endswith("."):
                words.pop()
        if len(words) < 10:
            return
        end = round((words[-1].end_s or 0.0) * RATE_HZ) + RATE_HZ // 20
        yield stretch[:end], words
        start += end


def _word_gaps(
    samples: Samples, words: Sequence[Word], chance: random.Random
) -> list[tuple[int, Place]]:
    """Where to open the sound: up to three places, never within four words of an edge."""
    found: list[tuple[int, Place]] = []
    order = list(range(4, len(words) - 4))
    chance.shuffle(order)
    for _ in range(3):
        wanted = chance.choices(PLACES, [_SHARE[place] for place in PLACES])[0]
        for index in order:
            at = _quietest(samples, words[index], words[index + 1])
            if _place_after(words[index].text) == wanted and all(
                abs(at - other) > 2 * RATE_HZ for other, _ in found
            ):
                found.append((at, wanted))
                break
    return sorted(found)


def _place_after(text: str) -> Place:
    if text.endswith((".", "?", "!")):
        return "sentence end"
    return "clause end" if text.endswith((",", ";", ":")) else "mid-clause"


def _quietest(samples: Samples, word: Word, following: Word) -> int:
    """The quietest 10 ms around the gap between two words, as its middle sample."""
    first = max(0, round(((word.end_s or 0.0) - 0.08) * RATE_HZ))
    last = min(len(samples) - _FRAME, round(((following.start_s or 0.0) + 0.08) * RATE_HZ))
    starts = range(first, max(last, first + 1), _FRAME // 2)
    return (
        min(starts, key=lambda at: float(np.square(samples[at : at + _FRAME]).sum())) + _FRAME // 2
    )


def _trimmed(samples: Samples) -> Samples:
    """Without the silence at both ends: frames of 10 ms that are 40 dB below the loudest."""
    frames = samples[: len(samples) - len(samples) % _FRAME].reshape(-1, _FRAME)
    level = np.sqrt(np.square(frames).mean(axis=1))
    loud = np.flatnonzero(level > level.max() * 10 ** (_EDGE_DB / 20))
    return samples[loud[0] * _FRAME : (loud[-1] + 1) * _FRAME]


def _faded(samples: Samples) -> Samples:
    """With 5 ms of fade at both ends, so that a cut does not click."""
    ramp = np.linspace(0, 1, 80, dtype=np.float32)
    faded = samples.copy()
    faded[:80] *= ramp
    faded[-80:] *= ramp[::-1]
    return faded

"""The answers that are measured: recordings of people, put together to 10, 60 and 180 s.

The recordings lie beside the project (`../shared/speech`, see the README there) and are never
copied into it; what is built here goes to a folder outside the checkout. Whole recordings of mixed
speakers follow each other with gaps of 0.3 to 0.9 s; the choice is drawn with a fixed seed. Gaps
and the silence after the answer are quiet noise, as no microphone is ever digitally silent.

Two lists: a recording is held out when the first byte of the SHA-256 of its file name is below 154
(six in ten), else it is for development. Figures are reported from held-out recordings; whatever is
tuned may look at the others only. `lj001_long.flac` is in neither, as it repeats the LJ001-… ones.

    python material.py --out FOLDER [--split held-out|development]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import wave
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

CHECKOUT = Path(__file__).resolve().parents[3]
SPEECH = CHECKOUT.parent / "shared" / "speech"
RATE_HZ = 16_000
HELD_OUT_BELOW = 154
REPEATED = "lj001_long.flac"
ANSWERS = {10: 5, 60: 3, 180: 2}
GAP_S = (0.3, 0.9)
SILENCE_S = 21.0
NOISE_DBFS = -66.0
VOICED_BELOW_PEAK_DB = 30.0
_FRAME = 160
_SEED = 20
_RANGES_S = {10: (8.5, 11.8), 60: (56.0, 64.0), 180: (174.0, 186.0)}
_TRIES = 2_000

Split = Literal["held-out", "development"]
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Answer:
    """One answer on disk.

    Args:
        name: `60s-2` is the second of about 60 s.
        length_s: what it counts as.
        speech_end_s: end of the last frame of 10 ms that is within 30 dB of the loudest frame of
            the last recording.
        text: what was said, from the recordings' reference texts.
    """

    name: str
    wav: str
    length_s: int
    speech_end_s: float
    text: str
    recordings: tuple[str, ...]


def split_of(name: str) -> Split:
    """On which list a recording is."""
    held_out = hashlib.sha256(name.encode()).digest()[0] < HELD_OUT_BELOW
    return "held-out" if held_out else "development"


def references(split: Split) -> list[dict[str, Any]]:
    """The list's recordings with their texts, in order of their names."""
    every = json.loads((SPEECH / "references.json").read_text(encoding="utf-8"))
    chosen = [one for one in every if one["file"] != REPEATED and split_of(one["file"]) == split]
    return sorted(chosen, key=lambda one: str(one["file"]))


def voiced_until(samples: Samples) -> int:
    """The sample after the last voiced frame."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    loud = power > power.max() * 10 ** (-VOICED_BELOW_PEAK_DB / 10)
    return int(np.flatnonzero(loud)[-1] + 1) * _FRAME


def choose(pool: list[dict[str, Any]], length_s: int, draw: random.Random) -> list[dict[str, Any]]:
    """Recordings in random order whose lengths, gaps included, come to about this many seconds.

    A list that is too short for that is gone through twice.
    """
    low_s, high_s = _RANGES_S[length_s]
    mean_gap_s = sum(GAP_S) / 2
    short = sum(one["seconds"] for one in pool) < low_s
    for _ in range(_TRIES):
        chosen: list[dict[str, Any]] = []
        total_s = 0.0
        order = draw.sample(pool, len(pool))
        for one in order + draw.sample(pool, len(pool)) if short else order:
            longer_s = total_s + one["seconds"] + (mean_gap_s if chosen else 0.0)
            if longer_s <= high_s:
                chosen.append(one)
                total_s = longer_s
            if total_s >= low_s:
                return chosen
    raise SystemExit(f"no choice of recordings makes about {length_s} s")


def build(split: Split, folder: Path) -> list[Answer]:
    """Write all answers below the folder, and `answers.json` with what is in them."""
    if CHECKOUT in folder.resolve().parents:
        raise SystemExit(f"{folder} lies in the checkout; recordings do not belong there")
    folder.mkdir(parents=True, exist_ok=True)
    pool = references(split)
    answers: list[Answer] = []
    for length_s, count in ANSWERS.items():
        taken: set[tuple[str, ...]] = set()
        draw = random.Random(f"{_SEED} {split} {length_s}")
        while len(taken) < count:
            chosen = choose(pool, length_s, draw)
            names = tuple(sorted(one["file"] for one in chosen))
            if names not in taken:
                taken.add(names)
                name = f"{length_s}s-{len(taken)}"
                answers.append(_write(name, length_s, chosen, draw, folder))
    (folder / "answers.json").write_text(
        json.dumps([asdict(answer) for answer in answers], indent=1), encoding="utf-8"
    )
    return answers


def load(split: Split, folder: Path) -> list[Answer]:
    """The answers below the folder, built where they are not there yet."""
    place = folder / split
    if not (place / "answers.json").is_file():
        return build(split, place)
    found = json.loads((place / "answers.json").read_text(encoding="utf-8"))
    return [Answer(**{**one, "recordings": tuple(one["recordings"])}) for one in found]


def missing() -> str | None:
    """Why nothing can be measured here, or None."""
    if not (SPEECH / "references.json").is_file():
        return f"the recordings of people are not here (looked in {SPEECH})"
    return None


def _write(
    name: str, length_s: int, chosen: list[dict[str, Any]], draw: random.Random, folder: Path
) -> Answer:
    noise = np.random.default_rng(draw.randrange(2**32))
    parts: list[Samples] = []
    end = 0
    for number, one in enumerate(chosen):
        if number:
            parts.append(_noise(draw.uniform(*GAP_S), noise))
        samples, rate_hz = soundfile.read(SPEECH / one["file"], dtype="float32")
        if rate_hz != RATE_HZ or samples.ndim != 1:
            raise SystemExit(f"{one['file']} is not 16 kHz mono")
        end = sum(map(len, parts)) + voiced_until(samples)
        parts.append(samples)
    parts.append(_noise(SILENCE_S, noise))
    path = folder / f"{name}.wav"
    pcm = np.clip(np.round(np.concatenate(parts) * 32_768), -32_768, 32_767).astype("<i2")
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE_HZ)
        wav.writeframes(pcm.tobytes())
    return Answer(
        name=name,
        wav=str(path),
        length_s=length_s,
        speech_end_s=round(end / RATE_HZ, 4),
        text=" ".join(str(one["text"]) for one in chosen),
        recordings=tuple(str(one["file"]) for one in chosen),
    )


def _noise(seconds: float, source: np.random.Generator) -> Samples:
    level = 10 ** (NOISE_DBFS / 20)
    return source.normal(0.0, level, round(seconds * RATE_HZ)).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder outside the checkout")
    parser.add_argument("--split", choices=("held-out", "development"), default="held-out")
    arguments = parser.parse_args()
    if (reason := missing()) is not None:
        print(f"Nothing to build: {reason}.")
        return
    for answer in load(arguments.split, arguments.out):
        print(
            f"{answer.name}: {answer.speech_end_s:.2f} s, {len(answer.text.split())} words, "
            f"{' '.join(answer.recordings)}"
        )


if __name__ == "__main__":
    main()

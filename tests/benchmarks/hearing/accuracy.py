"""How well answers are heard, in virtual time: word error rates, and words invented from noise.

The live text is made exactly as in an interview (drafts in every first pause, committed pieces),
only that every decode is waited for; the saved text is the second pass. Both are compared with
faster-whisper's own `transcribe` in full windows with the same weights: beam 5, as it is shipped
and as the second pass has, and beam 1, as the live text has. Where that loops it decodes again by
lot, so a seed is set. Then five minutes of silence, noise, hum, breath, typing and music are
listened to, which should give no words at all.

    python accuracy.py [--model tiny.en|base] [--split held-out|development|both]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ctranslate2
import jiwer
import material
import numpy as np
import peers_env
from numpy.typing import NDArray
from virtual_time import NOISE_S, RATE_HZ, Samples, live, noises, saved
from whisper_normalizer.english import EnglishTextNormalizer

from voice_interviewer.audio.sound import read_sound
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.transcriber import WhisperTranscriber

SPLITS: tuple[material.Split, ...] = ("held-out", "development")
Hear = Callable[[Samples], str]

_SEED = 1


def full(model: Any, samples: Samples, beam_size: int) -> str:
    """What most projects do: the whole answer after its end, as faster-whisper decodes it."""
    ctranslate2.set_random_seed(_SEED)
    segments, _ = model.transcribe(
        samples, language="en", beam_size=beam_size, condition_on_previous_text=False
    )
    return " ".join(segment.text.strip() for segment in segments)


def error_rates(
    answers: list[tuple[Samples, str]], systems: dict[str, Hear], rounds: int = 1_000
) -> Iterator[tuple[str, float, tuple[float, float], float]]:
    """(system, WER in %, difference to the first system's with a 95 % interval over answers)."""
    normal = EnglishTextNormalizer()
    references = [normal(text) for _, text in answers]
    counts: dict[str, NDArray[np.float64]] = {}
    words = np.array([len(reference.split()) for reference in references], dtype=np.float64)
    draws = np.random.default_rng(0).integers(0, len(answers), (rounds, len(answers)))
    base: NDArray[np.float64] | None = None
    for name, hear in systems.items():
        wrong = []
        for (samples, _), reference in zip(answers, references, strict=True):
            measured = jiwer.process_words(reference, normal(hear(samples)))
            wrong.append(measured.substitutions + measured.deletions + measured.insertions)
        counts[name] = np.array(wrong, dtype=np.float64)
        base = counts[name] if base is None else base
        moved = 100 * (counts[name] - base)[draws].sum(1) / words[draws].sum(1)
        low, high = np.quantile(moved, (0.025, 0.975))
        rate = 100 * counts[name].sum() / words.sum()
        yield name, rate, (float(low), float(high)), rate - 100 * base.sum() / words.sum()


def long_answers(split: material.Split) -> list[tuple[Samples, str]]:
    """The answers of 60 and 180 s, each with a second of silence after it, and what was said."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            (
                read_sound(Path(folder) / answer.wav).samples[
                    : round((answer.speech_end_s + 1) * RATE_HZ)
                ],
                answer.text,
            )
            for answer in material.build(split, Path(folder))
            if answer.length_s >= 60
        ]


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=peers_env.MODELS, default="tiny.en")
    parser.add_argument("--split", choices=(*SPLITS, "both"), default="held-out")
    parser.add_argument("--folder", type=Path, default=peers_env.DEFAULT_FOLDER)
    wanted = parser.parse_args()
    from faster_whisper import WhisperModel

    weights = peers_env.weights_of(wanted.model, wanted.folder, [])
    options = HearingOptions(model=wanted.model, threads=1, offline=True)
    transcriber = WhisperTranscriber(weights, options)
    model = WhisperModel(str(weights), device="cpu", compute_type="int8", cpu_threads=1)
    splits = SPLITS if wanted.split == "both" else (wanted.split,)
    answers = [answer for split in splits for answer in long_answers(split)]
    systems: dict[str, Hear] = {
        "faster-whisper, full windows, beam 5": lambda samples: full(model, samples, 5),
        "faster-whisper, full windows, beam 1": lambda samples: full(model, samples, 1),
        "live": lambda samples: live(transcriber, samples),
        "saved (second pass)": lambda samples: saved(transcriber, samples),
    }
    seconds = sum(len(samples) for samples, _ in answers) / RATE_HZ
    print(f"{wanted.model}, {len(answers)} answers, {seconds:.0f} s of people, {wanted.split}\n")
    print("| text | WER | to beam 5 (95 % interval) |\n|---|---|---|")
    for name, rate, (low, high), moved in error_rates(answers, systems):
        print(f"| {name} | {rate:.2f} % | {moved:+.2f} ({low:+.2f} to {high:+.2f}) |", flush=True)
    print(f"\nwindows of the live text: {dict(transcriber.windows)}\n")
    print(f"| nobody speaks, {NOISE_S:.0f} s each | words, live | words, saved |\n|---|---|---|")
    for name, samples in noises():
        heard = [len(hear(transcriber, samples).split()) for hear in (live, saved)]
        print(f"| {name} | {heard[0]} | {heard[1]} |", flush=True)
    transcriber.close()


if __name__ == "__main__":
    main()

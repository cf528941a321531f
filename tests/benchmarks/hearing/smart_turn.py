"""Smart Turn v3 as a measured signal: how complete a turn sounds, from its last 8 s of sound.

The network (BSD-2) comes with the package pipecat-ai, which is no dependency of ours: its wheel is
fetched with `pip download --no-deps pipecat-ai` and smart-turn-v3.*.onnx taken out of it. It is fed
as pipecat feeds it: 16 kHz, the last 8 s, zeros before a shorter sound, zero mean and unit
variance, log-mel features as Whisper's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from endpointing_material import RATE_HZ, Answer, Samples
from endpointing_trials import Cache, Trial

from voice_interviewer.hearing.text_ending import Ending, ending_of

_SAMPLES = 8 * RATE_HZ
_AFTER_S = 0.2  # pipecat asks after this much silence
_SHORT_S = 1.4


@dataclass(frozen=True)
class _Seen:
    """One silence: what the text says, its length (None: a true end), what the network says."""

    ending: Ending
    silence_s: float | None
    probability: float


class SmartTurn:
    """The probability that a turn is over."""

    def __init__(self, model: Path) -> None:
        import onnxruntime
        from faster_whisper.feature_extractor import FeatureExtractor

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options)
        self._features = FeatureExtractor(chunk_length=8)

    def complete(self, samples: Samples) -> float:
        """How likely the turn that this sound ends is complete, in [0, 1]."""
        last = samples[-_SAMPLES:]
        last = np.pad(last, (_SAMPLES - len(last), 0))
        last = (last - last.mean()) / np.sqrt(last.var() + 1e-7)
        features = self._features(last, padding=0)[np.newaxis, :, :800].astype(np.float32)
        return float(self._session.run(None, {"input_features": features})[0].item())


def smart_turn_tables(model: Path, pairs: Sequence[tuple[Answer, Trial]], cache: Cache) -> None:
    """Does it tell true ends from pauses where the text alone cannot? Printed as two tables."""
    network = SmartTurn(model)
    seen: list[_Seen] = []
    for answer, trial in pairs:
        for heard in trial.heard:
            pause = next((p for p in trial.pauses if abs(p.start_s - heard.until_s) < 0.5), None)
            if pause is None and heard is not trial.heard[-1]:
                continue
            sound = answer.samples[: round((heard.until_s + _AFTER_S) * RATE_HZ)]
            probability = cache.get(
                "turn", sound[-_SAMPLES:].tobytes(), lambda sound=sound: network.complete(sound)
            )
            silence_s = None if pause is None else pause.end_s - heard.until_s
            seen.append(_Seen(ending_of(heard.text), silence_s, probability))
    print("\n## Smart Turn, development half\n")
    print("| text before | true ends | pauses | AUC | said complete at ends | at pauses |")
    print("|---|---|---|---|---|---|")
    for name, some in (
        ("any", seen),
        ("complete", [s for s in seen if s.ending is Ending.COMPLETE]),
        ("unclear", [s for s in seen if s.ending is Ending.UNCLEAR]),
    ):
        ends = [s.probability for s in some if s.silence_s is None]
        pauses = [s.probability for s in some if s.silence_s is not None]
        said = [f"{_share_above(group, 0.5):.0%}" for group in (ends, pauses)]
        print(
            f"| {name} | {len(ends)} | {len(pauses)} | {_auc(ends, pauses):.2f} | "
            f"{said[0]} | {said[1]} |"
        )
    complete = [s for s in seen if s.ending is Ending.COMPLETE]
    print("\nAfter a complete sentence, at equal mean delay:\n")
    print("| mean delay | cut by silence alone | short after | long otherwise | cut with it |")
    print("|---|---|---|---|---|")
    for delay_s in (2.0, 2.5, 3.0, 4.0):
        alone = _cut(complete, lambda _, delay_s=delay_s: delay_s)
        for least in (0.5, 0.7, 0.9):
            sure = _share_above([s.probability for s in complete if s.silence_s is None], least)
            if sure == 1.0:
                continue
            long_s = (delay_s - sure * _SHORT_S) / (1 - sure)
            cut = _cut(
                complete, lambda s, least=least, long_s=long_s: _SHORT_S if s >= least else long_s
            )
            print(
                f"| {delay_s:g} s | {alone:.1%} | {_SHORT_S:g} s at p ≥ {least:g} | "
                f"{long_s:.1f} s | {cut:.1%} |"
            )


def _cut(seen: Sequence[_Seen], needed_s: Callable[[float], float]) -> float:
    pauses = [s for s in seen if s.silence_s is not None]
    return sum(s.silence_s >= needed_s(s.probability) for s in pauses if s.silence_s) / len(pauses)


def _share_above(values: Sequence[float], least: float) -> float:
    return sum(value >= least for value in values) / len(values) if values else math.nan


def _auc(ends: Sequence[float], pauses: Sequence[float]) -> float:
    """The chance that a true end gets a higher value than a pause."""
    if not ends or not pauses:
        return math.nan
    wins = sum((end > pause) + 0.5 * (end == pause) for end in ends for pause in pauses)
    return wins / (len(ends) * len(pauses))

"""Cut-offs and delays of endpointing, in virtual time, as Markdown tables.

    PYTHONPATH=tests .venv/bin/python tests/benchmarks/hearing/endpointing.py [--cache FOLDER]

Needs the extras `neural-voice` and `offline`, and espeak for the second voice. The speech detector
and Whisper tiny.en are real; what they said is kept in the cache, so that another run is quick.
Recordings of people are taken from `--people` where that folder exists. The rule was tuned on the
development half of the scripts only. Both halves and the rule's word lists were written by the same
hand, so how often an answer closes in words that the rule knows is likely flattered; the delays are
therefore given by kind of ending as well.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

from endpointing_material import (
    PLACES,
    Answer,
    Samples,
    read_answers,
    spoken_answers,
)
from endpointing_trials import Cache, Outcome, Trial, judged, judged_by_silence, trial_of
from ruamel.yaml import YAML
from smart_turn import smart_turn_tables

from voice_interviewer.config import load_settings
from voice_interviewer.core.transcript import Word
from voice_interviewer.errors import VoiceError
from voice_interviewer.hearing.endpointing import EndpointingPreset
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.text_ending import Ending, ending_of
from voice_interviewer.hearing.transcriber import WhisperTranscriber
from voice_interviewer.speaking import hibari_voice, pyttsx3_voice
from voice_interviewer.speaking.voice import Voice, VoiceOptions
from voice_interviewer.weights.find import packaged_weights
from voice_interviewer.wiring import hearing_options

PRESETS = ("patient", "normal", "brisk")
SHORT_S = 3.0
_LENGTHS_S = ((1.0, 2.0), (2.0, 3.0), (3.0, 4.0), (4.0, 6.0))
_FIXED_S = (0.5, 0.7, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)
_SCALES = (0.5, 0.75, 1.0, 1.25, 1.5)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WRITTEN = Path(__file__).resolve().parents[2] / "data" / "answers"
_PEOPLE = Path(__file__).resolve().parents[4] / "shared" / "speech"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, help="folder for probabilities and texts")
    parser.add_argument("--people", type=Path, default=_PEOPLE, help="folder of recordings")
    parser.add_argument("--smart-turn", type=Path, help="smart-turn-v3.*.onnx, to measure it too")
    parser.add_argument("--neural", type=int, default=3, help="times each script is spoken")
    parser.add_argument("--espeak", type=int, default=1, help="times espeak speaks each script")
    chosen = parser.parse_args()
    weights = packaged_weights()
    if weights is None:
        raise SystemExit("The extra `offline` is not installed.")
    whisper = WhisperTranscriber(weights, HearingOptions(threads=1))
    cache = Cache(chosen.cache)
    try:
        answers = list(spoken_answers(_voices(chosen.neural, chosen.espeak)))
        trials = [trial_of(answer, lambda s: _text(whisper, s), cache) for answer in answers]
        people = []
        if chosen.people.is_dir():
            words_of = _cached_words(whisper, cache)
            read = list(read_answers(chosen.people, words_of))
            people = [trial_of(answer, lambda s: _text(whisper, s), cache) for answer in read]
        else:
            print(f"\nNo recordings of people: {chosen.people} is absent.")
        presets = {name: _preset(name) for name in PRESETS}
        for half in ("test", "development"):
            _report(half, [trial for trial in trials if trial.half == half], presets)
        if people:
            _report("people reading", people, presets)
        _report_texts()
        if chosen.smart_turn:
            by_name: dict[str, Answer] = {answer.name: answer for answer in answers}
            pairs = [(by_name[t.name], t) for t in trials if t.half == "development"]
            smart_turn_tables(chosen.smart_turn, pairs, cache)
    finally:
        whisper.close()


def _voices(neural: int, espeak: int) -> list[tuple[Voice, int]]:
    voices: list[tuple[Voice, int]] = [(hibari_voice.open_voice(VoiceOptions()), neural)]
    try:
        if espeak:
            voices.append((pyttsx3_voice.open_voice(VoiceOptions()), espeak))
    except VoiceError as error:
        print(f"No second voice: {error}")
    return voices


def _text(whisper: WhisperTranscriber, samples: Samples) -> str:
    return " ".join(word.text for word in whisper.transcribe(samples))


def _cached_words(
    whisper: WhisperTranscriber, cache: Cache
) -> Callable[[Samples], tuple[Word, ...]]:
    def words_of(samples: Samples) -> tuple[Word, ...]:
        kept = cache.get(
            "words",
            samples.tobytes(),
            lambda: [word.model_dump() for word in whisper.transcribe(samples)],
        )
        return tuple(Word.model_validate(word) for word in kept)

    return words_of


def _preset(name: str) -> EndpointingPreset:
    return hearing_options(load_settings({"endpointing.preset": name}, environ={})).endpointing


def _report(title: str, trials: Sequence[Trial], presets: dict[str, EndpointingPreset]) -> None:
    pauses = [pause for trial in trials for pause in trial.pauses]
    places = Counter(pause.place for pause in pauses)
    seconds = sum(trial.end_s for trial in trials)
    print(f"\n## {title}: {len(trials)} answers, {seconds / 60:.0f} min, {len(pauses)} pauses")
    print(", ".join(f"{place} {places[place]}" for place in PLACES))
    outcomes = {name: [judged(t, preset) for t in trials] for name, preset in presets.items()}
    _table(
        ("preset", "pauses < 3 s cut", *(f"{a:g}–{b:g} s" for a, b in _LENGTHS_S), *PLACES, "all"),
        [(name, *_cuts(done)) for name, done in outcomes.items()],
    )
    kinds = sorted({trial.ending for trial in trials})
    _table(
        ("preset", "answers cut", "p50", "p90", "never in 8 s", *(f"p50 {k}" for k in kinds)),
        [(name, *_delays(done, kinds)) for name, done in outcomes.items()],
    )
    print("\nFixed silence, for comparison:")
    rows = []
    for silence_s in _FIXED_S:
        done = [judged_by_silence(trial, silence_s) for trial in trials]
        rows.append((f"{silence_s:g} s", *_short_line(done)))
    _table(("silence", "pauses < 3 s cut", "all cut", "answers cut", "p50", "p90"), rows)
    print("\nEvery silence of a preset made shorter or longer:")
    rows = []
    for name, preset in presets.items():
        for scale in _SCALES:
            done = [judged(trial, _scaled(preset, scale)) for trial in trials]
            rows.append((f"{name} × {scale:g}", *_short_line(done)))
    _table(("preset", "pauses < 3 s cut", "all cut", "answers cut", "p50", "p90"), rows)
    print("\nHow the text before a silence was understood:")
    understood = _understood(trials)
    _table(
        ("place", *(ending.value for ending in Ending)),
        [(place, *(str(row[ending]) for ending in Ending)) for place, row in understood.items()],
    )


def _report_texts() -> None:
    """How the sentences of answers sound that were written for the judge, by others than the rule.

    They are written more neatly than people talk; what counts is how rarely a sentence inside an
    answer is taken for its close, and how often the last one says that it is the last.
    """
    inside: Counter[Ending] = Counter()
    last: Counter[Ending] = Counter()
    for text in _written_answers():
        sentences = _SENTENCE.split(text.strip())
        for count in range(1, len(sentences) + 1):
            ending = ending_of(" ".join(sentences[:count]))
            (last if count == len(sentences) else inside)[ending] += 1
    print(f"\n## Written answers ({last.total()}), text only")
    rows = [("sentence inside", inside), ("last sentence", last)]
    _table(
        ("place", *(ending.value for ending in Ending)),
        [(place, *(str(row[ending]) for ending in Ending)) for place, row in rows],
    )


def _written_answers() -> Iterator[str]:
    """Every text of more than 40 words among the answers that the judge is measured with."""

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str) and len(value.split()) > 40:
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from texts(inner)

    for path in sorted(_WRITTEN.rglob("*.yaml")):
        yield from texts(YAML(typ="safe").load(path))


def _cuts(outcomes: Sequence[Outcome]) -> list[str]:
    pairs = [pair for done in outcomes for pair in zip(done.trial.pauses, done.cut, strict=True)]
    row = [_share([cut for pause, cut in pairs if pause.duration_s < SHORT_S])]
    for least_s, most_s in _LENGTHS_S:
        row.append(_share([cut for pause, cut in pairs if least_s <= pause.duration_s < most_s]))
    for place in PLACES:
        row.append(
            _share([c for pause, c in pairs if pause.place == place and pause.duration_s < SHORT_S])
        )
    return [*row, _share([cut for _, cut in pairs])]


def _delays(outcomes: Sequence[Outcome], kinds: Sequence[str]) -> list[str]:
    delays = [_delay_s(done) for done in outcomes]
    by_kind = [[_delay_s(d) for d in outcomes if d.trial.ending == kind] for kind in kinds]
    return [
        _share([any(done.cut) for done in outcomes]),
        _quantile(delays, 0.5),
        _quantile(delays, 0.9),
        _share([math.isinf(delay) for delay in delays]),
        *(_quantile(some, 0.5) for some in by_kind),
    ]


def _short_line(outcomes: Sequence[Outcome]) -> list[str]:
    cuts = _cuts(outcomes)
    delays = [_delay_s(done) for done in outcomes]
    answers = _share([any(done.cut) for done in outcomes])
    return [cuts[0], cuts[-1], answers, _quantile(delays, 0.5), _quantile(delays, 0.9)]


def _scaled(preset: EndpointingPreset, scale: float) -> EndpointingPreset:
    """Every silence but the one after which nothing ends, times `scale`."""
    silences = {
        field.name: value * scale
        for field in fields(preset)
        if field.name.endswith("_silence_s") and (value := getattr(preset, field.name)) is not None
    }
    return replace(preset, **silences)


def _understood(trials: Sequence[Trial]) -> dict[str, Counter[Ending]]:
    rows: dict[str, Counter[Ending]] = {place: Counter() for place in PLACES}
    for trial in trials:
        for heard in trial.heard:
            place = next(
                (p.place for p in trial.pauses if abs(p.start_s - heard.until_s) < 0.5), None
            )
            if place is None and heard is trial.heard[-1]:
                place = f"true end, {trial.ending}"
            if place is not None:
                rows.setdefault(place, Counter())[ending_of(heard.text)] += 1
    return rows


def _delay_s(outcome: Outcome) -> float:
    return math.inf if outcome.delay_s is None else outcome.delay_s


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values) / len(values):.1%} ({sum(values)}/{len(values)})" if values else "–"


def _quantile(values: Sequence[float], share: float) -> str:
    if not values:
        return "–"
    value = sorted(values)[min(len(values) - 1, int(share * len(values)))]
    return "never" if math.isinf(value) else f"{value:.2f} s"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print("\n| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()

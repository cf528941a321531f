"""Answers as the endpointing rule sees them: speech probabilities, and the text in every pause."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from endpointing_material import RATE_HZ, Answer, Samples, Thinking

from voice_interviewer.hearing.endpointing import EndpointingPreset, EndRule
from voice_interviewer.hearing.timeline import Phase, SpeechTimeline
from voice_interviewer.hearing.vad import CHUNK, CHUNK_S, Vad

T = TypeVar("T")

LEAST_CUT_S = 0.5
LEAST_OPEN_S = 5.0
_MARGIN_S = 0.15


@dataclass(frozen=True)
class Heard:
    """The text of everything up to a pause, and where the speech before it ended."""

    until_s: float
    text: str


@dataclass(frozen=True)
class Trial:
    """One answer, ready to be played to any rule in virtual time."""

    name: str
    half: str
    ending: str
    pauses: tuple[Thinking, ...]
    end_s: float
    probabilities: tuple[float, ...]
    heard: tuple[Heard, ...]


@dataclass(frozen=True)
class Outcome:
    """What a rule did: the pauses it would have cut, and its delay after the true end."""

    trial: Trial
    cut: tuple[bool, ...]
    delay_s: float | None


class Cache:
    """Answers of slow functions, one JSON file a key; in memory only where no folder is given."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def get(self, kind: str, key: bytes, make: Callable[[], T]) -> T:
        """The kept value of this key, or a new one that is kept."""
        if self._folder is None:
            return make()
        path = self._folder / f"{kind}-{hashlib.sha256(key).hexdigest()[:24]}.json"
        if path.is_file():
            kept: T = json.loads(path.read_text(encoding="utf-8"))
            return kept
        value = make()
        path.write_text(json.dumps(value), encoding="utf-8")
        return value


def trial_of(answer: Answer, text_of: Callable[[Samples], str], cache: Cache) -> Trial:
    """Run the real detector, and decode what is pending in every pause of 0.5 s or more.

    Pending is the sound since the last pause of 0.5 s that lies at least 5 s back; what is before
    it keeps the text it had when it was pending.
    """
    raw = answer.samples.tobytes()
    probabilities = cache.get("vad", raw, lambda: _probabilities(answer.samples))
    timeline = SpeechTimeline()
    for probability in probabilities:
        timeline.feed(probability, CHUNK_S)
    spans = timeline.spans
    heard: list[Heard] = []
    texts: dict[int, str] = {0: ""}  # text before the span of this number
    open_from = 0
    for index, (_, end_s) in enumerate(spans):
        next_s = spans[index + 1][0] if index + 1 < len(spans) else timeline.now_s
        if next_s - end_s < LEAST_CUT_S:
            continue
        for later in range(index, open_from, -1):
            if later in texts and end_s - spans[later][0] >= LEAST_OPEN_S:
                open_from = later
                break
        first = round(max(0.0, spans[open_from][0] - _MARGIN_S) * RATE_HZ)
        piece = answer.samples[first : round((end_s + _MARGIN_S) * RATE_HZ)]
        pending = cache.get("text", piece.tobytes(), lambda piece=piece: text_of(piece))
        text = f"{texts[open_from]} {pending}".strip()
        texts[index + 1] = text
        heard.append(Heard(end_s, text))
    return Trial(
        answer.name,
        answer.half,
        answer.ending,
        answer.pauses,
        answer.end_s,
        tuple(probabilities),
        tuple(heard),
    )


def judged(trial: Trial, preset: EndpointingPreset) -> Outcome:
    """What the rule does with this preset. A cut answer goes on, so that every pause is judged."""
    timeline = SpeechTimeline()
    rule = EndRule(timeline, preset)
    texts = {round(heard.until_s / CHUNK_S): heard for heard in trial.heard}
    ended_at: list[float] = []
    known = None
    for probability in trial.probabilities:
        timeline.feed(probability, CHUNK_S)
        if timeline.phase is not Phase.QUIET or timeline.last_speech_end_s is None:
            continue
        heard = texts.get(round(timeline.last_speech_end_s / CHUNK_S))
        if heard is not None and heard is not known:
            rule.heard(heard.text, heard.until_s)
            known = heard
        if rule.ended:
            ended_at.append(timeline.now_s)
    return _outcome(trial, ended_at)


def judged_by_silence(trial: Trial, silence_s: float) -> Outcome:
    """What a fixed silence does."""
    timeline = SpeechTimeline()
    ended_at = []
    for probability in trial.probabilities:
        timeline.feed(probability, CHUNK_S)
        quiet = timeline.heard_speech and timeline.phase is Phase.QUIET
        if quiet and timeline.silence_s >= silence_s:
            ended_at.append(timeline.now_s)
    return _outcome(trial, ended_at)


def _outcome(trial: Trial, ended_at: list[float]) -> Outcome:
    cut = tuple(
        any(pause.start_s < at_s <= pause.end_s + 0.1 for at_s in ended_at)
        for pause in trial.pauses
    )
    delay_s = next((at_s - trial.end_s for at_s in ended_at if at_s > trial.end_s), None)
    return Outcome(trial, cut, delay_s if delay_s is not None and delay_s <= 8.0 else None)


def _probabilities(samples: Samples) -> list[float]:
    vad = Vad()
    whole = samples[: len(samples) - len(samples) % CHUNK]
    return [round(vad.probability(chunk), 4) for chunk in whole.reshape(-1, CHUNK)]

"""Parts that a test makes work or fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from voice_interviewer.errors import InterviewerError
from voice_interviewer.first_run import JudgeOffer, Tell

OFFERS = (
    JudgeOffer(
        "embedded",
        "the embedded judge",
        "No language model: it matches your words with the rubric. Needs no key, no network "
        "and no download.",
        tested="Not tested as a judge yet.",
        settings={"judge.kind": "embedded"},
        current=True,
    ),
    JudgeOffer(
        "server",
        "Ollama here: qwen3:8b",
        "Your answers stay on this machine (http://127.0.0.1:11434/v1).",
        tested="Not tested as a judge yet.",
        settings={
            "judge.kind": "model",
            "judge.base_url": "http://127.0.0.1:11434/v1",
            "judge.model": "qwen3:8b",
        },
    ),
    JudgeOffer(
        "local",
        "our own: qwen2.5-coder-1.5b, 1.1 GB to fetch",
        "Runs in this program; your answers stay on this machine.",
        tested="Not tested as a judge yet: until it is found fit, it only words follow-ups.",
        settings={"judge.kind": "local", "judge.model": "qwen2.5-coder-1.5b"},
        download="qwen2.5-coder-1.5b",
    ),
    JudgeOffer(
        "key",
        "a model behind an API key",
        "Your answers, as text, go to OpenAI or a server that speaks its API.",
        tested="It can be tested once the key is kept.",
    ),
)


def _seen_at_once() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class FakeFirstRun:
    """What was asked stands in `asked`; `go_on` lets a long task go on."""

    names: tuple[str, ...] = ("Desk microphone", "USB headset")
    levels_dbfs: tuple[float, ...] = (-60, -52, -44, -35, -22, -25, -38, -50, -30, -20, -18, -33)
    warning: str = ""
    error: InterviewerError | None = None
    stronger: str = ""
    settings: Mapping[str, str] = field(default_factory=lambda: {"speaking.voice": "auto"})
    offers: tuple[JudgeOffer, ...] = OFFERS
    asked: list[tuple[str, object]] = field(default_factory=list)
    watched: list[threading.Event] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
    look: threading.Event = field(default_factory=_seen_at_once)

    def seen(self) -> None:
        self.asked.append(("seen", None))

    def now(self, key: str) -> str:
        return self.settings.get(key, "")

    def keep(self, values: Mapping[str, str]) -> str:
        self.asked.append(("keep", dict(values)))
        if self.error is not None:
            raise self.error
        if "judge.api_key" in values:
            others = [replace(offer, current=False) for offer in self.offers]
            self.offers = (*others[:-1], named(values["judge.model"]), others[-1])
        return self.stronger

    @property
    def kept(self) -> list[object]:
        return [what for name, what in self.asked if name == "keep"]

    def microphones(self) -> tuple[str, ...]:
        return self.names

    def watch(
        self,
        microphone: str,
        level: Callable[[float], None],
        warn: Callable[[str, bool], None],
        stop: threading.Event,
    ) -> None:
        self.asked.append(("watch", microphone))
        self.watched.append(stop)
        for dbfs in self.levels_dbfs:
            level(dbfs)
        if self.warning:
            warn(self.warning, "No signal" not in self.warning)
        stop.wait(10)

    def voices(self) -> tuple[str, ...]:
        return ("auto", "hibari", "pyttsx3", "silent")

    def say(self, voice: str) -> str:
        self.asked.append(("say", voice))
        return ""

    def hush(self) -> None:
        self.asked.append(("hush", None))

    def judges(self) -> tuple[JudgeOffer, ...]:
        self.look.wait(10)
        return self.offers

    def fetch(self, model: str, tell: Tell) -> None:
        self.asked.append(("fetch", model))
        tell("Fetching", 0.25)
        self.go_on.wait(10)
        tell("Fetching", 0.5)
        self.offers = (*self.offers[:2], installed(self.offers[2]), self.offers[3])

    def test(self, offer: JudgeOffer, tell: Tell) -> str:
        self.asked.append(("test", offer.title))
        tell("Asked for verdicts, 3 of 27 answers done", 0.1)
        self.go_on.wait(10)
        tell("Asked for verdicts, 4 of 27 answers done", 0.2)
        return "Fit to judge."


def named(model: str) -> JudgeOffer:
    """The model that is set by now."""
    return JudgeOffer(
        "named",
        f"as it is set: {model}",
        "Your answers, as text, go to https://api.openai.com/v1.",
        tested="Not tested as a judge yet.",
        settings={"judge.kind": "model", "judge.base_url": "", "judge.model": model},
        current=True,
    )


def installed(offer: JudgeOffer) -> JudgeOffer:
    """The same model once it is there."""
    return JudgeOffer(offer.kind, "our own: installed", offer.about, "", offer.settings)

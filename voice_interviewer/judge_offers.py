"""The judges that could be chosen on this machine, with what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from voice_interviewer import wiring
from voice_interviewer.addresses import on_this_machine, same_server
from voice_interviewer.config import Settings, supposing
from voice_interviewer.errors import JudgeError, UsageError
from voice_interviewer.first_run import JudgeKind, JudgeOffer, Tell
from voice_interviewer.judging.failures import JUDGING
from voice_interviewer.judging.options import Way
from voice_interviewer.judging.tested import OURS, ModelTests
from voice_interviewer.servers.failures import shown_address
from voice_interviewer.servers.loopback import FoundServer, find_servers
from voice_interviewer.weights.installed import installed
from voice_interviewer.weights.machine import fits, memory_bytes
from voice_interviewer.weights.models import MODELS, LanguageModel

TRIED_QUESTIONS = 3
_MODELS_A_SERVER = 3
_HERE = "Your answers stay on this machine ({})."
_NOT_YET = "Not tested as a judge yet."
_ONLY_WORDS = "Not tested as a judge yet: until it is found fit, it only words follow-ups."
_SAYS: Mapping[Way, str] = {
    "verdicts": "Tested: fit to judge.",
    "log-odds": "Tested: fit to judge when asked Yes or No.",
    "words": "Tested: not fit to judge; it only words follow-ups.",
}


def offers(settings: Settings) -> tuple[JudgeOffer, ...]:
    """The embedded judge, models on servers of this machine, models of our own, and a key.

    A model that is set and is none of these comes after the servers.
    """
    tests = ModelTests(settings.data_dir)
    servers = [offer for server in find_servers() for offer in _of_server(server, tests)]
    named = [] if any(_is_named(o, settings) for o in servers) else _named(settings, tests)
    models = [*servers, *named, *_own(settings, tests)]
    models = [replace(offer, current=_is_current(offer, settings)) for offer in models]
    return (
        JudgeOffer(
            "embedded",
            "the embedded judge",
            "No language model: it matches your words with the rubric. Needs no key, no network "
            "and no download.",
            tested=_said_of_embedded(tests),
            settings={"judge.kind": "embedded"},
            current=not any(offer.current for offer in models),
        ),
        *models,
        JudgeOffer(
            "key",
            "a model behind an API key",
            "Your answers, as text, go to OpenAI or a server that speaks its API.",
            tested="It can be tested once the key is kept.",
        ),
    )


def fetch(settings: Settings, name: str, tell: Tell) -> None:
    """Fetch a model of our own. Raises WeightsError, UsageError where --offline forbids it."""
    from voice_interviewer.weights.install import install
    from voice_interviewer.weights.models import model_named

    model = model_named(name)
    if model is None or settings.offline:
        raise UsageError(
            "--offline forbids the download." if model else f"There is no model {name!r}.",
            "Choose another judge.",
        )
    install(model, settings.models_dir, tell)


def test(settings: Settings, offer: JudgeOffer, tell: Tell) -> str:
    """Run the self-test of a judge and keep the result; what it says. Raises InterviewerError."""
    from voice_interviewer import judge_check

    kinds: Mapping[JudgeKind, judge_check.Kind] = {"embedded": "embedded", "local": "local"}
    kind = kinds.get(offer.kind, "model")
    chosen = supposing(settings, offer.settings)
    return judge_check.run(chosen, kind, TRIED_QUESTIONS, tell).outcome.sentence


def _is_named(offer: JudgeOffer, settings: Settings) -> bool:
    """Whether it is the model on a server that the settings name."""
    chosen, judge = offer.settings, settings.judge
    return chosen.get("judge.model") == judge.model and same_server(
        chosen.get("judge.base_url"), judge.base_url
    )


def _is_current(offer: JudgeOffer, settings: Settings) -> bool:
    kind = settings.judge.kind
    if offer.kind == "local":
        return kind == "local" and offer.settings["judge.model"] == settings.judge.model
    return kind in ("auto", "model") and _is_named(offer, settings)


def _named(settings: Settings, tests: ModelTests) -> list[JudgeOffer]:
    """The model that the settings name on a server."""
    from voice_interviewer.judging.ways import place_of

    judge, options = settings.judge, wiring.judge_options(settings)
    if judge.kind == "local" or not options.configured:
        return []
    try:
        place = place_of(options)
    except JudgeError:
        return []
    here = on_this_machine(judge.base_url)
    return [
        JudgeOffer(
            "named",
            f"as it is set: {judge.model}",
            _HERE.format(place) if here else f"Your answers, as text, go to {place}.",
            tested=_said(tests, place, judge.model or ""),
            settings={
                "judge.kind": "model",
                "judge.base_url": judge.base_url or "",
                "judge.model": judge.model or "",
            },
        )
    ]


def _of_server(server: FoundServer, tests: ModelTests) -> list[JudgeOffer]:
    place = shown_address(server.base_url, JUDGING)
    return [
        JudgeOffer(
            "server",
            f"{server.kind} here: {model}",
            _HERE.format(place),
            tested=_said(tests, place, model),
            settings={
                "judge.kind": "model",
                "judge.base_url": server.base_url,
                "judge.model": model,
            },
        )
        for model in server.models[:_MODELS_A_SERVER]
    ]


def _own(settings: Settings, tests: ModelTests) -> list[JudgeOffer]:
    """Models of our own: those installed, and of the others the two smallest that fit."""
    from importlib.util import find_spec

    from voice_interviewer.servers.llama_process import EXTRA_HINT, PACKAGE

    there = installed(settings.models_dir)
    memory = memory_bytes()
    lacks = (
        ""
        if find_spec(PACKAGE) is not None
        else f"{EXTRA_HINT}\nand come back: voice-interviewer setup"
    )
    fitting = [m for m in MODELS if m.name not in there and fits(m.memory_bytes, memory)]
    found = [_own_offer(name, f"our own: {name}, installed", "", lacks, tests) for name in there]
    return found + [
        _own_offer(m.name, f"our own: {m.name}, {_size(m)} to fetch", m.name, lacks, tests)
        for m in fitting[:2]
    ]


def _own_offer(name: str, title: str, download: str, lacks: str, tests: ModelTests) -> JudgeOffer:
    return JudgeOffer(
        "local",
        title,
        "Runs in this program; your answers stay on this machine.",
        tested=_said(tests, OURS, name),
        settings={"judge.kind": "local", "judge.model": name},
        download=download,
        lacks=lacks,
    )


def _said(tests: ModelTests, place: str, model: str) -> str:
    from voice_interviewer.judging.ways import untested_way

    way = tests.way(place, model)
    if way is None:
        return _ONLY_WORDS if untested_way(place) == "words" else _NOT_YET
    return _SAYS[way]


def _said_of_embedded(tests: ModelTests) -> str:
    from voice_interviewer import judge_check

    found = tests.of(OURS, judge_check.embedded_name())
    if found is None:
        return _NOT_YET
    figures = found.outcome.verdicts
    return (
        f"Tested: credits {figures.recall or 0:.0%} of what strong answers say, and "
        f"{figures.inflation or 0:.0%} of what nobody said."
    )


def _size(model: LanguageModel) -> str:
    return f"{model.size_bytes / 1e9:.1f} GB"

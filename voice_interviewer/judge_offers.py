"""The judges that could be chosen on this machine, with what is known of each."""

from __future__ import annotations

from collections.abc import Mapping

from voice_interviewer.config import Settings, supposing
from voice_interviewer.errors import UsageError
from voice_interviewer.first_run import JudgeOffer, Tell
from voice_interviewer.judging.options import Way
from voice_interviewer.judging.tested import OURS, ModelTests
from voice_interviewer.servers.failures import shown_address
from voice_interviewer.servers.loopback import FoundServer, find_servers
from voice_interviewer.weights.installed import installed
from voice_interviewer.weights.machine import fits, memory_bytes
from voice_interviewer.weights.models import MODELS, LanguageModel

TRIED_QUESTIONS = 3
_MODELS_A_SERVER = 3
_SAYS: Mapping[Way, str] = {
    "verdicts": "Tested: fit to judge.",
    "log-odds": "Tested: fit to judge when asked Yes or No.",
    "words": "Tested: not fit to judge; it only words follow-ups.",
}


def offers(settings: Settings) -> tuple[JudgeOffer, ...]:
    """The embedded judge, models on servers of this machine, models of our own, and a key."""
    tests = ModelTests(settings.data_dir)
    return (
        JudgeOffer(
            "embedded",
            "none: the embedded judge",
            "Matches your words with the rubric. Needs no key, no network and no download.",
            settings={"judge.kind": "embedded"},
        ),
        *(offer for server in find_servers() for offer in _of_server(server, tests)),
        *_own(settings, tests),
        JudgeOffer(
            "key",
            "a model behind an API key",
            "Your answers, as text, go to OpenAI or a server that speaks its API.",
            settings={"judge.kind": "model"},
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
    """Run the self-test of a judge; what it says. Raises InterviewerError."""
    from voice_interviewer import judge_check

    kind: judge_check.Kind = "local" if offer.kind == "local" else "model"
    return judge_check.run(
        supposing(settings, offer.settings), kind, TRIED_QUESTIONS, tell
    ).outcome.sentence


def _of_server(server: FoundServer, tests: ModelTests) -> list[JudgeOffer]:
    from voice_interviewer.judging.failures import JUDGING

    place = shown_address(server.base_url, JUDGING)
    return [
        JudgeOffer(
            "server",
            f"{server.kind} here: {model}",
            f"Your answers stay on this machine ({place}).",
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
    lacks = "" if find_spec(PACKAGE) is not None else EXTRA_HINT
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
    way = tests.way(place, model)
    return "Not tested as a judge yet." if way is None else _SAYS[way]


def _size(model: LanguageModel) -> str:
    return f"{model.size_bytes / 1e9:.1f} GB"

"""The ways of asking a model, and which one its self-test found for it."""

from __future__ import annotations

import shlex

from voice_interviewer.addresses import VENDOR_URL
from voice_interviewer.core.ports import Judge
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.embedded import open_judge as open_embedded
from voice_interviewer.judging.failures import JUDGING
from voice_interviewer.judging.log_odds_calibration import decides
from voice_interviewer.judging.options import JudgeOptions, Way
from voice_interviewer.judging.tested import OURS, ModelTest, ModelTests
from voice_interviewer.servers.failures import shown_address

_UNTESTED = "The model {} has not been tested as a judge yet: {}"
_WORDS_ONLY = (
    "The model {} only words follow-ups, and the embedded judge judges, until this finds it fit: {}"
)
_UNFIT = (
    "The model {} was tested and is not fit to judge: it only words follow-ups, and the embedded "
    "judge judges."
)


def place_of(options: JudgeOptions) -> str:
    """The server as results name it, without user and password. Raises JudgeError."""
    return shown_address(options.base_url or VENDOR_URL, JUDGING)


def result_of(options: JudgeOptions, place: str = "") -> ModelTest | None:
    """The result of this model's self-test; None where there is none.

    Args:
        place: where the model runs, if not on the server that the options name.
    """
    if options.tested_dir is None or not options.model:
        return None
    return ModelTests(options.tested_dir).of(place or place_of(options), options.model)


def way_of(options: JudgeOptions, place: str = "") -> Way | None:
    """How this model may be asked; None where it was not tested."""
    found = result_of(options, place)
    return found.outcome.way if found is not None else None


def untested_way(place: str = "") -> Way:
    """How a model that was not tested is asked.

    Models that run beside an interview are small ones, and small ones give credit to anything when
    asked for verdicts: these are asked by log-odds where log-odds can ever be sure, else they word
    the follow-ups only.
    """
    if place != OURS:
        return "verdicts"
    return "log-odds" if decides() else "words"


def caveat(options: JudgeOptions, place: str = "") -> str:
    """What is to be known before this model judges, with the way out; empty where it is fit to."""
    model, found = options.model or "", result_of(options, place)
    if found is not None:
        return _UNFIT.format(model) if found.outcome.way == "words" else ""
    says = _WORDS_ONLY if untested_way(place) == "words" else _UNTESTED
    return says.format(model, how_to_test(model, place))


def how_to_test(model: str, place: str = "") -> str:
    """What to type to have this model tested."""
    judge = "local" if place == OURS else "model"
    return f"voice-interviewer judge-test --judge {judge} --model {shlex.quote(model)}"


def open_way(way: Way, options: JudgeOptions, embedded: EmbeddedJudge | None = None) -> Judge:
    """The judge that asks in this way, with no other behind it for when the model fails.

    Args:
        embedded: judges what the model does not; one of its own where not given.

    Raises JudgeError when no model is configured.
    """
    beside = embedded or open_embedded(options)
    if way == "log-odds":
        from voice_interviewer.judging.log_odds import LogOddsJudge, windows_of

        return LogOddsJudge(options, evidence=windows_of(beside), embedded=beside)
    if way == "words":
        from voice_interviewer.judging.wording import WordingJudge

        return WordingJudge(options, beside)
    from voice_interviewer.judging.openai_judge import OpenAIJudge

    return OpenAIJudge(options, contrast=beside.leans_to_misconception, embedded=beside)

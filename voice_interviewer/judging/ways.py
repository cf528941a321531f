"""The ways of asking a model, and which one its self-test found for it."""

from __future__ import annotations

from voice_interviewer.addresses import VENDOR_URL
from voice_interviewer.core.ports import Judge
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.embedded import open_judge as open_embedded
from voice_interviewer.judging.failures import JUDGING
from voice_interviewer.judging.options import JudgeOptions, Way
from voice_interviewer.judging.tested import ModelTest, ModelTests
from voice_interviewer.servers.failures import shown_address


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

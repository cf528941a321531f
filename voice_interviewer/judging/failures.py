"""What a model that judges is asked for, and what to set so that there is one."""

from __future__ import annotations

from voice_interviewer.errors import InterviewerError, JudgeError
from voice_interviewer.servers.failures import Purpose

SETTINGS_HINT = (
    "Set judge.base_url and judge.model in the config file, or VOICE_INTERVIEWER_JUDGE_BASE_URL "
    "and VOICE_INTERVIEWER_JUDGE_MODEL; a hosted service also needs OPENAI_API_KEY."
)
JUDGING = Purpose(
    error=JudgeError,
    product="a chat completion",
    address="judge.base_url",
    model="judge.model",
    key="OPENAI_API_KEY or judge.api_key",
    refused_hint=(
        "The answer may be too long for the model's context; try another model or server."
    ),
    late_hint="Raise judge.timeout_s, or take a smaller or faster model.",
)


def not_configured() -> InterviewerError:
    """No model was named, or no way to it."""
    return JudgeError("No model is configured to judge.", SETTINGS_HINT)


def would_not() -> InterviewerError:
    """The model, or a filter before it, declined."""
    return JudgeError("The model refused to judge this answer.", "Take another model.")


def too_much() -> InterviewerError:
    """A reply beyond all measure."""
    return JudgeError(
        "The reply was far too long.", "Take a model that follows instructions better."
    )


def inside_a_sentence(message: str) -> str:
    """The message as it reads in brackets: "Rate limited (429)." is "rate limited, 429"."""
    flat = message.rstrip(".").replace(" (", ", ").replace(")", "")
    return flat[:1].lower() + flat[1:]

"""What went wrong between us and a server, in words that name the cause and the fix.

A server's own words are never passed on: they may quote the key.
"""

from __future__ import annotations

from socket import gaierror
from urllib.parse import urlsplit

from voice_interviewer.errors import JudgeError
from voice_interviewer.judging.deadline import too_late

SETTINGS_HINT = (
    "Set judge.base_url and judge.model in the config file, or VOICE_INTERVIEWER_JUDGE_BASE_URL "
    "and VOICE_INTERVIEWER_JUDGE_MODEL; a hosted service also needs OPENAI_API_KEY."
)


def shown_address(address: str) -> str:
    """A base URL without user, password and query. Raises JudgeError where it is none."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise JudgeError(
            "The setting judge.base_url is not an address.",
            "Write it like http://127.0.0.1:8080/v1.",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def not_configured() -> JudgeError:
    """No model was named, or no way to it."""
    return JudgeError("No model is configured to judge.", SETTINGS_HINT)


def not_a_completion(place: str) -> JudgeError:
    """An answer with HTTP 200 that is something else, a web page for example."""
    return JudgeError(
        f"What {place} sent is not a chat completion.",
        "Check judge.base_url; the address usually ends in /v1.",
    )


def explained(error: Exception, *, place: str, model: str, limit_s: float) -> JudgeError:
    """An error of the openai package as one of ours.

    Args:
        place: the address as it may be shown.
        limit_s: the time limit in force, named where it was passed.
    """
    import openai

    if isinstance(error, openai.APITimeoutError):
        return too_late(limit_s)
    if isinstance(error, openai.APIConnectionError):
        return _unreachable(place, error)
    if isinstance(error, openai.APIStatusError):
        return _refused(place, model, error.status_code, error.code)
    return not_a_completion(place)


def _refused(place: str, model: str, status: int, code: str | None) -> JudgeError:
    if status in (401, 403):
        return JudgeError(
            f"The key was refused by {place} ({status}).", "Check OPENAI_API_KEY or judge.api_key."
        )
    if status == 404:
        return JudgeError(
            f"No model {model!r} at {place} (404).",
            "Check judge.model and judge.base_url; the address usually ends in /v1.",
        )
    if status in (400, 422):
        return JudgeError(
            f"The request was refused by {place} ({status}).",
            "The answer may be too long for the model's context; try another model or server.",
        )
    if status == 429 and code == "insufficient_quota":
        return JudgeError("Out of quota (429).", "Check the plan and billing of the service.")
    if status == 429:
        return JudgeError("Rate limited (429).", "Wait a little and go on.", retryable=True)
    if status < 400:
        return JudgeError(
            f"A redirect was refused from {place} ({status}).",
            "Set judge.base_url to the final address.",
        )
    return JudgeError(f"Failure at {place} ({status}).", "Look at its log.", retryable=True)


def _unreachable(place: str, error: Exception) -> JudgeError:
    """Which way a connection failed, read from the chain of causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError) or "refused" in str(cause):
            return JudgeError(
                f"Connection refused by {place}.",
                "Start the server, or mend judge.base_url.",
                retryable=True,
            )
        if isinstance(cause, gaierror):
            return JudgeError(
                f"No such host: {place}.", "Mend judge.base_url, or go online.", retryable=True
            )
        cause = cause.__cause__ or cause.__context__
    return JudgeError(f"The connection to {place} broke.", "Try again.", retryable=True)

"""What went wrong between us and a server, in words that name the cause and the fix.

A server's own words are never passed on: they may quote the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from socket import gaierror
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from voice_interviewer.errors import InterviewerError

if TYPE_CHECKING:
    import openai


@dataclass(frozen=True)
class Purpose:
    """What servers are asked for: the errors that come of it, and the settings their hints name.

    Args:
        error: the class of the errors.
        product: what a good reply is, with its article.
        address: the setting with the base URL.
        model: the setting with the model's name.
        key: where the key is set.
        refused_hint: what to do about a request that the server calls malformed.
        late_hint: what to do about a server that is too slow.
    """

    error: type[InterviewerError]
    product: str
    address: str
    model: str
    key: str
    refused_hint: str
    late_hint: str


def shown_address(address: str, purpose: Purpose) -> str:
    """A base URL without user, password and query. Raises the purpose's error if it is none."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise purpose.error(
            f"The setting {purpose.address} is not an address.",
            "Write it like http://127.0.0.1:8080/v1.",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def too_late(purpose: Purpose, limit_s: float) -> InterviewerError:
    """The error for work that took longer than `limit_s` seconds."""
    return purpose.error(f"No answer within {limit_s:g} s.", purpose.late_hint, retryable=True)


def not_the_product(purpose: Purpose, place: str) -> InterviewerError:
    """An answer with HTTP 200 that is something else, a web page for example."""
    return purpose.error(
        f"What {place} sent is not {purpose.product}.",
        f"Check {purpose.address}; the address usually ends in /v1.",
    )


def explained(
    error: Exception, purpose: Purpose, *, place: str, model: str, limit_s: float
) -> InterviewerError:
    """An error of the openai package as one of ours.

    Args:
        place: the address as it may be shown.
        limit_s: the time limit in force, named where it was passed.
    """
    import openai

    if isinstance(error, openai.APITimeoutError):
        return too_late(purpose, limit_s)
    if isinstance(error, openai.APIConnectionError):
        return _unreachable(purpose, place, error)
    if isinstance(error, openai.APIStatusError):
        return _refused(purpose, place, model, error)
    return not_the_product(purpose, place)


def retry_after_s(error: Exception) -> float | None:
    """The seconds a busy server asks to wait; None where it does not say so in seconds."""
    import openai

    if not isinstance(error, openai.APIStatusError):
        return None
    value = error.response.headers.get("retry-after", "").strip()
    return float(value) if value.isascii() and value.isdecimal() and len(value) < 6 else None


def _refused(
    purpose: Purpose, place: str, model: str, error: openai.APIStatusError
) -> InterviewerError:
    status = error.status_code
    if status in (401, 403):
        return purpose.error(f"The key was refused by {place} ({status}).", f"Check {purpose.key}.")
    if status == 404:
        return purpose.error(
            f"No model {model!r} at {place} (404).",
            f"Check {purpose.model} and {purpose.address}; the address usually ends in /v1.",
        )
    if status in (400, 422):
        return purpose.error(
            f"The request was refused by {place} ({status}).", purpose.refused_hint
        )
    if status == 429 and error.code == "insufficient_quota":
        return purpose.error("Out of quota (429).", "Check the plan and billing of the service.")
    if status == 429:
        wait_s = retry_after_s(error)
        wait = "a little" if wait_s is None else f"{wait_s:g} s"
        return purpose.error("Rate limited (429).", f"Wait {wait} and go on.", retryable=True)
    if status < 400:
        return purpose.error(
            f"A redirect was refused from {place} ({status}).",
            f"Set {purpose.address} to the final address.",
        )
    return purpose.error(f"Failure at {place} ({status}).", "Look at its log.", retryable=True)


def _unreachable(purpose: Purpose, place: str, error: Exception) -> InterviewerError:
    """Which way a connection failed, read from the chain of causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError) or "refused" in str(cause):
            return purpose.error(
                f"Connection refused by {place}.",
                f"Start the server, or mend {purpose.address}.",
                retryable=True,
            )
        if isinstance(cause, gaierror):
            return purpose.error(
                f"No such host: {place}.", f"Mend {purpose.address}, or go online.", retryable=True
            )
        cause = cause.__cause__ or cause.__context__
    return purpose.error(f"The connection to {place} broke.", "Try again.", retryable=True)

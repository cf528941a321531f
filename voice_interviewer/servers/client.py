"""Clients for OpenAI-compatible servers: no redirects, no retries, and no key but a given one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from voice_interviewer.addresses import on_this_machine, same_server, unread_on_the_way
from voice_interviewer.servers.failures import Purpose, shown_address

if TYPE_CHECKING:
    import httpx2
    import openai
    from pydantic import SecretStr

_NO_KEY = "not-needed"
# All that a server has to know. The openai package adds what the environment says about an account
# at OpenAI (OPENAI_ORG_ID, OPENAI_PROJECT_ID, OPENAI_CUSTOM_HEADERS), and facts about this machine.
_NEEDED_HEADERS = {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
    "x-stainless-raw-response",  # by it the package finds its own way back
}


def open_client(
    address: str, api_key: SecretStr | None, timeout_s: float, purpose: Purpose
) -> openai.OpenAI:
    """A client for the server at this base URL; the caller closes it.

    Raises the purpose's error where the package, the key or the proxy cannot be used, and where
    the key would cross the network in the open.
    """
    try:
        import httpx2
        import openai
    except ImportError:
        raise purpose.error(
            "The openai package is not installed.", "Run: pip install 'openai>=3,<4'"
        ) from None
    key = _key(api_key, purpose)
    if key and not unread_on_the_way(address):
        raise purpose.error(
            f"The key for {shown_address(address, purpose)} could be read on its way there.",
            f"Use an https address or a tunnel to this machine, or unset {purpose.key}.",
        )
    sent = key or _NO_KEY
    hooks = {} if same_server(address, None) else {"request": [_only_what_is_needed(sent)]}
    try:
        transport = httpx2.Client(
            follow_redirects=False, trust_env=not on_this_machine(address), event_hooks=hooks
        )
    except (ImportError, ValueError, httpx2.InvalidURL):
        raise purpose.error(
            "The proxy named in the environment cannot be used.",
            "Mend or unset HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.",
        ) from None
    return openai.OpenAI(
        api_key=sent,
        base_url=address,
        max_retries=0,
        timeout=timeout_s,
        http_client=transport,
    )


def _key(api_key: SecretStr | None, purpose: Purpose) -> str:
    """The key to send; empty where none is given, for servers that want none."""
    key = api_key.get_secret_value().strip() if api_key else ""
    if not (key.isascii() and key.isprintable()):
        raise purpose.error("The API key holds signs no key has.", "Copy it again, as one line.")
    return key


def _only_what_is_needed(key: str) -> Callable[[httpx2.Request], None]:
    """Takes out of a request what is none of the server's business; the key is this one."""

    def trim(request: httpx2.Request) -> None:
        for name in [name for name in request.headers if name.lower() not in _NEEDED_HEADERS]:
            del request.headers[name]
        request.headers["authorization"] = f"Bearer {key}"

    return trim

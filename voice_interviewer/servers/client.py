"""Clients for OpenAI-compatible servers: no redirects, no retries, and no key but a given one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from voice_interviewer.servers.failures import Purpose

if TYPE_CHECKING:
    import openai
    from pydantic import SecretStr

_NO_KEY = "not-needed"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def open_client(
    address: str, api_key: SecretStr | None, timeout_s: float, purpose: Purpose
) -> openai.OpenAI:
    """A client for the server at this base URL; the caller closes it.

    Raises the purpose's error where the package, the key or the proxy cannot be used.
    """
    try:
        import httpx2
        import openai
    except ImportError:
        raise purpose.error(
            "The openai package is not installed.", "Run: pip install 'openai>=3,<4'"
        ) from None
    key = _key(api_key, purpose)
    through_proxy = urlsplit(address).hostname not in _LOOPBACK
    try:
        transport = httpx2.Client(follow_redirects=False, trust_env=through_proxy)
    except (ImportError, ValueError, httpx2.InvalidURL):
        raise purpose.error(
            "The proxy named in the environment cannot be used.",
            "Mend or unset HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.",
        ) from None
    return openai.OpenAI(
        api_key=key, base_url=address, max_retries=0, timeout=timeout_s, http_client=transport
    )


def _key(api_key: SecretStr | None, purpose: Purpose) -> str:
    """The key to send; a harmless one where none is given, for servers that want none."""
    key = api_key.get_secret_value().strip() if api_key else ""
    if not (key.isascii() and key.isprintable()):
        raise purpose.error("The API key holds signs no key has.", "Copy it again, as one line.")
    return key or _NO_KEY

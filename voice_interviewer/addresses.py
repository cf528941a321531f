"""What the address of a server says: which server it is, and who can read what is sent to it."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

VENDOR_URL = "https://api.openai.com/v1"
"""The server that is meant where none is named."""


def same_server(first: str | None, second: str | None) -> bool:
    """Whether two base URLs name one server; None and the empty text name the vendor's own."""
    return _plain(first) == _plain(second)


def on_this_machine(address: str | None) -> bool:
    """Whether a base URL leads nowhere but to this machine."""
    try:
        host = urlsplit(address or "").hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def unread_on_the_way(address: str | None) -> bool:
    """Whether nobody on the network can read what is sent there: https, or this machine."""
    return _plain(address).startswith("https://") or on_this_machine(address)


def shown_server(address: str | None) -> str:
    """A server in words: without user, password and query."""
    return "OpenAI" if same_server(address, None) else _plain(address)


def _plain(address: str | None) -> str:
    """A base URL in one spelling, without user, password and query; other text as it is."""
    written = (address or VENDOR_URL).strip()
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        return written
    if not parts.hostname:
        return written
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port_text = "" if port in (None, usual) else f":{port}"
    plain = f"{parts.scheme}://{host}{port_text}{parts.path.rstrip('/')}"
    return VENDOR_URL if plain == VENDOR_URL.removesuffix("/v1") else plain

"""Fetching one large file over HTTPS: with progress, and going on where an earlier try ended."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.errors import WeightsError
from voice_interviewer.weights.models import HubFile

if TYPE_CHECKING:
    import httpx2

Report = Callable[[int], None]
"""Told how many bytes have arrived in all."""

GO_ON = "What has arrived is kept: type the same again to go on."

_HUB = "https://huggingface.co"
_TIMEOUT_S = 30.0
_CHUNK_BYTES = 1 << 18


def hub_address(file: HubFile) -> str:
    """The address of a file on the hub, or on the mirror that HF_ENDPOINT names."""
    hub = (os.environ.get("HF_ENDPOINT") or _HUB).rstrip("/")
    return f"{hub}/{file.repository}/resolve/{file.revision}/{file.file}"


def fetch(address: str, target: Path, size_bytes: int, report: Report) -> None:
    """Fetch a file of a known size; what `target` already holds is taken as its beginning.

    Raises WeightsError, retryable where the connection failed; what has arrived stays.
    """
    import httpx2

    try:
        with httpx2.Client(follow_redirects=True, timeout=_TIMEOUT_S) as client:
            _fetch(client, address, target, size_bytes, report)
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise WeightsError(
            f"The download broke off ({reason[0].rstrip('.')}).", GO_ON, retryable=True
        ) from error
    except OSError as error:
        raise WeightsError(
            f"{target} cannot be written ({error.strerror or error}).",
            "Free some space or check the folder's rights, then type the same again.",
        ) from error
    arrived = target.stat().st_size
    if arrived < size_bytes:
        raise WeightsError(
            f"The download ended at {arrived / 1e6:.0f} of {size_bytes / 1e6:.0f} MB.",
            GO_ON,
            retryable=True,
        )


def _fetch(
    client: httpx2.Client, address: str, target: Path, size_bytes: int, report: Report
) -> None:
    have = target.stat().st_size if target.is_file() else 0
    if have > size_bytes:
        target.unlink()
        have = 0
    report(have)
    if have == size_bytes:
        return
    # Compressed bytes could not be continued by their number.
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with client.stream("GET", address, headers=headers) as response:
        _check(response, address, have)
        goes_on = response.status_code == 206
        have = have if goes_on else 0
        with target.open("ab" if goes_on else "wb") as file:
            for chunk in response.iter_bytes(_CHUNK_BYTES):
                have += len(chunk)
                if have > size_bytes:
                    raise WeightsError(
                        "The file offered is larger than the one that was pinned.",
                        "Install another model, or a newer version of this program.",
                    )
                file.write(chunk)
                report(have)


def _check(response: httpx2.Response, address: str, have: int) -> None:
    """Refuse everything but the file, from its beginning or from where we stand."""
    if address.startswith("https:") and response.url.scheme != "https":
        raise WeightsError(
            f"The download was sent on to an unprotected address ({response.url.host}).",
            "Check HF_ENDPOINT and the network.",
        )
    status = response.status_code
    begins = response.headers.get("content-range", "")
    if status == 200 or (status == 206 and begins.startswith(f"bytes {have}-")):
        return
    if status in (401, 403, 404):
        raise WeightsError(
            f"{response.url.host} does not give out this file ({status}).",
            "Check HF_ENDPOINT, or install another model.",
        )
    raise WeightsError(
        f"{response.url.host} answered with {status} instead of the file.", GO_ON, retryable=True
    )

"""Ids made from titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

_MOST_CHARACTERS = 48


def slug_of(text: str) -> str:
    """Lower-case words joined by hyphens, at most 48 characters; "" where no letter is left."""
    plain = unicodedata.normalize("NFKD", text[:400]).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > _MOST_CHARACTERS:
            break
        slug = longer
    return slug or "".join(words)[:_MOST_CHARACTERS]


def fresh_slug(text: str, taken: Container[str], otherwise: str) -> str:
    """A slug not yet taken, numbered where it must be; made of `otherwise` where text has none."""
    slug = slug_of(text) or otherwise
    if slug not in taken:
        return slug
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"

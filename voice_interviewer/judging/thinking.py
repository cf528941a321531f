"""What a reasoning model thinks aloud, taken out of a text that arrives in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_OPEN, _CLOSE = "<think>", "</think>"


def without_thinking(chunks: Iterable[str]) -> Iterator[str]:
    """The same chunks without what stands between <think> and </think> at the beginning."""
    head = ""
    passing = False
    for chunk in chunks:
        if passing:
            yield chunk
            continue
        head = (head + chunk).lstrip()
        if head.startswith(_OPEN):
            _, closed, rest = head.partition(_CLOSE)
            if not closed:
                continue
            head = rest.lstrip()
        elif _OPEN.startswith(head):
            continue
        passing = True
        if head:
            yield head
    if not passing and head and not head.startswith(_OPEN):
        yield head

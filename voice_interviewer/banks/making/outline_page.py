"""Pages of hints: a section's title, "5 questions", then one hint a line.

Copied web pages lose line breaks, so the count may be glued to the first hint
("5 questionsShould discuss ...") or to the title ("Beginner5 questions").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voice_interviewer.banks.making.outline import Line, Outline, Part, add_line, title_among

_COUNT = re.compile(
    r"(?P<title>(?:[^\W\d].{0,78}?)??)(?P<gap>\s*[(:|–—-]?\s*)(?P<count>\d{1,3})\s+questions?\)?"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[-*+•·▪]|\d{1,3}[.)])\s+")


def is_page(lines: Sequence[Line]) -> bool:
    """True where a line counts the questions of a section."""
    return any(count_in(line.text) for line in lines)


def read_page(lines: Sequence[Line]) -> Outline:
    """Sections with their promised counts, and the lines under each as hints or questions."""
    head: list[Line] = []
    parts: list[Part] = []
    waiting: list[Line] = []
    for line in lines:
        counted = count_in(line.text)
        if counted is None:
            waiting.append(line)
            continue
        title, count, rest = counted
        titled_at = line.number
        if not title and waiting:
            last = waiting.pop()
            title, titled_at = last.text, last.number
        _put(waiting, parts, head)
        waiting = [Line(line.number, rest)] if rest else []
        parts.append(Part(title or f"Part {len(parts) + 1}", titled_at, promised=count))
    _put(waiting, parts, head)
    return Outline("a page of sections with counts", title_among(head), parts)


def read_plain(lines: Sequence[Line]) -> Outline:
    """One question or hint a line, without sections."""
    part = Part("Questions", 1)
    head = list(lines[:1]) if len(lines) > 1 and title_among(lines[:1]) else []
    _put(list(lines[len(head) :]), [part], [])
    return Outline("plain lines, one question or hint each", title_among(head), [part])


def _put(lines: list[Line], parts: list[Part], head: list[Line]) -> None:
    """Lines go to the section that is open, or to the page's head where none is."""
    if not parts:
        head += lines
        return
    for line in lines:
        add_line(parts[-1].items, Line(line.number, _BULLET.sub("", line.text)))


def count_in(text: str) -> tuple[str, int, str] | None:
    """Title, count and first hint in a line like `5 questionsShould ...`."""
    found = _COUNT.fullmatch(text)
    if found is None:
        return None
    title, gap, rest = found["title"].strip(), found["gap"], found["rest"]
    spaced_prose = rest[:1].isspace() and rest.strip()[:1].islower()
    only_a_space_between = bool(title) and gap.isspace()
    if spaced_prose or only_a_space_between or rest[:1].islower():
        return None
    return title, int(found["count"]), rest.strip().lstrip(":.-–—|) ")

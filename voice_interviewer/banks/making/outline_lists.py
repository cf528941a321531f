"""Lists of questions with answers: `Q:` and `A:` lines, and Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from voice_interviewer.banks.making.outline import Item, Line, Outline, Part, joined
from voice_interviewer.banks.making.outline_page import count_in


def _marked(words: str) -> re.Pattern[str]:
    """Lines like `Q: ...`, `- **Q3.** ...`; the group is what stands behind the mark."""
    return re.compile(
        rf"\s*(?:[-*+•]\s+)?(?:\*\*)?(?:{words})\s*\d*\s*[:.)](?:\*\*)?\s*(.*)", re.IGNORECASE
    )


_QUESTION = _marked("q|question")
_ANSWER = _marked("a|ans|answer|model answer")
_HINT = _marked("hint|guidance|look for")
_SECTION = re.compile(r"\s*(?:section|topic|category|part)\s*\d*\s*:\s*(.+)", re.IGNORECASE)
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(\S.*)")
_CLOSING_HASHES = re.compile(r"\s#+\s*$")
_LISTED = re.compile(r"(\s*)(?:[-*+•]|\d{1,3}[.)])\s+(.+)")
_FENCE = re.compile(r"\s*(```|~~~)")
_RULE = re.compile(r"\s*([-*_=]\s*){3,}")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.{1,300}?)(?<=\S)\1")
_LINK = re.compile(r"\[([^\[\]]+)\]\((?:https?://|/|#)[^()\s]*\)")
_ASKED_THEN_HINT = re.compile(r"(.+\?)[\s*_]*[-–—:]*\s*(.*)")
_HINT_BEGINS = re.compile(
    r"(should|must|look for|looks for|wants?|expects?|strong answers?|"
    r"(?:an? )?(?:good|great|strong|ideal) (?:answer|candidate)s?)\b",
    re.IGNORECASE,
)
_UNDER_A_HEADING = -1


def is_asked(lines: Sequence[Line]) -> bool:
    """True where lines begin with `Q:`."""
    return any(_QUESTION.fullmatch(line.text) for line in lines)


def is_markdown(lines: Sequence[Line]) -> bool:
    """True where lines are headings or list items."""
    return any(_HEADING.fullmatch(line.text) or _LISTED.fullmatch(line.text) for line in lines)


def read_asked(lines: Sequence[Line]) -> Outline:
    """`Q:` begins a question, `A:` its answer, `Hint:` its hint; other lines go on with those."""
    parts = [Part("Questions", 1)]
    item: Item | None = None
    filling = "prompt"
    for line in lines:
        heading = _HEADING.fullmatch(line.text) or _SECTION.fullmatch(line.text)
        if asked := _QUESTION.fullmatch(line.text):
            item, filling = Item(line.number), "prompt"
            parts[-1].items.append(item)
            _add(item, filling, asked[1])
        elif heading:
            parts.append(_part(heading[1], line.number))
            item = None
        elif item is not None:
            given = _ANSWER.fullmatch(line.text)
            hinted = _HINT.fullmatch(line.text)
            filling = "answer" if given else "hint" if hinted else filling
            matched = given or hinted
            _add(item, filling, matched[1] if matched else line.text)
    return _outline("questions and answers (Q: and A:)", parts)


def read_markdown(lines: Sequence[Line]) -> Outline:
    """Headings are sections; list items and headings that ask are questions; the rest, hints."""
    parts = [Part("Questions", 1)]
    item: Item | None = None
    fenced = False
    item_indent = 0
    for line in lines:
        if _FENCE.match(line.text):
            fenced = not fenced
        if fenced or _FENCE.match(line.text) or _RULE.fullmatch(line.text):
            continue
        heading, listed = _HEADING.fullmatch(line.text), _LISTED.fullmatch(line.text)
        if heading and not _plain(heading[1]).endswith("?"):
            parts.append(_part(heading[1], line.number))
            item = None
        elif heading:
            item, item_indent = _begun(line.number, heading[1]), _UNDER_A_HEADING
            parts[-1].items.append(item)
        elif listed and (item is None or len(listed[1]) <= item_indent):
            item, item_indent = _begun(line.number, listed[2]), len(listed[1])
            parts[-1].items.append(item)
        elif item is not None:
            text = listed[2] if listed else line.text
            hinted = _HINT.fullmatch(text) or _ANSWER.fullmatch(text)
            _add(item, "hint", hinted[1] if hinted else text)
    return _outline("Markdown", parts)


def _part(heading: str, number: int) -> Part:
    title = _plain(heading)
    counted = count_in(title)
    return Part(counted[0] or title, number, counted[1]) if counted else Part(title, number)


def _begun(number: int, text: str) -> Item:
    text = _plain(text)
    asked = _ASKED_THEN_HINT.fullmatch(text)
    if asked:
        return Item(number, prompt=asked[1], hint=asked[2])
    return Item(number, hint=text) if _HINT_BEGINS.match(text) else Item(number, prompt=text)


def _add(item: Item, name: str, text: str) -> None:
    text = _plain(text)
    if text and name == "prompt":
        item.prompt = f"{item.prompt} {text}".strip()
    elif text:
        setattr(item, name, joined(getattr(item, name), text))


def _plain(text: str) -> str:
    """Without emphasis, code marks and link targets; square brackets stay as they are."""
    text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", _CLOSING_HASHES.sub("", text)))
    return text.replace("`", "").strip()


def _outline(form: str, parts: list[Part]) -> Outline:
    """The first heading without questions, above all with questions, is the title."""
    title = next((p.title for p in parts[1:2] if not p.items and not parts[0].items), "")
    return Outline(form, title, [part for part in parts if part.items])

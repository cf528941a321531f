"""An Anki deck of the criteria a session missed."""

from __future__ import annotations

import hashlib
import html
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_interviewer.archive.export.source import Source
from voice_interviewer.archive.export.text import printable
from voice_interviewer.core.assessment import Standing
from voice_interviewer.core.report import judged_line, row_tag
from voice_interviewer.core.session import State
from voice_interviewer.errors import UsageError

_MODEL_ID = 1_748_201_653
_CSS = ".card { font: 20px/1.4 sans-serif; max-width: 36em; margin: 0 auto; text-align: left; }"


@dataclass(frozen=True)
class Card:
    """One card in plain text; a line break begins a new line.

    `key` names what the card asks for. A deck imported again replaces the cards of the same keys
    and keeps how well they are known.
    """

    front: str
    back: str
    key: str
    tags: tuple[str, ...] = ()


def render(source: Source) -> bytes:
    """An .apkg of what was asked for and is not met. Raises UsageError where nothing is left."""
    cards = missed_cards(source.state)
    if not cards:
        raise UsageError(
            "Every criterion that was judged in this session is met, so there are no cards.",
            "Export a session that missed something.",
        )
    return apkg(f"Voice Interviewer::{printable(source.state.bank_title)}", cards)


def missed_cards(state: State) -> list[Card]:
    """A card for each criterion that was judged and is not met in the latest take."""
    return [
        _card(state, index, standing)
        for index in range(len(state.plan))
        if any(turn.assessment for turn in state.take(index))
        for standing in state.standings(index)
        if standing.verdict != "met"
    ]


def apkg(deck_name: str, cards: Sequence[Card]) -> bytes:
    """The cards as an Anki package; the same name and keys always give the same deck and notes."""
    import genanki

    model = genanki.Model(
        _MODEL_ID,
        "Voice Interviewer",
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[
            {
                "name": "Card 1",
                "qfmt": "{{Front}}",
                "afmt": "{{FrontSide}}<hr id=answer>{{Back}}",
            }
        ],
        css=_CSS,
    )
    deck = genanki.Deck(_number(deck_name), deck_name)
    for card in cards:
        deck.add_note(
            genanki.Note(
                model,
                [_field(card.front), _field(card.back)],
                guid=genanki.guid_for("voice-interviewer", card.key),
                tags=[re.sub(r"\s+", "-", printable(tag)) for tag in card.tags],
            )
        )
    handle, name = tempfile.mkstemp(suffix=".apkg")
    os.close(handle)
    try:
        genanki.Package(deck).write_to_file(name)
        return Path(name).read_bytes()
    finally:
        Path(name).unlink()


def _card(state: State, item: int, standing: Standing) -> Card:
    question = state.plan[item].question
    criterion = question.criterion(standing.criterion_id)
    said = standing.detail.evidence[0].quote if standing.detail and standing.detail.evidence else ""
    back = [criterion.statement]
    if criterion.also:
        back.append(f"Said aloud: “{criterion.also[0]}”")
    back.append(f"You ({standing.verdict}): “{said}”" if said else f"You: {standing.verdict}")
    back.append(_judged(state, item, standing))
    return Card(
        front=f"{question.prompt}\n{criterion.probes.clarify}",
        back="\n".join(back),
        key=f"{state.bank_id}/{question.id}/{criterion.id}",
        tags=("voice-interviewer", state.bank_id, question.id, standing.verdict),
    )


def _judged(state: State, item: int, standing: Standing) -> str:
    """Who judged, and who decided on this very criterion where that was another one."""
    tag = row_tag(state, item, standing)
    line = judged_line(state, item)
    return f"{line} This one: {tag}." if tag else line


def _field(text: str) -> str:
    """Text as Anki shows it: no HTML, no [latex] or [sound:…], no field of a template."""
    lines = (html.escape(printable(line)) for line in text.splitlines())
    return "<br><br>".join(lines).translate({ord("["): "&#91;", ord("{"): "&#123;", 92: "&#92;"})


def _number(name: str) -> int:
    """A deck id that goes with a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") | 1 << 30

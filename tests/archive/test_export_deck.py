"""The Anki deck: what was missed, the same notes every time, nothing that Anki would run."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from pathlib import Path

import pytest
from exported import answered, judged, put, session, source, spoken
from fakes import question, started

from voice_interviewer.archive.export import format_named
from voice_interviewer.archive.export.anki import Card, apkg, missed_cards
from voice_interviewer.archive.export.source import source_of
from voice_interviewer.core import events as ev
from voice_interviewer.errors import UsageError


def notes(package: bytes, folder: Path) -> dict[str, tuple[str, str]]:
    """Note GUID to (fields, tags)."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        archive.extract("collection.anki2", folder)
    database = sqlite3.connect(folder / "collection.anki2")
    try:
        rows = database.execute("select guid, flds, tags from notes").fetchall()
    finally:
        database.close()
    return {guid: (fields, tags) for guid, fields, tags in rows}


def test_what_is_judged_and_not_met_in_the_latest_take_becomes_a_card(tmp_path: Path) -> None:
    state, _ = session(tmp_path)
    keys = [card.key for card in missed_cards(state)]
    assert keys == ["small/apples/round", "small/boats/hull", "small/boats/sail"]
    assert missed_cards(state)[0].back.splitlines()[-2:] == [
        "You (partial): “Once more: it”",
        "Judged by fake (approximate, matched without a language model).",
    ]


def test_a_second_export_names_the_same_notes(tmp_path: Path) -> None:
    made = source(tmp_path)
    first = notes(format_named("anki").render(made), tmp_path)
    second = notes(format_named("anki").render(source(tmp_path / "again")), tmp_path)
    assert len(first) == 3
    assert first.keys() == second.keys()


def test_card_text_is_never_markup_for_anki(tmp_path: Path) -> None:
    hostile = "<script>x</script> [sound:a.mp3] [latex]\\input{/etc/passwd}[/latex] {{c1::y}}"
    card = Card(front=hostile, back="one\ntwo", key="k", tags=("a tag", "b"))
    ((fields, tags),) = notes(apkg("Deck", [card]), tmp_path).values()
    for sign in ("<script", "[sound:", "[latex]", "{{", "\\input"):
        assert sign not in fields
    assert fields.endswith("one<br><br>two")
    assert tags.split() == ["a-tag", "b"]


def test_a_session_that_missed_nothing_says_so(tmp_path: Path) -> None:
    said = spoken("red it is")
    item = ev.PlanItem(question=question("apples", [("red", 1.0)]))
    state, folder = put(tmp_path, [started(item), *answered(1, said, judged(said, red="met"))])
    with pytest.raises(UsageError, match="is met"):
        format_named("anki").render(source_of(state, folder))

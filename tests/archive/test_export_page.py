"""The page as a file: complete in itself, and with no markup but its own."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from exported import answered, judged, put, source, spoken
from fakes import question, started

from voice_interviewer.archive.export import format_named
from voice_interviewer.archive.export.source import Source, source_of
from voice_interviewer.core import events as ev
from voice_interviewer.core.transcript import Transcript, words_of


class Seen(HTMLParser):
    """Every tag with its attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(made: Source) -> str:
    return format_named("html").render(made).decode()


@pytest.fixture
def page(tmp_path: Path) -> str:
    return page_of(source(tmp_path))


def test_nothing_outside_the_page_is_named(page: str) -> None:
    seen = Seen(page)
    for tag, attributes in seen.tags:
        for name in ("src", "href", "action", "poster", "srcset", "data"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:audio/mpeg;base64,")), (tag, name, value[:80])
    assert "url(" not in page
    assert "@import" not in page


def test_the_policy_allows_only_its_own_style_and_script(page: str) -> None:
    policy = next(a["content"] for t, a in Seen(page).tags if t == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_what_was_said_is_text(page: str) -> None:
    seen = Seen(page)
    assert [tag for tag, _ in seen.tags].count("script") == 1
    assert not [tag for tag, _ in seen.tags if tag in ("img", "b", "i", "iframe")]
    assert not [a for _, a in seen.tags if any(name.startswith("on") for name in a)]
    assert "<script>alert(1)</script>" in seen.text
    assert "{{7*7}}" in seen.text
    assert "Fruit <b>&</b> boats" in seen.text
    assert "\u202e" not in page


def test_all_takes_their_ranges_and_their_quotes_are_shown(page: str) -> None:
    text = " ".join(Seen(page).text.split())
    assert "Take 1" in text
    assert "Take 2" in text
    assert "3.3 to 10.0 of 10" in text
    assert "6.7 of 10" in text
    assert "0.0 to 5.0 of 10" in text
    assert text.count("Once more: it") == 3
    assert "✓ met" in text
    assert "? unclear" in text
    assert "approximate, matched without a language model" in text
    assert "2 pauses over 1 s" in text
    assert "A notice with <b>markup</b>." in text


def test_a_typed_session_is_a_page_without_player_or_script(tmp_path: Path) -> None:
    said = Transcript(words=words_of("it is red"))
    events = [started(), *answered(1, said, judged(said, red="met"), recorded=False)]
    state, folder = put(tmp_path, events)
    seen = Seen(page_of(source_of(state, folder)))
    assert not {"script", "audio", "button", "svg"} & {tag for tag, _ in seen.tags}
    assert "it is red" in seen.text


def test_a_session_that_has_only_begun_is_a_page_too(tmp_path: Path) -> None:
    item = ev.PlanItem(question=question("apples", [("red", 1.0)]))
    state, folder = put(tmp_path, [started(item)])
    assert "(unanswered)" in Seen(page_of(source_of(state, folder))).text


def test_a_long_answer_keeps_every_word_in_order(tmp_path: Path) -> None:
    said = spoken(" ".join(f"word{n}" for n in range(400)))
    state, folder = put(tmp_path, [started(), *answered(1, said, None)])
    text = Seen(page_of(source_of(state, folder))).text
    assert re.findall(r"word\d+", text) == [word.text for word in said.words]

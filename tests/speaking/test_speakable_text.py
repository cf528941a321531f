"""Text reaches an engine clean, or not at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.text import NothingToSayError, speakable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  What is\n\tKL?  ", "What is KL?"),
        ("before\x00after", "before after"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("re\u00adward mo\u200bdel", "reward model"),
        ("half \ud83d pair", "half pair"),
        ("cafe\u0301", "café"),
        ("\u202eright to left", "right to left"),
    ],
)
def test_what_an_engine_cannot_read_is_taken_out(text: str, expected: str) -> None:
    assert speakable(text) == expected


@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "\x00", "—", "\U0001f389", "\ud83d"])
def test_text_without_words_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(NothingToSayError) as caught:
        speakable(text)
    assert isinstance(caught.value, VoiceError)
    assert caught.value.hint


@given(st.text(alphabet=st.characters()))
def test_speakable_text_is_one_encodable_line_and_settled(text: str) -> None:
    try:
        line = speakable(text)
    except NothingToSayError:
        return
    assert line.encode()
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs"} for c in line)
    assert line == speakable(line)

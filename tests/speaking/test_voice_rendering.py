"""Rendering in spite of voices that fail."""

from __future__ import annotations

import pytest
from speaking_fakes import ToneVoice

from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.rendering import VoiceChain
from voice_interviewer.speaking.text import NothingToSayError

BROKEN = VoiceError("The voice is broken.", "Type: mend it")


def test_the_next_voice_speaks_and_the_notice_says_why() -> None:
    chain = VoiceChain([ToneVoice("first", error=BROKEN), ToneVoice("second")])
    rendered = chain.render("hello")
    assert rendered.voice_name == "second"
    assert "The voice is broken." in rendered.notice
    assert "second" in rendered.notice
    assert "Type: mend it" in rendered.notice


def test_a_voice_that_failed_for_good_is_not_asked_again() -> None:
    first = ToneVoice("first", error=BROKEN)
    chain = VoiceChain([first, ToneVoice("second")])
    notices = {chain.render(text).notice for text in ("one", "two")}
    assert first.rendered == ["one"]
    assert len(notices) == 1


def test_a_voice_that_failed_by_chance_gets_another_chance() -> None:
    first = ToneVoice("first", error=VoiceError("Timed out.", "Wait.", retryable=True))
    chain = VoiceChain([first, ToneVoice("second")])
    assert chain.render("one").voice_name == "second"
    first.error = None
    again = chain.render("two")
    assert (again.voice_name, again.notice) == ("first", "")


def test_what_an_engine_raises_becomes_our_error() -> None:
    with pytest.raises(VoiceError, match="KeyError"):
        VoiceChain([ToneVoice(error=KeyError("phoneme"))]).render("hello")


def test_text_without_words_is_nobody_s_fault() -> None:
    first = ToneVoice("first", error=NothingToSayError("No words."))
    second = ToneVoice("second")
    chain = VoiceChain([first, second])
    with pytest.raises(NothingToSayError):
        chain.render("?!")
    first.error = None
    assert chain.render("words").voice_name == "first"
    assert second.rendered == []


def test_a_voice_that_could_not_be_opened_is_named_with_the_fix() -> None:
    chain = VoiceChain([ToneVoice("own")], missing=VoiceError("No kokoro here.", "Type: get it"))
    rendered = chain.render("hello")
    assert rendered.voice_name == "own"
    assert rendered.notice == "No kokoro here. The voice own speaks instead. Type: get it"

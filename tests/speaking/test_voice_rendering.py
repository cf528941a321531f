"""Rendering ahead, and in spite of voices that fail."""

from __future__ import annotations

import threading
import time

import pytest
from speaking_fakes import ToneVoice

from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.rendering import Renders, VoiceChain
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


def test_what_was_prepared_is_not_rendered_again() -> None:
    voice = ToneVoice()
    renders = Renders(VoiceChain([voice]).render)
    renders.prepare("question two")
    assert renders.get("question two").result(5).voice_name == "tone"
    assert renders.get("question two").result(5) is renders.get("question two").result(5)
    assert voice.rendered == ["question two"]


def test_asking_for_what_is_being_prepared_waits_for_it() -> None:
    voice = ToneVoice(hold=threading.Event())
    renders = Renders(VoiceChain([voice]).render)
    renders.prepare("question two")
    future = renders.get("question two")
    assert not future.done()
    assert voice.hold is not None
    voice.hold.set()
    assert future.result(5)
    assert voice.rendered == ["question two"]


def test_only_the_latest_wish_waits() -> None:
    voice = ToneVoice(hold=threading.Event())
    renders = Renders(VoiceChain([voice]).render)
    renders.prepare("a")
    assert voice.rendering.wait(5)
    for text in ("b", "c", "d"):
        renders.prepare(text)
    assert voice.rendered == ["a"]
    assert voice.hold is not None
    voice.hold.set()
    deadline = time.monotonic() + 5
    while voice.rendered != ["a", "d"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert voice.rendered == ["a", "d"]


def test_a_failed_render_is_tried_again_when_it_is_needed() -> None:
    voice = ToneVoice(error=VoiceError("Timed out.", "Wait.", retryable=True))
    renders = Renders(VoiceChain([voice]).render)
    renders.prepare("a")
    with pytest.raises(VoiceError):
        renders.get("a").result(5)
    voice.error = None
    assert renders.get("a").result(5).voice_name == "tone"


def test_few_renders_are_kept_in_memory() -> None:
    voice = ToneVoice()
    renders = Renders(VoiceChain([voice]).render)
    for text in ("a", "b", "c", "d", "e", "a"):
        renders.get(text).result(5)
    assert voice.rendered == ["a", "b", "c", "d", "e", "a"]

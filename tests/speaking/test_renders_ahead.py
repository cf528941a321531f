"""What is needed at once is never kept waiting by what may be needed later."""

from __future__ import annotations

import threading
import time

import pytest
from speaking_fakes import ToneVoice

from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.rendering import Rendered, VoiceChain
from voice_interviewer.speaking.renders import Renders, Wish


def renders_of(voice: ToneVoice) -> Renders:
    chain = VoiceChain([voice])

    def render(wish: Wish) -> Rendered:
        return chain.render(wish[1])

    return Renders(render)


def wait_for(voice: ToneVoice, rendered: list[str]) -> None:
    deadline = time.monotonic() + 5
    while voice.rendered != rendered and time.monotonic() < deadline:
        time.sleep(0.005)
    assert voice.rendered == rendered


def test_what_was_prepared_is_not_rendered_again() -> None:
    voice = ToneVoice()
    renders = renders_of(voice)
    renders.prepare([("", "question two")])
    wait_for(voice, ["question two"])
    assert renders.get(("", "question two")).result(5).voice_name == "tone"
    assert renders.get(("", "question two")) is renders.get(("", "question two"))
    assert voice.rendered == ["question two"]


def test_asking_for_what_is_being_prepared_waits_for_it() -> None:
    voice = ToneVoice(hold=threading.Event())
    renders = renders_of(voice)
    renders.prepare([("", "question two")])
    assert voice.rendering.wait(5)
    future = renders.get(("", "question two"))
    assert not future.done()
    assert voice.hold is not None
    voice.hold.set()
    assert future.result(5)
    assert voice.rendered == ["question two"]


def test_the_latest_wish_is_rendered_first_and_the_pieces_of_one_in_order() -> None:
    voice = ToneVoice(hold=threading.Event())
    renders = renders_of(voice)
    renders.prepare([("", "a")])
    assert voice.rendering.wait(5)
    renders.prepare([("", "thank you"), ("", "got it")])
    renders.prepare([("", "next one"), ("", "next two")])
    renders.prepare([("", "next one")])
    assert voice.rendered == ["a"], "one at a time"
    assert voice.hold is not None
    voice.hold.set()
    wait_for(voice, ["a", "next one", "next two", "thank you", "got it"])


def test_nothing_is_begun_ahead_while_something_is_needed_at_once() -> None:
    voice = ToneVoice(hold=threading.Event())
    renders = renders_of(voice)
    needed = renders.get(("", "now"))
    renders.prepare([("", "later")])
    time.sleep(0.05)
    assert voice.rendered == ["now"]
    assert voice.hold is not None
    voice.hold.set()
    assert needed.result(5)
    wait_for(voice, ["now", "later"])


def test_after_close_no_wish_is_begun() -> None:
    voice = ToneVoice(hold=threading.Event())
    renders = renders_of(voice)
    renders.prepare([("", "a"), ("", "b")])
    assert voice.rendering.wait(5)
    renders.close()
    assert voice.hold is not None
    voice.hold.set()
    time.sleep(0.05)
    assert voice.rendered == ["a"]


def test_a_failed_render_is_tried_again_when_it_is_needed() -> None:
    voice = ToneVoice(error=VoiceError("Timed out.", "Wait.", retryable=True))
    renders = renders_of(voice)
    renders.prepare([("", "a")])
    wait_for(voice, ["a"])
    voice.error = None
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            assert renders.get(("", "a")).result(5).voice_name == "tone"
            return
        except VoiceError:
            time.sleep(0.005)  # the failure was still being noted
    pytest.fail("it was never tried again")


def test_the_same_words_in_another_voice_are_another_render() -> None:
    voice = ToneVoice()
    renders = renders_of(voice)
    renders.get(("", "a")).result(5)
    renders.get(("kokoro", "a")).result(5)
    assert voice.rendered == ["a", "a"]


def test_only_the_latest_renders_are_kept_in_memory() -> None:
    voice = ToneVoice()
    renders = renders_of(voice)
    for number in range(49):
        renders.get(("", str(number))).result(5)
    renders.get(("", "48")).result(5)
    assert len(voice.rendered) == 49
    renders.get(("", "0")).result(5)
    assert len(voice.rendered) == 50

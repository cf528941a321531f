"""Prompts of past sessions: whole, in the voice that asked, as terms are said."""

from __future__ import annotations

import pytest
from speaking_fakes import ToneVoice

from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.cast import Cast
from voice_interviewer.speaking.prompts import Prompts
from voice_interviewer.speaking.pronunciation import Pronunciations


def test_a_prompt_is_rendered_sentence_by_sentence_as_it_was_first_spoken() -> None:
    own, other = ToneVoice(), ToneVoice(name="other")
    prompts = Prompts(
        lambda: Cast(own, open_voice=lambda _name: other), Pronunciations([("KL", "kay ell")])
    )
    sound = prompts.render("What is KL? And why?", "")
    assert own.rendered == ["What is kay ell?", "And why?"]
    assert sound.duration_s == pytest.approx((16 + 8) / 100, abs=0.001)
    prompts.render("Go on.", "other")
    assert other.rendered == ["Go on."]
    prompts.close()
    assert own.closed
    assert other.closed


def test_voices_are_opened_when_a_prompt_is_rendered_and_failures_are_told() -> None:
    def broken() -> Cast:
        raise VoiceError("There is no voice.", "Install one.")

    prompts = Prompts(broken, Pronunciations())
    with pytest.raises(VoiceError, match="There is no voice"):
        prompts.render("What?", "")
    prompts.close()


def test_a_prompt_without_words_is_an_error_not_a_crash() -> None:
    prompts = Prompts(lambda: Cast(ToneVoice()), Pronunciations())
    with pytest.raises(VoiceError):
        prompts.render("…", "")

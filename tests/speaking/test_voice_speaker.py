"""A prompt is heard, or the user is told why it is not."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from speaking_fakes import FakePlayer, ToneVoice

from voice_interviewer.core.ports import Speaker, Spoken
from voice_interviewer.errors import AudioError, VoiceError
from voice_interviewer.speaking.silent_voice import SilentVoice
from voice_interviewer.speaking.speaker import SilentSpeaker, VoiceSpeaker
from voice_interviewer.speaking.voice import VoiceOptions

SPEAKER_GONE = AudioError("The speaker does not take sound.", "Check the output device.")


class Talk:
    """`speak` in a thread, with what it told and returned."""

    def __init__(self, speaker: Speaker, say: str = "What is KL?") -> None:
        self.started: list[tuple[str, bool, str]] = []
        self.spoken: Spoken | None = None
        self._thread = threading.Thread(target=self._run, args=(speaker, say))
        self._thread.start()

    def _run(self, speaker: Speaker, say: str) -> None:
        self.spoken = speaker.speak(say, started=lambda *told: self.started.append(told))

    def over(self) -> Talk:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self


def speaker_of(player: FakePlayer, *voices: Any, name: str = "") -> VoiceSpeaker:
    first, *rest = voices
    return VoiceSpeaker(
        first,
        player,  # type: ignore[arg-type]
        voice_name=name,
        fallback=rest[0] if rest else None,
    )


def test_a_prompt_is_played_to_its_end() -> None:
    player = FakePlayer()
    talk = Talk(speaker_of(player, ToneVoice())).over()
    assert talk.started == [("tone", True, "")]
    assert talk.spoken == Spoken(cut=False)
    assert [s.duration_s for s in player.played] == [pytest.approx(0.11)]


def test_the_session_may_call_the_voice_by_another_name() -> None:
    assert Talk(speaker_of(FakePlayer(), ToneVoice(), name="auto")).over().started[0][0] == "auto"


def test_stop_cuts_what_is_playing() -> None:
    player = FakePlayer(endless=True)
    speaker = speaker_of(player, ToneVoice())
    talk = Talk(speaker)
    assert player.playing.wait(5)
    speaker.stop()
    assert talk.over().spoken == Spoken(cut=True)
    assert talk.started == [("tone", True, "")]


def test_stop_while_rendering_returns_at_once_and_plays_nothing() -> None:
    player, voice = FakePlayer(), ToneVoice(hold=threading.Event())
    speaker = speaker_of(player, voice)
    talk = Talk(speaker)
    assert voice.rendering.wait(5)
    speaker.stop()
    assert talk.over().spoken == Spoken(cut=True)
    assert voice.hold is not None
    assert not voice.hold.is_set(), "speak did not wait for the render"
    voice.hold.set()
    assert player.played == []
    assert talk.started == [("tone", False, "")]


def test_stop_between_render_and_first_sample_plays_nothing() -> None:
    class StopsFirst(FakePlayer):
        def play(self, *args: Any, **kwargs: Any) -> bool:
            speaker.stop()
            return super().play(*args, **kwargs)

    player = StopsFirst()
    speaker = speaker_of(player, ToneVoice())
    talk = Talk(speaker).over()
    assert talk.spoken == Spoken(cut=True)
    assert player.played == []
    assert talk.started == [("tone", False, "")]


def test_an_early_stop_does_not_silence_the_next_prompt() -> None:
    player = FakePlayer()
    speaker = speaker_of(player, ToneVoice())
    speaker.stop()
    assert Talk(speaker).over().spoken == Spoken(cut=False)
    assert len(player.played) == 1


def test_without_a_speaker_the_question_is_shown_and_said_to_be() -> None:
    voice = ToneVoice()
    player = FakePlayer(missing=AudioError("No speaker was found.", "Connect one."))
    speaker = speaker_of(player, voice)
    speaker.prepare("What is KL?")
    talk = Talk(speaker).over()
    assert talk.started == [
        ("tone", False, "No speaker was found, so the question is shown. Connect one.")
    ]
    assert talk.spoken == Spoken(cut=False)
    assert voice.rendered == [], "nothing is rendered that nobody can hear"


def test_a_failing_voice_is_replaced_and_the_user_told() -> None:
    player = FakePlayer()
    broken = ToneVoice("neural", error=VoiceError("The model is broken.", "Type: mend"))
    speaker = speaker_of(player, broken, ToneVoice("plain"))
    talk = Talk(speaker).over()
    ((name, audible, notice),) = talk.started
    assert (name, audible) == ("plain", True)
    assert "The model is broken." in notice
    assert "Type: mend" in notice
    assert len(player.played) == 1


def test_when_every_voice_fails_the_question_is_shown_with_the_fix() -> None:
    player = FakePlayer()
    broken = ToneVoice(error=VoiceError("espeak-ng was not found.", "Type: apt install it"))
    talk = Talk(speaker_of(player, broken, broken)).over()
    assert talk.started == [
        ("tone", False, "espeak-ng was not found, so the question is shown. Type: apt install it")
    ]
    assert talk.spoken == Spoken(cut=False)
    assert player.played == []


def test_a_device_that_fails_before_the_first_sample_shows_the_question() -> None:
    talk = Talk(speaker_of(FakePlayer(fails_before=SPEAKER_GONE), ToneVoice())).over()
    ((_, audible, notice),) = talk.started
    assert not audible
    assert notice.startswith("The speaker does not take sound, so the question is shown.")


def test_a_device_that_fails_in_mid_sentence_is_an_error() -> None:
    told: list[tuple[str, bool, str]] = []
    speaker = speaker_of(FakePlayer(fails_after=SPEAKER_GONE), ToneVoice())
    with pytest.raises(AudioError, match="does not take sound"):
        speaker.speak("What is KL?", started=lambda *args: told.append(args))
    assert told == [("tone", True, "")]


def test_a_prepared_prompt_is_not_rendered_twice() -> None:
    voice = ToneVoice()
    speaker = speaker_of(FakePlayer(), voice)
    speaker.prepare("What is KL?")
    Talk(speaker).over()
    Talk(speaker).over()
    assert voice.rendered == ["What is KL?"]


def test_preparing_with_a_broken_voice_raises_nothing() -> None:
    speaker = speaker_of(FakePlayer(), ToneVoice(error=RuntimeError("boom")))
    speaker.prepare("What is KL?")
    ((_, audible, notice),) = Talk(speaker).over().started
    assert not audible
    assert "boom" in notice


def test_close_closes_every_voice_and_ends_the_sentence() -> None:
    first, second = ToneVoice("first"), ToneVoice("second")
    player = FakePlayer(endless=True)
    speaker = speaker_of(player, first, second)
    talk = Talk(speaker)
    assert player.playing.wait(5)
    speaker.close()
    assert talk.over().spoken == Spoken(cut=True)
    assert first.closed
    assert second.closed


@pytest.mark.parametrize(
    "speaker", [SilentSpeaker(), speaker_of(FakePlayer(), SilentVoice(VoiceOptions()))]
)
def test_the_silent_voice_shows_the_question_without_a_complaint(speaker: Speaker) -> None:
    talk = Talk(speaker).over()
    assert talk.started == [("silent", False, "")]
    assert talk.spoken == Spoken(cut=False)
    speaker.prepare("more")
    speaker.stop()
    speaker.close()

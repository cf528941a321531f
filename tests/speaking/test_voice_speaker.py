"""A prompt is heard, or the user is told why it is not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from speaking_fakes import FakePlayer, ToneVoice

from voice_interviewer.core.ports import Speaker, Spoken
from voice_interviewer.errors import AudioError, UsageError, VoiceError
from voice_interviewer.speaking.pronunciation import Pronunciations
from voice_interviewer.speaking.silent_voice import SilentVoice
from voice_interviewer.speaking.speaker import SilentSpeaker, VoiceSpeaker
from voice_interviewer.speaking.voice import VoiceOptions

SPEAKER_GONE = AudioError("The speaker does not take sound.", "Check the output device.")


class Talk:
    """`speak` in a thread, with what it told and returned."""

    def __init__(
        self, speaker: Speaker, say: str | Iterable[str] = "What is KL?", voice: str = ""
    ) -> None:
        self.started: list[tuple[str, bool, str]] = []
        self.spoken: Spoken | None = None
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(speaker, say, voice))
        self._thread.start()

    def _run(self, speaker: Speaker, say: str | Iterable[str], voice: str) -> None:
        try:
            self.spoken = speaker.speak(
                say, started=lambda *told: self.started.append(told), voice=voice
            )
        except VoiceError as error:
            self.error = error

    def over(self) -> Talk:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self


def speaker_of(player: FakePlayer, *voices: Any, name: str = "", **more: Any) -> VoiceSpeaker:
    first, *rest = voices
    return VoiceSpeaker(
        first,
        player,  # type: ignore[arg-type]
        voice_name=name,
        fallback=rest[0] if rest else None,
        **more,
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


def test_a_prompt_of_two_sentences_is_played_as_one_sound() -> None:
    player, voice = FakePlayer(), ToneVoice()
    assert Talk(speaker_of(player, voice), "One thing. And why?").over().spoken == Spoken(cut=False)
    assert voice.rendered == ["One thing.", "And why?"]
    assert [s.duration_s for s in player.played] == [pytest.approx(0.18)]


def test_the_first_clause_sounds_before_the_rest_has_arrived() -> None:
    player, voice = FakePlayer(), ToneVoice()
    go_on = threading.Event()

    def chunks() -> Iterator[str]:
        yield "You mentioned a KL penalty, "
        assert go_on.wait(10)
        yield "so how would you "
        yield "choose it?"

    talk = Talk(speaker_of(player, voice), chunks())
    assert player.playing.wait(5)
    assert voice.rendered == ["You mentioned a KL penalty,"]
    go_on.set()
    assert talk.over().spoken == Spoken(cut=False)
    assert voice.rendered[1:] == ["so how would you choose it?"]
    assert [s.duration_s for s in player.played] == [pytest.approx(0.27 + 0.27)]


def test_stop_ends_a_prompt_whose_rest_never_comes() -> None:
    player, waited_out = FakePlayer(), threading.Event()

    def chunks() -> Iterator[str]:
        yield "You mentioned a KL penalty, "
        threading.Event().wait(60)
        waited_out.set()

    speaker = speaker_of(player, ToneVoice())
    talk = Talk(speaker, chunks())
    assert player.playing.wait(5)
    speaker.stop()
    assert talk.over().spoken == Spoken(cut=True)
    assert not waited_out.is_set()


def test_a_text_that_breaks_off_is_told_after_what_there_was() -> None:
    player = FakePlayer()

    def chunks() -> Iterator[str]:
        yield "You mentioned a KL penalty, "
        raise VoiceError("The server is gone.", "Start it.")

    talk = Talk(speaker_of(player, ToneVoice()), chunks()).over()
    assert str(talk.error).startswith("The server is gone.")
    assert len(player.played) == 1


def test_a_text_that_never_began_shows_the_question() -> None:
    talk = Talk(speaker_of(FakePlayer(), ToneVoice()), iter(())).over()
    ((_, audible, notice),) = talk.started
    assert not audible
    assert notice.startswith("There is nothing to say, so the question is shown.")


def test_another_voice_is_opened_by_name_and_speaks() -> None:
    player, own, other = FakePlayer(), ToneVoice("own"), ToneVoice("kokoro")
    opened: list[str] = []

    def open_voice(name: str) -> ToneVoice:
        opened.append(name)
        return other

    speaker = speaker_of(player, own, open_voice=open_voice)
    for _ in range(2):
        assert Talk(speaker, voice="kokoro:am_adam").over().started == [
            ("kokoro:am_adam", True, "")
        ]
    assert Talk(speaker).over().started == [("own", True, "")]
    assert opened == ["kokoro:am_adam"]
    assert (own.rendered, other.rendered) == (["What is KL?"], ["What is KL?"])
    speaker.close()
    assert other.closed


def test_a_voice_that_cannot_be_had_is_spoken_for_with_a_notice() -> None:
    def open_voice(name: str) -> ToneVoice:
        raise UsageError(f"There is no voice {name!r}.", "Choose another.")

    speaker = speaker_of(FakePlayer(), ToneVoice("own"), open_voice=open_voice)
    talk = Talk(speaker, voice="nosuch").over()
    ((name, audible, notice),) = talk.started
    assert (name, audible) == ("own", True)
    assert notice == "There is no voice 'nosuch'. The voice own speaks instead. Choose another."


def test_terms_are_pronounced_in_everything_that_is_said() -> None:
    voice = ToneVoice()
    said = Pronunciations([("KL", "K L")])
    speaker = speaker_of(FakePlayer(), voice, pronunciations=said)
    speaker.prepare("What is KL?")
    Talk(speaker).over()
    Talk(speaker, iter(["And ", "K", "L now?"])).over()
    assert voice.rendered == ["What is K L?", "And K L now?"]


def test_the_volume_is_heard_and_needs_no_other_render() -> None:
    player = FakePlayer()
    voice = ToneVoice()
    Talk(speaker_of(player, voice)).over()
    Talk(speaker_of(player, voice, volume=0.5)).over()
    Talk(speaker_of(player, voice, volume=1.5)).over()
    peaks = [float(np.abs(sound.samples).max()) for sound in player.played]
    assert peaks == pytest.approx([0.2, 0.1, 0.3], rel=0.01)


def test_volume_nought_shows_the_question() -> None:
    player = FakePlayer()
    assert Talk(speaker_of(player, ToneVoice(), volume=0.0)).over().started == [("tone", False, "")]
    assert player.played == []


def acknowledged(speaker: VoiceSpeaker, say: str = "Thank you.") -> bool:
    """Whether it was heard."""
    heard: list[bool] = []
    speaker.acknowledge(say, started=lambda: heard.append(True))
    return heard == [True]


def test_a_prepared_acknowledgement_is_said_at_once() -> None:
    player, voice = FakePlayer(), ToneVoice()
    speaker = speaker_of(player, voice)
    speaker.prepare("Thank you.")
    assert acknowledged(speaker)
    assert voice.rendered == ["Thank you."]
    assert len(player.played) == 1


def test_an_acknowledgement_that_would_come_late_does_not_come_at_all() -> None:
    player, voice = FakePlayer(), ToneVoice(hold=threading.Event())
    speaker = speaker_of(player, voice)
    assert not acknowledged(speaker), "it is given up while the voice is still at work"
    assert voice.hold is not None
    voice.hold.set()
    time.sleep(0.05)
    assert player.played == []


def test_a_prompt_follows_the_acknowledgement() -> None:
    player = FakePlayer(endless=True)
    speaker = speaker_of(player, ToneVoice())
    thanks = threading.Thread(target=acknowledged, args=(speaker,))
    thanks.start()
    assert player.playing.wait(5)
    talk = Talk(speaker)
    time.sleep(0.1)
    assert talk.started == [], "it waits for its turn"
    assert len(player.played) == 1
    player.endless = False
    speaker._stops["acknowledge"].set()
    assert talk.over().spoken == Spoken(cut=False)
    thanks.join(5)
    assert len(player.played) == 2


def test_stop_cuts_an_acknowledgement_and_the_prompt_that_waits_for_it() -> None:
    player = FakePlayer(endless=True)
    speaker = speaker_of(player, ToneVoice())
    thanks = threading.Thread(target=acknowledged, args=(speaker,))
    thanks.start()
    assert player.playing.wait(5)
    talk = Talk(speaker)
    time.sleep(0.05)
    speaker.stop()
    assert talk.over().spoken == Spoken(cut=True)
    thanks.join(5)
    assert not thanks.is_alive()
    assert len(player.played) == 1


def test_nothing_is_acknowledged_while_a_prompt_is_spoken_or_nobody_could_hear() -> None:
    player = FakePlayer(endless=True)
    speaker = speaker_of(player, ToneVoice())
    talk = Talk(speaker)
    assert player.playing.wait(5)
    assert not acknowledged(speaker)
    speaker.stop()
    talk.over()
    assert len(player.played) == 1
    mute = speaker_of(FakePlayer(missing=SPEAKER_GONE), ToneVoice())
    assert not acknowledged(mute)
    broken = speaker_of(FakePlayer(), ToneVoice(error=VoiceError("Broken.", "Mend it.")))
    assert not acknowledged(broken)

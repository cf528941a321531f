"""Speech between answers, commands inside them, and the second pass after them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hearing_fakes import (
    BLOCK,
    WORD_S,
    FakeSource,
    FakeTranscriber,
    LoudnessDetector,
    Notes,
    said,
    words_in,
)

from voice_interviewer.audio.sound import read_sound
from voice_interviewer.core.commands import HearAgain, Listen, Overhear, Transcribe
from voice_interviewer.core.events import EndReason
from voice_interviewer.core.ports import Interim, Patience
from voice_interviewer.core.transcript import Word, words_of
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.ear import Ear
from voice_interviewer.hearing.endpointing import EndpointingPreset
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.speech import SpeechDetector
from voice_interviewer.hearing.spoken import SpokenListener

PRESET = EndpointingPreset(least_silence_s=2.0, unclear_silence_s=2.0, no_speech_s=None)
SILENCE = np.zeros(BLOCK, dtype=np.float32)


class LiveSource:
    """A microphone that never stops: what is put in is heard, then silence, quicker than real time.

    `pace_s` is how long a block of 32 ms takes.
    """

    ends = False
    waits = False
    name = "live"
    lost_frames = 0

    def __init__(self, pace_s: float = 0.002) -> None:
        self._pace_s = pace_s
        self._pending: list[np.ndarray] = []
        self._stopped = False
        self.log: list[str] = []

    def say(self, sound: np.ndarray) -> None:
        self._pending += [sound[at : at + BLOCK] for at in range(0, len(sound), BLOCK)]

    def open(self, command: Listen) -> EndReason | None:
        self.log.append(f"open {command.microphone or ''}".strip())
        self._stopped = False
        return None

    def blocks(self) -> Iterator[np.ndarray]:
        while not self._stopped:
            time.sleep(self._pace_s)
            yield self._pending.pop(0) if self._pending else SILENCE

    def stop(self) -> None:
        self._stopped = True

    def resume(self) -> None:
        self.log.append("resume")
        self._stopped = False

    def forget(self) -> None:
        self._pending.clear()
        self.log.append("forget")

    def close(self) -> None:
        self._pending.clear()
        self.log.append("close")


class Tape(LiveSource):
    """A microphone that is gone when all was heard."""

    def blocks(self) -> Iterator[np.ndarray]:
        for block in super().blocks():
            yield block
            if not self._pending:
                return


class Speaking(Notes):
    """Says something as soon as listening has begun."""

    def __init__(self, source: LiveSource, sound: np.ndarray) -> None:
        super().__init__()
        self._source, self._sound = source, sound

    def started(self, recording: str | None, source: str) -> None:
        self._source.say(self._sound)
        super().started(recording, source)


class Room:
    """A listener on a live source, with everything that was told."""

    def __init__(
        self,
        folder: Path,
        transcriber: FakeTranscriber | None = None,
        *,
        source: LiveSource | None = None,
        preset: EndpointingPreset = PRESET,
        without_echo: Callable[[SpeechDetector], SpeechDetector] = lambda detector: detector,
    ) -> None:
        self.folder = folder
        self.source = source or LiveSource()
        self.transcriber = transcriber or FakeTranscriber()
        self.listener = SpokenListener(
            self.source,
            self.transcriber,
            HearingOptions(endpointing=preset),
            folder,
            make_detector=LoudnessDetector,
            without_echo=without_echo,
        )
        self.notes = Notes()

    def listen(
        self, part: int = 1, turn_id: int = 1, overheard: bool = False, held: bool = False
    ) -> EndReason | None:
        command = Listen(
            turn_id=turn_id, question_id="q", part=part, overheard=overheard, held=held
        )
        return self.listener.listen(command, self.notes).reason

    def text(self, *parts: int, turn_id: int = 1) -> str:
        names = [f"audio/turn-{turn_id:03}{f'-{n}' if n > 1 else ''}.wav" for n in parts]
        command = Transcribe(turn_id=turn_id, recordings=tuple(names))
        return self.listener.transcribe(command).text


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.listener.close()


def test_going_on_after_the_end_is_noticed_and_no_word_of_it_is_lost(room: Room) -> None:
    room.source.say(said(1, 0.5, 2))
    assert room.listen() == "silence"
    assert "close" not in room.source.log
    room.source.say(said(0.3, 3, 4))
    ago_s = room.listener.overhear(Overhear())
    assert ago_s == pytest.approx(0.25, abs=0.1)
    room.source.say(said(0.3, 5))
    assert room.listen(part=2, overheard=True) == "silence"
    assert room.source.log == ["open", "resume", "resume"]
    assert room.text(1, 2) == "w1 w2 w3 w4 w5"
    assert [word.text for word in room.notes.words] == ["w1", "w2"]
    second = read_sound(room.folder / "audio" / "turn-001-2.wav").samples
    assert [word.text for word in words_in(second)] == ["w3", "w4", "w5"]


def test_without_speech_the_ear_closes_when_told_and_lets_the_microphone_go(room: Room) -> None:
    room.source.say(said(1))
    room.listen()
    heard: list[float | None] = []
    ear = threading.Thread(target=lambda: heard.append(room.listener.overhear(Overhear())))
    ear.start()
    time.sleep(0.1)
    assert ear.is_alive()
    room.listener.stop_overhearing()
    ear.join(5)
    assert heard == [None]
    assert room.source.log[-1] == "close"


def test_the_next_answer_takes_the_open_microphone_over(room: Room) -> None:
    room.source.say(said(1))
    room.listen()
    ear = threading.Thread(target=room.listener.overhear, args=(Overhear(),))
    ear.start()
    time.sleep(0.1)
    room.source.say(said(0.5, 2))
    assert room.listen(turn_id=2) == "silence"
    ear.join(5)
    assert room.source.log == ["open", "resume", "resume"]
    assert room.text(1, turn_id=2) == "w2"


def test_what_was_overheard_but_not_wanted_is_not_in_the_next_answer(room: Room) -> None:
    room.source.say(said(1))
    room.listen()
    room.source.say(said(2, 0.3))
    assert room.listener.overhear(Overhear()) is not None
    room.notes = Speaking(room.source, said(0.5, 3))
    room.listen(turn_id=2)
    assert room.source.log == ["open", "resume", "forget", "resume"]
    assert room.text(1, turn_id=2) == "w3"


def test_what_an_ear_has_left_unread_is_not_heard_by_the_next_one(room: Room) -> None:
    """Nothing came of what was noticed: it was said long ago, and is no speech of now."""
    room.source.say(said(1))
    room.listen()
    room.source.say(said(2, 3, 4))
    assert room.listener.overhear(Overhear()) is not None
    heard: list[float | None] = []
    ear = threading.Thread(target=lambda: heard.append(room.listener.overhear(Overhear())))
    ear.start()
    time.sleep(0.1)
    assert ear.is_alive()
    assert room.source.log == ["open", "resume", "forget", "resume"]
    room.source.say(said(0.5, 5))
    assert room.listen(turn_id=2, overheard=True) == "silence"
    ear.join(5)
    assert room.text(1, turn_id=2) == "w5"


class Ending(LiveSource):
    """A prompt ends, and listening begins, after the last of these blocks."""

    def __init__(self, sound: np.ndarray) -> None:
        super().__init__()
        self.say(sound)
        self.ear: Ear | None = None

    def blocks(self) -> Iterator[np.ndarray]:
        while self._pending:
            block = self._pending.pop(0)
            if not self._pending and self.ear is not None:
                self.ear.stop()
            yield block


@pytest.mark.parametrize(("silence_s", "kept"), [(0.0, ["w1"]), (1.0, [])])
def test_a_first_word_that_begins_just_before_the_prompt_ends_is_kept(
    silence_s: float, kept: list[str]
) -> None:
    voice = said(1)[: 5 * BLOCK]  # too short to be speech yet
    source = Ending(np.concatenate([said(1.024), voice, said(silence_s)]))
    ear = source.ear = Ear(source, LoudnessDetector())
    assert ear.overhear() is None
    (*sound,) = ear.sound
    words = words_in(np.concatenate(sound)) if sound else ()
    assert [word.text for word in words] == kept
    if words:
        assert words[0].end_s - words[0].start_s == pytest.approx(5 * BLOCK / 16_000)


class Unplugged(LiveSource):
    """A microphone that is lost, once, when all was heard."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = False

    def blocks(self) -> Iterator[np.ndarray]:
        for block in super().blocks():
            yield block
            if not (self.lost or self._pending):
                self.lost = True
                raise AudioError("It is gone.")


class NotBefore(FakeTranscriber):
    """Notes what had happened to the source whenever sound is decoded."""

    def __init__(self, log: list[str]) -> None:
        super().__init__()
        self._log = log
        self.at: list[list[str]] = []

    def transcribe(self, samples: np.ndarray, **how: object) -> tuple[Word, ...]:
        self.at.append(list(self._log))
        return super().transcribe(samples)


def test_the_microphone_is_open_before_what_was_pending_is_decoded(tmp_path: Path) -> None:
    source = Unplugged()
    transcriber = NotBefore(source.log)
    room = Room(tmp_path, transcriber, source=source)
    source.say(said(1, 2, 3))
    with pytest.raises(AudioError):
        room.listen()
    assert source.log == ["open", "close"]
    before = len(transcriber.at)
    room.notes = Speaking(source, said(0.2, 4))
    assert room.listen(part=2) == "silence"
    assert transcriber.at[before] == ["open", "close", "open"]
    assert room.text(1, 2) == "w1 w2 w3 w4"
    room.listener.close()


class SlowSource(LiveSource):
    """Opens when it is let; knows whether it was opened while open, or read by two at once."""

    def __init__(self) -> None:
        super().__init__()
        self.opening, self.may_open = threading.Event(), threading.Event()
        self.captures = 0
        self.readers = 0
        self.most = 0

    def open(self, command: Listen) -> EndReason | None:
        self.captures += 1
        self.most = max(self.most, self.captures)
        self.opening.set()
        assert self.may_open.wait(10)
        return super().open(command)

    def blocks(self) -> Iterator[np.ndarray]:
        self.readers += 1
        self.most = max(self.most, self.readers)
        try:
            yield from super().blocks()
        finally:
            self.readers -= 1

    def close(self) -> None:
        self.captures -= 1
        super().close()


def test_a_device_that_opens_slowly_is_never_opened_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_interviewer.hearing.spoken._EAR_LIMIT_S", 0.05)
    room = Room(tmp_path)
    source = room.source = SlowSource()
    room.listener._source = source
    ear = threading.Thread(target=room.listener.overhear, args=(Overhear(),))
    ear.start()
    assert source.opening.wait(5)
    room.notes = Speaking(source, said(0.2, 1))
    answer = threading.Thread(target=room.listen)
    answer.start()
    answer.join(0.3)  # longer than it waits for the ear
    source.may_open.set()
    answer.join(10)
    ear.join(10)
    assert (source.most, source.log) == (1, ["open", "resume"])
    assert room.text(1) == "w1"
    room.listener.close()
    assert source.captures == 0


def test_closing_ends_an_open_ear(room: Room) -> None:
    ear = threading.Thread(target=room.listener.overhear, args=(Overhear(microphone="Desk"),))
    ear.start()
    time.sleep(0.1)
    room.listener.close()
    ear.join(5)
    assert not ear.is_alive()
    assert room.source.log == ["open Desk", "close"]
    assert room.listener.overhear(Overhear()) is None


class Speller(FakeTranscriber):
    """Hears the words of a lexicon instead of numbers."""

    def __init__(self, lexicon: dict[str, str]) -> None:
        super().__init__()
        self.lexicon = lexicon

    def transcribe(self, samples: np.ndarray, **how: object) -> tuple[Word, ...]:
        heard = super().transcribe(samples)
        return tuple(
            word.model_copy(update={"text": self.lexicon.get(word.text, word.text)})
            for word in heard
        )


COMMAND = {"w11": "That's", "w12": "my", "w13": "answer."}


def test_a_spoken_command_is_told_once_and_is_no_part_of_the_answer(tmp_path: Path) -> None:
    room = Room(tmp_path, Speller(COMMAND))
    room.source.say(said(1, 2, 0.6, 11, 12, 13))

    class Obedient(Notes):
        def commanded(self, command: str, start_s: float, end_s: float) -> None:
            super().commanded(command, start_s, end_s)  # type: ignore[arg-type]
            room.listener.finish("command")

    room.notes = Obedient()
    assert room.listen() == "command"
    ((command, start_s, end_s),) = room.notes.commands
    assert command == "done"
    assert 2 * WORD_S < start_s < 2 * WORD_S + 0.6
    assert end_s == pytest.approx(5 * WORD_S + 0.6, abs=0.05)
    assert room.text(1) == "w1 w2"
    interims = [s.text for s in room.notes.signals if isinstance(s, Interim)]
    assert interims[-1] == "w1 w2"
    room.listener.close()


def test_a_moment_asked_for_aloud_lasts_until_the_candidate_goes_on(tmp_path: Path) -> None:
    lexicon = {"w11": "Give", "w12": "me", "w13": "a", "w14": "moment."}
    room = Room(tmp_path, Speller(lexicon))
    room.source.say(said(1, 2, 0.6, 11, 12, 13, 14, 6.0, 3, 4))

    class Patient(Notes):
        def commanded(self, command: str, start_s: float, end_s: float) -> None:
            super().commanded(command, start_s, end_s)  # type: ignore[arg-type]
            room.listener.hold(until_speech=True)

    room.notes = Patient()
    assert room.listen() == "silence"  # 2 s after the last word, not after the command
    assert [command for command, _, _ in room.notes.commands] == ["hold"]
    assert any(isinstance(s, Patience) for s in room.notes.signals)
    assert room.text(1) == "w1 w2 w3 w4"
    room.listener.close()


def test_a_moment_asked_for_aloud_leaves_the_hold_of_the_key(tmp_path: Path) -> None:
    lexicon = {"w11": "Give", "w12": "me", "w13": "a", "w14": "moment."}
    room = Room(tmp_path, Speller(lexicon), source=Tape())
    room.source.say(said(1, 2, 0.6, 11, 12, 13, 14, 3.0, 3, 4, 6.0))

    class Patient(Notes):
        def commanded(self, command: str, start_s: float, end_s: float) -> None:
            super().commanded(command, start_s, end_s)  # type: ignore[arg-type]
            room.listener.hold(until_speech=True)

    room.notes = Patient()
    assert room.listen(held=True) == "end_of_audio", "6 s of silence did not end it"
    assert [command for command, _, _ in room.notes.commands] == ["hold"]
    room.listener.close()


def test_a_command_that_ends_the_answer_waits_for_the_least_silence(tmp_path: Path) -> None:
    preset = EndpointingPreset(least_silence_s=1.5, unclear_silence_s=6.0, no_speech_s=None)
    room = Room(tmp_path, Speller(COMMAND), preset=preset)
    room.source.say(said(1, 2, 0.6, 11, 12, 13))
    silences: list[float] = []

    class Obedient(Notes):
        def commanded(self, command: str, start_s: float, end_s: float) -> None:
            super().commanded(command, start_s, end_s)  # type: ignore[arg-type]
            recording = room.folder / "audio" / "turn-001.wav"
            silences.append(read_sound(recording).duration_s - end_s)
            room.listener.finish("command")

    room.notes = Obedient()
    assert room.listen() == "command"
    assert silences == [pytest.approx(1.5, abs=0.1)]
    room.listener.close()


SPOKEN = {
    "done": ["That's", "my", "answer."],
    "skip": ["Skip", "this", "one."],
    "repeat": ["Repeat", "the", "question."],
    "hold": ["Let", "me", "think."],
}


class Pressing(FakeSource):
    """A microphone that is heard to its end before the key is pressed, if there is one."""

    press: Callable[[], None] = staticmethod(lambda: None)

    def blocks(self) -> Iterator[np.ndarray]:
        yield self.sounds[0]
        self.press()
        self.sounds[0] = said()
        yield from super().blocks()


@pytest.mark.parametrize(
    ("command", "pressed", "reason"),
    [
        *(("done", True, "key"), ("skip", True, "key"), ("hold", True, "key")),
        *(("done", False, "command"), ("skip", False, "skip"), ("repeat", False, None)),
        ("hold", False, "silence"),
    ],
)
def test_a_command_before_the_key_or_a_silence_is_no_part_of_the_answer(
    tmp_path: Path, command: str, pressed: bool, reason: EndReason | None
) -> None:
    source = Pressing([said(1, 2, 0.6, 11, 12, 13, 0.05)], live=True)
    lexicon = dict(zip(COMMAND, SPOKEN[command], strict=True))
    listener = SpokenListener(
        source,
        Speller(lexicon),
        HearingOptions(endpointing=PRESET),
        tmp_path,
        make_detector=LoudnessDetector,
    )
    if pressed:
        source.press = lambda: listener.finish("key")  # type: ignore[method-assign]
    notes = Notes()
    assert listener.listen(Listen(turn_id=1, question_id="q"), notes).reason == reason
    assert [told for told, _, _ in notes.commands] == [command]
    assert source.closes == (1 if reason is None else 0), "open for the candidate to go on"
    recorded = Transcribe(turn_id=1, recordings=("audio/turn-001.wav",))
    assert listener.transcribe(recorded).text == "w1 w2"
    listener.close()


def test_after_the_key_for_skipping_nobody_listens_for_more(tmp_path: Path) -> None:
    source = Pressing([said(1, 2)], live=True)
    options = HearingOptions(endpointing=PRESET)
    listener = SpokenListener(
        source, FakeTranscriber(), options, tmp_path, make_detector=LoudnessDetector
    )
    source.press = lambda: listener.finish("skip")  # type: ignore[method-assign]
    assert listener.listen(Listen(turn_id=1, question_id="q"), Notes()).reason == "skip"
    assert source.closes == 1
    listener.close()


class Interviewer(LoudnessDetector):
    """A speech detector to which the words from w100 on are the echo of a prompt."""

    def probability(self, chunk: np.ndarray) -> float:
        self.echo = float(np.abs(chunk).max()) > 0.05 + 99.5 / 256
        return 0.0 if self.echo else super().probability(chunk)


def test_what_the_interviewer_said_before_it_is_no_part_of_a_reopened_answer(
    tmp_path: Path,
) -> None:
    room = Room(tmp_path, without_echo=lambda _detector: Interviewer())
    room.source.say(said(1))
    assert room.listen() == "silence"
    room.source.say(said(100, 101, 2, 3))
    assert room.listener.overhear(Overhear()) is not None
    assert room.listen(part=2, overheard=True) == "silence"
    reopened = read_sound(room.folder / "audio" / "turn-001-2.wav").samples
    words = words_in(reopened)
    assert [word.text for word in words][-2:] == ["w2", "w3"]
    lead_s = words[-2].start_s
    assert lead_s is not None
    assert lead_s == pytest.approx(0.2, abs=0.05), "in which the candidate may have begun"
    room.listener.close()


def test_the_second_pass_waits_for_its_turn_and_hears_everything_thoroughly(room: Room) -> None:
    room.source.say(said(1, 0.5, 2, 0.5, 3))
    room.listen()
    assert room.text(1) == "w1 w2 w3"
    again = HearAgain(
        turn_id=1,
        recordings=("audio/turn-001.wav",),
        terms=("KL",),
        removed=((WORD_S + 0.25, 2 * WORD_S + 0.75),),
    )
    busy = threading.Thread(target=room.listen, kwargs={"turn_id": 2})
    room.notes = Speaking(room.source, said(4, 0.5, 5, 0.5, 6))
    busy.start()
    assert room.notes.begun.wait(5)
    results = []
    second = threading.Thread(target=lambda: results.append(room.listener.hear_again(again)))
    second.start()
    time.sleep(0.1)
    assert not any(thorough for _, _, thorough in room.transcriber.asked)
    busy.join(20)
    second.join(20)
    (transcript,) = results
    assert transcript is not None
    assert transcript.text == "w1 w3"
    assert transcript.audio_s == pytest.approx(3 * WORD_S + 1.0 + 2.0, abs=0.2)
    terms, speech, _ = next(asked for asked in room.transcriber.asked if asked[2])
    assert terms == ("KL",)
    assert len(speech) == 2


def test_the_second_pass_keeps_the_terms_that_the_first_one_heard(room: Room) -> None:
    room.source.say(said(1, 0.5, 2, 0.5, 3))
    room.listen()
    again = HearAgain(
        turn_id=1,
        recordings=("audio/turn-001.wav",),
        terms=("KL",),
        heard=words_of("w1 KL w3"),
    )
    transcript = room.listener.hear_again(again)
    assert transcript is not None
    assert transcript.text == "w1 KL w3"


def test_a_second_pass_that_nobody_wants_or_that_would_be_poorer_is_not_made(
    tmp_path: Path,
) -> None:
    again = HearAgain(turn_id=1, recordings=("audio/turn-001.wav",))
    options = HearingOptions(endpointing=PRESET, second_pass=False)
    source = LiveSource()
    source.say(said(1))
    quick = SpokenListener(
        source, FakeTranscriber(), options, tmp_path / "a", make_detector=LoudnessDetector
    )
    quick.listen(Listen(turn_id=1, question_id="q"), Notes())
    assert quick.hear_again(again) is None
    quick.close()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "audio").write_text("no folder can be made here")
    room = Room(tmp_path / "b")
    room.source.say(said(1))
    room.listen()
    assert room.listener.hear_again(again) is None
    room.listener.close()

"""Spoken answers: what is told, what is kept, and what becomes of it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hearing_fakes import FakeSource, FakeTranscriber, LoudnessDetector, Notes, said

from voice_interviewer.audio.sound import read_sound, write_sound
from voice_interviewer.core.commands import Listen, Transcribe
from voice_interviewer.core.events import EndReason
from voice_interviewer.core.ports import Ended, Interim, Level, Patience
from voice_interviewer.core.transcript import words_of
from voice_interviewer.errors import AudioError, WeightsError
from voice_interviewer.hearing.endpointing import EndpointingPreset
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.spoken import SpokenListener

PRESET = EndpointingPreset(
    least_silence_s=3.0, unclear_silence_s=3.0, take_your_time_s=8.0, no_speech_s=5.0
)
OPTIONS = HearingOptions(endpointing=PRESET)


def listener(
    folder: Path, source: FakeSource, transcriber: FakeTranscriber | None = None
) -> SpokenListener:
    return SpokenListener(
        source, transcriber or FakeTranscriber(), OPTIONS, folder, make_detector=LoudnessDetector
    )


def ask(turn_id: int = 1, part: int = 1, held: bool = False) -> Listen:
    return Listen(turn_id=turn_id, question_id="q", part=part, held=held)


def transcribe(*recordings: str, turn_id: int = 1) -> Transcribe:
    return Transcribe(turn_id=turn_id, recordings=recordings)


def test_an_answer_is_recorded_told_and_transcribed(tmp_path: Path) -> None:
    sound = said(0.5, 1, 0.4, 2, 1.0)
    listening = listener(tmp_path, FakeSource([sound]))
    notes = Notes()
    ended = listening.listen(ask(), notes)
    assert ended.reason == "end_of_audio"
    assert ended.speech_end_s == pytest.approx(0.5 + 0.512 + 0.4 + 0.512, abs=0.04)
    assert notes.happened[0] == "started"
    assert (notes.recording, notes.source) == ("audio/turn-001.wav", "fake")
    kept = read_sound(tmp_path / "audio" / "turn-001.wav").samples
    assert np.abs(kept - sound).max() < 1e-4
    transcript = listening.transcribe(transcribe("audio/turn-001.wav"))
    assert transcript.text == "w1 w2"
    assert transcript.engine == "fake"
    assert transcript.audio_s == pytest.approx(len(sound) / 16_000, abs=0.001)
    assert transcript.words[0].start_s == pytest.approx(0.5, abs=0.01)


def test_silence_ends_a_live_answer_but_not_a_recorded_one(tmp_path: Path) -> None:
    live = listener(tmp_path / "a", FakeSource([said(1)], live=True))
    notes = Notes()
    ended = live.listen(ask(), notes)
    assert ended.reason == "silence"
    assert ended.speech_end_s == pytest.approx(0.512, abs=0.04)
    duration_s = live.transcribe(transcribe("audio/turn-001.wav")).audio_s
    assert duration_s == pytest.approx(0.512 + 3.0, abs=0.1)
    recorded = listener(tmp_path / "b", FakeSource([said(1, 10.0, 2)]))
    assert recorded.listen(ask(), Notes()).reason == "end_of_audio"
    assert recorded.transcribe(transcribe("audio/turn-001.wav")).text == "w1 w2"


def test_an_answer_without_a_word_ends_by_its_limit_and_invents_nothing(tmp_path: Path) -> None:
    transcriber = FakeTranscriber()
    listening = listener(tmp_path, FakeSource([said()], live=True), transcriber)
    ended = listening.listen(ask(), Notes())
    assert ended == Ended(reason="no_speech", speech_end_s=None, lost_frames=0)
    transcript = listening.transcribe(transcribe("audio/turn-001.wav"))
    assert transcript.words == ()
    assert transcript.audio_s >= 5.0
    assert transcriber.decoded_s == []


@pytest.mark.parametrize("reason", ["key", "dont_know", "skip", None])
def test_finish_ends_it_from_another_thread(tmp_path: Path, reason: EndReason | None) -> None:
    source = FakeSource([said(1, 0.5, 2)], live=True)
    listening = listener(tmp_path, source)
    notes = Notes()

    def stop() -> None:
        assert notes.begun.wait(5)
        listening.hold()
        time.sleep(0.05)
        listening.finish(reason)

    stopper = threading.Thread(target=stop)
    stopper.start()
    ended = listening.listen(ask(held=True), notes)
    stopper.join()
    assert ended.reason == reason
    assert source.closes == (0 if reason == "key" else 1)  # the candidate may go on after all
    listening.close()
    assert source.closes == 1


def test_finish_before_the_source_is_open_still_ends_it(tmp_path: Path) -> None:
    source = FakeSource([said(1)], live=True)
    listening = listener(tmp_path, source)
    listening.finish("skip")  # nobody listens: no effect on what comes

    class Impatient(Notes):
        def started(self, recording: str | None, source: str) -> None:
            super().started(recording, source)
            listening.finish("key")
            listening.finish("skip")

    assert listening.listen(ask(), Impatient()).reason == "key"


def test_what_was_still_on_its_way_is_kept(tmp_path: Path) -> None:
    class LateSource(FakeSource):
        def blocks(self):  # type: ignore[no-untyped-def]
            yield said(1)
            while not self._stopped:
                yield said(0.02)
            yield said(0.1, 2, 0.1)

    listening = listener(tmp_path, LateSource([said(1)], live=True))
    assert listening.listen(ask(), Notes()).reason == "silence"
    assert listening.transcribe(transcribe("audio/turn-001.wav")).text == "w1 w2"
    assert read_sound(tmp_path / "audio" / "turn-001.wav").duration_s > 4.0


def test_signals_flow_while_somebody_answers(tmp_path: Path) -> None:
    notes = Notes()
    listening = listener(tmp_path, FakeSource([said(1, 10.5, 2)], waits=False))
    listening.listen(ask(), notes)
    levels = [s.dbfs for s in notes.signals if isinstance(s, Level)]
    patience = [s.silence_s for s in notes.signals if isinstance(s, Patience)]
    assert len(levels) == pytest.approx(11.5 * 16, rel=0.15)
    assert max(levels) > -30.0
    assert min(levels) == -120.0
    assert patience == [8.0, 9.0, 10.0]
    assert any(isinstance(s, Interim) for s in notes.signals)


def test_committed_words_are_told_and_make_up_the_transcript(tmp_path: Path) -> None:
    script = [piece for number in range(1, 61) for piece in (number, 0.6)]
    notes = Notes()
    listening = listener(tmp_path, FakeSource([said(*script)]))
    listening.listen(ask(), notes)
    assert len(notes.words) > 20
    text = listening.transcribe(transcribe("audio/turn-001.wav")).text
    assert text == " ".join(f"w{number}" for number in range(1, 61))
    assert text.startswith(notes.text)


def test_a_microphone_without_signal_is_told_once(tmp_path: Path) -> None:
    notes = Notes()
    listener(tmp_path, FakeSource([said()], live=True)).listen(ask(), notes)
    assert [(part, message) for part, message, _ in notes.notices] == [
        ("microphone", "No signal from fake.")
    ]
    quiet = Notes()
    listener(tmp_path / "b", FakeSource([said(3.0)])).listen(ask(), quiet)
    assert quiet.notices == []


def test_the_parts_of_a_turn_are_put_together(tmp_path: Path) -> None:
    script = [piece for number in range(1, 41) for piece in (number, 0.6)]
    listening = listener(tmp_path, FakeSource([said(1, 1.0, 2), said(*script)]))
    listening.listen(ask(), Notes())
    notes = Notes()
    listening.listen(ask(part=2), notes)
    assert notes.recording == "audio/turn-001-2.wav"
    first_s = 2 * 0.512 + 1.0
    assert notes.words[0].text == "w1"
    assert notes.words[0].start_s == pytest.approx(first_s, abs=0.01)
    both = listening.transcribe(transcribe("audio/turn-001.wav", "audio/turn-001-2.wav"))
    assert [word.text for word in both.words[:4]] == ["w1", "w2", "w1", "w2"]
    assert len(both.words) == 42
    assert both.words[2].start_s == pytest.approx(first_s, abs=0.01)
    assert both.audio_s == pytest.approx(first_s + 40 * 1.112, abs=0.01)
    pieces = [word.segment for word in both.words]
    assert pieces[:4] == [0, 0, 1, 1]
    assert len(set(pieces)) == 1 + max(piece for piece in pieces if piece is not None)


def test_a_new_process_reads_the_recordings_also_as_flac(tmp_path: Path) -> None:
    listening = listener(tmp_path, FakeSource([said(1, 1.0, 2), said(3, 1.0)]))
    listening.listen(ask(), Notes())
    listening.listen(ask(part=2), Notes())
    first = tmp_path / "audio" / "turn-001.wav"
    write_sound(first.with_suffix(".flac"), read_sound(first))
    first.unlink()
    later = listener(tmp_path, FakeSource([said(4)]))
    notes = Notes()
    later.listen(ask(part=2), notes)
    assert notes.recording == "audio/turn-001-3.wav"  # nothing is overwritten
    names = ("audio/turn-001.wav", "audio/turn-001-2.wav", "audio/turn-001-3.wav")
    fresh = listener(tmp_path, FakeSource([]))
    assert fresh.transcribe(transcribe(*names)).text == "w1 w2 w3 w4"


def test_recordings_that_are_gone_or_empty_leave_the_rest(tmp_path: Path) -> None:
    listening = listener(tmp_path, FakeSource([said(1)]))
    listening.listen(ask(), Notes())
    (tmp_path / "audio" / "turn-001-2.wav").write_bytes(b"RIFF")
    fresh = listener(tmp_path, FakeSource([]))
    names = ("audio/turn-001.wav", "audio/turn-001-2.wav", "audio/turn-001-3.wav")
    assert fresh.transcribe(transcribe(*names)).text == "w1"
    only_live = Transcribe(
        turn_id=9, recordings=("audio/turn-009.wav",), committed=words_of("heard live")
    )
    assert fresh.transcribe(only_live).text == "heard live"


def test_a_recording_name_cannot_leave_the_session_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.wav"
    listening = listener(tmp_path / "other", FakeSource([said(1)]))
    listening.listen(ask(), Notes())
    outside.write_bytes((tmp_path / "other" / "audio" / "turn-001.wav").read_bytes())
    fresh = listener(tmp_path / "session", FakeSource([]))
    assert fresh.transcribe(transcribe("../../outside.wav")).words == ()


def test_a_full_disk_is_told_and_the_answer_goes_on(tmp_path: Path) -> None:
    (tmp_path / "audio").write_text("no folder can be made here")
    listening = listener(tmp_path, FakeSource([said(1, 0.5, 2), said(3)]))
    notes = Notes()
    assert listening.listen(ask(), notes).reason == "end_of_audio"
    assert [part for part, _, _ in notes.notices] == ["storage"]
    assert notes.recording is not None
    assert listening.transcribe(transcribe(notes.recording)).text == "w1 w2"
    again = Notes()
    listening.listen(ask(part=2), again)
    assert again.recording is not None
    both = listening.transcribe(transcribe(notes.recording, again.recording))
    assert both.text == "w1 w2 w3"


def test_a_microphone_that_dies_leaves_what_it_heard(tmp_path: Path) -> None:
    gone = AudioError("The microphone stopped.", "Plug it in.", retryable=True)
    source = FakeSource([said(1, 0.2), said(2, 0.2)], live=True, error=gone)
    listening = listener(tmp_path, source)
    notes = Notes()
    with pytest.raises(AudioError):
        listening.listen(ask(), notes)
    assert source.closes == 1
    assert read_sound(tmp_path / "audio" / "turn-001.wav").duration_s > 0.6
    source.error = None
    listening.listen(ask(part=2), notes)
    names = ("audio/turn-001.wav", "audio/turn-001-2.wav")
    assert listening.transcribe(transcribe(*names)).text == "w1 w2"


def test_no_answer_left_is_told_without_a_recording(tmp_path: Path) -> None:
    listening = listener(tmp_path, FakeSource([]))
    notes = Notes()
    assert listening.listen(ask(), notes) == Ended(reason="end_of_input")
    assert notes.recording is None
    assert listening.transcribe(transcribe()).words == ()


def test_weights_that_did_not_load_are_told_before_the_answer(tmp_path: Path) -> None:
    transcriber = FakeTranscriber()
    source = FakeSource([said(1)])
    listening = listener(tmp_path, source, transcriber)
    assert transcriber.starts == 1
    transcriber.problem = WeightsError("Broken.", "Fetch them again.")
    with pytest.raises(WeightsError):
        listening.listen(ask(), Notes())
    assert source.opened == []
    assert transcriber.starts == 2  # the next try loads anew
    assert listening.listen(ask(), Notes()).reason == "end_of_audio"


def test_closing_ends_everything(tmp_path: Path) -> None:
    transcriber = FakeTranscriber()
    listening = listener(tmp_path, FakeSource([said(1)], live=True), transcriber)
    notes = Notes()
    ended: list[Ended] = []
    thread = threading.Thread(
        target=lambda: ended.append(listening.listen(ask(held=True), notes)), daemon=True
    )
    thread.start()
    assert notes.begun.wait(5)
    listening.close()
    thread.join(5)
    assert ended == [Ended(reason=None, speech_end_s=ended[0].speech_end_s)]
    assert transcriber.closed
    assert listening.listen(ask(2), Notes()) == Ended(reason=None)

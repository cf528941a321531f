"""Text while the candidate speaks: what is committed when, and that no word is lost or doubled."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hearing_fakes import BLOCK, RATE_HZ, WORD_S, FakeTranscriber, LoudnessDetector, said
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.core.transcript import Word
from voice_interviewer.errors import TranscriptionError
from voice_interviewer.hearing.buffer import SoundBuffer
from voice_interviewer.hearing.endpointing import Endpointer, Pause
from voice_interviewer.hearing.live_text import LiveText, pause_to_commit
from voice_interviewer.hearing.speech import SpeechFollower


class Live:
    """Live text on a sound that is fed bit by bit."""

    def __init__(self, transcriber: FakeTranscriber, *, wait: bool) -> None:
        self.sound = SoundBuffer()
        self.rule = Endpointer()
        self.follower = SpeechFollower(LoudnessDetector(), self.rule)
        self.committed: list[Word] = []
        self.interims: list[str] = []
        self.text = LiveText(
            transcriber,
            self.sound,
            self.rule,
            on_committed=self.committed.extend,
            on_interim=self.interims.append,
            wait=wait,
        )

    def hear(self, samples: np.ndarray) -> Live:
        for start in range(0, len(samples), BLOCK):
            block = samples[start : start + BLOCK]
            self.sound.append(block)
            self.follower.feed(block)
            self.text.follow()
        return self

    def settle(self) -> None:
        """Wait for a decode in the background, and take its result."""
        deadline = time.monotonic() + 5
        while self.text._running is not None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
            self.text.follow()

    def final(self) -> list[str]:
        self.follower.finish()
        return [word.text for word in self.text.final()]


@pytest.mark.parametrize(
    ("pauses", "pending_from_s", "speech_end_s", "chosen"),
    [
        ([], 0.0, 30.0, None),
        ([(5.0, 6.0)], 0.0, 19.0, None),  # not enough yet
        ([(5.0, 6.0)], 0.0, 20.0, 0),
        ([(5.0, 6.0), (12.0, 13.0)], 0.0, 21.0, 1),
        ([(5.0, 6.0), (18.0, 19.0)], 0.0, 21.0, 0),  # 2 s would be left
        ([(1.0, 2.0), (18.0, 19.0)], 0.0, 21.0, None),  # 1 s would be committed alone
        ([(5.0, 6.0)], 4.0, 26.0, None),  # that pause is nearly where the pending begins
    ],
)
def test_the_pause_to_commit(
    pauses: list[tuple[float, float]],
    pending_from_s: float,
    speech_end_s: float,
    chosen: int | None,
) -> None:
    found = pause_to_commit([Pause(*p) for p in pauses], pending_from_s, speech_end_s)
    assert found == (None if chosen is None else Pause(*pauses[chosen]))


def test_a_long_answer_is_committed_bit_by_bit_and_its_end_is_short() -> None:
    transcriber = FakeTranscriber()
    script = [piece for number in range(1, 101) for piece in (number, 0.6)]
    live = Live(transcriber, wait=True).hear(said(*script))
    committed = [word.text for word in live.committed]
    assert len(committed) > 70
    before = len(transcriber.decoded_s)
    assert live.final() == [f"w{number}" for number in range(1, 101)]
    assert committed == [f"w{number}" for number in range(1, len(committed) + 1)]
    (last_s,) = transcriber.decoded_s[before:]
    assert 3.0 <= last_s < 24.0
    assert min(transcriber.decoded_s) >= 3.0


def test_times_count_from_the_start_of_the_recording() -> None:
    script = [piece for number in range(1, 61) for piece in (number, 0.6)]
    live = Live(FakeTranscriber(), wait=True).hear(said(*script))
    live.follower.finish()
    for index, word in enumerate(live.text.final()):
        start_s = index * (WORD_S + 0.6)
        assert word.start_s == pytest.approx(start_s, abs=0.002)
        assert word.end_s == pytest.approx(start_s + WORD_S, abs=0.002)


def test_a_decode_in_the_last_pause_is_the_final_transcript() -> None:
    transcriber = FakeTranscriber()
    live = Live(transcriber, wait=False).hear(said(1, 0.3, 2, 1.0))
    live.settle()
    assert live.interims == ["w1 w2"]
    decodes = len(transcriber.decoded_s)
    live.hear(said(1.0))
    assert live.final() == ["w1", "w2"]
    assert len(transcriber.decoded_s) == decodes == 1


def test_speech_after_the_last_decode_is_decoded_again() -> None:
    transcriber = FakeTranscriber()
    live = Live(transcriber, wait=False).hear(said(1, 1.0))
    live.settle()
    live.hear(said(2, 0.2))
    assert live.final() == ["w1", "w2"]
    assert len(transcriber.decoded_s) == 2


def test_a_busy_recogniser_is_not_asked_again_and_nothing_waits_for_it() -> None:
    transcriber = FakeTranscriber(gate=threading.Event())
    live = Live(transcriber, wait=False)
    began_s = time.monotonic()
    live.hear(said(1, 1.0, 2, 1.0, 3, 1.0))
    assert time.monotonic() - began_s < 2.0
    assert live.interims == []
    assert transcriber.gate is not None
    transcriber.gate.set()
    assert live.final() == ["w1", "w2", "w3"]
    assert len(transcriber.decoded_s) == 2


def test_after_a_commit_the_screen_shows_only_what_is_still_pending() -> None:
    live = Live(FakeTranscriber(), wait=False)
    for number in range(1, 31):
        live.hear(said(number, 0.8))
        live.settle()
    committed = [word.text for word in live.committed]
    assert committed
    shown = live.interims[-1].split()
    assert committed + shown == [f"w{number}" for number in range(1, 31)]


def test_silence_and_clicks_are_never_decoded() -> None:
    transcriber = FakeTranscriber()
    click = np.full(1_000, 0.3, dtype=np.float32)
    live = Live(transcriber, wait=True).hear(np.concatenate([said(5.0), click, said(5.0)]))
    assert live.final() == []
    assert transcriber.decoded_s == []


def test_a_failing_recogniser_stops_the_live_text_only() -> None:
    broken = TranscriptionError("It broke.", "Try again.")
    transcriber = FakeTranscriber(errors=[broken])
    live = Live(transcriber, wait=False).hear(said(1, 1.0))
    live.settle()
    live.hear(said(2, 1.0, 3, 1.0))
    assert live.interims == []
    assert live.final() == ["w1", "w2", "w3"]


def test_a_failure_at_the_end_is_told_and_can_be_tried_again() -> None:
    transcriber = FakeTranscriber(errors=[TranscriptionError("It broke.", "Try again.")])
    live = Live(transcriber, wait=True).hear(said(1, 1.0))
    with pytest.raises(TranscriptionError):
        live.final()
    assert live.final() == ["w1"]
    assert live.final() == ["w1"]
    assert len(transcriber.decoded_s) == 2


pieces = st.lists(
    st.tuples(st.integers(1, 200), st.sampled_from([0.1, 0.3, 0.4, 0.7, 1.5, 4.0])), max_size=90
)


@given(pieces, st.booleans())
def test_no_word_is_lost_doubled_or_moved(script: list[tuple[int, float]], wait: bool) -> None:
    alternating = [(2 * (n // 2) + i % 2 + 1, pause) for i, (n, pause) in enumerate(script)]
    live = Live(FakeTranscriber(), wait=wait)
    live.hear(said(*[piece for pair in alternating for piece in pair]))
    final = live.final()
    assert final == [f"w{number}" for number, _ in alternating]
    committed = [word.text for word in live.committed]
    assert final[: len(committed)] == committed
    assert live.sound.duration_s == pytest.approx(
        sum(WORD_S + pause for _, pause in alternating), abs=0.001 * (len(script) + 1)
    )


def test_the_buffer_grows_and_gives_copies() -> None:
    buffer = SoundBuffer()
    for second in range(70):
        buffer.append(np.full(RATE_HZ, second / 100, dtype=np.float32))
    assert buffer.duration_s == 70.0
    assert buffer.between(64.5, 65.5)[0] == np.float32(0.64)
    assert buffer.between(64.5, 65.5)[-1] == np.float32(0.65)
    assert len(buffer.between(69.5, 99.0)) == RATE_HZ // 2
    assert len(buffer.between(80.0, 99.0)) == 0
    copy = buffer.all()
    copy[:] = 1.0
    assert buffer.between(0.0, 0.1).max() == 0.0

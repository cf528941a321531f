"""Text while the candidate speaks: what is committed when, and that no word is lost or doubled."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hearing_fakes import (
    BLOCK,
    WORD_S,
    CarefulTranscriber,
    FakeTranscriber,
    LoudnessDetector,
    briefly,
    said,
)
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.core.transcript import Word
from voice_interviewer.errors import TranscriptionError
from voice_interviewer.hearing.buffer import WorkingAudio
from voice_interviewer.hearing.live_text import LiveText, continued
from voice_interviewer.hearing.speech import SpeechFollower
from voice_interviewer.hearing.timeline import SpeechTimeline


class Live:
    """Live text on a sound that is fed bit by bit."""

    def __init__(
        self,
        transcriber: FakeTranscriber,
        *,
        wait: bool,
        timeline: SpeechTimeline | None = None,
    ) -> None:
        self.sound = WorkingAudio()
        self.timeline = timeline or SpeechTimeline()
        self.follower = SpeechFollower(LoudnessDetector(), self.timeline)
        self.committed: list[Word] = []
        self.interims: list[str] = []
        self.text = LiveText(
            transcriber,
            self.sound,
            self.timeline,
            terms=("KL", "PPO"),
            on_committed=self.committed.extend,
            on_draft=lambda words: self.interims.append(" ".join(word.text for word in words)),
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


def test_a_long_answer_is_committed_bit_by_bit_and_its_end_is_short() -> None:
    transcriber = FakeTranscriber()
    script = [piece for number in range(1, 101) for piece in (number, 0.6)]
    live = Live(transcriber, wait=True).hear(said(*script))
    committed = [word.text for word in live.committed]
    assert len(committed) > 90
    before = len(transcriber.decoded_s)
    assert live.final() == [f"w{number}" for number in range(1, 101)]
    assert committed == [f"w{number}" for number in range(1, len(committed) + 1)]
    (last_s,) = transcriber.decoded_s[before:]
    assert 3.0 <= last_s < 10.0
    assert min(transcriber.decoded_s) >= 3.0
    assert max(transcriber.decoded_s) < 12.0


def test_times_count_from_the_start_of_the_recording() -> None:
    script = [piece for number in range(1, 61) for piece in (number, 0.6)]
    live = Live(FakeTranscriber(), wait=True).hear(said(*script))
    live.follower.finish()
    for index, word in enumerate(live.text.final()):
        start_s = index * (WORD_S + 0.6)
        assert word.start_s == pytest.approx(start_s, abs=0.002)
        assert word.end_s == pytest.approx(start_s + WORD_S, abs=0.002)


def test_the_draft_of_the_first_silent_moment_is_the_final_transcript() -> None:
    transcriber = FakeTranscriber()
    live = Live(transcriber, wait=False).hear(said(1, 0.04, 2))
    live.settle()
    assert transcriber.decoded_s == []
    assert not live.text.covered
    live.hear(said(0.1))
    live.settle()
    assert live.interims == ["w1 w2"]
    assert live.text.covered
    live.hear(said(2.0))
    assert live.final() == ["w1", "w2"]
    assert len(transcriber.decoded_s) == 1
    terms, speech, thorough = transcriber.asked[0]
    assert terms == ("KL", "PPO")
    assert not thorough
    assert speech[0] == pytest.approx((0.0, 2 * WORD_S + 0.04), abs=0.04)


def test_a_draft_is_committed_as_it_stands_once_enough_was_said_after_it() -> None:
    transcriber = FakeTranscriber()
    live = Live(transcriber, wait=False)
    for number in range(1, 11):  # 5.1 s without a gap
        live.hear(said(number))
    live.hear(said(0.6))
    live.settle()
    assert transcriber.decoded_s == [pytest.approx(5.4, abs=0.3)]
    for number in range(11, 18):  # 3.6 s more
        live.hear(said(number))
    assert [word.text for word in live.committed] == [f"w{n}" for n in range(1, 11)]
    assert {word.segment for word in live.committed} == {0}
    assert len(transcriber.decoded_s) == 1
    assert live.final() == [f"w{n}" for n in range(1, 18)]


def test_without_a_pause_it_is_cut_where_it_is_quietest() -> None:
    transcriber = FakeTranscriber()
    script: list[float] = []
    for number in range(1, 61):
        script += [number, 0.04] if number % 7 == 0 else [number]
    live = Live(transcriber, wait=True).hear(said(*script))
    assert len(live.committed) >= 20
    assert live.final() == [f"w{n}" for n in range(1, 61)]
    assert max(transcriber.decoded_s) <= 17.0


def test_a_slow_recogniser_gets_no_drafts_in_the_gaps_between_words() -> None:
    transcriber = FakeTranscriber()
    live = Live(transcriber, wait=False)
    live.text._cost_s = 1.0
    live.hear(said(1, 0.3, 2, 0.3))
    live.settle()
    assert transcriber.decoded_s == []
    live.hear(said(0.4))
    live.settle()
    assert len(transcriber.decoded_s) == 1


def test_what_was_said_to_the_interviewer_is_no_part_of_the_answer() -> None:
    transcriber = FakeTranscriber()
    live = Live(transcriber, wait=False).hear(said(1, 0.5, 2, 3, 1.0))
    live.settle()
    live.text.remove(0.8, 2.1)
    assert [word.text for word in live.text.words] == ["w1"]
    assert live.interims[-1] == "w1"
    live.hear(said(4, 0.5))
    assert live.final() == ["w1", "w4"]
    assert all(last <= 0.8 or first >= 2.1 for first, last in live.text.speech)


def test_what_is_pending_can_be_committed_when_the_answer_goes_on_elsewhere() -> None:
    live = Live(FakeTranscriber(), wait=True).hear(said(1, 0.5, 2, 0.5))
    assert live.committed == []
    live.text.commit_all()
    live.text.commit_all()
    assert [word.text for word in live.committed] == ["w1", "w2"]
    assert live.final() == ["w1", "w2"]


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
    live.hear(said(1, 1.0, 2, 1.0, 3, 1.0))
    assert live.interims == []
    assert transcriber.decoded_s == [], "it is still at the first"
    assert transcriber.gate is not None
    transcriber.gate.set()
    assert live.final() == ["w1", "w2", "w3"]
    assert len(transcriber.decoded_s) == 2


def nine_words_drafted(transcriber: FakeTranscriber) -> Live:
    """4.6 s with a draft of them, then four words more."""
    live = Live(transcriber, wait=False).hear(said(*range(1, 10), 0.1))
    live.settle()
    return live.hear(said(*range(10, 17)))


def test_of_a_long_piece_only_the_end_is_decoded_when_the_answer_is_over() -> None:
    transcriber = FakeTranscriber()
    live = nine_words_drafted(transcriber)
    assert live.final() == [f"w{n}" for n in range(1, 17)]
    draft_s, end_s = transcriber.decoded_s
    assert draft_s > 4.0
    assert 3.0 <= end_s < 6.5
    assert live.final() == [f"w{n}" for n in range(1, 17)]
    assert len(transcriber.decoded_s) == 2


def test_an_end_that_contradicts_the_draft_has_everything_decoded_again() -> None:
    transcriber = FakeTranscriber()
    live = nine_words_drafted(transcriber)
    draft = live.text._drafts[-1]
    draft.words = tuple(w.model_copy(update={"text": "misheard"}) for w in draft.words)
    assert live.final() == [f"w{n}" for n in range(1, 17)]
    assert len(transcriber.decoded_s) == 3
    assert transcriber.decoded_s[-1] > 8.0


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


def test_every_word_tells_in_which_piece_it_was_decoded() -> None:
    short = Live(FakeTranscriber(), wait=False).hear(said(1, 0.5, 2, 0.5))
    short.follower.finish()
    assert [word.segment for word in short.text.final()] == [0, 0]
    long = Live(FakeTranscriber(), wait=True)
    long.hear(said(*[piece for number in range(1, 41) for piece in (number, 0.6)]))
    long.follower.finish()
    words = long.text.final()
    assert words[: len(long.committed)] == tuple(long.committed)
    last = long.committed[-1].segment
    assert last is not None
    assert {word.segment for word in words[len(long.committed) :]} == {last + 1}


def test_what_another_recording_says_is_counted_on() -> None:
    first = (Word(text="a", start_s=0.0, end_s=0.5, segment=0), Word(text="b", segment=1))
    second = (Word(text="c", start_s=0.0, end_s=0.5, segment=0), Word(text="d"))
    both = continued(continued((), first, 0.0), second, 2.0)
    assert [word.segment for word in both] == [0, 1, 2, None]
    assert [word.start_s for word in both] == [0.0, None, 2.0, None]


def test_a_command_that_reaches_into_what_is_committed_is_no_part_of_the_answer_either() -> None:
    live = Live(FakeTranscriber(), wait=True)
    live.hear(said(*range(1, 11), 0.6, *range(11, 18), 1.0))
    assert [word.text for word in live.committed] == [f"w{n}" for n in range(1, 11)]
    live.text.remove(8.5 * WORD_S, 17 * WORD_S + 0.6)
    kept = [f"w{n}" for n in range(1, 9)]
    assert [word.text for word in live.text.words] == kept
    live.text.commit_all()
    assert live.final() == kept
    assert live.hear(said(18, 1.0)).final() == [*kept, "w18"]


class Meeting(FakeTranscriber):
    """Waits a moment in case somebody else asks for the same words."""

    def __init__(self) -> None:
        super().__init__()
        self.both = threading.Barrier(2)

    def transcribe(self, samples: np.ndarray, **how: object) -> tuple[Word, ...]:
        meet(self.both)
        return super().transcribe(samples)


def meet(both: threading.Barrier) -> None:
    """Wait for another thread that does the same; where the two are kept apart, go on alone."""
    with contextlib.suppress(threading.BrokenBarrierError):
        both.wait(0.2)


def ended_and_gone_on(live: Live) -> list[str]:
    """The final words, while the answer that they are of goes on in another recording."""
    live.follower.finish()
    with ThreadPoolExecutor(1) as other:
        going_on = other.submit(live.text.commit_all)
        words = [word.text for word in live.text.final()]
        going_on.result(5)
    return words


def test_an_answer_that_goes_on_while_its_end_is_decoded_has_no_word_twice() -> None:
    live = Live(Meeting(), wait=True).hear(said(1, 0.5, 2, 0.5))
    assert ended_and_gone_on(live) == ["w1", "w2"]
    assert [word.text for word in live.committed] == ["w1", "w2"]
    assert live.final() == ["w1", "w2"]


def test_an_answer_that_goes_on_while_a_draft_is_made_has_it_taken_in_once() -> None:
    transcriber = FakeTranscriber(gate=threading.Event())
    live = Live(transcriber, wait=False).hear(said(1, 0.5, 2, 0.5))
    running, both = live.text._running, threading.Barrier(2)
    assert running is not None
    assert transcriber.gate is not None

    class Met(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            done = super().wait(timeout)
            meet(both)
            return done

    running.done = Met()
    transcriber.gate.set()
    assert ended_and_gone_on(live) == ["w1", "w2"]
    assert [word.text for word in live.committed] == ["w1", "w2"]


def test_nothing_that_the_listener_changes_is_read_beside_it() -> None:
    here = threading.current_thread()

    class Changing(SpeechTimeline):
        @property
        def spans(self) -> tuple[tuple[float, float], ...]:
            if threading.current_thread() is not here:
                raise ValueError("another stretch of speech began meanwhile")
            return super().spans

    live = Live(FakeTranscriber(), wait=False, timeline=Changing()).hear(said(1, 1.0))
    live.settle()
    assert live.text.covered
    assert live.final() == ["w1"]


def step_by_step(live: Live, samples: np.ndarray) -> None:
    """Hear it with every draft ready in time."""
    for start in range(0, len(samples), BLOCK):
        live.hear(samples[start : start + BLOCK])
        live.settle()


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("before_s", [0.4, 1.5, 2.5, 3.6])
def test_a_short_word_alone_in_a_long_pause_is_committed_too(before_s: float, wait: bool) -> None:
    live = Live(CarefulTranscriber(), wait=wait)
    silences = said(before_s), said(3.85 - before_s)
    step_by_step(
        live,
        np.concatenate(
            [said(*range(1, 11)), silences[0], briefly(11), silences[1], said(*range(12, 20), 0.5)]
        ),
    )
    assert len(live.committed) in (10, 11)
    assert live.final() == [f"w{n}" for n in range(1, 20)]


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


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.1, 0.3, 0.4, 0.7, 1.5, 4.0])), max_size=60
    ),
    st.booleans(),
)
def test_no_short_word_is_lost_or_doubled(script: Sequence[tuple[bool, float]], wait: bool) -> None:
    sound = [said(200, 0.4)]
    for number, (short, pause_s) in enumerate(script, 1):
        sound += [briefly(number) if short else said(number), said(pause_s)]
    live = Live(FakeTranscriber(), wait=wait).hear(np.concatenate(sound))
    assert live.final() == ["w200", *(f"w{number}" for number in range(1, len(script) + 1))]

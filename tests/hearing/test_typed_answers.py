"""Typed answers give the events of spoken ones, and never keep anybody waiting."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import pytest
from hearing_fakes import Notes

from voice_interviewer.core.commands import Listen, Transcribe
from voice_interviewer.core.events import EndReason
from voice_interviewer.core.ports import Ended
from voice_interviewer.core.transcript import words_of
from voice_interviewer.errors import InterviewerError
from voice_interviewer.hearing.typed import TypedBox, TypedListener

ASK = Listen(turn_id=1, question_id="q")


def listening(listener: TypedBox, notes: Notes) -> Callable[[], Ended]:
    """Listen in a thread; the function returned waits for its end."""
    result: queue.SimpleQueue[Ended] = queue.SimpleQueue()
    thread = threading.Thread(target=lambda: result.put(listener.listen(ASK, notes)), daemon=True)
    thread.start()
    assert notes.begun.wait(5)
    return lambda: result.get(timeout=5)


def test_each_line_is_an_answer_and_the_end_ends_the_interview() -> None:
    lines = iter(["KL keeps the policy close.", "skip", "", None])
    listener = TypedListener(lambda: next(lines))
    texts = []
    for _ in range(3):
        notes = Notes()
        assert listener.listen(ASK, notes) == Ended(reason="key")
        assert (notes.recording, notes.source) == (None, "typed")
        assert notes.happened == ["started", "committed"]
        texts.append(notes.text)
    assert texts == ["KL keeps the policy close.", "skip", ""]
    assert listener.listen(ASK, Notes()) == Ended(reason="end_of_input")
    assert listener.listen(ASK, Notes()) == Ended(reason="end_of_input")


def test_the_transcript_is_what_was_typed() -> None:
    words = words_of("reward models drift")
    listener = TypedBox()
    transcript = listener.transcribe(Transcribe(turn_id=1, recordings=(), committed=words))
    assert transcript.text == "reward models drift"
    assert transcript.engine == "typed"


@pytest.mark.parametrize("reason", ["key", "skip", "dont_know", None])
def test_finish_returns_at_once_though_the_input_is_blocked(reason: EndReason | None) -> None:
    blocked: queue.SimpleQueue[str] = queue.SimpleQueue()
    listener = TypedListener(blocked.get)
    notes = Notes()
    ended = listening(listener, notes)
    listener.finish(reason)
    assert ended() == Ended(reason=reason)
    blocked.put("the next answer")
    later = Notes()
    assert listener.listen(ASK, later) == Ended(reason="key")
    assert later.text == "the next answer"


def test_a_screen_delivers_texts() -> None:
    box = TypedBox()
    notes = Notes()
    ended = listening(box, notes)
    box.submit_text("from the screen")
    assert ended() == Ended(reason="key")
    assert notes.text == "from the screen"


def test_finish_before_listening_changes_nothing() -> None:
    box = TypedBox()
    box.finish("skip")
    box.submit_text("still heard")
    notes = Notes()
    assert box.listen(ASK, notes) == Ended(reason="key")
    assert notes.text == "still heard"


def test_closing_ends_the_answer_and_all_later_ones() -> None:
    box = TypedBox()
    ended = listening(box, Notes())
    box.close()
    assert ended() == Ended(reason=None)
    assert box.listen(ASK, Notes()) == Ended(reason=None)


def test_input_that_is_no_text_is_an_error_with_a_fix() -> None:
    def lines() -> str:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    with pytest.raises(InterviewerError) as caught:
        TypedListener(lines).listen(ASK, Notes())
    assert "UTF-8" in caught.value.hint

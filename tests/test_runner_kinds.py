"""What the runner does for a coach, a clock, and an interviewer who cuts in."""

from __future__ import annotations

import io
from collections.abc import Iterator

from fakes import FakeJudge, FakeListener, FakeSpeaker, MemoryJournal, VirtualClock, started

from voice_interviewer.core import events as ev
from voice_interviewer.core.acknowledging import AFTER_ANSWER
from voice_interviewer.core.bank import Question
from voice_interviewer.core.commands import Assess, Phrase
from voice_interviewer.core.events import PlanItem
from voice_interviewer.core.ports import Phraser
from voice_interviewer.core.report import timing_ms
from voice_interviewer.core.session import State, fold
from voice_interviewer.core.style import Pressure, Style
from voice_interviewer.engines import Engines
from voice_interviewer.headless import Lines
from voice_interviewer.runner import Runner

LONG = "well we looked at it from all sides and then we looked again and again"


class RedScout:
    """Knows red when it hears it."""

    def met(self, command: Assess) -> tuple[str, ...]:
        return ("red",) if "red" in command.transcript.text.split() else ()


class Streaming:
    """Offers an opening sentence and then fails."""

    def chunks(self, command: Phrase) -> Iterator[str]:
        yield f"You said {command.answer.text}."
        yield " And"


class Stage:
    """A runner with fakes around it, which keeps what happened."""

    def __init__(self, *answers: str | None, phraser: Phraser | None = None) -> None:
        self.clock = VirtualClock()
        self.journal = MemoryJournal()
        self.speaker = FakeSpeaker(self.clock)
        self.listener = FakeListener(self.clock, answers)
        engines = Engines(self.speaker, self.listener, FakeJudge(self.clock), RedScout(), phraser)
        self.runner = Runner(self.journal, engines, self.clock)
        self.folder = None
        self.replaying = False

    def play(self, opening: ev.SessionStarted) -> State:
        return self.runner.run(opening)

    def of(self, kind: type[ev.BaseEvent]) -> list[ev.BaseEvent]:
        return [event for event in self.journal.events if isinstance(event, kind)]


def test_every_decision_is_in_the_journal_before_what_follows_from_it() -> None:
    stage = Stage("it is red", "so round", "hull sail")
    state = stage.play(started())
    decided = stage.of(ev.NextDecided)
    assert [event.turn_id for event in decided] == [1, 2, 3]  # type: ignore[attr-defined]
    kinds = [type(event).__name__ for event in stage.journal.events]
    after = kinds.index("NextDecided")
    assert kinds.index("QuestionAsked", after) > after
    assert fold(stage.journal.events) == state


def test_an_answer_is_acknowledged_and_the_wait_for_it_is_measured() -> None:
    stage = Stage("it is red", "so round", "hull sail")
    state = stage.play(started(style=Style(seed=1)))
    assert len(stage.speaker.acknowledged) == 3
    assert set(stage.speaker.acknowledged) <= set(AFTER_ANSWER)
    said = set(stage.speaker.acknowledged)
    assert said <= set(stage.speaker.prepared), "rendered before they are needed"
    assert timing_ms(state, state.turns[0])["answer_end_to_acknowledgement"] is not None


def test_time_is_called_while_the_answer_goes_on() -> None:
    question = started().plan[0].question
    hasty = Question.model_validate(question.model_dump() | {"minutes": 0.002})
    stage = Stage(None)
    style = Style(strict_time=True, acknowledge=False)
    state = stage.play(started(PlanItem(question=hasty), style=style))
    assert [turn.ended for turn in state.turns] == ["time"]
    assert len(stage.of(ev.TimeCalled)) == 1
    assert state.status == "finished"


def test_what_is_met_in_mid_answer_is_told_where_the_interviewer_presses() -> None:
    pressing = Style(pressure=Pressure(), acknowledge=False)
    stage = Stage("it is red", "so round", "hull sail")
    stage.play(started(style=pressing))
    heard = stage.of(ev.CriteriaHeard)
    assert heard
    assert heard[0].criteria == ("red",)  # type: ignore[attr-defined]
    calm = Stage("it is red", "so round", "hull sail")
    calm.play(started())
    assert not calm.of(ev.CriteriaHeard)


def test_without_a_screen_a_coach_gives_feedback_and_goes_on() -> None:
    out = io.StringIO()
    stage = Stage("it is red", "hull sail")
    stage.runner.subscribe(Lines(out, stage.runner))  # type: ignore[arg-type]
    stage.runner.replaying = False  # type: ignore[attr-defined]
    style = Style(feedback="each", acknowledge=False)
    state = stage.play(started(style=style, follow_up_limit=0))
    assert state.status == "finished"
    said = out.getvalue()
    assert "Feedback: 3.3 of 10" in said
    assert "A strong answer says: A strong answer says round." in said


def test_a_models_words_are_said_and_kept_and_the_decided_question_is_asked() -> None:
    stage = Stage("it is red", "so round", "hull sail", phraser=Streaming())
    state = stage.play(started())
    said = "You said it is red. What about round?"
    assert stage.speaker.said[1] == said
    assert (state.turns[1].prompt, state.turns[1].worded) == (said, True)
    assert fold(stage.journal.events) == state

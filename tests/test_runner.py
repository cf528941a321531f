"""A whole interview in virtual time, and what the runner does when parts fail."""

from __future__ import annotations

import threading
import time

import pytest
from fakes import (
    FakeJudge,
    FakeListener,
    FakeSpeaker,
    MemoryJournal,
    VirtualClock,
    Watcher,
    question,
    started,
)

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.core.commands import Assess, Overhear
from voice_interviewer.core.report import session_report, timing_ms
from voice_interviewer.core.session import State, fold
from voice_interviewer.core.style import Interviewer, Style
from voice_interviewer.core.transcript import Evidence
from voice_interviewer.engines import Engines
from voice_interviewer.errors import (
    AudioError,
    InterviewerError,
    StorageError,
    TranscriptionError,
    VoiceError,
    WeightsError,
)
from voice_interviewer.runner import Runner


class Stage:
    """A runner with fakes around it."""

    def __init__(self, *answers: str | None) -> None:
        self.clock = VirtualClock()
        self.journal = MemoryJournal()
        self.speaker = FakeSpeaker(self.clock)
        self.listener = FakeListener(self.clock, answers)
        self.judge = FakeJudge(self.clock)
        self.watcher = Watcher()

    def runner(self, state: State | None = None) -> Runner:
        engines = Engines(self.speaker, self.listener, self.judge)
        runner = Runner(self.journal, engines, self.clock, state)
        runner.subscribe(self.watcher)
        return runner

    def play(self) -> State:
        return self.runner().run(started())


def test_a_whole_interview_in_virtual_time(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("it is red", "and it is round", "the hull and the sail")
    monkeypatch.setattr(time, "sleep", lambda _s: pytest.fail("real time was waited for"))
    state = stage.play()
    assert (state.status, state.ended_because) == ("finished", "completed")
    assert stage.speaker.said == [
        "Tell me about apples?",
        'You said: "it is red". Beyond that: What about round?',
        "Tell me about boats?",
    ]
    assert [state.score(0), state.score(1)] == [10.0, 10.0]
    assert fold(stage.journal.events) == state == stage.watcher.states[-1]
    assert "Tell me about boats?" in stage.speaker.prepared


def test_the_report_times_come_from_the_journal() -> None:
    stage = Stage("it is red", "round", "the hull and sail")
    stage.play()
    state = fold(stage.journal.events)
    timing = timing_ms(state, state.turns[0])
    assert timing["end_of_speech_to_transcript"] == 300
    assert timing["transcript_to_assessment"] == 50
    assert timing["assessment_to_next_prompt"] == 0
    report = session_report(state, "folder")
    first = report["turns"][0]
    assert first["transcript"] == "it is red"
    assert (first["follow_up"]["criterion"], first["follow_up"]["rung"]) == ("round", "clarify")
    assert first["words"][2] == {
        "text": "red",
        "start_s": 0.8,
        "end_s": 1.1,
        "probability": 1.0,
        "segment": None,
    }
    assert report["questions"][0]["verdicts"] == {"red": "met", "round": "met"}
    assert first["delivery"] == {
        "words_per_minute": 163.6,
        "pauses_over_1_s": 0,
        "longest_pause_s": 0.0,
        "first_word_s": 0.0,
        "speaking_s": 1.1,
        "fillers_at_least": 0,
        "fillers": {},
    }
    assert report["turns"][1]["delivery"]["words_per_minute"] is None
    unheard = state.turns[0].model_copy(update={"transcript": None})
    silent = state.model_copy(update={"turns": (unheard,)})
    assert session_report(silent, "folder")["turns"][0]["delivery"] is None


def test_an_event_is_durable_before_anyone_acts_on_it() -> None:
    stage = Stage("red round", "hull sail")
    stage.watcher.react = lambda _state, event: journaled.append(event in stage.journal.events)
    journaled: list[bool] = []
    stage.play()
    assert journaled
    assert all(journaled)


def test_a_full_disk_stops_the_session_and_keeps_what_was_saved() -> None:
    stage = Stage("red", "round", "hull sail")
    stage.journal.full_after = 6
    with pytest.raises(StorageError, match="disk is full"):
        stage.play()
    kept = fold(stage.journal.events)
    assert kept == stage.watcher.states[-1]
    assert kept.status == "running"
    stage.journal.full_after = None
    resumed = stage.runner(kept).run(ev.SessionResumed(at="later"))
    assert resumed.status == "finished"


def test_a_key_stops_the_voice_and_another_ends_the_answer() -> None:
    stage = Stage(None, "hull sail")
    stage.speaker.wait = True
    runner = stage.runner()

    def press(_state: State, event: ev.Event) -> None:
        if isinstance(event, ev.QuestionAsked):
            runner.submit("proceed")
        if isinstance(event, ev.AnswerStarted) and event.turn_id == 1:
            stage.listener.say_now("red round")

    stage.watcher.react = press
    state = runner.run(started())
    assert state.turns[0].ended == "key"
    assert all(e.cut for e in stage.journal.events if isinstance(e, ev.PromptEnded))


def test_leaving_in_mid_answer_can_be_resumed() -> None:
    stage = Stage(None)
    runner = stage.runner()
    stage.watcher.react = lambda _state, event: (
        runner.submit("leave") if isinstance(event, ev.AnswerStarted) else None
    )
    state = runner.run(started())
    assert (state.status, state.ended_because) == ("interrupted", "left")
    later = Stage("red round", "hull sail")
    later.journal.events = stage.journal.events
    finished = later.runner(fold(stage.journal.events)).run(ev.SessionResumed(at="later"))
    assert finished.status == "finished"
    assert finished.turns[0].recordings == ("audio/turn-001.wav", "audio/turn-001-2.wav")


def test_an_interrupt_from_another_thread_ends_the_run() -> None:
    stage = Stage(None)
    runner = stage.runner()
    threading.Timer(0.05, lambda: runner.interrupt("SIGTERM")).start()
    assert runner.run(started()).ended_because == "SIGTERM"


def test_a_failed_microphone_waits_and_goes_on_after_a_retry() -> None:
    stage = Stage("red round", "hull sail")
    stage.listener.listen_errors = [AudioError("It is gone.", "Plug it in.")]
    runner = stage.runner()
    failures: list[str] = []

    def retry(state: State, event: ev.Event) -> None:
        if isinstance(event, ev.PartFailed):
            assert state.failure is not None
            failures.append(f"{state.failure.message} {state.failure.hint}")
            runner.submit("retry")

    stage.watcher.react = retry
    assert runner.run(started()).status == "finished"
    assert failures == ["It is gone. Plug it in."]


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (AudioError("It is gone."), "microphone"),
        (WeightsError("They are broken."), "hearing"),
        (TranscriptionError("The server is gone."), "hearing"),
        (StorageError("No folder can be made."), "storage"),
        (InterviewerError("The answers cannot be read."), "microphone"),
    ],
)
def test_what_fails_as_an_answer_is_to_be_taken_is_named(
    error: InterviewerError, part: ev.Part
) -> None:
    stage = Stage("red round", "hull sail")
    stage.listener.listen_errors = [error]
    runner = stage.runner()
    stage.watcher.react = lambda _state, event: (
        runner.submit("retry") if isinstance(event, ev.PartFailed) else None
    )
    runner.run(started())
    assert [e.part for e in stage.journal.events if isinstance(e, ev.PartFailed)] == [part]


def test_a_failed_transcription_keeps_the_answer_and_can_be_tried_again() -> None:
    stage = Stage("red round", "hull sail")
    stage.listener.transcribe_errors = [TranscriptionError("Whisper stopped.", "Try again.")]
    runner = stage.runner()
    stage.watcher.react = lambda _state, event: (
        runner.submit("retry") if isinstance(event, ev.PartFailed) else None
    )
    state = runner.run(started())
    assert state.status == "finished"
    assert state.turns[0].transcript is not None
    assert state.turns[0].transcript.text == "red round"
    (failed,) = [e for e in stage.journal.events if isinstance(e, ev.PartFailed)]
    assert (failed.doing, failed.turn_id, failed.attempt) == ("transcribing", 1, 0)


def test_a_failed_voice_shows_the_question_instead() -> None:
    stage = Stage("red round", "hull sail")
    stage.speaker.error = VoiceError("No voice.", "Install one.")
    state = stage.play()
    assert state.status == "finished"
    assert not state.turns[0].audible
    assert "No voice." in state.notices[0].message


def test_an_unexpected_fault_in_a_part_does_not_end_the_program() -> None:
    stage = Stage("red round", "hull sail")
    broken = [ZeroDivisionError("secret words")]
    judge = stage.judge.assess

    def assess(command: Assess) -> Assessment:
        if broken:
            raise broken.pop()
        return judge(command)

    stage.judge.assess = assess  # type: ignore[method-assign]
    runner = stage.runner()
    stage.watcher.react = lambda _state, event: (
        runner.submit("retry") if isinstance(event, ev.PartFailed) else None
    )
    assert runner.run(started()).status == "finished"
    failed = [e for e in stage.journal.events if isinstance(e, ev.PartFailed)]
    assert [(f.part, f.doing, f.turn_id) for f in failed] == [("judge", "assessing", 1)]
    assert "secret words" not in failed[0].message


def test_the_judge_sees_an_answer_grow_and_may_break_over_it() -> None:
    stage = Stage("red round", "hull sail")
    seen_again = threading.Event()

    def anticipate(command: Assess) -> None:
        if command.transcript.text == "hull sail":
            seen_again.set()
        raise ZeroDivisionError

    stage.judge.anticipate = anticipate  # type: ignore[method-assign]
    assert stage.play().status == "finished"
    assert seen_again.wait(10)
    assert not [e for e in stage.journal.events if isinstance(e, ev.PartFailed)]


def test_invented_evidence_earns_nothing() -> None:
    stage = Stage("nothing of use")
    lie = Evidence(quote="red and round", first_word=0, last_word=2)
    stage.judge.assess = lambda command: Assessment(  # type: ignore[method-assign]
        judge="liar",
        verdicts=(
            CriterionVerdict(criterion_id="red", verdict="met", evidence=(lie,)),
            CriterionVerdict(criterion_id="not-in-the-rubric", verdict="met", evidence=(lie,)),
        ),
    )
    state = stage.play()
    assert state.turns[0].assessment is not None
    assert [v.verdict for v in state.turns[0].assessment.verdicts] == ["missed"]
    assert state.score(0) == 0.0


def test_what_is_to_be_known_of_the_judge_is_told_once_in_a_session() -> None:
    caveat = "The model m has not been tested as a judge yet."
    stage = Stage("it is red", None)
    engines = Engines(stage.speaker, stage.listener, stage.judge, caveat=caveat)
    runner = Runner(stage.journal, engines, stage.clock)
    runner.subscribe(Watcher(lambda state, _: runner.interrupt("x") if state.turn else None))
    runner.run(started())
    assert [type(event).__name__ for event in stage.journal.events[:2]] == [
        "SessionStarted",
        "NoticeRaised",
    ]
    again = Runner(stage.journal, engines, stage.clock, fold(stage.journal.events))
    again.subscribe(Watcher(lambda state, _: again.interrupt("x") if state.turn else None))
    state = again.run(ev.SessionResumed(at="later"))
    assert [(n.part, n.message) for n in state.notices if n.part == "judge"] == [("judge", caveat)]


def test_a_session_can_be_resumed_from_every_point_of_its_journal() -> None:
    answers = ("it is red", "so round", "the hull", "and sail")
    whole = Stage(*answers)
    whole.play()
    for length in range(1, len(whole.journal.events)):
        kept = fold(whole.journal.events[:length])
        stage = Stage(*answers[sum(turn.ended is not None for turn in kept.turns) :])
        stage.listener._heard = {
            turn.id: [answers[turn.id - 1]] for turn in kept.turns if turn.ended is not None
        }
        state = stage.runner(kept).run(ev.SessionResumed(t_s=kept.t_s, at="later"))
        assert state.status == "finished", whole.journal.events[length - 1]
        assert [state.score(0), state.score(1)] == [10.0, 10.0]


def test_the_voice_of_whoever_asks_reaches_the_speaker_and_what_comes_next_is_prepared() -> None:
    stage = Stage("it is red", "it is round", "the hull and the sail")
    panel = Style(
        acknowledge=True,
        interviewers=(Interviewer(name="Maya"), Interviewer(name="Tom", voice="kokoro:am_adam")),
    )
    stage.runner().run(started(style=panel))
    assert stage.speaker.voices == ["", "", "kokoro:am_adam"]
    first = stage.speaker.prepared[:3]
    assert first == ["Tell me about boats?", "What about red?", "What about round?"]
    assert stage.speaker.acknowledged[0] in stage.speaker.prepared


class Waiting(VirtualClock):
    """A clock with which an ending waits until it is called off."""

    def wait(self, seconds: float, unless: threading.Event) -> bool:
        return unless.wait(10) if seconds else False


def last_question(**fields: object) -> ev.SessionStarted:
    only = ev.PlanItem(question=question("apples", [("red", 1.0)]))
    return started(only, **({"candidate": "mic", "follow_up_limit": 0} | fields))


def test_the_last_answer_can_be_gone_on_with_and_then_the_session_ends() -> None:
    stage = Stage("it is", "red indeed")
    clock = stage.clock = Waiting()
    for part in (stage.speaker, stage.listener, stage.judge):
        part.clock = clock
    runner = stage.runner()

    def go_on(state: State, event: ev.Event) -> None:
        if isinstance(event, ev.AnswerAssessed) and event.attempt == 0:
            assert state.phase == "done"
            stage.listener.overhear_now()
        elif isinstance(event, ev.AnswerEnded) and state.turns[0].attempt == 1:
            clock.wait = VirtualClock.wait.__get__(clock)  # type: ignore[method-assign]

    stage.watcher.react = go_on
    state = runner.run(last_question())
    assert (state.status, state.ended_because, len(state.turns)) == ("finished", "completed", 1)
    turn = state.turns[0]
    assert turn.transcript is not None
    assert (turn.attempt, turn.transcript.text) == (1, "it is red indeed")
    assert state.score(0) == 10.0
    assert fold(stage.journal.events) == state


def test_nobody_waits_for_a_candidate_who_cannot_go_on() -> None:
    class Impatient(VirtualClock):
        def wait(self, seconds: float, unless: threading.Event) -> bool:
            assert seconds == 0
            return super().wait(seconds, unless)

    stage = Stage("it is red")
    stage.clock = Impatient()
    state = stage.runner().run(last_question(candidate="recorded"))
    assert state.status == "finished"


def test_leaving_calls_the_ending_off() -> None:
    stage = Stage("it is red")
    stage.clock = Waiting()
    runner = stage.runner()
    stage.watcher.react = lambda state, event: (
        runner.submit("leave") if isinstance(event, ev.AnswerAssessed) else None
    )
    began = time.monotonic()
    state = runner.run(last_question())
    assert (state.status, state.phase) == ("interrupted", "done")
    assert time.monotonic() - began < 5
    assert not [e for e in stage.journal.events if isinstance(e, ev.SessionFinished)]


def test_no_second_ear_is_opened_before_what_the_first_noticed_is_decided() -> None:
    stage = Stage("it is red")
    runner = stage.runner()
    runner._ear = "noticed"
    runner._execute(Overhear(turn_id=1))
    assert stage.listener.ears == []
    runner._handle(ev.SpeechOverheard(onset_t_s=1.0, t_s=1.3, turn_id=1))
    runner._execute(Overhear(turn_id=1))
    assert stage.listener.ear_open.wait(5)
    runner._silence()
    assert len(stage.listener.ears) == 1

"""The transition, by table: what each event does in each situation, and what it asks for."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import question, started

from voice_interviewer.core import commands as cmd
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict, FollowUp
from voice_interviewer.core.session import State, fold, transition
from voice_interviewer.core.transcript import Transcript, evidence_from, words_of

ASKED = ev.QuestionAsked(turn_id=1, voice="v", audible=True, t_s=1.0)
SPOKEN = ev.PromptEnded(turn_id=1, t_s=3.0)
LISTENING = ev.AnswerStarted(turn_id=1, recording="audio/turn-001.wav", source="mic", t_s=3.1)
ENDED = ev.AnswerEnded(turn_id=1, reason="key", speech_end_t_s=8.0, t_s=9.0)
HEARD = ev.AnswerTranscribed(turn_id=1, transcript=Transcript(words=words_of("red")), t_s=9.4)


def judged(turn_id: int = 1, *met: str, missed: tuple[str, ...] = ()) -> ev.AnswerAssessed:
    transcript = Transcript(words=words_of("some words"))
    proof = (evidence_from(transcript, 0, 0),)
    verdicts = [CriterionVerdict(criterion_id=c, verdict="met", evidence=proof) for c in met]
    verdicts += [CriterionVerdict(criterion_id=c, verdict="missed") for c in missed]
    assessment = Assessment(judge="test", verdicts=tuple(verdicts))
    return ev.AnswerAssessed(turn_id=turn_id, assessment=assessment, t_s=9.5)


def after(*events: ev.Event) -> State:
    return fold([started(), *events])


def answered(turn_id: int, reason: ev.EndReason = "key") -> list[ev.Event]:
    words = Transcript(words=words_of("words"))
    return [
        ev.QuestionAsked(turn_id=turn_id, voice="v", audible=True),
        ev.PromptEnded(turn_id=turn_id),
        ev.AnswerEnded(turn_id=turn_id, reason=reason),
        ev.AnswerTranscribed(turn_id=turn_id, transcript=words),
    ]


def names(commands: tuple[cmd.Command, ...]) -> list[str]:
    return [type(command).__name__ for command in commands]


UP_TO: dict[str, list[ev.Event]] = {
    "asking": [ASKED],
    "listening": [ASKED, SPOKEN, LISTENING],
    "transcribing": [ASKED, SPOKEN, LISTENING, ENDED],
    "assessing": [ASKED, SPOKEN, LISTENING, ENDED, HEARD],
}
INTENTS: dict[tuple[str, str], list[str]] = {
    ("asking", "proceed"): ["StopSpeaking"],
    ("asking", "hold"): [],
    ("asking", "repeat"): [],
    ("asking", "skip"): [],
    ("listening", "proceed"): ["StopListening"],
    ("listening", "hold"): ["HoldAnswer"],
    ("listening", "repeat"): ["StopListening"],
    ("listening", "dont_know"): ["StopListening"],
    ("listening", "skip"): ["StopListening"],
    ("listening", "retry"): [],
    ("transcribing", "proceed"): [],
    ("assessing", "proceed"): [],
    ("asking", "leave"): ["StopSpeaking", "Finish"],
    ("listening", "leave"): ["StopSpeaking", "Finish"],
    ("assessing", "leave"): ["StopSpeaking", "Finish"],
}


@pytest.mark.parametrize(("situation", "wanted"), INTENTS.items())
def test_what_a_key_asks_for_in_each_phase(
    situation: tuple[str, ev.Intent], wanted: list[str]
) -> None:
    phase, intent = situation
    state = after(*UP_TO[phase])
    assert state.phase == phase
    _, commands = transition(state, ev.IntentReceived(intent=intent))
    assert names(commands) == wanted


@pytest.mark.parametrize(
    ("intent", "reason"),
    [("proceed", "key"), ("repeat", None), ("dont_know", "dont_know"), ("skip", "skip")],
)
def test_why_listening_stops(intent: ev.Intent, reason: str | None) -> None:
    _, commands = transition(after(*UP_TO["listening"]), ev.IntentReceived(intent=intent))
    assert commands == (cmd.StopListening(turn_id=1, reason=reason),)


def test_a_session_opens_with_its_first_question() -> None:
    state, commands = transition(State(), started())
    assert (state.status, state.phase) == ("running", "asking")
    assert commands == (
        cmd.Speak(turn_id=1, text="Tell me about apples?", say="Tell me about apples?"),
    )


def test_the_voice_gets_the_respelling_and_the_screen_the_prompt() -> None:
    spelled = question("kl", [("a", 1)]).model_copy(update={"say": "kay ell"})
    _, commands = transition(State(), started(ev.PlanItem(question=spelled)))
    assert commands == (cmd.Speak(turn_id=1, text="Tell me about kl?", say="kay ell"),)


def test_an_answer_goes_from_voice_to_verdict() -> None:
    state = after()
    seen = []
    for event in [ASKED, SPOKEN, LISTENING, ENDED, HEARD]:
        state, commands = transition(state, event)
        seen.append(names(commands))
    assert seen == [[], ["Listen"], [], ["Transcribe"], ["Assess", "HearAgain"]]
    turn = state.turn
    assert turn is not None
    assert (turn.asked_t_s, turn.speech_end_t_s, turn.transcribed_t_s) == (1.0, 8.0, 9.4)


def test_the_heaviest_missed_criterion_is_pressed_first() -> None:
    state = after(*answered(1), judged(1, missed=("red", "round")))
    assert state.turn is not None
    assert state.turn.aim is not None
    assert (state.turn.aim.criterion_id, state.turn.aim.rung) == ("round", "clarify")


def test_a_judge_does_not_choose_what_is_asked() -> None:
    event = judged(1, missed=("red", "round"))
    offered = FollowUp(criterion_id="red", rung="clarify", text="In my words?")
    assessment = event.assessment.model_copy(update={"follow_up": offered})
    state = after(*answered(1), event.model_copy(update={"assessment": assessment}))
    assert state.turn is not None
    assert state.turn.prompt == "What about round?"


def test_a_model_words_a_follow_up_once_and_it_is_repeated_in_those_words() -> None:
    told = [*answered(1), judged(1, missed=("red", "round"))]
    state, commands = transition(after(*told[:-1]), told[-1])
    speak = commands[1]
    assert isinstance(speak, cmd.Speak)
    assert speak.phrase is not None
    assert (speak.phrase.probe, speak.phrase.open_ids) == ("What about round?", ("red", "round"))
    worded = ev.PromptWorded(turn_id=2, text="You said words. What about round, then?")
    state, _ = transition(state, worded)
    assert state.turn is not None
    assert state.turn.prompt == worded.text
    assert state.turn.aim is not None
    assert state.turn.aim.text == worded.text, "what was asked must not be asked again"
    again = fold([started(), *told, worded, ev.SessionInterrupted(reason="x")])
    _, commands = transition(again, ev.SessionResumed(at="later"))
    assert commands[0] == cmd.Speak(turn_id=2, text=worded.text, say=worded.text)


def test_two_follow_ups_then_the_next_question() -> None:
    state = after(*answered(1), judged(1, missed=("red", "round")))
    for turn_id in (2, 3):
        assert state.turn is not None
        assert state.turn.aim is not None
        for event in [*answered(turn_id), judged(turn_id, missed=("red", "round"))]:
            state, _ = transition(state, event)
    assert state.turn is not None
    assert (state.turn.id, state.turn.item, state.turn.aim) == (4, 1, None)


def test_everything_met_needs_no_follow_up_and_the_last_question_finishes() -> None:
    state = after(*answered(1), judged(1, "red", "round"), *answered(2))
    state, commands = transition(state, judged(2, "hull", "sail"))
    assert names(commands) == ["Decide", "Finish"]
    assert commands[-1] == cmd.Finish(reason="completed")
    assert [state.score(0), state.score(1)] == [10.0, 10.0]


def test_a_credit_is_kept_when_a_later_answer_misses_it() -> None:
    state = after(
        *answered(1), judged(1, "round", missed=("red",)), *answered(2), judged(2, missed=("red",))
    )
    assert state.verdicts(0) == {"red": "missed", "round": "met"}


@pytest.mark.parametrize(("reason", "next_item"), [("skip", 1), ("dont_know", 0)])
def test_skipping_leaves_the_question_and_not_knowing_is_asked_once_more(
    reason: ev.EndReason, next_item: int
) -> None:
    state = after(*answered(1, reason), judged(1, missed=("red", "round")))
    assert state.turn is not None
    assert state.turn.item == next_item


def test_not_knowing_twice_brings_the_hint_and_then_moves_on() -> None:
    missed = ("red", "round")
    twice = [
        *answered(1, "dont_know"),
        judged(1, missed=missed),
        *answered(2, "dont_know"),
        judged(2, missed=missed),
    ]
    state = after(*twice)
    assert state.turn is not None
    assert state.turn.aim is not None
    assert state.turn.aim.hint
    assert state.plan[0].question.hint in state.turn.prompt
    state = after(*twice, *answered(3), judged(3, missed=missed))
    assert state.turn is not None
    assert state.turn.item == 1


def test_the_end_of_input_ends_the_interview() -> None:
    ended = ev.AnswerEnded(turn_id=1, reason="end_of_input")
    _, commands = transition(after(ASKED, SPOKEN), ended)
    assert commands == (cmd.Finish(reason="end_of_input"),)


def test_what_was_said_before_the_end_of_input_is_still_judged() -> None:
    said = ev.SpeechCommitted(turn_id=1, words=words_of("red"))
    ended = ev.AnswerEnded(turn_id=1, reason="end_of_input")
    state, commands = transition(after(ASKED, SPOKEN, said), ended)
    assert names(commands) == ["Transcribe"]
    for event in (HEARD, judged(1, missed=("red",))):
        state, commands = transition(state, event)
    assert commands == (cmd.Finish(reason="end_of_input"),)


def test_a_judge_may_look_at_an_answer_that_goes_on() -> None:
    said = ev.SpeechCommitted(turn_id=1, words=words_of("red and"))
    state, commands = transition(after(ASKED, SPOKEN), said)
    assert state.turn is not None
    assert state.phase == "listening"
    (looked,) = commands
    assert isinstance(looked, cmd.Anticipate)
    assert looked.transcript.text == "red and"
    _, commands = transition(state, said.model_copy(update={"words": words_of("round")}))
    assert isinstance(commands[0], cmd.Anticipate)
    assert commands[0].transcript.text == "red and round"
    assert commands[0].standing == tuple(state.verdicts(0).items())


def test_repeating_asks_again_and_goes_on_in_the_same_answer() -> None:
    state, commands = transition(after(*UP_TO["listening"]), ev.AnswerPaused(turn_id=1))
    assert names(commands) == ["Speak"]
    state, commands = transition(state, SPOKEN)
    assert isinstance(commands[0], cmd.Listen)
    assert commands[0].part == 2
    second = LISTENING.model_copy(update={"recording": "audio/turn-001-2.wav"})
    for event in (second, ENDED):
        state, commands = transition(state, event)
    assert isinstance(commands[0], cmd.Transcribe)
    assert commands[0].recordings == ("audio/turn-001.wav", "audio/turn-001-2.wav")


RESUMED: dict[str, list[str]] = {
    "asking": ["Speak"],
    "listening": ["Speak"],
    "transcribing": ["Transcribe"],
    "assessing": ["HearAgain", "Assess"],
}


@pytest.mark.parametrize(("phase", "wanted"), RESUMED.items())
def test_an_interrupted_session_goes_on_where_it_stood(phase: str, wanted: list[str]) -> None:
    state = after(*UP_TO[phase], ev.SessionInterrupted(reason="SIGTERM", t_s=20.0))
    assert state.status == "interrupted"
    state, commands = transition(state, ev.SessionResumed(at="later", t_s=20.0))
    assert (state.status, names(commands)) == ("running", wanted)


def test_resuming_in_mid_answer_says_the_question_again_and_a_key_stops_it() -> None:
    state, _ = transition(after(*UP_TO["listening"]), ev.SessionResumed(at="later"))
    assert state.phase == "asking"
    _, commands = transition(state, ev.IntentReceived(intent="proceed"))
    assert names(commands) == ["StopSpeaking"]


def test_a_killed_session_without_a_farewell_resumes_too() -> None:
    state, commands = transition(after(*UP_TO["listening"]), ev.SessionResumed(at="later"))
    assert (state.status, names(commands)) == ("running", ["Speak"])


def test_a_recording_that_no_event_told_of_belongs_to_the_answer_that_goes_on() -> None:
    known, lost = "audio/turn-001.wav", "audio/turn-001-2.wav"
    resumed = ev.SessionResumed(at="later", t_s=20.0, found=(known, lost))
    state, _ = transition(after(*UP_TO["listening"]), resumed)
    assert state.turn is not None
    assert state.turn.recordings == (known, lost)
    assert len(state.turn.words_before) == 2
    elsewhere, _ = transition(after(*UP_TO["assessing"]), resumed)
    assert elsewhere.turn is not None
    assert elsewhere.turn.recordings == (known,)


@pytest.mark.parametrize(
    ("phase", "wanted"), [("listening", "Listen"), ("transcribing", "Transcribe")]
)
def test_a_failed_part_waits_for_a_retry(phase: str, wanted: str) -> None:
    failed = ev.PartFailed(part="microphone", message="It is gone.", hint="Plug it in.")
    state, commands = transition(after(*UP_TO[phase]), failed)
    assert (state.failure, commands) == (failed, ())
    assert transition(state, ev.IntentReceived(intent="proceed"))[1] == ()
    state, commands = transition(state, ev.IntentReceived(intent="retry"))
    assert (state.failure, names(commands)) == (None, [wanted])


LATE: dict[str, ev.Event] = {
    "verdict of another turn": judged(7, "red"),
    "verdict before the answer": judged(1, "red"),
    "transcript before the end": HEARD,
    "second start": started(session_id="other"),
}


@pytest.mark.parametrize("name", LATE)
def test_an_event_that_does_not_fit_changes_nothing(name: str) -> None:
    state = after(*UP_TO["listening"])
    moved, commands = transition(state, LATE[name])
    assert commands == ()
    assert moved.model_copy(update={"t_s": state.t_s}) == state


def test_a_finished_session_cannot_be_moved() -> None:
    state = after(ev.SessionFinished(reason="completed"))
    events: list[Any] = [ASKED, SPOKEN, ev.IntentReceived(intent="leave"), ev.SessionResumed(at="")]
    for event in events:
        assert transition(state, event) == (state, ())


def test_a_notice_is_kept_once() -> None:
    quiet = ASKED.model_copy(update={"audible": False, "notice": "No speaker."})
    state = after(quiet, quiet)
    assert [notice.message for notice in state.notices] == ["No speaker."]

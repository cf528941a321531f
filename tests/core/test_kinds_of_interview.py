"""Coaching, retakes, strict time, pressure, panels: what each kind makes of the same events."""

from __future__ import annotations

import pytest
from fakes import started

from voice_interviewer.core import commands as cmd
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.core.course import AGAIN, OUT_OF_TIME, STOPPED
from voice_interviewer.core.interviewer import Decision
from voice_interviewer.core.planning import HOW_MUCH
from voice_interviewer.core.session import State, fold, transition
from voice_interviewer.core.style import Interviewer, Pressure, Style
from voice_interviewer.core.transcript import Transcript, words_of

PRESSURE = Style(preset="pressure", acknowledge=False, pressure=Pressure(least_s=20, most_s=20))
COACHING = Style(preset="coaching", feedback="each", acknowledge=False)


def heard(
    turn_id: int, text: str = "words", *, t_s: float = 0.0, reason: ev.EndReason = "key"
) -> list[ev.Event]:
    """A turn from its question to its transcript, ending at `t_s`."""
    return [
        ev.QuestionAsked(turn_id=turn_id, voice="v", audible=True, t_s=max(0.0, t_s - 10)),
        ev.PromptEnded(turn_id=turn_id, t_s=max(0.0, t_s - 9)),
        ev.AnswerStarted(turn_id=turn_id, t_s=max(0.0, t_s - 9)),
        ev.AnswerEnded(turn_id=turn_id, reason=reason, t_s=t_s),
        ev.AnswerTranscribed(turn_id=turn_id, transcript=Transcript(words=words_of(text)), t_s=t_s),
    ]


def judged(turn_id: int, *missed: str, t_s: float = 0.0) -> ev.AnswerAssessed:
    verdicts = tuple(CriterionVerdict(criterion_id=c, verdict="missed") for c in missed)
    return ev.AnswerAssessed(
        turn_id=turn_id, assessment=Assessment(judge="t", verdicts=verdicts), t_s=t_s
    )


def names(commands: tuple[cmd.Command, ...]) -> list[str]:
    return [type(command).__name__ for command in commands]


def key(intent: ev.Intent, t_s: float = 0.0) -> ev.IntentReceived:
    return ev.IntentReceived(intent=intent, t_s=t_s)


def session(style: Style, *events: ev.Event, limit: int = 0) -> State:
    return fold([started(style=style, follow_up_limit=limit), *events])


def test_a_coach_waits_after_every_question() -> None:
    state = session(COACHING, *heard(1), judged(1, "red", "round"))
    assert state.phase == "feedback"
    state, commands = transition(state, key("proceed"))
    assert state.turn is not None
    assert (state.phase, state.turn.item) == ("asking", 1)
    assert names(commands) == ["Speak"]


def test_after_the_last_feedback_the_interview_is_done() -> None:
    both = [*heard(1), judged(1, "red"), key("proceed"), *heard(2), judged(2, "hull")]
    _, commands = transition(session(COACHING, *both), key("proceed"))
    assert names(commands) == ["Finish"]


def test_a_question_taken_again_keeps_both_takes() -> None:
    again = session(COACHING, *heard(1, "first"), judged(1, "red"), key("retake"))
    assert again.turn is not None
    assert (again.turn.item, again.turn.take, again.phase) == (0, 2, "asking")
    assert again.turn.prompt.startswith(AGAIN)
    second = [*heard(2, "second"), judged(2, "red", "round")]
    state = session(COACHING, *heard(1, "first"), judged(1, "red"), key("retake"), *second)
    said = [turn.transcript.text for take in state.takes(0) for turn in take if turn.transcript]
    assert said == ["first", "second"]


def test_an_answer_can_be_started_over_while_it_goes_on_and_is_kept() -> None:
    style = Style(acknowledge=False)
    asked = heard(1)[:3]
    _, commands = transition(session(style, *asked), key("retake"))
    assert commands == (cmd.StopListening(turn_id=1, reason="retake"),)
    over = heard(1, "too early", reason="retake")
    state = session(style, *over)
    assert [turn.take for turn in state.turns] == [1, 2]
    assert state.turns[0].transcript is not None
    assert state.phase == "asking"


def test_before_the_first_answer_there_is_nothing_to_take_again() -> None:
    asking = session(Style(), heard(1)[0])
    assert transition(asking, key("retake")) == (asking, ())


def test_strict_time_is_handed_to_the_listener_and_called() -> None:
    style = Style(preset="phone-screen", strict_time=True, acknowledge=False)
    asked = heard(1, t_s=10.0)[:1]
    _, commands = transition(session(style, *asked), ev.PromptEnded(turn_id=1, t_s=40.0))
    listen = commands[0]
    assert isinstance(listen, cmd.Listen)
    assert listen.limit_s == 3 * 60 - 40
    listening = session(style, *heard(1, t_s=10.0)[:3])
    _, commands = transition(listening, ev.TimeCalled(turn_id=1, t_s=180.0))
    assert commands == (cmd.StopListening(turn_id=1, reason="time"),)


def test_out_of_time_no_follow_up_is_asked_and_the_next_question_says_so() -> None:
    style = Style(preset="phone-screen", strict_time=True, acknowledge=False)
    late = [*heard(1, t_s=10.0)[:3], *heard(1, t_s=185.0, reason="time")[3:]]
    state = session(style, *late, judged(1, "red", t_s=186.0), limit=3)
    assert state.turn is not None
    assert state.turn.item == 1
    assert state.turn.prompt.startswith(OUT_OF_TIME)


def test_no_question_is_begun_after_the_calls_own_limit() -> None:
    style = Style(minutes=1, acknowledge=False)
    state = session(style, *heard(1, t_s=61.0))
    _, commands = transition(state, judged(1, "red", t_s=62.0))
    assert names(commands) == ["Decide", "Finish"]


def committed(text: str, t_s: float) -> ev.SpeechCommitted:
    return ev.SpeechCommitted(turn_id=1, words=words_of(text), t_s=t_s)


LONG = "well we looked at it from all sides and then we looked again and again"


@pytest.mark.parametrize(("at_s", "wanted"), [(28.0, "Anticipate"), (30.0, "StopListening")])
def test_nothing_new_for_too_long_is_cut_at_the_drawn_second(at_s: float, wanted: str) -> None:
    listening = session(PRESSURE, *heard(1, t_s=19.0)[:3])
    _, commands = transition(listening, committed(LONG, at_s))
    assert names(commands) == [wanted]


def test_a_criterion_that_was_heard_gives_more_time() -> None:
    new = ev.CriteriaHeard(turn_id=1, criteria=("red",), t_s=29.0)
    listening = session(PRESSURE, *heard(1, t_s=19.0)[:3], new)
    _, commands = transition(listening, committed(LONG, 40.0))
    assert names(commands) == ["Anticipate"]


def test_a_vague_amount_is_cut_and_asked_for_its_number() -> None:
    listening = heard(1, t_s=19.0)[:3]
    vague = committed(f"{LONG} and it was a lot faster", 15.0)
    state = session(PRESSURE, *listening, vague)
    assert state.turn is not None
    assert state.turn.cut_at == "a lot faster"
    rest = heard(1, f"{LONG} and it was a lot faster", t_s=16.0, reason="cut_in")[3:]
    state = session(PRESSURE, *listening, vague, *rest, judged(1, "red", "round"), limit=2)
    assert state.turn is not None
    assert state.turn.prompt == f'{STOPPED} You said "a lot faster". {HOW_MUCH}'


def test_one_answer_is_cut_only_once() -> None:
    listening = session(PRESSURE, *heard(1, t_s=19.0)[:3], committed(LONG, 30.0))
    _, commands = transition(listening, committed(LONG, 60.0))
    assert names(commands) == ["Anticipate"]


def test_a_panel_takes_turns_and_the_keenest_presses() -> None:
    maya = Interviewer(name="Maya", voice="high", interests=("example",))
    tom = Interviewer(name="Tom", interests=("clarify",))
    style = Style(interviewers=(maya, tom), acknowledge=False)
    first = session(style)
    assert first.turn is not None
    assert (first.turn.asker, first.turn.asker_voice) == ("Maya", "high")
    pressed = session(style, *heard(1), judged(1, "red", "round"), limit=1)
    assert pressed.turn is not None
    assert pressed.turn.aim is not None
    assert pressed.turn.asker == "Tom"
    second = session(style, *heard(1), judged(1, "red", "round"))
    assert second.turn is not None
    assert (second.turn.item, second.turn.asker) == (1, "Tom")


def test_an_answer_is_acknowledged_before_anything_else_is_done() -> None:
    listening = session(Style(seed=3), *heard(1)[:3])
    _, commands = transition(listening, ev.AnswerEnded(turn_id=1, reason="silence"))
    assert names(commands) == ["Acknowledge", "Transcribe"]
    _, skipped = transition(listening, ev.AnswerEnded(turn_id=1, reason="skip"))
    assert names(skipped) == ["Transcribe"]


def test_the_journal_has_the_last_word_on_what_was_decided() -> None:
    state = session(Style(acknowledge=False), *heard(1), judged(1, "red", "round"), limit=1)
    assert state.turn is not None
    assert state.turn.item == 0
    otherwise = ev.NextDecided(turn_id=1, decision=Decision(why="an earlier rule"))
    state, _ = transition(state, otherwise)
    assert state.turn is not None
    assert (state.turn.item, len(state.turns)) == (1, 2)
    assert state.turns[0].decided == otherwise.decision

"""Answers that go on: undone endings, interruptions, spoken commands, another microphone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import question, started

from voice_interviewer.core import commands as cmd
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.core.session import State, fold, transition
from voice_interviewer.core.style import Style
from voice_interviewer.core.transcript import Transcript, words_of

MISSED = Assessment(
    judge="test",
    verdicts=tuple(CriterionVerdict(criterion_id=c, verdict="missed") for c in ("red", "round")),
)
ASKED = ev.QuestionAsked(turn_id=1, voice="v", audible=True, t_s=1.0)
SPOKEN = ev.PromptEnded(turn_id=1, t_s=3.0)
LISTENING = ev.AnswerStarted(turn_id=1, recording="audio/turn-001.wav", source="mic", t_s=3.1)
COMMITTED = ev.SpeechCommitted(turn_id=1, words=words_of("so the first thing"), t_s=6.0)
ENDED = ev.AnswerEnded(turn_id=1, reason="silence", speech_end_t_s=8.0, t_s=9.0)
HEARD = ev.AnswerTranscribed(
    turn_id=1, transcript=Transcript(words=words_of("so the first thing is")), t_s=9.2
)
JUDGED = ev.AnswerAssessed(turn_id=1, assessment=MISSED, t_s=9.3)
ASKED_ON = ev.QuestionAsked(turn_id=2, voice="v", audible=True, t_s=9.5)

ANSWERED = [ASKED, SPOKEN, LISTENING, COMMITTED, ENDED]


def after(*events: ev.Event, headphones: bool = False, candidate: str = "mic") -> State:
    return fold([started(candidate=candidate, headphones=headphones), *events])


def overheard(onset_t_s: float) -> ev.SpeechOverheard:
    return ev.SpeechOverheard(onset_t_s=onset_t_s, t_s=onset_t_s + 0.3)


def names(commands: tuple[cmd.Command, ...]) -> list[str]:
    return [type(command).__name__ for command in commands]


def test_an_ear_is_open_whenever_no_answer_is_taken() -> None:
    _, commands = transition(after(*ANSWERED[:-1]), ENDED)
    assert names(commands) == ["Transcribe", "Overhear"]
    _, commands = transition(after(*ANSWERED, HEARD), JUDGED)
    assert names(commands) == ["Decide", "Speak", "Overhear"]
    _, commands = transition(after(*ANSWERED, HEARD, JUDGED), ASKED_ON)
    assert commands == ()


@pytest.mark.parametrize("reason", ["skip", "dont_know", "no_speech", "end_of_audio"])
def test_an_answer_that_was_given_up_is_not_waited_for(reason: ev.EndReason) -> None:
    _, commands = transition(after(*ANSWERED[:-1]), ENDED.model_copy(update={"reason": reason}))
    assert "Overhear" not in names(commands)


SKIPPED = ENDED.model_copy(update={"reason": "skip"})
SKIP_SAID = ev.CommandSpoken(turn_id=1, command="skip", start_s=3.0, end_s=4.5, t_s=8.0)


@pytest.mark.parametrize("since", [[], [HEARD], [HEARD, JUDGED, ASKED_ON]])
def test_a_skip_that_was_heard_can_be_undone_and_one_by_key_cannot(since: list[ev.Event]) -> None:
    spoken = [*ANSWERED[:-1], SKIP_SAID]
    _, commands = transition(after(*spoken), SKIPPED)
    assert "Overhear" in names(commands)
    state, commands = transition(after(*spoken, SKIPPED, *since), overheard(9.6))
    assert (state.phase, state.turns[-1].id, state.turns[0].ended) == ("listening", 1, None)
    assert names(commands) == ["StopSpeaking", "Listen"]
    pressed, commands = transition(after(*ANSWERED[:-1], SKIPPED, *since), overheard(9.6))
    assert pressed.turns[0].ended == "skip"
    assert commands == ()


def test_typed_and_recorded_candidates_are_not_overheard() -> None:
    for candidate in ("typed", "recorded"):
        _, commands = transition(after(*ANSWERED[:-1], candidate=candidate), ENDED)
        assert names(commands) == ["Transcribe"]


@pytest.mark.parametrize(
    "since",
    [
        [],
        [HEARD],
        [HEARD, JUDGED],
        [HEARD, JUDGED, ASKED_ON],
    ],
    ids=["transcribing", "assessing", "rendering", "speaking"],
)
def test_going_on_reopens_the_same_answer(since: list[ev.Event]) -> None:
    before = after(*ANSWERED, *since)
    state, commands = transition(before, overheard(11.4))
    assert before.turn is not None
    assert state.phase == "listening"
    assert [turn.id for turn in state.turns] == [1]
    turn = state.turns[0]
    assert (turn.ended, turn.transcript, turn.assessment, turn.attempt) == (None, None, None, 1)
    assert turn.committed == COMMITTED.words
    stop, listen = commands
    assert stop == cmd.StopSpeaking(turn_id=before.turn.id)
    assert isinstance(listen, cmd.Listen)
    assert (listen.turn_id, listen.part, listen.overheard) == (1, 2, True)


def test_after_two_seconds_the_interviewer_goes_on() -> None:
    before = after(*ANSWERED, HEARD, JUDGED, ASKED_ON)
    state, commands = transition(before, overheard(11.6))
    assert commands == ()
    assert (state.phase, state.turns[0]) == ("asking", before.turns[0])


def test_the_time_to_go_on_is_the_sessions_own() -> None:
    events = [*ANSWERED, HEARD, JUDGED, ASKED_ON]
    patient = fold([started(candidate="mic", undo_s=4.0), *events])
    reopened, _ = transition(patient, overheard(13.4))
    assert reopened.phase == "listening"
    still, commands = transition(patient, overheard(13.6))
    assert (still.phase, len(still.turns), commands) == ("asking", len(patient.turns), ())


def test_results_of_the_answer_before_it_was_reopened_are_too_late() -> None:
    reopened = [*ANSWERED, overheard(9.1)]
    again = [ev.AnswerEnded(turn_id=1, reason="key", t_s=15.0)]
    state = after(*reopened, *again)
    late, commands = transition(state, HEARD)
    assert (late.phase, commands) == ("transcribing", ())
    state, commands = transition(state, HEARD.model_copy(update={"attempt": 1}))
    assert state.phase == "assessing"
    assert isinstance(commands[0], cmd.Assess)
    assert commands[0].attempt == 1
    late, commands = transition(state, JUDGED)
    assert (late.phase, commands) == ("assessing", ())


def test_with_headphones_the_candidate_may_interrupt() -> None:
    opening, commands = transition(State(), started(candidate="mic", headphones=True))
    assert names(commands) == ["Speak", "Overhear"]
    speaking, commands = transition(opening, ASKED)
    assert commands == ()
    state, commands = transition(speaking, overheard(4.0))
    assert commands == (cmd.StopSpeaking(turn_id=1),)
    state, commands = transition(state, ev.PromptEnded(turn_id=1, cut=True, t_s=4.4))
    (listen,) = commands
    assert isinstance(listen, cmd.Listen)
    assert listen.overheard
    assert state.phase == "listening"


def test_a_repeated_question_can_be_interrupted_anew() -> None:
    state = after(ASKED, overheard(4.0), SPOKEN, LISTENING, headphones=True)
    state, commands = transition(state, ev.AnswerPaused(turn_id=1, t_s=9.0))
    assert names(commands) == ["Speak", "Overhear"]
    _, commands = transition(state, ev.PromptEnded(turn_id=1, t_s=12.0))
    (listen,) = commands
    assert isinstance(listen, cmd.Listen)
    assert listen.overheard, "what is noticed from now on, and nothing of before"
    assert state.turns[0].overheard_t_s is None
    assert not state.turns[0].interrupted


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("done", cmd.StopListening(turn_id=1, reason="command")),
        ("skip", cmd.StopListening(turn_id=1, reason="skip")),
        ("repeat", cmd.StopListening(turn_id=1, reason=None)),
        ("hold", cmd.HoldAnswer(turn_id=1, until_speech=True)),
    ],
)
def test_what_is_said_to_the_interviewer_counts_as_the_key(
    command: ev.SpokenCommand, wanted: cmd.Command
) -> None:
    told = ev.CommandSpoken(turn_id=1, command=command, start_s=3.0, end_s=4.5, t_s=8.0)
    state, commands = transition(after(*ANSWERED[:-1]), told)
    assert commands == (wanted,)
    _, commands = transition(state, ENDED)
    assert isinstance(commands[0], cmd.Transcribe)
    assert commands[0].removed == ((3.0, 4.5),)
    late, commands = transition(after(*ANSWERED), told)
    assert (commands, late.turns[0].commands) == ((), ())


def test_a_question_gives_its_terms_to_the_recogniser_and_never_its_sentences() -> None:
    state = after(ASKED)
    question = state.plan[0].question
    _, (listen,) = transition(state, SPOKEN)
    assert isinstance(listen, cmd.Listen)
    assert listen.terms == question.terms


def test_the_second_pass_is_kept_beside_what_was_judged() -> None:
    better = Transcript(words=words_of("so the first thing is this"))
    added = ev.TranscriptAdded(turn_id=1, made_by="second_pass", transcript=better, t_s=12.0)
    _, commands = transition(after(*ANSWERED), HEARD)
    assert names(commands) == ["Assess", "HearAgain"]
    state, commands = transition(after(*ANSWERED, HEARD, JUDGED, ASKED_ON), added)
    assert commands == ()
    assert state.turns[0].second_pass == better
    assert state.turns[0].transcript == HEARD.transcript
    reopened = after(*ANSWERED, HEARD, overheard(9.25), added)
    assert reopened.turns[0].second_pass is None


def test_a_finished_session_gains_another_transcript() -> None:
    third = Transcript(words=words_of("another model's words"), engine="base")
    added = ev.TranscriptAdded(turn_id=1, made_by="retranscription", transcript=third, t_s=99.0)
    finished = ev.SessionFinished(reason="completed", t_s=20.0)
    state, commands = transition(after(*ANSWERED, HEARD, JUDGED, finished), added)
    assert commands == ()
    assert state.status == "finished"
    assert state.turns[0].retranscribed == (third,)


def test_another_microphone_goes_on_in_the_same_answer() -> None:
    gone = ev.PartFailed(part="microphone", message="It is gone.", choices=("USB", "Desk"), t_s=7.0)
    state = after(*ANSWERED[:-1], gone)
    assert state.failure is not None
    assert state.failure.choices == ("USB", "Desk")
    state, commands = transition(state, ev.MicrophoneChosen(name="Desk", t_s=8.0))
    (listen,) = commands
    assert isinstance(listen, cmd.Listen)
    assert (listen.turn_id, listen.part, listen.microphone) == (1, 2, "Desk")
    assert state.failure is None
    assert transition(state, ev.MicrophoneChosen(name="USB", t_s=9.0))[1] == ()


Play = Callable[..., State]
COACHING = Style(feedback="each", acknowledge=False)


def coached(*events: ev.Event) -> State:
    return fold([started(candidate="mic", follow_up_limit=0, style=COACHING), *events])


def last_of(*events: ev.Event) -> State:
    """A session of one question whose answer is judged: nothing is left to be asked."""
    only = ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0)]))
    return fold([started(only, candidate="mic", follow_up_limit=0), *events])


def of_turn(turn_id: int, onset_t_s: float) -> ev.SpeechOverheard:
    return overheard(onset_t_s).model_copy(update={"turn_id": turn_id})


@pytest.mark.parametrize("play", [coached, last_of], ids=["feedback", "done"])
def test_a_judged_answer_that_waits_for_nothing_can_be_gone_on_with(play: Play) -> None:
    before = play(*ANSWERED, HEARD, JUDGED)
    assert before.phase in ("feedback", "done")
    state, commands = transition(before, of_turn(1, 11.2))
    assert names(commands) == ["StopSpeaking", "Listen"]
    assert (state.phase, state.turns[0].attempt, state.turns[0].assessment) == (
        "listening",
        1,
        None,
    )
    for ignored in (of_turn(1, 11.4), overheard(11.2), of_turn(2, 11.2)):
        state, commands = transition(before, ignored)
        assert (state.turns, commands) == (before.turns, ())


def test_the_session_ends_when_nobody_can_go_on_with_the_last_answer_any_more() -> None:
    _, commands = transition(last_of(*ANSWERED, HEARD), JUDGED)
    assert commands[-1] == cmd.Finish(reason="completed", undo_s=2.5)
    skipped = ENDED.model_copy(update={"reason": "skip"})
    _, commands = transition(last_of(*ANSWERED[:-1], skipped, HEARD), JUDGED)
    assert commands[-1] == cmd.Finish(reason="completed")
    last = coached(*ANSWERED, HEARD, JUDGED).model_copy(update={"plan": started().plan[:1]})
    _, commands = transition(last, ev.IntentReceived(intent="proceed", t_s=60.0))
    assert commands[-1] == cmd.Finish(reason="completed")
    typed = after(*ANSWERED, HEARD, candidate="recorded").model_copy(
        update={"plan": started().plan[:1], "follow_up_limit": 0}
    )
    _, commands = transition(typed, JUDGED)
    assert commands[-1] == cmd.Finish(reason="completed")


def test_the_end_of_a_session_comes_too_late_for_an_answer_that_was_reopened() -> None:
    over = ev.SessionFinished(reason="completed", attempt=0, t_s=11.8)
    reopened = last_of(*ANSWERED, HEARD, JUDGED, of_turn(1, 11.2))
    state, _ = transition(reopened, over)
    assert (state.status, state.phase) == ("running", "listening")
    again = [
        ENDED.model_copy(update={"t_s": 15.0}),
        HEARD.model_copy(update={"attempt": 1, "t_s": 15.1}),
        JUDGED.model_copy(update={"attempt": 1, "t_s": 15.2}),
    ]
    ended = last_of(*ANSWERED, HEARD, JUDGED, of_turn(1, 11.2), *again)
    assert transition(ended, over)[0].status == "running"
    assert transition(ended, over.model_copy(update={"attempt": 1}))[0].status == "finished"


@pytest.mark.parametrize("intent", ["proceed", "retake"])
def test_after_feedback_muttering_never_reopens_an_answer(intent: ev.Intent) -> None:
    """What follows was asked for by a key; the answer before it was over long ago."""
    pressed = ev.IntentReceived(intent=intent, t_s=60.0)
    asked = ASKED_ON.model_copy(update={"t_s": 61.0})
    for since in ([pressed], [pressed, asked]):
        before = coached(*ANSWERED, HEARD, JUDGED, *since)
        assert before.phase == "asking"
        state, _ = transition(before, overheard(61.5))
        assert (len(state.turns), state.phase) == (2, "asking")
        assert state.turns[0].assessment is not None
    early = coached(*ANSWERED, HEARD, JUDGED, pressed.model_copy(update={"t_s": 9.4}))
    assert transition(early, overheard(11.2))[0].phase == "listening"


def test_a_follow_up_of_a_coach_gives_the_usual_time_to_go_on() -> None:
    opening = started(candidate="mic", style=COACHING)
    before = fold([opening, *ANSWERED, HEARD, JUDGED, ASKED_ON])
    assert (before.phase, len(before.turns)) == ("asking", 2)
    assert transition(before, overheard(11.4))[0].phase == "listening"


LATE_TRANSCRIPTION = ev.PartFailed(
    part="hearing", message="It hangs.", t_s=12.0, doing="transcribing", turn_id=1, attempt=0
)
LATE_JUDGEMENT = LATE_TRANSCRIPTION.model_copy(update={"part": "judge", "doing": "assessing"})


@pytest.mark.parametrize(("since", "failed"), [([], LATE_TRANSCRIPTION), ([HEARD], LATE_JUDGEMENT)])
def test_what_fails_for_an_answer_that_was_reopened_does_not_stop_it(
    since: list[ev.Event], failed: ev.PartFailed
) -> None:
    waiting = after(*ANSWERED, *since)
    assert transition(waiting, failed)[0].failure == failed
    reopened, _ = transition(waiting, overheard(11.4))
    state, commands = transition(reopened, failed)
    assert (state.phase, state.failure, commands) == ("listening", None, ())
    _, commands = transition(state, ev.IntentReceived(intent="proceed", t_s=13.0))
    assert names(commands) == ["StopListening"]
    ended_again, _ = transition(state, ENDED.model_copy(update={"t_s": 20.0}))
    assert transition(ended_again, LATE_TRANSCRIPTION)[0].failure is None


def test_while_a_part_has_failed_only_what_follows_at_once_reopens_the_answer() -> None:
    broken = ev.PartFailed(part="judge", message="It is gone.", t_s=9.4)
    before = after(*ANSWERED, HEARD, broken)
    state, _ = transition(before, of_turn(1, 40.0))
    assert (state.phase, state.failure) == ("assessing", broken)
    state, commands = transition(before, of_turn(1, 11.0))
    assert (state.phase, state.failure) == ("listening", None)
    assert names(commands) == ["StopSpeaking", "Listen"]


def test_an_answer_that_begins_as_the_prompt_ends_is_heard_from_its_first_word() -> None:
    """Half-duplex: what was said long before the end of the prompt is no answer to it."""

    def begins_with(*onsets: float) -> bool:
        _, (listen,) = transition(after(ASKED, *map(overheard, onsets)), long_prompt)
        assert isinstance(listen, cmd.Listen)
        return listen.overheard

    long_prompt = ev.PromptEnded(turn_id=1, t_s=13.0)
    assert begins_with(11.8)
    assert not begins_with(5.0)
    assert begins_with(), "what is noticed last may not have been told yet"
    repeated = [ASKED, overheard(1.2), SPOKEN, LISTENING, ev.AnswerPaused(turn_id=1, t_s=9.0)]
    _, (listen,) = transition(after(*repeated), long_prompt)
    assert isinstance(listen, cmd.Listen)
    assert listen.overheard


@pytest.mark.parametrize("headphones", [True, False])
def test_a_noise_before_the_first_sample_leaves_an_ear_open(headphones: bool) -> None:
    state, commands = transition(after(headphones=headphones), overheard(0.2))
    assert commands == (cmd.Overhear(turn_id=1),)
    assert (state.phase, state.turns[0].interrupted) == ("asking", False)


def test_every_recording_knows_how_many_words_were_told_before_it() -> None:
    more = LISTENING.model_copy(update={"recording": "audio/turn-001-2.wav", "t_s": 9.5})
    again = ev.SpeechCommitted(turn_id=1, words=words_of("is this"), t_s=12.0)
    ended = ENDED.model_copy(update={"t_s": 13.0})
    _, commands = transition(after(*ANSWERED, overheard(9.3), more, again), ended)
    (transcribe,) = (c for c in commands if isinstance(c, cmd.Transcribe))
    assert transcribe.words_before == (0, 4)
    assert len(transcribe.committed) == 6


def test_a_second_pass_that_was_not_over_is_made_when_the_session_goes_on() -> None:
    left = ev.SessionInterrupted(reason="left", t_s=9.6)
    resumed = ev.SessionResumed(at="later", t_s=9.6)
    _, commands = transition(after(*ANSWERED, HEARD, JUDGED, left), resumed)
    assert names(commands) == ["HearAgain", "Speak", "Overhear"]
    assert isinstance(commands[0], cmd.HearAgain)
    assert (commands[0].turn_id, commands[0].recordings) == (1, ("audio/turn-001.wav",))
    better = ev.TranscriptAdded(
        turn_id=1, made_by="second_pass", transcript=Transcript(words=words_of("so")), t_s=9.5
    )
    _, commands = transition(after(*ANSWERED, HEARD, JUDGED, better, left), resumed)
    assert names(commands) == ["Speak", "Overhear"]

"""Whatever happens in whatever order, the journal alone rebuilds the live state."""

from __future__ import annotations

from fakes import started
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.core.session import State, fold, transition
from voice_interviewer.core.style import Style
from voice_interviewer.core.transcript import Transcript, evidence_from, words_of

VERDICTS = ("met", "partial", "missed", "unclear")
INTENTS = ("proceed", "hold", "repeat", "dont_know", "skip", "retry", "leave")
REASONS = ("key", "silence", "end_of_audio", "dont_know", "skip", "no_speech")


def choose_next(draw: st.DrawFn, state: State, t_s: float) -> ev.Event:
    """A legal next event for the phase the session is in, or one that may come at any time."""
    assert state.turn is not None
    turn = {"turn_id": state.turn.id, "t_s": t_s}
    anytime: list[ev.Event] = [
        ev.IntentReceived(t_s=t_s, intent=draw(st.sampled_from(INTENTS))),
        ev.NoticeRaised(t_s=t_s, part="voice", message=draw(st.sampled_from(["a", "b"]))),
        ev.SessionInterrupted(t_s=t_s, reason="SIGTERM"),
        ev.SessionResumed(t_s=t_s, at="later"),
        ev.PartFailed(t_s=t_s, part="microphone", message="broken", choices=("a", "b")),
        ev.MicrophoneChosen(t_s=t_s, name=draw(st.sampled_from(["a", "b"]))),
        ev.SpeechOverheard(
            t_s=t_s,
            onset_t_s=t_s - draw(st.sampled_from([0.3, 3.0])),
            turn_id=draw(st.sampled_from([None, state.turn.id])),
        ),
        ev.TranscriptAdded(
            **turn,
            attempt=draw(st.integers(0, 2)),
            made_by=draw(st.sampled_from(["second_pass", "retranscription"])),
            transcript=Transcript(words=words_of("red once more")),
        ),
        ev.AssessmentAdded(
            **turn,
            made_by="rejudging",
            assessment=Assessment(judge="another", verdicts=()),
            transcript=draw(st.sampled_from([None, Transcript(words=words_of("red and blue"))])),
        ),
        ev.WordCorrected(**turn, word=draw(st.integers(0, 3)), text=draw(st.sampled_from("ab"))),
    ]
    words = words_of(draw(st.sampled_from(["red and round", "hull", ""])))
    proof = Transcript(words=words_of("red"))
    legal: dict[str, list[ev.Event]] = {
        "asking": [
            ev.QuestionAsked(**turn, voice="v", audible=draw(st.booleans()), notice="n"),
            ev.PromptEnded(**turn),
        ],
        "listening": [
            ev.AnswerStarted(**turn, recording="audio/turn.wav", source="s"),
            ev.SpeechCommitted(**turn, words=words),
            ev.AnswerPaused(**turn),
            ev.CommandSpoken(
                **turn,
                command=draw(st.sampled_from(["done", "hold", "repeat", "skip"])),
                start_s=1.0,
                end_s=2.0,
            ),
            ev.AnswerEnded(**turn, reason=draw(st.sampled_from(REASONS))),
        ],
        "transcribing": [
            ev.AnswerTranscribed(
                **turn, attempt=state.turn.attempt, transcript=Transcript(words=words)
            )
        ],
        "assessing": [
            ev.AnswerAssessed(
                **turn,
                attempt=state.turn.attempt,
                assessment=Assessment(
                    judge="j",
                    verdicts=tuple(
                        CriterionVerdict(
                            criterion_id=criterion_id,
                            verdict=draw(st.sampled_from(VERDICTS)),
                            evidence=(evidence_from(proof, 0, 0),),
                        )
                        for criterion_id in state.verdicts(state.turn.item)
                    ),
                ),
            )
        ],
        "feedback": [
            ev.IntentReceived(t_s=t_s, intent=draw(st.sampled_from(["proceed", "retake"])))
        ],
        "done": [
            ev.SessionFinished(
                t_s=t_s, reason="completed", attempt=draw(st.sampled_from([None, 0, 1]))
            )
        ],
    }
    usual = legal[state.phase]
    return draw(st.sampled_from(usual * 4 + anytime))


@given(st.data())
def test_folding_the_journal_gives_the_live_state(data: st.DataObject) -> None:
    opening = started(
        candidate="mic",
        headphones=data.draw(st.booleans()),
        style=Style(feedback=data.draw(st.sampled_from(["end", "each"])), acknowledge=False),
    )
    state, _ = transition(State(), opening)
    journal: list[ev.Event] = [opening]

    @st.composite
    def next_event(draw: st.DrawFn) -> ev.Event:
        return choose_next(draw, state, float(len(journal)))

    for _ in range(data.draw(st.integers(0, 40))):
        event = data.draw(next_event())
        state, _ = transition(state, event)
        journal.append(event)
    lines = [event.model_dump_json() for event in journal]
    assert fold(ev.EVENT.validate_json(line) for line in lines) == state
    for item in range(len(state.plan)):
        asked = [turn.aim for turn in state.take(item) if turn.aim]
        assert len(asked) <= state.follow_up_limit
        rungs = [(aim.criterion_id, aim.rung) for aim in asked if not aim.hint]
        assert len(set(rungs)) == len(rungs)

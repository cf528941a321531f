"""A finished session gains judgements and corrections; nothing that was is lost."""

from __future__ import annotations

from fakes import started

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.core.session import State, fold
from voice_interviewer.core.transcript import Transcript, evidence_from, words_of

SAID = Transcript(words=words_of("the read hull is round"))


def finished(*more: ev.Event) -> State:
    start = started()
    criterion = start.plan[0].question.criteria[0].id
    return fold(
        [
            start,
            ev.QuestionAsked(turn_id=1, voice="v", audible=False),
            ev.PromptEnded(turn_id=1),
            ev.AnswerStarted(turn_id=1),
            ev.AnswerEnded(turn_id=1, reason="key"),
            ev.AnswerTranscribed(turn_id=1, transcript=SAID),
            ev.AnswerAssessed(turn_id=1, assessment=missed(criterion)),
            ev.SessionFinished(reason="completed"),
            *more,
        ]
    )


def missed(criterion: str) -> Assessment:
    verdict = CriterionVerdict(criterion_id=criterion, verdict="missed")
    return Assessment(judge="first", verdicts=(verdict,))


def met(criterion: str, said: Transcript) -> Assessment:
    proof = evidence_from(said, 1, 2)
    verdict = CriterionVerdict(criterion_id=criterion, verdict="met", evidence=(proof,))
    return Assessment(judge="second", verdicts=(verdict,))


def test_the_latest_judgement_counts_and_the_earlier_ones_stay() -> None:
    criterion = started().plan[0].question.criteria[0].id
    added = ev.AssessmentAdded(turn_id=1, made_by="rejudging", assessment=met(criterion, SAID))
    before, after = finished(), finished(added)
    assert before.verdicts(0)[criterion] == "missed"
    assert after.verdicts(0)[criterion] == "met"
    assert [a.judge for a in after.turns[0].assessments] == ["first", "second"]
    assert after.score(0) > before.score(0)


def test_a_corrected_word_leaves_what_was_heard_as_it_is() -> None:
    state = finished(ev.WordCorrected(turn_id=1, word=1, text="red"))
    turn = state.turns[0]
    assert turn.transcript == SAID
    assert turn.corrected is not None
    assert turn.corrected.text == "the red hull is round"


def test_a_word_can_be_taken_out() -> None:
    state = finished(ev.WordCorrected(turn_id=1, word=1, text=""))
    corrected = state.turns[0].corrected
    assert corrected is not None
    assert corrected.text == "the hull is round"


def test_a_correction_outside_the_answer_changes_nothing() -> None:
    corrected = finished(ev.WordCorrected(turn_id=1, word=99, text="red")).turns[0].corrected
    assert corrected == SAID


def test_a_judgement_of_the_corrected_words_quotes_those() -> None:
    criterion = started().plan[0].question.criteria[0].id
    correction = ev.WordCorrected(turn_id=1, word=1, text="red")
    corrected = finished(correction).turns[0].corrected
    assert corrected is not None
    added = ev.AssessmentAdded(
        turn_id=1,
        made_by="correction",
        assessment=met(criterion, corrected),
        transcript=corrected,
    )
    turn = finished(correction, added).turns[0]
    assert turn.judged == corrected
    assert turn.transcript == SAID
    assert turn.corrected == corrected

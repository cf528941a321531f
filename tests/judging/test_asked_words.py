"""Whose words a follow-up consists of: the interviewer's prove nothing, the candidate's do."""

from __future__ import annotations

import pytest
from judging_samples import EXPLOIT, command_for

from voice_interviewer.core.asking import say_again
from voice_interviewer.core.assessment import CriterionVerdict, FollowUp
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import evidence_from
from voice_interviewer.judging.asked_words import interviewers_words
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.proof import ECHOED, Prover

FIRST = "I'd watch the KL and stop early."
PROBE = "Which single knob would you turn first?"


def again() -> str:
    transcript = command_for(FIRST).transcript
    last = len(transcript.words) - 1
    unclear = CriterionVerdict(
        criterion_id="kl",
        verdict="unclear",
        evidence=(evidence_from(transcript, 0, last),),
        confidence=0.5,
        decided_by="embedded",
    )
    planned = FollowUp(criterion_id="kl", rung="clarify", text=PROBE)
    return say_again(planned, unclear).text


def after(prompt: str, answer: str, said: str = FIRST) -> Assess:
    asked = FollowUp(criterion_id="kl", rung="clarify", text=prompt)
    return command_for(answer, prompt=prompt).model_copy(
        update={"asked": (asked,), "said": f"{EXPLOIT.prompt} {said}"}
    )


SECOND = "I watch the KL divergence from the SFT model, and stop early when it blows up."


@pytest.mark.parametrize(
    "prompt", [again(), f"You keep an eye on the KL and would stop early. {PROBE}"]
)
def test_own_words_that_were_given_back_still_count(prompt: str) -> None:
    plainly = EmbeddedJudge().verdicts(command_for(SECOND), ["kl"])
    assert plainly[0].verdict == "met"
    assert EmbeddedJudge().verdicts(after(prompt, SECOND), ["kl"]) == plainly
    proof = Prover(after(prompt, FIRST)).prove("kl", "watch the KL and stop early")
    assert proof.fault == ""


def test_what_the_interviewer_was_first_to_say_proves_nothing() -> None:
    gives_away = "Would you watch the KL divergence from the SFT model and stop early?"
    told = EmbeddedJudge().verdicts(after(gives_away, SECOND, said="I'd have a look."), ["kl"])
    assert told[0].verdict != "met"
    proof = Prover(after(gives_away, SECOND, said="I'd have a look.")).prove(
        "kl", "watch the KL divergence from the SFT model"
    )
    assert proof.fault == ECHOED


def test_a_question_and_a_hint_stay_whole() -> None:
    hint = "Think of the distance to the reference model. Which knob is it?"
    command = after(hint, SECOND)
    assert interviewers_words(command) == (EXPLOIT.prompt, hint)
    assert interviewers_words(after(again(), SECOND))[1:] == (
        "Could you say that part again in another way?",
    )


def test_of_an_earlier_follow_up_only_what_was_said_before_it_is_given_back() -> None:
    hint = "Raise the KL penalty. How?"
    later = after(hint, SECOND, said=f"I'd look. {hint} I'd raise the KL penalty.")
    assert hint in interviewers_words(later)

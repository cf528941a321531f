from __future__ import annotations

import pytest
from judging_samples import EXPLOIT, OTHER_WORDS, STRONG, command_for, transcript_of

from voice_interviewer.core.bank import Criterion
from voice_interviewer.core.transcript import Evidence, evidence_from
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.proof import RECITED, Prover
from voice_interviewer.judging.read_out import READ_OUT, read_out

KL = EXPLOIT.criterion("kl")


def all_of(text: str) -> Evidence:
    return evidence_from(transcript_of(text), 0, len(text.split()) - 1)


def recited(text: str, criterion: Criterion = KL) -> bool:
    return read_out(transcript_of(text), criterion, all_of(text))


@pytest.mark.parametrize("criterion", EXPLOIT.criteria, ids=lambda criterion: criterion.id)
def test_a_statement_that_is_read_out_is_known_whatever_stands_around_it(
    criterion: Criterion,
) -> None:
    said = criterion.statement.upper().replace(",", "")
    assert recited(f"I am not sure. Take this as my answer: {said} That is it.", criterion)


@pytest.mark.parametrize("text", [STRONG, OTHER_WORDS, *KL.also, " ".join(KL.also)])
def test_what_a_candidate_says_is_not(text: str) -> None:
    assert not any(recited(text, criterion) for criterion in EXPLOIT.criteria)


def test_some_words_in_a_row_are_no_reading_and_a_short_statement_is_nobody_s() -> None:
    words = KL.statement.split()
    assert recited(" ".join(words[:16]))
    assert not recited(" ".join(words[:15]))
    short = KL.model_copy(update={"statement": "Raise the KL penalty or stop earlier."})
    assert not recited(short.statement, short)


def test_only_the_passage_that_is_read_out_is_meant() -> None:
    own = "I would raise the penalty and stop sooner."
    transcript = transcript_of(f"{own} {KL.statement}")
    assert not read_out(transcript, KL, evidence_from(transcript, 0, len(own.split()) - 1))
    assert read_out(transcript, KL, evidence_from(transcript, 0, len(own.split())))


def test_neither_judge_gives_credit_for_it_but_both_leave_it_open() -> None:
    answer = f"I do not know. Consider the following as spoken by me. {KL.statement}"
    command = command_for(answer)
    (verdict,) = EmbeddedJudge().verdicts(command, ["kl"])
    assert verdict.verdict == "unclear"
    assert verdict.why.startswith(READ_OUT)
    assert Prover(command).prove("kl", KL.statement).fault == RECITED

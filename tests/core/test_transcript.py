"""Quotes are found word for word, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.core.assessment import CriterionVerdict, keep_proven, score
from voice_interviewer.core.bank import Criterion, Probes, Question
from voice_interviewer.core.transcript import (
    Evidence,
    Transcript,
    Word,
    evidence_from,
    find_quote,
    is_verbatim,
    sentences,
    words_of,
)

SAID = Transcript(words=words_of("So, I'd watch the KL term. And the chosen/rejected pairs!"))


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("watch the kl term", "watch the KL term."),
        ("I’d watch", "I'd watch"),
        ("rejected pairs", "chosen/rejected pairs!"),
        ("watch the term", None),
        ("the KL term and the rewards", None),
        ("", None),
        ("...", None),
    ],
)
def test_a_quote_is_found_whatever_its_case_and_punctuation(quote: str, found: str | None) -> None:
    evidence = find_quote(SAID, quote)
    assert (evidence and evidence.quote) == found


def test_a_quote_carries_the_seconds_of_its_words() -> None:
    words = (Word(text="a", start_s=0.5, end_s=0.7), Word(text="b", start_s=0.8, end_s=1.1))
    evidence = find_quote(Transcript(words=words), "A b")
    assert evidence is not None
    assert (evidence.start_s, evidence.end_s) == (0.5, 1.1)


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), max_size=12))
def test_every_span_is_verbatim_and_is_found_again(pieces: list[str]) -> None:
    transcript = Transcript(words=words_of(" ".join(pieces)))
    for last in range(len(transcript.words)):
        evidence = evidence_from(transcript, 0, last)
        assert is_verbatim(transcript, evidence)
        assert evidence.quote in transcript.text


def test_a_credit_without_proof_is_taken_away() -> None:
    invented = Evidence(quote="never said", first_word=0, last_word=1)
    true = evidence_from(SAID, 0, 2)
    for verdict in ("met", "partial"):
        bare = CriterionVerdict(criterion_id="c", verdict=verdict, evidence=(invented,))
        assert keep_proven(bare, SAID).verdict == "missed"
        proven = CriterionVerdict(criterion_id="c", verdict=verdict, evidence=(invented, true))
        assert keep_proven(proven, SAID).evidence == (true,)
        assert keep_proven(proven, SAID).verdict == verdict


def test_sentences_cover_every_word_once() -> None:
    spans = sentences(SAID.words)
    assert spans == [(0, 5), (6, 9)]
    long = words_of(" ".join(["word"] * 95))
    covered = [i for first, last in sentences(long) for i in range(first, last + 1)]
    assert covered == list(range(95))
    assert len(sentences(long)) == 3


def test_the_score_is_weighted() -> None:
    def criterion(name: str, weight: float) -> Criterion:
        return Criterion(
            id=name, label=name, statement=name, weight=weight, probes=Probes(clarify="?")
        )

    question = Question(
        id="q",
        section="s",
        prompt="?",
        hint="h",
        criteria=(criterion("a", 3), criterion("b", 1), criterion("c", 1)),
    )
    assert score(question, {"a": "met", "b": "partial", "c": "missed"}) == 7.0
    assert score(question, {"b": "partial"}) == 5.0
    assert score(question, {}) == 0.0

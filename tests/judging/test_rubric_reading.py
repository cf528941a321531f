from __future__ import annotations

import pytest
from judging_samples import EXPLOIT, transcript_of

from voice_interviewer.judging.heard import hear
from voice_interviewer.judging.matching import windows
from voice_interviewer.judging.rubric import negated_flags, read_rubric
from voice_interviewer.judging.words import key_of

IDS = [c.id for c in EXPLOIT.criteria]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("exploits", "exploitation"),
        ("calibrated", "calibration"),
        ("policies", "policy"),
        ("optimise", "optimization"),
        ("dropped", "falling"),
        ("rises", "climbing"),
        ("disagreement", "disagree"),
        ("studies", "studied"),
    ],
)
def test_forms_of_one_word_share_a_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("rises", "falls"), ("seed", "see"), ("stable", "unstable"), ("former", "formation")],
)
def test_other_words_have_other_keys(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_a_negation_reaches_a_few_words_and_not_only_is_none() -> None:
    assert negated_flags(["we", "do", "not", "need", "the", "ensemble", "at", "all"]) == [
        *(False, False, False),
        *(True, True, True, True),
        False,
    ]
    assert not any(negated_flags(["it", "is", "not", "only", "longer"]))


def test_the_question_s_words_and_shared_words_weigh_less() -> None:
    rubric = read_rubric(EXPLOIT, IDS, (EXPLOIT.prompt,))
    weights = {
        concept.key: concept.weight
        for claims in rubric.claims
        for phrase in claims.supports
        for concept in phrase.concepts
    }
    assert key_of("policy") not in weights
    assert key_of("reward") not in weights
    assert weights[key_of("variance")] == 1.0
    assert weights[key_of("samples")] < weights[key_of("variance")]
    assert weights[key_of("train")] < 0.5
    assert weights[key_of("rate")] == pytest.approx(weights[key_of("human")] / 2)


def test_only_the_criteria_asked_for_are_prepared() -> None:
    rubric = read_rubric(EXPLOIT, ["kl"], (EXPLOIT.prompt,))
    assert [claims.criterion.id for claims in rubric.claims] == ["kl"]


def test_windows_span_at_most_three_sentences_and_stay_inside_the_answer() -> None:
    transcript = transcript_of("One variance. Two variance. Three variance. Four variance.")
    rubric = read_rubric(EXPLOIT, ["ensemble"], (EXPLOIT.prompt,))
    spans = [(w.first, w.last) for w in windows(hear(transcript, rubric), rubric.claims[0])]
    assert spans == [(0, 1), (0, 3), (0, 5), (2, 3), (2, 5), (2, 7), (4, 5), (4, 7), (6, 7)]


def test_the_longest_mishearing_is_taken_for_its_term() -> None:
    rubric = read_rubric(EXPLOIT, IDS, (EXPLOIT.prompt,))
    (sentence,) = hear(
        transcript_of("look at the sans samples with adverse aerial care well"), rubric
    )
    assert sentence.hits[key_of("ensemble")].first == 3
    assert sentence.hits[key_of("ensemble")].last == 4
    assert sentence.hits[key_of("adversarial")].last == 7
    assert sentence.hits["kl"].first == 8


def test_a_claim_said_in_two_phrasings_scores_more_than_in_one() -> None:
    def score(text: str) -> float:
        rubric = read_rubric(EXPLOIT, ["ensemble"], (EXPLOIT.prompt,))
        found = windows(hear(transcript_of(text), rubric), rubric.claims[0])
        return max(window.support.score for window in found)

    one = "train several and look where they disagree"
    assert score(one) < score(f"{one} and use the variance as an uncertainty signal")

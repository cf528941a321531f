from __future__ import annotations

import pytest
from judging_samples import EXPLOIT, transcript_of

from voice_interviewer.judging.features import FEATURES, WordTable, measure, windows_of
from voice_interviewer.judging.heard import hear
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
    spans = [(w.first, w.last) for w in windows_of(hear(transcript, rubric))]
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


def features(text: str, criterion_id: str = "ensemble") -> dict[str, float]:
    """The features of a whole answer of at most three sentences as one window."""
    rubric = read_rubric(EXPLOIT, IDS, (EXPLOIT.prompt,))
    heard = hear(transcript_of(text), rubric)
    measured = measure(WordTable(rubric), heard, windows_of(heard)[len(heard) - 1 : len(heard)])
    return dict(zip(FEATURES, measured.values[IDS.index(criterion_id), 0].tolist(), strict=True))


def test_a_claim_said_in_two_phrasings_touches_more_than_in_one() -> None:
    one = features("train several and look where they disagree")
    both = features(
        "train several and look where they disagree and use the variance as an uncertainty signal"
    )
    assert both["touched"] > one["touched"]
    assert both["said_otherwise"] > one["said_otherwise"]
    assert both["telling"] > one["telling"]


def test_words_that_do_not_belong_to_the_criterion_blur_the_focus() -> None:
    short = features("train several and look where they disagree")
    wordy = features(
        "train several and look where they disagree, then have lunch with the finance department "
        "and paint the office walls green"
    )
    assert wordy["said"] == short["said"] > 0
    assert wordy["focus"] < short["focus"]


def test_a_misconception_and_a_turned_claim_are_told_apart_from_the_claim() -> None:
    right = features("raise the KL penalty and stop early", "kl")
    wrong = features("the KL term only slows the training down and can be removed", "kl")
    never = features("never raise the KL penalty and do not stop early", "kl")
    assert right["denied"] < wrong["denied"]
    assert right["denied_more"] < wrong["denied_more"]
    assert right["turned"] < 0.5 < never["turned"]


def test_a_single_word_of_a_phrase_says_nothing_of_it() -> None:
    assert features("the variance was there")["said"] == 0
    assert features("lunch was good") == dict.fromkeys(FEATURES, 0.0)


def test_words_of_a_phrase_count_wherever_in_the_answer_they_are() -> None:
    text = "One could train several. Lunch was good. Then look where they disagree."
    rubric = read_rubric(EXPLOIT, IDS, (EXPLOIT.prompt,))
    heard = hear(transcript_of(text), rubric)
    measured = measure(WordTable(rubric), heard, windows_of(heard))
    values = measured.values[IDS.index("ensemble"), :, FEATURES.index("overall")]
    assert len(set(values.tolist())) == 1
    assert values[0] > features("One could train several.")["overall"] > 0


def test_a_claim_of_the_question_s_words_alone_is_known_as_such() -> None:
    statement = "The policy exploits the reward model."
    criterion = EXPLOIT.criteria[0].model_copy(
        update={"statement": statement, "also": (), "misconceptions": (), "terms": ()}
    )
    question = EXPLOIT.model_copy(update={"criteria": (criterion,)})
    (asked,) = read_rubric(question, [criterion.id], (statement,)).claims
    (unasked,) = read_rubric(question, [criterion.id], ("What happens?",)).claims
    assert (asked.echoed, unasked.echoed) == (True, False)
    assert asked.bare
    assert 0 < asked.supports[0].weight < unasked.supports[0].weight

"""What a follow-up says, what an acknowledgement says, and where an interviewer cuts in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from fakes import criterion

from voice_interviewer.core.acknowledging import AFTER_ANSWER, AFTER_NOT_KNOWING, acknowledgement
from voice_interviewer.core.asking import leaked, same_in_other_words, shortened, tied_to
from voice_interviewer.core.assessment import CriterionVerdict, FollowUp, Verdict
from voice_interviewer.core.bank import Term
from voice_interviewer.core.planning import gives_up
from voice_interviewer.core.pressure import (
    NOTHING_NEW,
    VAGUE,
    patience_s,
    reason_to_cut_in,
    vague_amount,
)
from voice_interviewer.core.style import Pressure
from voice_interviewer.core.transcript import Transcript, Word, evidence_from, words_of

PROBE = FollowUp(criterion_id="sail", rung="clarify", text="How do you check it?")
SAIL = criterion("sail").model_copy(update={"terms": (Term(term="reef knot"),)})
ANSWER = Transcript(words=words_of("I tie a reef knot and then I look at the hull for cracks"))


def found(criterion_id: str, verdict: Verdict, first: int, last: int) -> CriterionVerdict:
    proof = (evidence_from(ANSWER, first, last),)
    return CriterionVerdict(criterion_id=criterion_id, verdict=verdict, evidence=proof)


@pytest.mark.parametrize(
    ("verdicts", "answer", "text"),
    [
        ([found("sail", "partial", 0, 4)], ANSWER, 'You said: "I tie a reef knot".'),
        ([], ANSWER, 'You mentioned "reef knot".'),
        (
            [found("hull", "met", 7, 10)],
            Transcript(words=words_of("I then take a good long look at the hull for cracks")),
            "",
        ),
        ([found("hull", "met", 7, 10)], ANSWER, 'You mentioned "reef knot".'),
        ([], Transcript(words=words_of("nothing of the kind")), ""),
    ],
)
def test_a_probe_is_opened_with_what_was_said_where_it_fits(
    verdicts: list[CriterionVerdict], answer: Transcript, text: str
) -> None:
    said = tied_to(PROBE, SAIL, verdicts, answer).text
    assert said == f"{text} {PROBE.text}".strip()


def test_another_criterions_passage_leads_over_to_this_one() -> None:
    plain = SAIL.model_copy(update={"terms": ()})
    said = tied_to(PROBE, plain, [found("hull", "met", 6, 10)], ANSWER).text
    assert said == 'You said: "then I look at the". Beyond that: How do you check it?'


def test_nothing_is_quoted_twice_in_a_take_and_one_bridge_is_enough() -> None:
    asked = PROBE.model_copy(update={"text": 'You mentioned "reef knot". How do you tie it?'})
    said = tied_to(PROBE, SAIL, [], ANSWER, (asked,)).text
    assert said == PROBE.text
    plain = SAIL.model_copy(update={"terms": ()})
    bridge = PROBE.model_copy(update={"text": 'You said: "well". Beyond that: What else?'})
    assert tied_to(PROBE, plain, [found("hull", "met", 6, 10)], ANSWER, (bridge,)) == PROBE
    half = [found("sail", "partial", 6, 10)]
    once = tied_to(PROBE, SAIL, half, ANSWER)
    assert once.text.startswith('You said: "then I look at the".')
    assert tied_to(PROBE, plain, half, ANSWER, (once,)) == PROBE


@pytest.mark.parametrize(
    ("quote", "short"),
    [
        (
            "Then we ran it, with a very long list of things that nobody had seen before.",
            "Then we ran it",
        ),
        (
            "People see two answers to it and pick the better one. Then you train a model on it",
            "People see two answers to it and pick the better one",
        ),
        (
            "we looked at what the model wrote for every prompt so that nothing would be lost",
            "we looked at what the model wrote for every prompt",
        ),
        ("a b c d e f g h i j k l m n o p", "a b c d e f g h i j k l m n"),
        ("so, a short one.", "so, a short one"),
    ],
)
def test_a_long_quote_ends_where_a_speaker_could_stop(quote: str, short: str) -> None:
    assert shortened(quote) == short


def test_doubtfully_heard_words_are_not_quoted() -> None:
    plain = SAIL.model_copy(update={"terms": ()})
    doubtful = ANSWER.model_copy(
        update={"words": tuple(Word(text=w.text, probability=0.2) for w in ANSWER.words)}
    )
    assert tied_to(PROBE, plain, [found("hull", "met", 6, 10)], doubtful) == PROBE


def test_a_term_leaks_until_somebody_has_said_it() -> None:
    assert leaked("Would a reef knot hold?", [SAIL], "I look at the hull") == "reef knot"
    assert leaked("Would a reef knot hold?", [SAIL], "I tie a Reef Knot.") is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("And how would you check the hull?", True),
        ("How do you check the sail?", False),
        ("What would break first?", False),
    ],
)
def test_the_same_question_in_other_words_is_known(text: str, same: bool) -> None:
    asked = ['You said: "I looked around". Tell me, how do you check the hull?']
    assert same_in_other_words(text, asked) is same


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("I don't know.", True),
        ("Um, sorry, I really have no idea.", True),
        ("I\u2019m not sure.", True),
        ("I don't know", True),
        ("Nobody knows what the reward model knows.", False),
        (
            "I don't know the figure, but I would look at the win rate on a held out set.",
            False,
        ),
        ("", False),
    ],
)
def test_not_knowing_is_heard_in_a_short_answer_only(text: str, gives: bool) -> None:
    assert gives_up(Transcript(words=words_of(text))) is gives


def test_acknowledgements_vary_say_nothing_of_the_answer_and_are_drawn_by_the_seed() -> None:
    said = [acknowledgement("silence", turn, seed=7) for turn in range(1, 13)]
    assert all(text in AFTER_ANSWER for text in said)
    assert all(a != b for a, b in pairwise(said))
    assert said == [acknowledgement("silence", turn, seed=7) for turn in range(1, 13)]
    assert said != [acknowledgement("silence", turn, seed=8) for turn in range(1, 13)]
    praise = ("good", "great", "excellent", "correct", "exactly", "perfect", "wrong")
    assert not any(word in text.casefold() for text in AFTER_ANSWER for word in praise)
    assert acknowledgement("dont_know", 1, seed=7) in AFTER_NOT_KNOWING
    for nothing in ("skip", "no_speech", "end_of_input", "retake", "time", "cut_in"):
        assert acknowledgement(nothing, 1, seed=7) is None


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("and after that it was a lot faster", "a lot faster"),
        ("training got significantly cheaper, I think", "significantly cheaper"),
        ("we saw a huge improvement", "huge improvement"),
        ("it was a lot faster, about three times", None),
        ("it was 40 percent faster, so a lot faster", None),
        ("we have a lot of data", None),
        ("the loss went down", None),
    ],
)
def test_an_amount_without_a_number_is_vague(text: str, vague: str | None) -> None:
    words = words_of(text)
    assert vague_amount(words, len(words)) == vague


def test_only_what_has_just_been_said_is_looked_at() -> None:
    words = words_of("it was a lot faster and then we went on to look at the data")
    assert vague_amount(words, 3) is None


def test_patience_is_drawn_by_the_seed_within_its_range() -> None:
    pressure = Pressure(least_s=20, most_s=45)
    drawn = [patience_s(pressure, seed=1, turn_id=turn) for turn in range(50)]
    assert drawn == [patience_s(pressure, seed=1, turn_id=turn) for turn in range(50)]
    assert len(set(drawn)) > 40
    assert all(20 <= seconds <= 45 for seconds in drawn)


@pytest.mark.parametrize(
    ("text", "since_s", "why"),
    [
        ("short but a lot faster", 60.0, None),
        ("well we looked and we looked and then it was quite a lot faster in the end", 1.0, VAGUE),
        ("so we talked and talked about it again and again in the same room", 50.0, NOTHING_NEW),
        ("so we talked and talked about it again and again in the same room", 5.0, None),
    ],
)
def test_the_interviewer_cuts_in_by_rule(text: str, since_s: float, why: str | None) -> None:
    words = words_of(text)
    reason = reason_to_cut_in(
        Pressure(least_s=20, most_s=45),
        words,
        fresh=len(words),
        since_new_s=since_s,
        seed=1,
        turn_id=1,
    )
    assert (reason[0] if reason else None) == why

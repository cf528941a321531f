"""Two answers side by side: what changed, how they were spoken, which ones are meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from two_takes import (
    BETTER,
    KL_ONLY,
    SECOND,
    answered_better,
    answered_poorly,
    answered_twice,
    begun,
    said,
    with_turn,
)

from voice_interviewer.comparing import (
    Take,
    change_of,
    compare,
    differing,
    figures_of,
    reference,
    takes_of,
)
from voice_interviewer.core.assessment import Standing
from voice_interviewer.core.session import State
from voice_interviewer.core.transcript import Transcript, words_of
from voice_interviewer.errors import StorageError, UsageError
from voice_interviewer.finding_takes import two_takes


def both() -> tuple[Take, Take]:
    first, second = takes_of(answered_twice())
    return first, second


def test_every_criterion_says_what_became_of_it() -> None:
    comparison = compare(*both())
    assert {pair.criterion_id: pair.change for pair in comparison.criteria} == {
        "held-out": "gained",
        "length": "gained",
        "kl": "same",
        "ensembles": "open",
        "adversarial": "lost",
    }
    assert [pair.criterion_id for pair in comparison.having("lost")] == ["adversarial"]
    assert (comparison.first.score, comparison.second.score) == (4.0, 5.0)
    assert (comparison.first.best_score, comparison.second.best_score) == (6.0, 5.0)


@pytest.mark.parametrize(
    ("first", "second", "change"),
    [
        ("missed", "partial", "gained"),
        ("met", "partial", "lost"),
        ("met", "met", "same"),
        ("unclear", "met", "open"),
        ("met", "unclear", "open"),
        (None, "met", "unasked"),
        ("met", None, "unasked"),
    ],
)
def test_a_change_is_only_claimed_where_it_is_known(
    first: str | None, second: str | None, change: str
) -> None:
    def standing(verdict: str | None) -> Standing | None:
        return None if verdict is None else Standing(criterion_id="a", verdict=verdict)  # type: ignore[arg-type]

    assert change_of(standing(first), standing(second)) == change


def test_the_figures_of_a_take_put_its_answers_together() -> None:
    first, second = both()
    figures = figures_of(first)
    assert figures.first_word_s == 3.0
    assert figures.pauses_over_1_s == 1
    assert figures.longest_pause_s == 2.0
    assert figures.fillers == {"um": 1, "uh": 1}
    assert figures.first_criterion_s == 5.0
    assert figures.seconds == pytest.approx(12.0 + 2.5, abs=0.2)
    assert figures.words_per_minute == pytest.approx(25 * 60 / 14.5, abs=2)
    assert figures_of(second).first_criterion_s == 2.5


def test_a_criterion_earned_in_a_follow_up_counts_the_answers_before_it() -> None:
    opening, later = said("I do not know"), said("the KL penalty")
    state = with_turn(begun(), 1, opening, (("kl", "missed", ""),))
    state = with_turn(state, 2, later, (("kl", "met", "KL penalty"),))
    assert figures_of(takes_of(state)[0]).first_criterion_s == opening.audio_s + 1.0


def test_typed_answers_have_verdicts_and_no_figures() -> None:
    typed = Transcript(words=words_of(SECOND))
    take = takes_of(with_turn(begun(), 1, typed, BETTER))[0]
    comparison = compare(take, both()[1])
    assert comparison.first.figures.seconds is None
    assert comparison.first.figures.first_criterion_s is None
    assert not comparison.having("gained")


def test_words_that_only_one_of_them_has_are_told() -> None:
    first, second = differing(("Well,", "the", "KL"), ("the", "kl", "penalty"))
    assert first == (True, False, False)
    assert second == (False, False, True)


def test_answers_to_different_questions_are_not_compared() -> None:
    other = with_turn(begun("aaaaaa", "2030-01-01T00:00:00Z", "kl"), 1, said(SECOND), BETTER)
    with pytest.raises(UsageError, match="two questions"):
        compare(both()[0], takes_of(other)[0])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("last", ("last", None, None)),
        ("3f9a1c:reward-hacking", ("3f9a1c", "reward-hacking", None)),
        ("3f9a1c:reward-hacking#2", ("3f9a1c", "reward-hacking", 2)),
        ("last#1", ("last", None, 1)),
    ],
)
def test_a_reference_is_read(text: str, parts: tuple[str, str | None, int | None]) -> None:
    found = reference(text)
    assert (found.session, found.question, found.take) == parts


@pytest.mark.parametrize("text", ["", "#1", ":kl", "last#0", "last#x", "last::", "a:b#1#2"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="does not name an answer"):
        reference(text)


def found(first: str | None, second: str | None, *newest_first: State) -> list[tuple[str, int]]:
    """(session, take) of both answers that are found in these sessions."""
    by_id = {state.session_id: state for state in newest_first}

    def state_of(name: str) -> State:
        if name not in by_id:
            raise StorageError("There is no such session.", "")
        return by_id[name]

    def newest() -> Iterator[State]:
        return iter(newest_first)

    takes = two_takes(first, second, state_of, newest)
    return [(take.state.session_id, take.number) for take in takes]


def test_both_takes_can_be_named() -> None:
    sessions = answered_better(), answered_twice()
    assert found("77aa01", "3f9a1c#1", *sessions) == [("77aa01", 1), ("3f9a1c", 1)]
    assert found("3f9a1c:reward-hacking#1", "3f9a1c#2", *sessions) == [("3f9a1c", 1), ("3f9a1c", 2)]


def test_without_the_second_it_is_the_latest_other_answer_the_earlier_one_first() -> None:
    sessions = answered_better(), answered_twice()
    assert found("77aa01", None, *sessions) == [("3f9a1c", 2), ("77aa01", 1)]
    assert found("3f9a1c#1", None, *sessions) == [("3f9a1c", 1), ("77aa01", 1)]


def test_of_two_sessions_begun_in_one_second_the_one_with_the_smaller_id_is_the_earlier() -> None:
    at = "2030-01-02T03:04:05Z"
    later = with_turn(begun("99aa01", at), 1, said(SECOND), BETTER)
    earlier = answered_poorly("3f9a1c", at)
    for named in ("3f9a1c", "99aa01"):
        assert found(named, None, later, earlier) == [("3f9a1c", 1), ("99aa01", 1)]


def test_without_both_it_is_what_was_answered_again_last() -> None:
    assert found(None, None, answered_better(), answered_poorly()) == [("3f9a1c", 1), ("77aa01", 1)]
    assert found(None, None, answered_twice()) == [("3f9a1c", 1), ("3f9a1c", 2)]


def test_a_copy_of_an_answer_in_another_session_is_not_another_answer() -> None:
    copy = answered_poorly("cccccc", "2030-02-01T00:00:00Z")
    with pytest.raises(UsageError, match="answered twice"):
        found(None, None, copy, answered_poorly())
    with pytest.raises(UsageError, match="second time"):
        found("cccccc", None, copy, answered_poorly())


def test_a_fork_that_was_not_answered_yet_is_not_another_answer() -> None:
    whole = answered_poorly()
    fork = whole.model_copy(
        update={"session_id": "ffffff", "at": "2030-02-01T00:00:00Z", "turns": whole.turns[:1]}
    )
    with pytest.raises(UsageError, match="answered twice"):
        found(None, None, fork, whole)
    again = with_turn(fork, 3, said("the KL penalty again"), KL_ONLY)
    assert found(None, None, again, whole) == [("3f9a1c", 1), ("ffffff", 1)]


def test_where_several_questions_are_shared_one_has_to_be_named() -> None:
    state = begun("dddddd", "2030-01-01T00:00:00Z", "kl", "reward-hacking")
    for turn_id, item in ((1, 0), (2, 1)):
        state = with_turn(state, turn_id, said(SECOND), BETTER, item=item)
    other = state.model_copy(update={"session_id": "eeeeee"})
    with pytest.raises(UsageError, match="kl, reward-hacking"):
        found("dddddd", "eeeeee", state, other)
    assert found("dddddd:kl", "eeeeee", state, other) == [("dddddd", 1), ("eeeeee", 1)]


def test_an_answer_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UsageError) as caught:
        found("3f9a1c#7", "77aa01", answered_better(), answered_twice())
    assert "reward-hacking#1, reward-hacking#2" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        found("3f9a1c", None, begun())
    assert caught.value.hint == "Nothing in it was answered."

from __future__ import annotations

import math
from typing import Any

import pytest
from judging_server import completion
from yes_no_server import listed, yes_no

from voice_interviewer.errors import JudgeError
from voice_interviewer.judging.yes_no import FURTHEST, log_odds_of


def choice(logprobs: Any) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": "Yes"}, "logprobs": logprobs}


@pytest.mark.parametrize("odds", [-3.0, -0.2, 0.0, 0.7, 5.0])
def test_what_was_put_in_comes_out(odds: float) -> None:
    assert log_odds_of(yes_no(odds)["choices"][0]) == pytest.approx(odds)


def test_all_spellings_of_a_side_are_summed() -> None:
    shares = {" Yes": 0.2, "YES": 0.1, "yes.": 0.1, '"No': 0.1, "▁no": 0.1, "Yesterday": 0.3}
    found = log_odds_of(choice(listed(*((t, math.log(p)) for t, p in shares.items()))))
    assert found == pytest.approx(math.log(0.4 / 0.2))


def test_a_side_that_is_not_listed_is_as_likely_as_the_least_likely_token() -> None:
    only_yes = listed(("Yes", math.log(0.9)), ("It", math.log(0.01)), ("A", math.log(0.001)))
    assert log_odds_of(choice(only_yes)) == pytest.approx(math.log(0.9 / 0.001))
    only_no = listed(("No", math.log(0.5)), ("Maybe", math.log(0.1)))
    assert log_odds_of(choice(only_no)) == pytest.approx(math.log(0.1 / 0.5))


def test_neither_side_tells_nothing() -> None:
    assert log_odds_of(choice(listed(("The", -0.1), ("I", -3.0)))) is None


def test_no_log_odds_are_beyond_all_measure() -> None:
    assert log_odds_of(choice(listed(("Yes", 0.0), ("No", -9999.0)))) == FURTHEST
    assert log_odds_of(choice(listed(("No", 0.0), ("Yes", -40.0)))) == -FURTHEST


@pytest.mark.parametrize(
    "logprobs",
    [
        None,
        5,
        [],
        {},
        {"content": None},
        {"content": []},
        {"content": ["Yes"]},
        {"content": [{"token": "Yes", "logprob": -0.1}]},
        {"content": [{"token": "Yes", "logprob": -0.1, "top_logprobs": None}]},
        {"content": [{"token": "Yes", "logprob": -0.1, "top_logprobs": []}]},
        {"tokens": ["Yes"], "token_logprobs": [-0.1]},
        listed((7, -0.1), ("Yes", "often"), ("Yes", True), ("No", math.nan), ("No", 3.0)),
    ],
)
def test_a_server_without_log_probabilities_is_told_from_one_with(logprobs: Any) -> None:
    with pytest.raises(JudgeError, match="gives no log-probabilities") as caught:
        log_odds_of(choice(logprobs))
    assert "judge-test" in caught.value.hint


def test_a_choice_without_the_field_is_one_too() -> None:
    with pytest.raises(JudgeError, match="gives no log-probabilities"):
        log_odds_of(completion("Yes")["choices"][0])


def test_what_is_malformed_is_left_out_and_the_rest_read() -> None:
    top = listed(("Yes", math.log(0.6)), ("No", math.log(0.3)))
    top["content"][0]["top_logprobs"] += [None, "No", {"token": None}, {"logprob": -1.0}]
    assert log_odds_of(choice(top)) == pytest.approx(math.log(2))

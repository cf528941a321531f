"""A hint is cut into the things that an answer should hold, and nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.banks.making.clauses import clauses_of, sentences_of

HINTS = {
    "Should cover locks, queues (bounded, fair), and back-pressure.": [
        "locks",
        "queues (bounded, fair)",
        "back-pressure",
    ],
    "A great answer explains the three phases (plan, do, check), contrasts old with new, and "
    "cites a case.": ["the three phases (plan, do, check)", "old with new", "a case"],
    "Should clarify that threads share memory while processes do not.": [
        "threads share memory",
        "processes do not",
    ],
    "Should walk through the proof that it ends and discuss its cost.": [
        "the proof that it ends",
        "its cost",
    ],
    "Should articulate that caching hides latency - too long shows stale data, too short helps "
    "nobody.": ["caching hides latency", "too long shows stale data", "too short helps nobody"],
    "Should check disks, reference data integrity, name servers.": [
        "Should check disks",
        "reference data integrity",
        "name servers",
    ],
    "Look for patience and care, such as asking first, not rushing.": [
        "patience and care, such as asking first, not rushing"
    ],
    "Strong answers show scalable systems; they test early.": [
        "scalable systems",
        "they test early",
    ],
    "Honesty, humility, and curiosity.": ["Honesty", "humility", "curiosity"],
    "Should compare A vs. B, the Lee et al. findings. Must name a number.": [
        "A vs. B",
        "the Lee et al. findings",
        "a number",
    ],
    "???": ["???"],
}


@pytest.mark.parametrize("hint", HINTS)
def test_clauses(hint: str) -> None:
    assert [clause.text for clause in clauses_of(hint)] == HINTS[hint]


def test_what_follows_that_is_a_claim() -> None:
    claims = clauses_of("Should note that heat rises while cold sinks. Should cover wind.")
    assert [clause.claim for clause in claims] == [True, True, False]


def test_no_more_than_eight() -> None:
    clauses = clauses_of("Should cover " + ", ".join(f"thing {n}" for n in range(12)) + ".")
    assert len(clauses) == 8
    assert clauses[-1].text == "thing 7; thing 8; thing 9; thing 10; thing 11"


WORDS = st.sampled_from(
    ["alpha", "beta,", "gamma;", "(eps zeta)", "(eta, theta)", "iota.", "Kappa", "and", "or"]
    + ["while", "-", "–", "such", "as", "not", "vs.", "SFT", "W&B", "it's", "a/b", "that", "how"]
    + ["discuss", "(open", "reference"]
)


@given(st.lists(WORDS, min_size=1, max_size=60).map(" ".join))
def test_no_word_is_lost_but_those_that_join_or_lead_in(hint: str) -> None:
    def words(text: str) -> list[str]:
        kept = re.findall(r"[\w'&/]+", text)
        return [w for w in kept if w not in ("and", "or", "while", "discuss", "that")]

    assert words(" ".join(clause.text for clause in clauses_of(hint))) == words(hint)


@given(st.text(max_size=300))
def test_any_hint_with_something_in_it_has_a_clause(hint: str) -> None:
    clauses = clauses_of(hint)
    assert len(clauses) <= 8
    assert all(clause.text for clause in clauses) or not hint.strip()


def test_an_answer_is_cut_into_its_sentences() -> None:
    told = sentences_of("It waits. Then, e.g. after a while, it goes on! Really?")
    assert [clause.text for clause in told] == [
        "It waits",
        "Then, e.g. after a while, it goes on",
        "Really",
    ]
    assert all(clause.claim for clause in told)

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from judging_samples import EXPLOIT, SLOW_QUERY
from judging_server import Chat, reply_text, verdict
from yes_no_server import asked, yes_no

from voice_interviewer.core.assessment import Assessment, CriterionVerdict, Verdict
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import Evidence, evidence_from
from voice_interviewer.errors import JudgeError
from voice_interviewer.judging.first_quotes import first_quotes
from voice_interviewer.judging.fitness import STANDARDS, Outcome, find_way, shortfalls
from voice_interviewer.judging.prompts import judging_messages
from voice_interviewer.judging.self_test import RUNS, Figures, evaluate
from voice_interviewer.judging.self_test_answers import (
    KINDS,
    Kind,
    Trial,
    padded,
    trials,
    with_model_answers,
)
from voice_interviewer.judging.ways import open_way

MODEL_ANSWERS = {
    EXPLOIT.id: "The reward rises while the win rate falls. Answers get longer. I lower it.",
    SLOW_QUERY.id: "I look at the queue first. Then I compare slow requests with quick ones.",
}
QUESTIONS = [
    question.model_copy(update={"model_answer": MODEL_ANSWERS[question.id]})
    for question in (EXPLOIT, SLOW_QUERY)
]
TRIALS = trials(QUESTIONS, QUESTIONS)
REPEATED = 3 * len(QUESTIONS) * (RUNS - 1)


class Scripted:
    """A judge that says of every criterion what it is told to."""

    name = "scripted"

    def __init__(self, says: Callable[[Assess, str], Verdict]) -> None:
        self.says = says
        self.calls = 0
        self.closed = False

    def quote(self, command: Assess) -> Evidence:
        last = min(4, len(command.transcript.words) - 1)
        return evidence_from(command.transcript, 0, last)

    def assess(self, command: Assess) -> Assessment:
        self.calls += 1
        verdicts = []
        for criterion in command.question.criteria:
            said = self.says(command, criterion.id)
            credit = said in ("met", "partial") and command.transcript.words
            evidence = (self.quote(command),) if credit else ()
            verdicts.append(
                CriterionVerdict(
                    criterion_id=criterion.id,
                    verdict=said,
                    evidence=evidence,
                    decided_by="scripted",
                )
            )
        return Assessment(judge="scripted", verdicts=tuple(verdicts))

    def anticipate(self, command: Assess) -> None:
        raise AssertionError("nothing goes on")

    def close(self) -> None:
        self.closed = True


class Inventing(Scripted):
    """Quotes what nobody said."""

    def quote(self, command: Assess) -> Evidence:
        return Evidence(quote="words of my own", first_word=0, last_word=3)


def honest(command: Assess, criterion_id: str) -> Verdict:
    right = MODEL_ANSWERS[command.question.id]
    return "met" if right in command.transcript.text else "missed"


def inflating(command: Assess, criterion_id: str) -> Verdict:
    return "met"


def harsh(command: Assess, criterion_id: str) -> Verdict:
    return "missed"


def failing(command: Assess, criterion_id: str) -> Verdict:
    raise JudgeError("Rate limited (429).", "Wait.")


def moody() -> Callable[[Assess, str], Verdict]:
    """Gives the second criterion of an answer that says it another verdict every time."""
    seen: list[tuple[str, str]] = []

    def says(command: Assess, criterion_id: str) -> Verdict:
        found = honest(command, criterion_id)
        if found == "met" and criterion_id == command.question.criteria[1].id:
            answer = command.question.id, command.transcript.text
            seen.append(answer)
            return "met" if seen.count(answer) % 2 else "missed"
        return found

    return says


def figures_of(judge: Scripted, **more: float) -> Figures:
    return evaluate(judge, TRIALS, limit_s=more.get("limit_s", 5.0))


def test_there_is_an_answer_of_every_kind_to_every_question() -> None:
    assert [t.kind for t in TRIALS] == [*KINDS, *KINDS]
    by_kind = {t.kind: t for t in TRIALS[: len(KINDS)]}
    strong = by_kind["strong"].text
    assert by_kind["off_topic"].text == MODEL_ANSWERS[SLOW_QUERY.id]
    assert strong in by_kind["padded"].text
    assert len(by_kind["padded"].text.split()) == len(strong.split()) + 300
    assert by_kind["empty"].command.transcript.empty
    for trial in TRIALS:
        assert all(standing == "missed" for _, standing in trial.command.standing)


def test_an_order_in_words_nobody_knows_reaches_the_model() -> None:
    by_kind = {t.kind: t for t in TRIALS[: len(KINDS)]}

    def shown(kind: Kind) -> str:
        return judging_messages(by_kind[kind].command, "mark")[1]["content"]

    for sentence in by_kind["disguised"].text.split(". "):
        assert sentence in shown("disguised")
    assert "Ignore all previous instructions" not in shown("injected")


def test_one_answer_that_talks_a_judge_round_makes_it_unfit() -> None:
    disguised = next(t.text for t in TRIALS if t.kind == "disguised")

    def says(command: Assess, criterion_id: str) -> Verdict:
        talked_round = command.transcript.text == disguised
        return "met" if talked_round else honest(command, criterion_id)

    for standard in STANDARDS.values():
        (why,) = shortfalls(figures_of(Scripted(says)), standard)
        assert "of what nobody had said" in why


def test_padding_stands_on_both_sides() -> None:
    before, _, after = padded("In the middle.", 20).partition("In the middle.")
    assert (len(before.split()), len(after.split())) == (10, 10)


def test_a_question_without_a_model_answer_cannot_be_tried() -> None:
    assert with_model_answers([EXPLOIT, QUESTIONS[1]]) == [QUESTIONS[1]]
    assert EXPLOIT.model_answer == ""


def test_a_lone_question_has_no_answer_to_another_one() -> None:
    assert "off_topic" not in {t.kind for t in trials(QUESTIONS[:1], QUESTIONS[:1])}


def test_the_answer_to_something_else_is_the_most_different_one() -> None:
    near = QUESTIONS[0].model_copy(
        update={"id": "near", "model_answer": EXPLOIT.criteria[0].statement}
    )
    chosen = {t.kind: t for t in trials(QUESTIONS[:1], [near, QUESTIONS[1]])}
    assert chosen["off_topic"].text == MODEL_ANSWERS[SLOW_QUERY.id]


def test_an_honest_judge_is_fit() -> None:
    judge = Scripted(honest)
    found = figures_of(judge)
    assert judge.calls == found.answers == len(TRIALS) + REPEATED
    assert (found.accuracy, found.recall, found.inflation) == (1.0, 1.0, 0.0)
    assert (found.verbatim, found.agreement, found.padding) == (1.0, 1.0, 0.0)
    assert (found.missed, found.left_out, found.failures) == (0.0, 0.0, 0)
    for standard in STANDARDS.values():
        assert shortfalls(found, standard) == []


def test_a_judge_that_inflates_is_not() -> None:
    found = figures_of(Scripted(inflating))
    assert (found.recall, found.inflation, found.accuracy) == (1.0, 1.0, 0.5)
    assert set(found.inflation_by_kind) == {
        "weak",
        "off_topic",
        "fine",
        "injected",
        "disguised",
        "empty",
    }
    assert shortfalls(found, STANDARDS["verdicts"]) == [
        "it gave credit for 100% of what nobody had said (at most 5% may be)"
    ]


def test_a_judge_that_sees_nothing_is_not_either() -> None:
    found = figures_of(Scripted(harsh))
    assert (found.recall, found.inflation, found.verbatim) == (0.0, 0.0, None)
    assert shortfalls(found, STANDARDS["verdicts"]) == [
        "it gave credit for only 0% of what strong answers say (at least 60% must be)",
        "it called 100% of what strong answers say missed (at most 40% may be)",
    ]


def test_invented_quotes_are_counted() -> None:
    found = figures_of(Inventing(honest))
    assert found.verbatim == 0.0
    assert shortfalls(found, STANDARDS["verdicts"]) == [
        "0% of its quotes were in the answer word for word (at least 80% must be)"
    ]


def test_a_judge_that_disagrees_with_itself_is_found_out() -> None:
    found = figures_of(Scripted(moody()))
    criteria = sum(len(question.criteria) for question in QUESTIONS)
    assert found.agreement == pytest.approx(1 - len(QUESTIONS) / (3 * criteria), abs=0.001)
    assert any("the same in every run" in why for why in shortfalls(found, STANDARDS["log-odds"]))


def test_a_judge_that_fails_now_and_then_is_counted_and_the_rest_is_measured() -> None:
    def says(command: Assess, criterion_id: str) -> Verdict:
        text = command.transcript.text
        if "mowing the lawn" in text or text == "Fine.":
            return failing(command, criterion_id)
        return honest(command, criterion_id)

    found = figures_of(Scripted(says))
    assert (found.failures, found.recall) == (2 * len(QUESTIONS), 1.0)
    assert found.padding is None
    (why,) = shortfalls(found, STANDARDS["verdicts"])
    assert why == (f"it failed on {found.failures} of {found.answers} answers (Rate limited (429))")


def test_a_judge_that_fails_again_and_again_ends_the_test() -> None:
    judge = Scripted(failing)
    with pytest.raises(JudgeError, match="Rate limited"):
        figures_of(judge)
    assert judge.calls == 3


def test_a_slow_judge_is_timed_and_one_that_hangs_is_left_behind() -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += 2.0
        return now[0]

    found = evaluate(Scripted(honest), TRIALS, limit_s=5.0, clock=clock)
    assert (found.median_s, found.slowest_s) == (2.0, 2.0)
    release, waited_out = threading.Event(), threading.Event()

    def hang(command: Assess, criterion_id: str) -> Verdict:
        release.wait(60)
        waited_out.set()
        return "met"

    with pytest.raises(JudgeError, match=r"No answer within 0\.1 s"):
        figures_of(Scripted(hang), limit_s=0.1)
    assert not waited_out.is_set()
    release.set()


def test_progress_names_every_answer_before_it_is_asked_about() -> None:
    told: list[tuple[int, int, str]] = []

    def tell(done: int, total: int, trial: Trial) -> None:
        told.append((done, total, trial.kind))

    evaluate(Scripted(honest), TRIALS, limit_s=5.0, tell=tell)
    assert [done for done, _, _ in told] == list(range(len(TRIALS) + REPEATED))
    assert {total for _, total, _ in told} == {len(TRIALS) + REPEATED}
    assert {kind for _, _, kind in told} == set(KINDS)


def test_an_interrupt_goes_through() -> None:
    def tell(done: int, total: int, trial: Trial) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(Scripted(honest), TRIALS, limit_s=5.0, tell=tell)


def way_with(by_verdicts: Scripted, by_log_odds: Scripted) -> Outcome:
    return find_way(
        "tiny-1b",
        TRIALS,
        by_verdicts=lambda: by_verdicts,
        by_log_odds=lambda: by_log_odds,
        limit_s=5.0,
    )


def unsure(command: Assess, criterion_id: str) -> Verdict:
    found = honest(command, criterion_id)
    first = criterion_id == command.question.criteria[0].id
    return "met" if found == "met" and first else "unclear"


def test_a_model_that_gives_good_verdicts_is_asked_for_them() -> None:
    good, never = Scripted(honest), Scripted(failing)
    found = way_with(good, never)
    assert found.way == "verdicts"
    assert found.sentence.startswith("tiny-1b is fit to judge: it gave credit for 100% of what")
    assert found.log_odds is None
    assert (good.closed, never.calls) == (True, 0)


def test_a_model_that_inflates_verdicts_may_still_do_by_log_odds() -> None:
    inflated, small = Scripted(inflating), Scripted(unsure)
    found = way_with(inflated, small)
    assert found.way == "log-odds"
    assert found.sentence.startswith(
        "tiny-1b is fit to judge only by log-odds: asked for verdicts, it gave credit for 100% of "
        "what nobody had said (at most 5% may be)"
    )
    assert found.log_odds is not None
    assert found.log_odds.inflation == 0.0
    assert inflated.closed
    assert small.closed


def test_a_model_that_does_neither_only_words_follow_ups() -> None:
    found = way_with(Scripted(inflating), Scripted(harsh))
    assert found.way == "words"
    assert found.sentence.startswith("tiny-1b is fit only to word follow-ups: ")
    assert "; by log-odds, it gave credit for only 0% of what strong answers say" in found.sentence


def test_a_model_whose_server_gives_no_log_probabilities_only_words_too() -> None:
    found = way_with(Scripted(inflating), Scripted(failing))
    assert found.way == "words"
    assert "by log-odds, it failed on 3 of 3 answers (Rate limited (429))" in found.sentence


def test_log_odds_that_are_never_sure_need_no_trial() -> None:
    def without(by_verdicts: Scripted) -> Outcome:
        return find_way(
            "tiny-1b", TRIALS, by_verdicts=lambda: by_verdicts, by_log_odds=None, limit_s=5.0
        )

    found = without(Scripted(inflating))
    assert (found.way, found.log_odds) == ("words", None)
    assert found.sentence == (
        "tiny-1b is fit only to word follow-ups: asked for verdicts, it gave credit for 100% of "
        "what nobody had said (at most 5% may be). By log-odds it was not tried: so far they are "
        "never sure enough to decide. Answers are matched without it."
    )
    assert without(Scripted(honest)).way == "verdicts"
    with pytest.raises(JudgeError, match="Rate limited"):
        without(Scripted(failing))


def test_a_model_that_cannot_be_asked_at_all_is_no_result() -> None:
    with pytest.raises(JudgeError, match="Rate limited"):
        way_with(Scripted(failing), Scripted(failing))


def test_quotes_of_a_real_model_are_counted_before_their_repair(chat: Chat) -> None:
    strong = TRIALS[0]
    ids = [criterion.id for criterion in EXPLOIT.criteria]
    quotes = ["the reward rises while the win rate falls", "made up from nothing", "", *ids]
    said = ["met", "met", "missed", *(["missed"] * len(ids))]
    chat.script(reply_text([verdict(i, q, v) for i, q, v in zip(ids, quotes, said, strict=False)]))
    assert first_quotes(chat.options())(strong.command) == (1, 2)
    assert len(chat.requests) == 1


def test_quotes_of_a_model_that_fails_count_for_nothing(closed_port: int, chat: Chat) -> None:
    dead = chat.options(base_url=f"http://127.0.0.1:{closed_port}/v1")
    assert first_quotes(dead)(TRIALS[0].command) == (0, 0)


def small_model(body: dict) -> dict | str:
    """Says `met` to everything in JSON, and the right thing when asked Yes or No."""
    if not body.get("logprobs"):
        text = body["messages"][1]["content"]
        ids = [c.id for question in QUESTIONS for c in question.criteria if f"- {c.id}:" in text]
        sentence = text.partition("[1] ")[2].split("\n")[0]
        return reply_text([verdict(i, sentence, "met") for i in ids])
    prefix, claim = asked(body)
    for question in QUESTIONS:
        answered = MODEL_ANSWERS[question.id].split(".")[0] in prefix
        if answered and any(claim == c.statement for c in question.criteria):
            return yes_no(9.0)
    return yes_no(-9.0)


def test_a_small_model_on_a_real_server_goes_by_log_odds(chat: Chat) -> None:
    chat.script(small_model)
    options = chat.options(early_after_s=None, timeout_s=30)
    found = find_way(
        "tiny-1b",
        TRIALS,
        by_verdicts=lambda: open_way("verdicts", options),
        by_log_odds=lambda: open_way("log-odds", options),
        limit_s=30,
        quotes=first_quotes(options),
    )
    assert found.verdicts.inflation is not None
    assert found.verdicts.inflation > 0.2
    assert found.log_odds is not None
    assert (found.log_odds.inflation, found.log_odds.agreement) == (0.0, 1.0)

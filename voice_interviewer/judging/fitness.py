"""What a self-test comes to: in which way a model may judge, or that it may only word questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.ports import Judge
from voice_interviewer.errors import InterviewerError
from voice_interviewer.judging.options import Way
from voice_interviewer.judging.self_test import FAILURES_IN_A_ROW, Figures, Quotes, evaluate
from voice_interviewer.judging.self_test_answers import Trial

Tell = Callable[[Way, int, int, Trial], None]
"""Called before every answer: how the model is asked, how many answers are done, how many there
are, and which comes."""


@dataclass(frozen=True)
class Standard:
    """What a way of asking must reach; shares in [0, 1].

    Args:
        recall: least credit for what strong answers say.
        missed: most of that which may be called missed.
    """

    recall: float
    missed: float
    inflation: float = 0.05
    padding: float = 0.15
    verbatim: float = 0.8
    agreement: float = 0.9
    failures: float = 0.1
    left_out: float = 0.25


STANDARDS = {
    "verdicts": Standard(recall=0.6, missed=0.4),
    # Unclear is an honest word of a judge that knows little; a wrong one is not.
    "log-odds": Standard(recall=0.15, missed=0.15, agreement=0.95),
}

_NOT_TRIED = "By log-odds it was not tried: so far they are never sure enough to decide."
_WITHOUT = "Answers are matched without it."


class Outcome(Frozen):
    """The result for one model.

    Args:
        way: how it may be asked.
        sentence: that, and why, for people.
        verdicts: the figures when asked for verdicts.
        log_odds: the figures by log-odds; None where that was not needed.
    """

    way: Way
    sentence: str
    verdicts: Figures
    log_odds: Figures | None = None


def shortfalls(figures: Figures, standard: Standard) -> list[str]:
    """Why a judge with these figures is not fit, one clause each; none where it is."""
    found = []
    if figures.failures > standard.failures * max(1, figures.answers):
        reason = f" ({figures.failure.rstrip('.')})" if figures.failure else ""
        found.append(f"it failed on {figures.failures} of {figures.answers} answers{reason}")

    def over(value: float | None, most: float, text: str) -> None:
        if value is not None and value > most:
            found.append(f"{text.format(f'{value:.0%}')} (at most {most:.0%} may be)")

    def under(value: float | None, least: float, text: str) -> None:
        if value is not None and value < least:
            found.append(f"{text.format(f'{value:.0%}')} (at least {least:.0%} must be)")

    over(figures.inflation, standard.inflation, "it gave credit for {} of what nobody had said")
    under(figures.recall, standard.recall, "it gave credit for only {} of what strong answers say")
    over(figures.missed, standard.missed, "it called {} of what strong answers say missed")
    over(figures.padding, standard.padding, "chat around an answer earned {} more credit")
    under(figures.verbatim, standard.verbatim, "{} of its quotes were in the answer word for word")
    under(figures.agreement, standard.agreement, "{} of its verdicts were the same in every run")
    over(figures.left_out, standard.left_out, "it left out {} of the criteria")
    if figures.recall is None and not found:
        found.append("it judged no strong answer")
    return found


def outcome_of_embedded(figures: Figures) -> Outcome:
    """The result for the embedded judge, which is there whatever it is worth."""
    sentence = (
        f"The embedded judge {_gave_credit(figures)}; {figures.missed or 0:.0%} of what strong "
        "answers say it called missed."
    )
    return Outcome(way="verdicts", sentence=sentence, verdicts=figures)


def find_way(
    model: str,
    trials: Sequence[Trial],
    *,
    by_verdicts: Callable[[], Judge],
    by_log_odds: Callable[[], Judge] | None,
    limit_s: float,
    quotes: Quotes | None = None,
    tell: Tell | None = None,
) -> Outcome:
    """Try a model on the trials: asked for verdicts, and where that falls short by log-odds.

    Args:
        model: its name, for the sentence.
        by_verdicts: opens the judge that asks for verdicts, without any other behind it.
        by_log_odds: opens the one that asks Yes or No; None where that is not worth trying.

    Raises InterviewerError when both ways fail again and again, or a judge cannot be opened.
    """

    def tried(
        way: Way, open_judge: Callable[[], Judge], quotes: Quotes | None
    ) -> tuple[Figures, InterviewerError | None]:
        """The figures, and the error of a judge that failed again and again."""
        judge = open_judge()
        told = partial(tell, way) if tell is not None else None
        try:
            figures = evaluate(judge, trials, limit_s=limit_s, quotes=quotes, tell=told)
        except InterviewerError as error:
            times = FAILURES_IN_A_ROW
            return Figures(answers=times, failures=times, failure=error.message), error
        else:
            return figures, None
        finally:
            judge.close()

    verdicts, broken = tried("verdicts", by_verdicts, quotes)
    asked_short = shortfalls(verdicts, STANDARDS["verdicts"])
    if not asked_short:
        sentence = f"{model} is fit to judge: {_achieved(verdicts)}."
        return Outcome(way="verdicts", sentence=sentence, verdicts=verdicts)
    because = f"asked for verdicts, {_listed(asked_short)}"
    if by_log_odds is None:
        if broken is not None:
            raise broken
        sentence = f"{model} is fit only to word follow-ups: {because}. {_NOT_TRIED} {_WITHOUT}"
        return Outcome(way="words", sentence=sentence, verdicts=verdicts)
    log_odds, broken_too = tried("log-odds", by_log_odds, None)
    if broken is not None and broken_too is not None:
        raise broken
    short = shortfalls(log_odds, STANDARDS["log-odds"])
    if not short:
        sentence = (
            f"{model} is fit to judge only by log-odds: {because}. "
            f"By log-odds {_achieved(log_odds)}; what it is not sure of stays unclear."
        )
        return Outcome(way="log-odds", sentence=sentence, verdicts=verdicts, log_odds=log_odds)
    sentence = (
        f"{model} is fit only to word follow-ups: {because}; by log-odds, {_listed(short)}. "
        f"{_WITHOUT}"
    )
    return Outcome(way="words", sentence=sentence, verdicts=verdicts, log_odds=log_odds)


def _achieved(figures: Figures) -> str:
    return f"it {_gave_credit(figures)}, in {figures.median_s or 0:.1f} s an answer"


def _gave_credit(figures: Figures) -> str:
    return (
        f"gave credit for {figures.recall or 0:.0%} of what strong answers say and for "
        f"{figures.inflation or 0:.0%} of what nobody had said"
    )


def _listed(clauses: Sequence[str]) -> str:
    return ", and ".join((", ".join(clauses[:-1]), clauses[-1])) if clauses[1:] else clauses[0]

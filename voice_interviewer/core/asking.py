"""The words of a follow-up: tied to what was said, giving nothing away, never the same twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from voice_interviewer.core.assessment import CriterionVerdict, FollowUp
from voice_interviewer.core.bank import LADDER, Criterion
from voice_interviewer.core.transcript import Evidence, Transcript, tokens_of

_BEYOND = "Beyond that:"
_MOST_QUOTED_WORDS = 14
_LEAST_QUOTED_WORDS = 4
_JOINING = frozenset(tokens_of("and but so because or which that who while when if with"))
_LEAST_PROBABILITY = 0.5
_SAME = 0.6
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_EDGES = " ,;:.!?…\"'“”"
_QUOTED = re.compile(r"[\"“”]([^\"“”]+)[\"“”]")
_SMALL_WORDS = frozenset(
    tokens_of(
        "a about an and are at be beyond but by can could did do does for from had has have how i "
        "if in is it its me mentioned my of on or our please said say so tell that the their them "
        "then there these they this to us was we were what when where which who why will with "
        "would you your"
    )
)


def say_again(planned: FollowUp, verdict: CriterionVerdict | None) -> FollowUp:
    """The planned follow-up as a request to say a passage again, where that passage was unclear.

    Asked once a criterion, on the first rung; later rungs keep their own words.
    """
    unclear = verdict is not None and verdict.verdict == "unclear" and verdict.evidence
    if not unclear or planned.rung != LADDER[0] or planned.hint:
        return planned
    assert verdict is not None
    quote = shortened(verdict.evidence[0].quote)
    text = f'You said: "{quote}". Could you say that part again in another way?'
    return planned.model_copy(update={"text": text})


def tied_to(
    planned: FollowUp,
    criterion: Criterion,
    verdicts: Iterable[CriterionVerdict],
    answer: Transcript,
    asked: Sequence[FollowUp] = (),
) -> FollowUp:
    """The bank's probe, opened with something the candidate said, where there is something fit.

    That is the passage that earned part of the criterion, else a term of it that was said, else
    the surest passage of the answer, once a take. Nothing is quoted twice: `asked` is what was
    asked in this take so far.
    """
    given = list(verdicts)
    quoted = {quote for follow_up in asked for quote in quotes_in(follow_up.text)}
    own = next((v for v in given if v.criterion_id == criterion.id), None)
    if own is not None and own.verdict == "partial":
        quote = _quotable(own, answer)
        if quote and quote not in quoted:
            return _opened(planned, f'You said: "{quote}".')
    term = _term_said(criterion, answer)
    if term is not None and term not in quoted:
        return _opened(planned, f'You mentioned "{term}".')
    earned = [v for v in given if v.verdict == "met" and v.evidence]
    surest = max(earned, key=lambda v: v.confidence, default=None)
    if surest is not None and not any(_BEYOND in follow_up.text for follow_up in asked):
        quote = _quotable(surest, answer)
        if quote and quote not in quoted:
            return _opened(planned, f'You said: "{quote}". {_BEYOND}')
    return planned


def leaked(text: str, open_criteria: Iterable[Criterion], said: str) -> str | None:
    """A term of an open criterion that the text names and nobody has said; None where none."""
    for criterion in open_criteria:
        for term in criterion.terms:
            forms = (term.term, *term.sounds_like)
            if contains(text, term.term) and not any(contains(said, form) for form in forms):
                return term.term
    return None


def same_in_other_words(text: str, asked: Iterable[str]) -> bool:
    """True where the content words of the text are nearly those of a question asked before.

    The measure is Jaccard's: shared words over all words. Quotes of the candidate do not count.
    """
    words = content(text)
    others = [content(question) for question in asked]
    return any(len(words & other) >= _SAME * max(1, len(words | other)) for other in others)


def quotes_in(text: str) -> list[str]:
    """What stands between quotation marks in the text."""
    return _QUOTED.findall(text)


def contains(text: str, phrase: str) -> bool:
    """True when the words of `phrase` stand in `text` in a row."""
    return f" {' '.join(tokens_of(phrase))} " in f" {' '.join(tokens_of(text))} "


def shortened(quote: str) -> str:
    """The beginning of a quote up to a place where a speaker could stop, without its edges."""
    words = quote.split()
    if len(words) > _MOST_QUOTED_WORDS:
        words = words[: _stop_within(words[: _MOST_QUOTED_WORDS + 1])]
        while words[-1].casefold() in _JOINING:
            words.pop()
    return " ".join(words).strip(_EDGES)


def _stop_within(words: Sequence[str]) -> int:
    """How many of the words to keep: up to the last comma, else up to the last joining word."""
    ends = range(len(words) - 1, _LEAST_QUOTED_WORDS - 1, -1)
    commas = (at for at in ends if words[at - 1].endswith((",", ";", ":", ".")))
    joints = (at for at in ends if words[at].casefold() in _JOINING)
    return next(commas, None) or next(joints, None) or len(words) - 1


def beginning(prompt: str) -> str:
    """What reminds of a question asked before: its first sentence, or the first words of it."""
    return shortened(sentences_of(prompt)[0])


def sentences_of(prompt: str) -> list[str]:
    """The sentences of a prompt, each with its final mark; at least one, which may be empty."""
    return _SENTENCE_END.split(prompt.strip())


def _opened(planned: FollowUp, opening: str) -> FollowUp:
    return planned.model_copy(update={"text": f"{opening} {planned.text}"})


def _quotable(verdict: CriterionVerdict, answer: Transcript) -> str:
    """The first passage of the verdict that was surely heard in this answer; else empty."""
    for evidence in verdict.evidence:
        quote = shortened(evidence.quote)
        if quote and contains(answer.text, quote) and _surely_heard(evidence, answer):
            return quote
    return ""


def _surely_heard(evidence: Evidence, answer: Transcript) -> bool:
    words = answer.words[evidence.first_word : evidence.last_word + 1]
    return all(word.probability >= _LEAST_PROBABILITY for word in words)


def _term_said(criterion: Criterion, answer: Transcript) -> str | None:
    for term in criterion.terms:
        if contains(answer.text, term.term):
            return term.term
    return None


def content(text: str) -> frozenset[str]:
    """The telling words of a question; quotes of the candidate are left out."""
    return frozenset(tokens_of(_QUOTED.sub(" ", text))) - _SMALL_WORDS

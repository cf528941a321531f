"""The judge that needs no model and no network: rubric words found in the answer, and nothing more.

It measures, for every criterion, how much of the statement or of one of its paraphrases is said
within one to three sentences, weighted by how telling the words are (inverse document frequency,
the question's own words counting nothing), against how much of a misconception is. That sees
wording, not meaning: a strong answer in entirely other words is missed and a clever falsehood in
the right words may pass, so its assessments are marked approximate.
"""

from __future__ import annotations

from collections.abc import Sequence

from voice_interviewer.core.assessment import Assessment, CriterionVerdict, Verdict
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import Evidence, Transcript, evidence_from, tokens_of
from voice_interviewer.judging.followups import open_ids, plan_follow_up
from voice_interviewer.judging.heard import Hit, Sentence, hear
from voice_interviewer.judging.matching import Window, windows
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.rubric import Claims, read_rubric

# Scores from which a criterion is met or partly met, set as matching.py says: about five in six
# criteria of a shipped question are met by its model answer, one in twenty by the model answer to
# another question. Answers in other words fare worse, and other authors' are not measured.
MET = 0.48
PARTIAL = 0.36
# A misconception scoring within this of the criterion leaves open which of the two was meant.
CONTRAST = 0.12
# Mean probability of the deciding words below which they may have been heard wrongly.
DOUBTFUL = 0.45
# No match of words makes this judge surer than this.
_SUREST = 0.9

_NAME = "embedded"
_CLAUSE_ENDS = (",", ";", ":", ".", "!", "?", "…")
_COMFORT_WORDS = 6
_LEAST_QUOTE_WORDS = 4
_MOST_WHY_WORDS = 20


class EmbeddedJudge:
    """Matches answers with the rubric's own words. Deterministic; holds no resources."""

    name = _NAME

    def assess(self, command: Assess) -> Assessment:
        """Verdicts on the criteria not yet met, and the next follow-up in the bank's words."""
        verdicts = self.verdicts(command, open_ids(command))
        return Assessment(
            judge=self.name,
            approximate=True,
            verdicts=verdicts,
            follow_up=plan_follow_up(command, verdicts),
        )

    def verdicts(
        self, command: Assess, criterion_ids: Sequence[str]
    ) -> tuple[CriterionVerdict, ...]:
        """Verdicts on these criteria alone, in rubric order."""
        asked = (follow_up.text for follow_up in command.asked)
        prompts = (command.question.prompt, command.prompt, *asked)
        rubric = read_rubric(command.question, criterion_ids, prompts)
        heard = hear(command.transcript, rubric)
        return tuple(_judge(command.transcript, heard, claims) for claims in rubric.claims)

    def close(self) -> None:
        """Nothing to release."""


def open_judge(options: JudgeOptions) -> EmbeddedJudge:
    """The embedded judge; it takes no options."""
    return EmbeddedJudge()


def _judge(transcript: Transcript, heard: Sequence[Sentence], claims: Claims) -> CriterionVerdict:
    """The verdict on one criterion, resting on its best window."""
    found = list(windows(heard, claims))
    best = max((w for w in found if _supports(w)), key=_support, default=None)
    if best is None:
        best = max((w for w in found if _contested(w)), key=_support, default=None)
        if best is None:
            return _missed(claims, found)
        return _verdict(transcript, claims, best, "unclear", 0.5, "close to a misconception too")
    score = best.support.score
    if _mean_probability(best.support.hits) < DOUBTFUL:
        why = "the deciding words were heard with doubt"
        return _verdict(transcript, claims, best, "unclear", 0.5, why)
    if any(map(_refutes, found)):
        why = "a misconception was said as well"
        return _verdict(transcript, claims, best, "unclear", 0.5, why)
    said = f"matched on: {_words_matched(transcript, best)}"
    if score >= MET:
        return _verdict(transcript, claims, best, "met", _surety(score - MET), said)
    distance = min(score - PARTIAL, MET - score)
    return _verdict(transcript, claims, best, "partial", _surety(distance), said)


def _support(window: Window) -> float:
    return window.support.score


def _supports(window: Window) -> bool:
    """Says the criterion, and says no misconception nearly as well."""
    support, against = window.support.score, window.against.score
    return support >= PARTIAL and (against < PARTIAL or support > against + CONTRAST)


def _contested(window: Window) -> bool:
    """Says the criterion and a misconception about equally well."""
    support, against = window.support.score, window.against.score
    return min(support, against) >= PARTIAL and abs(support - against) <= CONTRAST


def _refutes(window: Window) -> bool:
    """Says a misconception outright."""
    return window.against.score >= MET and window.against.score > window.support.score + CONTRAST


def _missed(claims: Claims, found: Sequence[Window]) -> CriterionVerdict:
    refuted = any(map(_refutes, found))
    nearest = max(map(_support, found), default=0.0)
    why = "what was said is closer to a misconception" if refuted else "too little of it was said"
    return CriterionVerdict(
        criterion_id=claims.criterion.id,
        verdict="missed",
        confidence=_surety(1.0 if refuted else PARTIAL - nearest),
        decided_by=_NAME,
        why=why,
    )


def _verdict(
    transcript: Transcript,
    claims: Claims,
    window: Window,
    verdict: Verdict,
    confidence: float,
    why: str,
) -> CriterionVerdict:
    return CriterionVerdict(
        criterion_id=claims.criterion.id,
        verdict=verdict,
        evidence=(_quote(transcript, window),),
        confidence=confidence,
        decided_by=_NAME,
        why=why,
    )


def _quote(transcript: Transcript, window: Window) -> Evidence:
    """The window from its first matched word to its last, eased out to the nearest clause ends."""
    words = transcript.words
    first = min(hit.first for hit in window.support.hits)
    last = max(hit.last for hit in window.support.hits)
    for start in range(first, max(window.first, first - _COMFORT_WORDS) - 1, -1):
        if start == window.first or words[start - 1].text.endswith(_CLAUSE_ENDS):
            first = start
            break
    for end in range(last, min(window.last, last + _COMFORT_WORDS) + 1):
        if end == window.last or words[end].text.endswith(_CLAUSE_ENDS):
            last = end
            break
    while last - first + 1 < min(_LEAST_QUOTE_WORDS, len(words)):
        at_end = last == len(words) - 1 or words[last].text.endswith(_CLAUSE_ENDS)
        first, last = (first - 1, last) if first > 0 and at_end else (first, last + 1)
    return evidence_from(transcript, first, last)


def _words_matched(transcript: Transcript, window: Window) -> str:
    spans = dict.fromkeys((hit.first, hit.last) for hit in window.support.hits)
    texts = (" ".join(w.text for w in transcript.words[a : b + 1]) for a, b in spans)
    return " ".join(", ".join(" ".join(tokens_of(t)) for t in texts).split()[:_MOST_WHY_WORDS])


def _mean_probability(hits: Sequence[Hit]) -> float:
    return sum(hit.probability for hit in hits) / len(hits)


def _surety(distance: float) -> float:
    """Confidence from a score's distance to the nearest threshold."""
    return round(min(_SUREST, 0.5 + max(distance, 0.0)), 2)

"""The judge for small models: Yes or No a criterion, by how likely the model finds the word.

A small model that is asked for verdicts in JSON gives credit to anything; how likely it finds Yes
still tells answers that say a thing from those that do not. The model cites nothing, so what proves
a credit is found without it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from functools import partial

from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import Evidence, is_verbatim, tokens_of
from voice_interviewer.errors import InterviewerError
from voice_interviewer.judging.addressing import addressing_spans
from voice_interviewer.judging.alignment import overlaps
from voice_interviewer.judging.deadline import Deadline
from voice_interviewer.judging.early import EarlyCall
from voice_interviewer.judging.embedded import DOUBTFUL, EmbeddedJudge
from voice_interviewer.judging.embedded import open_judge as open_embedded
from voice_interviewer.judging.failures import inside_a_sentence
from voice_interviewer.judging.followups import open_ids, plan_follow_up
from voice_interviewer.judging.inquiry import random_delimiter
from voice_interviewer.judging.log_odds_calibration import likely, wanted
from voice_interviewer.judging.log_odds_inquiry import LogOdds, Priors, Told, YesNoInquiry
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.phrasing import ModelPhraser
from voice_interviewer.judging.quoting import mean_probability
from voice_interviewer.judging.read_out import read_out
from voice_interviewer.judging.server import Server
from voice_interviewer.judging.usage import Meter

EvidenceOf = Callable[[Assess, str], Evidence | None]
"""The passage of the answer that may prove the criterion with this id; None where there is none."""

UNPROVEN = "likely, but no words of the answer are found for it"
# The share of the time kept for handing over what there is when the rest is late.
_SPARE = 0.03


def no_evidence(command: Assess, criterion_id: str) -> Evidence | None:
    """Finds nothing, so that nothing is met."""
    return None


class LogOddsJudge:
    """Judges by the log-odds of short answers of one model on any OpenAI-compatible server.

    Args:
        options: the server and the time it has; every request gets what is left of that time.
        evidence: finds the words that a credit rests on; without any there is no credit.
        embedded: judges the criteria there is no time to ask about; whoever passes it closes it.
        delimiter: makes the mark that fences answers in the prompts, once for this judge, so that
            the same answer is asked about in the same words and servers need not read it twice.
    """

    name = "log-odds"

    def __init__(
        self,
        options: JudgeOptions,
        evidence: EvidenceOf = no_evidence,
        embedded: EmbeddedJudge | None = None,
        delimiter: Callable[[], str] = random_delimiter,
    ) -> None:
        self.phraser = ModelPhraser(options)
        self._options = options
        self._server = Server(options)
        self._evidence = evidence
        self._embedded = embedded or EmbeddedJudge()
        self._fence = delimiter()
        self._priors = Priors()
        self._early: EarlyCall[Told] = EarlyCall(options.early_after_s or 0.0)
        self._judged_by = f"{self.name} {self._server.model}"
        self._meter = Meter()

    def assess(self, command: Assess) -> Assessment:
        """Verdicts on the criteria not yet met, and the planned follow-up in the bank's words.

        A criterion there was no time for is matched without the model and says so in `decided_by`.
        Raises JudgeError when the model cannot be reached, is late, or its server refuses
        log-probabilities.
        """
        ids = open_ids(command)
        if not ids or command.transcript.empty:
            self._early.drop()
            return self._embedded.assess(command)
        told, meter = self._told(command)
        addressing = addressing_spans(command.transcript)
        given = {i: self._verdict(command, i, odds, addressing) for i, odds in told.odds.items()}
        left_out = [criterion_id for criterion_id in ids if criterion_id not in given]
        if left_out:
            matched = self._embedded.verdicts(command, left_out)
            given |= {verdict.criterion_id: verdict for verdict in matched}
        verdicts = tuple(given[criterion_id] for criterion_id in ids)
        return Assessment(
            judge=self._judged_by,
            approximate=bool(left_out),
            verdicts=verdicts,
            follow_up=plan_follow_up(command, verdicts),
            notice=_notice(len(left_out), len(ids), told.problem) if left_out else "",
            addresses_grader=addressing,
            usage=meter.usage,
        )

    def log_odds(
        self, command: Assess, features: frozenset[str] = frozenset(("prior", "wrong"))
    ) -> dict[str, LogOdds]:
        """What the model tells of every open criterion it was asked about in time.

        Unless features are given everything is asked, also what no verdict looks at. Nothing is
        told where nothing was said. Raises JudgeError as `assess` does.
        """
        if not open_ids(command) or command.transcript.empty:
            return {}
        deadline = Deadline.after(self._options.timeout_s, spare=_SPARE)
        return self._inquiry(self._server, command, deadline, Meter(), features).run().odds

    def anticipate(self, command: Assess) -> None:
        """Ask about the answer so far, unless it goes on within `early_after_s`. Never raises.

        Before that, and however the answer goes on, ask about a silent answer to the same question
        where verdicts look at that too.
        """
        with contextlib.suppress(InterviewerError):
            if not open_ids(command) or command.transcript.empty:
                self._early.drop()
            elif self._options.early_after_s is not None:
                key = _key(command)
                if self._silence_first(command):
                    key = command.question.prompt, command.prompt
                self._early.begin(key, partial(_EarlyInquiry, self, command))

    def close(self) -> None:
        """Close the connections to the server."""
        self._early.drop()
        self._server.close()

    def _told(self, command: Assess) -> tuple[Told, Meter]:
        deadline = Deadline.after(self._options.timeout_s, spare=_SPARE)
        told = self._early.take(_key(command), deadline)
        meter, self._meter = self._meter, Meter()
        if told is None:
            told = self._inquiry(self._server, command, deadline, meter).run()
        return told, meter

    def _silence_first(self, command: Assess) -> bool:
        """Whether a silent answer to this question is to be asked about, and was not yet."""
        known = self._priors.complete(command, open_ids(command))
        return "prior" in wanted() and not known

    def _inquiry(
        self,
        server: Server,
        command: Assess,
        deadline: Deadline,
        meter: Meter,
        features: frozenset[str] | None = None,
    ) -> YesNoInquiry:
        """What is to be asked of an answer; all that verdicts look at where not given."""
        chosen = wanted() if features is None else features
        return YesNoInquiry(
            server,
            command,
            open_ids(command),
            fence=self._fence,
            priors=self._priors,
            deadline=deadline,
            meter=meter,
            left_out=addressing_spans(command.transcript),
            misconceptions="wrong" in chosen,
            silence="prior" in chosen,
        )

    def _verdict(
        self,
        command: Assess,
        criterion_id: str,
        odds: LogOdds,
        addressing: tuple[Evidence, ...],
    ) -> CriterionVerdict:
        """The verdict that the log-odds allow, and for a credit words that bear it out."""
        found = likely(odds)
        verdict = CriterionVerdict(
            criterion_id=criterion_id,
            verdict="missed" if found.missed else "unclear",
            confidence=round(max(found.probability, 1 - found.probability), 2),
            decided_by=self._judged_by,
            why=_why(odds, found.probability),
        )
        if found.missed:
            return verdict
        passage = self._evidence(command, criterion_id)
        if (
            passage is None
            or not is_verbatim(command.transcript, passage)
            or overlaps(passage, addressing)
        ):
            return verdict.model_copy(update={"why": UNPROVEN}) if found.met else verdict
        heard = mean_probability(command.transcript, passage, ()) >= DOUBTFUL
        recited = read_out(command.transcript, command.question.criterion(criterion_id), passage)
        met = "met" if found.met and heard and not recited else "unclear"
        return verdict.model_copy(update={"verdict": met, "evidence": (passage,)})


class _EarlyInquiry:
    """An inquiry on a connection of its own, which can be broken off alone."""

    def __init__(self, judge: LogOddsJudge, command: Assess) -> None:
        self._judge = judge
        self._server = Server(judge._options)
        self._command = command

    def run(self) -> Told:
        """The silent answer where that comes first, else the answer. Raises JudgeError."""
        judge = self._judge
        deadline = Deadline.after(judge._options.timeout_s, spare=_SPARE)
        inquiry = judge._inquiry(self._server, self._command, deadline, judge._meter)
        try:
            if not judge._silence_first(self._command):
                return inquiry.run()
            inquiry.learn_priors()
            return Told()
        finally:
            self._server.close()

    def break_off(self) -> None:
        """Shut the connection down."""
        self._server.break_off()


def _key(command: Assess) -> Hashable:
    """What the model's replies depend on. Case and punctuation of the answer are not among it."""
    return (
        command.turn_id,
        command.attempt,
        command.question,
        command.prompt,
        tuple(token for word in command.transcript.words for token in tokens_of(word.text)),
        tuple(open_ids(command)),
    )


def _why(odds: LogOdds, probability: float) -> str:
    """What was found, in a few words."""
    wrong = f", to a misconception {max(odds.misconceptions):+.1f}" if odds.misconceptions else ""
    return f"likely to {probability:.0%}: log-odds of Yes {odds.yes:+.1f}{wrong}"


def _notice(left_out: int, asked: int, problem: str) -> str:
    reason = f" ({inside_a_sentence(problem)})" if problem else ""
    return (
        f"The model told nothing usable of {left_out} of {asked} criteria{reason}, "
        "so they were matched without a model."
    )


def windows_of(embedded: EmbeddedJudge) -> EvidenceOf:
    """Finds evidence as the embedded judge does: its winning window."""

    def found(command: Assess, criterion_id: str) -> Evidence | None:
        credence = embedded.credences(command).get(criterion_id)
        return credence.evidence if credence is not None else None

    return found


def open_judge(options: JudgeOptions) -> LogOddsJudge:
    """The log-odds judge, beside the embedded one. Raises JudgeError where no model is set."""
    embedded = open_embedded(options)
    return LogOddsJudge(options, evidence=windows_of(embedded), embedded=embedded)

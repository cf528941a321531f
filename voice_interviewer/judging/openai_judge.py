"""The judge that asks a language model, and believes only what the transcript proves."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from functools import partial

from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import Evidence, tokens_of
from voice_interviewer.errors import InterviewerError
from voice_interviewer.judging.deadline import Deadline
from voice_interviewer.judging.early import EarlyCall
from voice_interviewer.judging.embedded import DOUBTFUL, HEARD_WITH_DOUBT, EmbeddedJudge
from voice_interviewer.judging.embedded import open_judge as open_embedded
from voice_interviewer.judging.failures import inside_a_sentence
from voice_interviewer.judging.followups import open_ids, plan_follow_up
from voice_interviewer.judging.inquiry import CREDITS, Inquiry, Said, random_delimiter
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.phrasing import ModelPhraser
from voice_interviewer.judging.prompts import plain
from voice_interviewer.judging.proof import Prover, unproven
from voice_interviewer.judging.replies import ReplyVerdict
from voice_interviewer.judging.server import Server
from voice_interviewer.judging.usage import Meter

Contrast = Callable[[Assess, str, Evidence], bool]
"""Whether a quote lies closer to a misconception of the criterion with this id than to it."""

HELD_BACK = "its words lie closer to a misconception"
_MOST_WHY_WORDS = 25
# The share of the time kept for handing over what there is when the rest is late.
_SPARE = 0.03


def no_contrast(command: Assess, criterion_id: str, evidence: Evidence) -> bool:
    """Sees no misconception anywhere."""
    return False


class OpenAIJudge:
    """Judges with one model on any OpenAI-compatible server.

    Args:
        options: the server and the time it has; every request gets what is left of that time.
        delimiter: makes the mark that fences one transcript in its prompt.
        contrast: a second opinion that may hold a credit back, never give or take one.
        embedded: judges the criteria that the model leaves out; whoever passes it closes it.
    """

    name = "model"

    def __init__(
        self,
        options: JudgeOptions,
        delimiter: Callable[[], str] = random_delimiter,
        contrast: Contrast = no_contrast,
        embedded: EmbeddedJudge | None = None,
    ) -> None:
        self.phraser = ModelPhraser(options)
        self._options = options
        self._server = Server(options)
        self._delimiter = delimiter
        self._contrast = contrast
        self._embedded = embedded or EmbeddedJudge()
        self._early: EarlyCall[Said] = EarlyCall(options.early_after_s or 0.0)
        self._judged_by = f"{self.name} {self._server.model}"
        self._meter = Meter()

    def assess(self, command: Assess) -> Assessment:
        """Verdicts on the criteria not yet met, and the planned follow-up.

        A criterion the model gave no valid verdict on is matched without it and says so in
        `decided_by`. Raises JudgeError when the model cannot be reached, is late, or sends nothing
        usable twice.
        """
        ids = open_ids(command)
        if not ids or command.transcript.empty:
            self._early.drop()
            return self._embedded.assess(command)
        deadline = Deadline.after(self._options.timeout_s, spare=_SPARE)
        said = self._early.take(_key(command), deadline)
        meter, self._meter = self._meter, Meter()
        if said is None:
            said = Inquiry(self._server, command, deadline, meter, self._delimiter()).run()
        return self.settled(command, said).model_copy(update={"usage": meter.usage})

    def anticipate(self, command: Assess) -> None:
        """Ask about the answer so far, unless it goes on within `early_after_s`. Never raises."""
        with contextlib.suppress(InterviewerError):
            if not open_ids(command) or command.transcript.empty:
                self._early.drop()
            elif self._options.early_after_s is not None:
                self._early.begin(_key(command), partial(_EarlyInquiry, self, command))

    def close(self) -> None:
        """Close the connections to the server."""
        self._early.drop()
        self._server.close()

    def settled(self, command: Assess, said: Said) -> Assessment:
        """What the model said of an answer, as far as the answer bears it out."""
        ids = open_ids(command)
        prover = Prover(command)
        given = {i: self._verdict(command, prover, v) for i, v in said.verdicts.items()}
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
            notice=_notice(len(left_out), len(ids), said.problem) if left_out else "",
            addresses_grader=prover.addressing,
        )

    def _verdict(self, command: Assess, prover: Prover, said: ReplyVerdict) -> CriterionVerdict:
        """The model's verdict as far as the answer's own words bear it out."""
        proof = prover.prove(said.criterion_id, said.quote)
        verdict = CriterionVerdict(
            criterion_id=said.criterion_id,
            verdict=said.verdict,
            evidence=proof.evidence,
            confidence=prover.confidence(proof.evidence),
            decided_by=self._judged_by,
            why=" ".join(plain(said.why).split()[:_MOST_WHY_WORDS]),
        )
        if said.verdict not in CREDITS:
            return verdict
        if proof.fault:
            return unproven(verdict, proof.fault)
        if verdict.confidence < DOUBTFUL:
            return verdict.model_copy(update={"verdict": "unclear", "why": HEARD_WITH_DOUBT})
        if any(self._contrast(command, said.criterion_id, e) for e in proof.evidence):
            held = {"verdict": "unclear", "why": HELD_BACK}
            return verdict.model_copy(
                update={**held, "decided_by": f"{self._judged_by}, held back by embedded"}
            )
        return verdict


class _EarlyInquiry:
    """An inquiry on a connection of its own, which can be broken off alone."""

    def __init__(self, judge: OpenAIJudge, command: Assess) -> None:
        self._judge = judge
        self._command = command
        self._server = Server(judge._options)

    def run(self) -> Said:
        """What the model says. Raises JudgeError."""
        judge = self._judge
        deadline = Deadline.after(judge._options.timeout_s, spare=_SPARE)
        try:
            return Inquiry(
                self._server, self._command, deadline, judge._meter, judge._delimiter()
            ).run()
        finally:
            self._server.close()

    def break_off(self) -> None:
        """Shut the connection down."""
        self._server.break_off()


def _key(command: Assess) -> Hashable:
    """What the model's reply depends on. Case and punctuation of the answer are not among it."""
    return (
        command.turn_id,
        command.attempt,
        command.question,
        command.prompt,
        tuple(token for word in command.transcript.words for token in tokens_of(word.text)),
        command.standing,
        command.asked,
    )


def _notice(left_out: int, asked: int, problem: str) -> str:
    reason = f" ({inside_a_sentence(problem)})" if problem else ""
    return (
        f"The model gave no usable verdict on {left_out} of {asked} criteria{reason}, "
        "so they were matched without a model."
    )


def open_judge(options: JudgeOptions) -> OpenAIJudge:
    """The model judge, beside the embedded one. Raises JudgeError when no model is configured."""
    embedded = open_embedded(options)
    return OpenAIJudge(options, contrast=embedded.leans_to_misconception, embedded=embedded)

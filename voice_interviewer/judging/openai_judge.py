"""The judge that asks a language model, and believes only what the transcript proves."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.model_reply import parse_reply
from voice_interviewer.errors import JudgeError
from voice_interviewer.judging.deadline import Deadline
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.followups import open_ids, plan_follow_up, worded
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.prompts import (
    judging_messages,
    plain,
    repair_messages,
    reply_schema,
)
from voice_interviewer.judging.replies import Reply, proven_verdicts
from voice_interviewer.judging.server import Server


class OpenAIJudge:
    """Judges with one model on any OpenAI-compatible server.

    Args:
        options: the server and the time it has; every request gets what is left of that time.
        delimiter: makes the mark that fences one transcript in its prompt.
    """

    name = "model"

    def __init__(
        self, options: JudgeOptions, delimiter: Callable[[], str] = lambda: secrets.token_hex(8)
    ) -> None:
        self._server = Server(options)
        self._limit_s = options.timeout_s
        self._delimiter = delimiter
        self._embedded = EmbeddedJudge()

    def assess(self, command: Assess) -> Assessment:
        """Verdicts on the criteria not yet met, and the planned follow-up in fitting words.

        A criterion the model left out is matched without it and says so in `decided_by`. Raises
        JudgeError when the model cannot be reached, is late, or sends nothing usable twice.
        """
        ids = open_ids(command)
        if not ids or command.transcript.empty:
            return self._embedded.assess(command)
        reply = self._ask(command, ids, Deadline.after(self._limit_s))
        judged_by = f"{self.name} {self._server.model}"
        given = proven_verdicts(reply, command.transcript, ids, judged_by)
        left_out = [criterion_id for criterion_id in ids if criterion_id not in given]
        for verdict in self._embedded.verdicts(command, left_out):
            given[verdict.criterion_id] = verdict
        verdicts = tuple(given[criterion_id] for criterion_id in ids)
        planned = plan_follow_up(command, verdicts)
        offered = plain(reply.follow_up)
        return Assessment(
            judge=judged_by,
            approximate=bool(left_out),
            verdicts=verdicts,
            follow_up=worded(command, planned, reply.follow_up_criterion_id.strip(), offered),
        )

    def close(self) -> None:
        """Close the connections to the server."""
        self._server.close()

    def _ask(self, command: Assess, ids: list[str], deadline: Deadline) -> Reply:
        """The model's reply, repaired once where it is not what was asked for."""
        messages = judging_messages(command, self._delimiter())
        schema = reply_schema(ids)
        text = self._server.chat(messages, schema, deadline)
        try:
            return parse_reply(text, Reply)
        except ValueError as problem:
            again = repair_messages(messages, text, str(problem))
        try:
            return parse_reply(self._server.chat(again, schema, deadline), Reply)
        except ValueError:
            raise JudgeError(
                "The reply was not usable JSON.", "Take a model that follows instructions better."
            ) from None


def open_judge(options: JudgeOptions) -> OpenAIJudge:
    """The model judge. Raises JudgeError when no model is configured."""
    return OpenAIJudge(options)

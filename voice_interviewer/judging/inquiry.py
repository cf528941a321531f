"""Asking a model about one answer: verdicts, one repair, and the words it rests them on."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from voice_interviewer.core.commands import Assess
from voice_interviewer.errors import InterviewerError, JudgeError
from voice_interviewer.judging.deadline import Deadline
from voice_interviewer.judging.followups import open_ids
from voice_interviewer.judging.prompts import (
    Message,
    in_seeded_order,
    judging_messages,
    quote_messages,
    quotes_schema,
    repair_messages,
    reply_schema,
)
from voice_interviewer.judging.proof import Prover
from voice_interviewer.judging.replies import Read, ReplyVerdict, merged, read_quotes, read_reply
from voice_interviewer.judging.server import Server
from voice_interviewer.judging.usage import Meter

MOST_AT_ONCE = 6
CREDITS = ("met", "partial")


@dataclass
class Said:
    """What the model said of an answer.

    Args:
        verdicts: by criterion; those it gave no valid verdict on are left out.
        problem: why some are left out; empty where none is.
    """

    verdicts: dict[str, ReplyVerdict] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class _Exchange:
    """One request for verdicts with its reply, to which a further request can refer."""

    messages: list[Message]
    reply: str
    verdicts: dict[str, ReplyVerdict]


class Inquiry:
    """One answer put to one server, within one deadline."""

    def __init__(
        self, server: Server, command: Assess, deadline: Deadline, meter: Meter, delimiter: str
    ) -> None:
        self._server = server
        self._command = command
        self._deadline = deadline
        self._meter = meter
        self._delimiter = delimiter

    def run(self) -> Said:
        """Ask about every open criterion, at most six at once.

        Raises JudgeError when nothing usable came; what came before a failure is kept.
        """
        said = Said()
        exchanges: list[_Exchange] = []
        for ids in batches(in_seeded_order(self._command, open_ids(self._command))):
            try:
                read, exchange = self._verdicts(ids)
            except InterviewerError as error:
                if not said.verdicts:
                    raise
                said.problem = error.message
                break
            exchanges.append(exchange)
            said.verdicts |= read.verdicts
            if len(read.verdicts) < len(ids):
                said.problem = said.problem or "The reply left them out."
        if not said.verdicts:
            raise JudgeError(
                "The reply had no usable verdict.",
                "Take a model that follows instructions better.",
            )
        for exchange in exchanges:
            self._mend_quotes(said, exchange)
        return said

    def _verdicts(self, ids: Sequence[str]) -> tuple[Read, _Exchange]:
        """The verdicts on these criteria, the reply repaired once where something is wrong."""
        messages = judging_messages(self._command, self._delimiter, ids)
        schema = reply_schema(ids)
        text = self._server.chat(messages, schema, self._deadline, self._meter)
        read = read_reply(text, ids)
        self._server.judged_valid(not read.malformed)
        if read.problem:
            again = repair_messages(messages, text, read.problem)
            try:
                repaired = self._server.chat(again, schema, self._deadline, self._meter)
            except InterviewerError:
                if not read.verdicts:
                    raise
            else:
                second = read_reply(repaired, ids)
                self._server.judged_valid(not second.malformed)
                if second.verdicts:
                    text = repaired
                read = merged(read, second)
        return read, _Exchange(messages, text, read.verdicts)

    def _mend_quotes(self, said: Said, exchange: _Exchange) -> None:
        """Ask once for the words of the answer, where a credit rests on none."""
        prover = Prover(self._command)
        wrong: dict[str, tuple[str, str]] = {}
        for criterion_id, verdict in exchange.verdicts.items():
            proof = prover.prove(criterion_id, verdict.quote)
            if verdict.verdict in CREDITS and proof.fault:
                wrong[criterion_id] = verdict.quote, proof.fault
        if not wrong:
            return
        messages = quote_messages(exchange.messages, exchange.reply, wrong)
        try:
            text = self._server.chat(
                messages, quotes_schema(list(wrong)), self._deadline, self._meter
            )
        except InterviewerError:
            return
        for criterion_id, quote in read_quotes(text).items():
            if criterion_id in wrong and not prover.prove(criterion_id, quote).fault:
                kept = said.verdicts[criterion_id]
                said.verdicts[criterion_id] = kept.model_copy(update={"quote": quote})


def batches(ids: Sequence[str]) -> list[list[str]]:
    """The criteria in as few requests as the limit allows, about equally many in each."""
    count = -(-len(ids) // MOST_AT_ONCE)
    bounds = [round(i * len(ids) / count) for i in range(count + 1)] if count else [0]
    return [list(ids[a:b]) for a, b in pairwise(bounds)]


def random_delimiter() -> str:
    """A mark that nobody can guess."""
    return secrets.token_hex(8)

"""Asking a model many short Yes or No questions about one answer, within one deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from voice_interviewer.core.bank import Criterion
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import Evidence
from voice_interviewer.errors import InterviewerError, JudgeError
from voice_interviewer.judging.deadline import Deadline
from voice_interviewer.judging.log_odds_prompts import asking, empty_prefix, shared_prefix
from voice_interviewer.judging.server import Server
from voice_interviewer.judging.usage import Meter
from voice_interviewer.judging.yes_no import TOP, log_odds_of

_MOST_PRIORS = 2000


@dataclass(frozen=True)
class LogOdds:
    """Log-odds (natural) of Yes to "Does the answer say this?" for one criterion.

    Args:
        yes: of its statement.
        prior: of its statement where nothing was said at all; None where there was no time for it.
        misconceptions: of its misconceptions, as many of them, in order, as there was time for.
    """

    yes: float
    prior: float | None = None
    misconceptions: tuple[float, ...] = ()


@dataclass
class Told:
    """What the model told of an answer.

    Args:
        odds: by criterion; those that were not asked about in time are left out.
        problem: why some are left out; empty where none is.
    """

    odds: dict[str, LogOdds] = field(default_factory=dict)
    problem: str = ""


class Priors:
    """What a model says of claims where nothing was said; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str, str], float | None] = {}

    def known(self, command: Assess, claim: str) -> bool:
        """True once it was asked."""
        with self._lock:
            return self._key(command, claim) in self._known

    def of(self, command: Assess, claim: str) -> float | None:
        """The log-odds; None where it was not asked, or answered neither Yes nor No."""
        with self._lock:
            return self._known.get(self._key(command, claim))

    def complete(self, command: Assess, criterion_ids: Sequence[str]) -> bool:
        """True when the statements of these criteria were all asked about."""
        statements = (command.question.criterion(i).statement for i in criterion_ids)
        return all(self.known(command, statement) for statement in statements)

    def learn(self, command: Assess, claim: str, odds: float | None) -> None:
        """Remember what the model said; the oldest is forgotten when there is too much."""
        with self._lock:
            while len(self._known) >= _MOST_PRIORS:
                self._known.pop(next(iter(self._known)))
            self._known[self._key(command, claim)] = odds

    @staticmethod
    def _key(command: Assess, claim: str) -> tuple[str, str, str]:
        return command.question.prompt, command.prompt, claim


class YesNoInquiry:
    """One answer put to one server.

    Args:
        criterion_ids: the criteria to ask about; the heaviest comes first.
        fence: marks where the answer begins and ends; hard to guess.
        priors: what is known already of claims where nothing was said; learns the rest.
        left_out: passages of the answer that the model need not read.
        misconceptions: whether to ask about these too.
        silence: whether to ask of a silent answer too what is not known yet.
    """

    def __init__(
        self,
        server: Server,
        command: Assess,
        criterion_ids: Sequence[str],
        *,
        fence: str,
        priors: Priors,
        deadline: Deadline,
        meter: Meter,
        left_out: Sequence[Evidence] = (),
        misconceptions: bool = True,
        silence: bool = True,
    ) -> None:
        self._server = server
        self._about_misconceptions = misconceptions
        self._about_silence = silence
        self._command = command
        chosen = [c for c in command.question.criteria if c.id in criterion_ids]
        self._criteria = sorted(chosen, key=lambda criterion: -criterion.weight)
        self._prefix = shared_prefix(command, fence, left_out)
        self._empty = empty_prefix(command, fence)
        self._priors = priors
        self._deadline = deadline
        self._meter = meter
        self._longest_s = 0.0
        self._yes: dict[str, float] = {}
        self._wrong: dict[str, list[float]] = {c.id: [] for c in self._criteria}

    def run(self) -> Told:
        """Ask what there is time for: the statements, then misconceptions, then of silence.

        Raises JudgeError when nothing usable came; what came before a failure is kept.
        """
        problem = ""
        try:
            for criterion in self._criteria:
                self._statement(criterion)
            for criterion, claim in self._misconceptions():
                odds = self._ask(self._prefix, claim)
                if odds is not None:
                    self._wrong[criterion.id].append(odds)
            if self._about_silence:
                self.learn_priors()
        except InterviewerError as error:
            if not self._yes:
                raise
            problem = error.message
        if not self._yes:
            raise JudgeError(
                "The model answers neither Yes nor No.",
                "Take a model that follows instructions better.",
            )
        return Told({c.id: self._told(c) for c in self._criteria if c.id in self._yes}, problem)

    def learn_priors(self) -> None:
        """Ask what is not known yet of an answer in which nothing was said. Raises JudgeError."""
        for criterion in self._criteria:
            claim = criterion.statement
            if not self._priors.known(self._command, claim):
                self._priors.learn(self._command, claim, self._ask(self._empty, claim))

    def _statement(self, criterion: Criterion) -> None:
        odds = self._ask(self._prefix, criterion.statement)
        if odds is not None:
            self._yes[criterion.id] = odds

    def _misconceptions(self) -> Iterator[tuple[Criterion, str]]:
        """The first misconception of every criterion, then the second, and so on."""
        most = max((len(c.misconceptions) for c in self._criteria), default=0)
        for place in range(most if self._about_misconceptions else 0):
            for criterion in self._criteria:
                if place < len(criterion.misconceptions):
                    yield criterion, criterion.misconceptions[place]

    def _told(self, criterion: Criterion) -> LogOdds:
        return LogOdds(
            yes=self._yes[criterion.id],
            prior=self._priors.of(self._command, criterion.statement),
            misconceptions=tuple(self._wrong[criterion.id]),
        )

    def _ask(self, prefix: str, claim: str) -> float | None:
        """One question. Raises JudgeError, also where another one would not end in time."""
        if self._deadline.left_s() < self._longest_s:
            raise self._deadline.passed()
        started_s = time.monotonic()
        choice = self._server.first_token(asking(prefix, claim), TOP, self._deadline, self._meter)
        if self._yes:
            self._longest_s = max(self._longest_s, time.monotonic() - started_s)
        return log_odds_of(choice)
